-- group_member_count: meters of a group, counted up to a limit.
-- $1 int8  the limit
-- $2 text  what is looked for, between % (found only)
-- $3 int4  group
-- rows 1   found
-- variant filter all: $2::text is not null
-- variant filter found: (m.serial like $2 or s.address ilike $2 or s.full_name ilike $2)
select count(*) from (select from meter_group_member g
  join meter m on m.id = g.meter_id
  left join subscriber s on s.id = m.subscriber_id
 where g.group_id = $3::int4 and /*filter*/ limit $1::int8) y;
