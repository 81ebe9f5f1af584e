-- job_finish: the file is whole.
-- $1 bigint  job
-- $2 uuid    claim
-- $3 text    name of the file
-- $4 text    media type
-- $5 bigint  size
-- $6 text    note
-- rows 0..1  id; none: it was cancelled, or another worker has it
update job
   set state = 'done', finished_at = now(), done = greatest(done, total), total = greatest(done, total),
       file_name = $3, media_type = $4, size = $5, note = $6, claim = null
 where id = $1 and claim = $2 and state = 'running'
returning id;
