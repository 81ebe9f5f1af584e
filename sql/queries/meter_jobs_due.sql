-- meter_jobs_due: the next job that is too large for a form is handed out.
-- rows 1  how many commands
select meter_jobs_due();
