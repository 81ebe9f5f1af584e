-- job_fail: there will be no file.
-- $1 bigint  job
-- $2 uuid    claim
-- $3 text    machine word: rights, empty, broken
-- $4 text    note
-- rows 0..1  id
update job set state = 'failed', finished_at = now(), error = $3, note = $4, claim = null
 where id = $1 and claim = $2 and state = 'running'
returning id;
