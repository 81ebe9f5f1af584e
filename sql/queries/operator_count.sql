-- operator_count: operators of a list, counted up to a limit.
-- $1 int8  the limit
-- $2 text  what is looked for, between % (found only)
-- rows 1   found
-- variant filter all: true
-- variant filter found: (x.login ilike $2 or x.first_name ilike $2 or x.last_name ilike $2 or x.email ilike $2)
select count(*) from (select from operator x where /*filter*/ limit $1::int8) y;
