-- parameter_seal: a new secret, with its line in the log (ERR_CONFLICT: changed since).
-- $1 text    name
-- $2 int8    changed_us as it was seen
-- $3 bytea   sealed, NULL: none any more
-- $4 inet    address of the administrator
select parameter_seal($1, $2::int8, $3::bytea, $4::inet);
