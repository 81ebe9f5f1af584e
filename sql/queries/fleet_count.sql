-- fleet_count: meters of a list, counted up to a limit.
-- $1 int8  the limit
-- $2 text  what is looked for, between %
-- $3 ... $9  as $4 ... $10 of fleet_page
-- rows 1   found
-- variant filter all: select id from meter
-- variant filter found: select f as id from fleet_search($3, $2, $4, $5, $6::text[], $7::text[], $8::text[], $9::text[], $1::int) f
select count(*) from (select from (/*filter*/) x limit $1::int8) y;
