-- address_job_count: server address jobs of a list, counted up to a limit.
-- $1 int8  the limit
-- $2 text  what is looked for, between % (found only)
-- rows 1   found
-- variant filter all: true
-- variant filter found: (x.name ilike $2 or x.numbers like $2 or x.address ilike $2)
select count(*) from (select from meter_job x
 where x.kind = 'server_address' and /*filter*/ limit $1::int8) y;
