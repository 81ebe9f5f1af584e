-- meter_job_delete: a job is not carried out any more.
-- $1 int8  job
-- $2 inet  of the browser
-- rows 1   its name
select meter_job_delete($1::int8, $2::inet);
