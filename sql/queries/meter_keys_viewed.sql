-- meter_keys_viewed: one of them is about to be shown; it stands in the log.
-- $1 bigint  meter
-- $2 text    name
-- $3 inet    of the browser
select meter_keys_viewed($1, $2, $3);
