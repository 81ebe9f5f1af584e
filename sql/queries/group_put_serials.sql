-- group_put_serials: the meters that an expression means join a group.
-- $1 $2 $3 $4 text[]  the expression, as serials_match takes it
-- $5 int4             group
-- rows 1              how many have joined
with joined as (
  insert into meter_group_member (group_id, meter_id)
  select $5::int4, id from serials_match($1, $2, $3, $4) as id
  on conflict do nothing returning meter_id)
select count(*) from joined;
