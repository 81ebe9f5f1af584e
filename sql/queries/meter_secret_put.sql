-- meter_secret_put: keep or replace what is sealed for a meter.
-- $1 text    identity
-- $2 bytea   sealed
-- $3 int8    mark of the keys in it; NULL: there are none
-- $4 boolean its associations are ciphered
-- $5 text[]  names of its lines
select meter_secret_keep($1, $2::bytea, $3::int8, $4::boolean, $5::text[]);
