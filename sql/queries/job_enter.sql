-- job_enter: to the end of the transaction the worker sees what the operator may.
-- $1 bigint  job
-- rows 0..1  settings; no row: he may not any more
select settings from job_enter($1);
