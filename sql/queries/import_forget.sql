-- import_forget: what an earlier attempt has left.
-- $1 bigint  job
delete from import_problem where job_id = $1;
