-- job_delete: away with a result.
-- $1 bigint  job
-- rows 0..1  id; none: it is not there, or still on its way
delete from job where id = $1 and state not in ('queued', 'running')
returning id;
