-- metrics_database: the database itself, now.
-- rows 1    database_bytes, wal_bytes, started_us
select pg_database_size(current_database()) as database_bytes,
       (pg_current_wal_lsn() - pg_lsn '0/0')::int8 as wal_bytes,
       (extract(epoch from pg_postmaster_start_time()) * 1000000)::int8 as started_us;
