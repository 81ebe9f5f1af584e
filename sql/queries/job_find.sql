-- job_find: one document of the operator who asks.
-- $1 bigint  job
-- rows 0..1  state, file_name, media_type, size, chunks
select j.state, j.file_name, j.media_type, j.size,
       (j.size + 262143) / 262144 as chunks
  from job j
 where j.id = $1;
