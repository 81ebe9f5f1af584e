-- meter_keys_told: the line of an import in the log.
-- $1 text  file
-- $2 int   meters
-- $3 inet  of the browser
select meter_keys_told($1, $2, $3);
