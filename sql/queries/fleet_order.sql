-- fleet_order: a command for every meter that is named and can be asked for it;
-- some thousands at most.
-- $1 ... $4 text[]  parts of an expression (serials_count.sql)
-- $5 text    kind
-- $6 jsonb   what it carries
-- $7 text    note
-- rows 1     how many got it
select meter_order(array(select serials_match($1::text[], $2::text[], $3::text[], $4::text[])),
                   $5, $6::jsonb, null, $7);
