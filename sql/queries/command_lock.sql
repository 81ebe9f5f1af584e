-- command_lock: for the rest of the transaction nobody else gives this meter a
-- command, so that two clicks find each other.
-- $1 bigint  meter
-- rows 1
select pg_advisory_xact_lock(hashtextextended('command', $1::bigint));
