-- job_chunk_read: a piece of a file, as hexadecimal digits.
-- $1 bigint  job
-- $2 int     its number, from 0
-- rows 0..1  bytes
select encode(c.bytes, 'hex') as bytes from job_chunk c where c.job_id = $1 and c.no = $2;
