-- job_seen: the operator has looked at his list.
update job set seen = true
 where not seen and state in ('done', 'failed', 'cancelled');
