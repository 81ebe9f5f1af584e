-- meter_job_image: the image of a firmware job is what was sent with its form.
-- $1 int8  job
-- $2 int8  upload
insert into firmware_piece (job_id, no, bytes)
select $1::int8, no, bytes from upload_piece where upload_id = $2::int8;
