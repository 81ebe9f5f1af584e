-- meter_keys_plain: whether a meter with keys may push unciphered.
-- $1 bigint  meter
-- $2 boolean it may
-- $3 inet    of the browser
select meter_keys_plain($1, $2::boolean, $3);
