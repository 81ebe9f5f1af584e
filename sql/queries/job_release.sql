-- job_release: its worker stops; another may begin it anew at once.
-- $1 bigint  job
-- $2 uuid    claim
-- rows 0..1  id
update job set state = 'queued', claim = null, lease_until = null, attempts = attempts - 1
 where id = $1 and claim = $2 and state = 'running'
returning id;
