-- import_problem_page: what was wrong with a file, errors first.
-- $1 bigint  job
-- $2 bigint  at most so many; NULL is all
-- rows 0..n  no, code, detail, other
select p.no, p.code, p.detail, p.other from import_problem p
 where p.job_id = $1 order by p.n limit $2;
