-- job_progress: how far it is, and that its worker lives.
-- $1 bigint  job
-- $2 uuid    claim
-- $3 bigint  done
-- $4 bigint  total
-- $5 bigint  lease, ms
-- rows 0..1  id; none: it was cancelled, or another worker has it
update job set done = $3, total = $4, lease_until = now() + $5 * interval '1 ms'
 where id = $1 and claim = $2 and state = 'running'
returning id;
