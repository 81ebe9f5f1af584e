-- meter_job_spread: the registered meters of a job get their commands.
-- $1 int8  job
-- rows 1   how many
select meter_job_spread($1::int8);
