-- statistics_last: the newest sample of a host.
-- $1 text    host
-- rows 0..1  at_us, span_ms, la5_permille, la15_permille, cons_millihz, sessions_millihz, commit_p50_us, commit_p99_us, connections, database_bytes, wal_bytes_s, disk_free_bytes, disk_total_bytes, backlog
select (extract(epoch from s.at) * 1000000)::int8 as at_us, s.span_ms, s.la5_permille, s.la15_permille,
       s.cons_millihz, s.sessions_millihz, s.commit_p50_us, s.commit_p99_us, s.connections,
       s.database_bytes, s.wal_bytes_s, s.disk_free_bytes, s.disk_total_bytes,
       s.backlog
  from statistics_sample s
 where s.host = $1
 order by s.at desc
 limit 1;
