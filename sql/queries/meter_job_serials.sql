-- meter_job_serials: numbers of a job, in pieces.
-- $1 int8    job
-- $2 text[]  numbers
insert into meter_job_serial (job_id, serial) select $1::int8, unnest($2::text[]);
