-- firmware_image: images of firmware jobs, piece by piece.
-- $1 int8[]  jobs
-- rows 0..n  job, file_name, bytes; in the order of the pieces
select p.job_id, j.file_name, p.bytes
  from firmware_piece p join meter_job j on j.id = p.job_id
 where p.job_id = any ($1::int8[]) order by p.job_id, p.no;
