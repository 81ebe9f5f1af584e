-- firmware_job_count: firmware jobs of a list, counted up to a limit.
-- $1 int8  the limit
-- $2 text  what is looked for, between % (found only)
-- rows 1   found
-- variant filter all: true
-- variant filter found: (x.name ilike $2 or x.numbers like $2 or x.software_type ilike $2 or x.version ilike $2)
select count(*) from (select from meter_job x
 where x.kind = 'firmware' and /*filter*/ limit $1::int8) y;
