-- fleet_commands_count: the commands of a meter, counted up to a limit.
-- $1 int8   the limit
-- $2 text   not used
-- $3 bigint meter
-- rows 1    found
-- variant filter all: $2::text is not null
-- variant filter found: $2::text is not null
select count(*) from (select from command c where c.meter_id = $3::bigint and /*filter*/ limit $1::int8) y;
