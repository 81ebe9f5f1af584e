-- job_chunks_drop: pieces of what was cancelled or has failed.
-- $1 bigint  job
delete from job_chunk c using job j
 where c.job_id = $1 and j.id = c.job_id and j.state in ('cancelled', 'failed');
