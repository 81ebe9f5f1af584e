-- group_put_meters: these meters join a group; who is in it already stays once.
-- $1 int4    group
-- $2 int8[]  meters
-- rows 1     how many have joined
with joined as (
  insert into meter_group_member (group_id, meter_id)
  select $1::int4, m.id from meter m where m.id = any ($2::int8[])
  on conflict do nothing returning meter_id)
select count(*) from joined;
