-- metrics_processes: processes of meter-listener on all hosts.
-- rows      host, duty, pid, started_us, memory_bytes, cpu_ms, restarts
select h.host, p.duty, p.pid, p.started_us, p.memory_bytes, p.cpu_ms, p.restarts
  from metrics_hosts() h,
       jsonb_to_recordset(h.processes) as p (duty text, pid int8, started_us int8, memory_bytes int8,
                                             cpu_ms int8, restarts int8)
 order by h.host, p.duty, p.pid;
