-- group_candidate_count: meters that may join a group, counted up to a limit.
-- $1 int8  the limit
-- $2 text  what is looked for, between % (found only)
-- $3 int4  group
-- rows 1   found
-- variant filter all: meter m where $2::text is not null and
-- variant filter found: (select id from meter_people_search($2, 1000)) f join meter m on m.id = f.id where
select count(*) from (select from /*filter*/
  not exists (select from meter_group_member g
               where g.group_id = $3::int4 and g.meter_id = m.id) limit $1::int8) y;
