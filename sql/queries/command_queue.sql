-- command_queue: a person asks for a valve; what waited is superseded.
-- $1 bigint        meter
-- $2 text         valve_close, valve_open
-- $3 inet          of the browser, for the audit log
-- rows 1     id
select command_queue($1, $2, $3) as id;
