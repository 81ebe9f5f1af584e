-- meter_keys_rotate: the meter is to have other keys, and a command brings them.
-- $1 bigint  meter
-- $2 bytea[] all that is sealed for it
-- $3 text    identity it is sealed about
-- $4 bytea   what is to be there instead
-- $5 int8    mark of the keys in it; NULL: there are none
-- $6 text[]  names that differ
-- $7 inet    of the browser
select meter_keys_rotate($1, $2::bytea[], $3, $4::bytea, $5::int8, $6::text[], $7);
