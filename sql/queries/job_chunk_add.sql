-- job_chunk_add: the next piece of the file.
-- $1 bigint  job
-- $2 uuid    claim
-- $3 int     its number, from 0
-- $4 bytea   at most 256 KiB
-- rows 0..1  id; none: it was cancelled, or another worker has it
-- The disk is not waited for: what a crash of the server takes away was written
-- before job_finish, whose commit carries all of it to the disk.
with mine as (
  select j.id from job j where j.id = $1 and j.claim = $2 and j.state = 'running' for key share
)
insert into job_chunk (job_id, no, bytes)
select m.id, $3, $4 from mine m
returning job_id as id, set_config('synchronous_commit', 'off', true);
