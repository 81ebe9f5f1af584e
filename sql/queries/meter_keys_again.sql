-- meter_keys_again: another command for a change that nobody knows the end of.
-- $1 bigint  meter
-- $2 inet    of the browser
select meter_keys_again($1, $2);
