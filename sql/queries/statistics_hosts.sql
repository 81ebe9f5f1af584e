-- statistics_hosts: hosts that have told of themselves, the newest word first.
-- rows      host, at_us, started_us, processors, silent_s
select h.host, (extract(epoch from h.at) * 1000000)::int8 as at_us,
       (extract(epoch from h.started_at) * 1000000)::int8 as started_us, h.processors,
       extract(epoch from now() - h.at)::int8 as silent_s
  from statistics_host h
 order by h.at > now() - interval '5 minutes' desc, h.host;
