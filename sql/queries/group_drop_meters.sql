-- group_drop_meters: these meters leave a group.
-- $1 int4    group
-- $2 int8[]  meters
-- rows 1     how many have left
with gone as (
  delete from meter_group_member where group_id = $1::int4 and meter_id = any ($2::int8[])
  returning meter_id)
select count(*) from gone;
