-- command_queue: a person asks for a valve; what waited is superseded.
-- $1 bigint        meter
-- $2 command_kind
-- $3 inet          of the browser, for the audit log
-- rows 1     id
select command_queue($1, $2, $3) as id;
