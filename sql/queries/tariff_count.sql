-- tariff_count: tariffs of a list, counted up to a limit.
-- $1 int8  the limit
-- $2 text  what is looked for, between % (found only)
-- rows 1   found
-- variant filter all: true
-- variant filter found: (x.name ilike $2 or x.description ilike $2)
select count(*) from (select from tariff x where /*filter*/ limit $1::int8) y;
