-- metrics_hosts: hosts of the last day, their counters and newest sample.
-- rows      host, age_ms, processors, counters, la5_permille, la15_permille, connections, disk_free_bytes, disk_total_bytes, backlog
select h.host, (extract(epoch from now() - h.at) * 1000)::int8 as age_ms, h.processors,
       array_to_string(h.counters, ' ') as counters, s.la5_permille, s.la15_permille, s.connections,
       s.disk_free_bytes, s.disk_total_bytes, s.backlog
  from metrics_hosts() h join metrics_samples() s on s.host = h.host
 order by h.host;
