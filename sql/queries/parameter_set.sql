-- parameter_set: a new value, with its line in the log (ERR_CONFLICT: changed since).
-- $1 text    name
-- $2 int8    changed_us as it was seen
-- $3 text    value
-- $4 inet    address of the administrator
select parameter_set($1, $2::int8, $3, $4::inet);
