-- job_cancel: the operator does not want it any more; the worker notices.
-- $1 bigint  job
-- rows 0..1  id; none: there was nothing to cancel
update job set state = 'cancelled', finished_at = now(), claim = null, seen = true
 where id = $1 and state in ('queued', 'running')
returning id;
