-- statistics_processes: processes of meter-listener on a host.
-- $1 text    host
-- rows       duty, pid, state, started_us, memory_bytes, cpu_ms, restarts
select p.duty, p.pid, p.state, p.started_us, p.memory_bytes, p.cpu_ms, p.restarts
  from statistics_host h,
       jsonb_to_recordset(h.processes) as p (duty text, pid int8, state text, started_us int8,
                                             memory_bytes int8, cpu_ms int8, restarts int8)
 where h.host = $1
 order by p.started_us, p.pid;
