-- meter_free_count: meters bound to nobody, counted up to a limit.
-- $1 int8  the limit
-- $2 text  part of a serial, between % (found only)
-- rows 1   number
-- variant filter all: select id from meter where subscriber_id is null limit $1::int8
-- variant filter found: select id from meter_free_search($2, $1::int)
select count(*) from (/*filter*/) x;
