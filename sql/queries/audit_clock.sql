-- audit_clock: when the log is looked at.
-- rows 1  ISO 8601 in UTC
select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');
