-- import_problems_add: lines of the report, kept for the screen.
-- $1 bigint  job
-- $2 uuid    claim
-- $3 int[]   numbers in the report
-- $4 int[]   rows of the sheet
-- $5 text[]  codes
-- $6 text[]  details
-- $7 int[]   other rows
-- rows 1     how many; 0: the job is not ours any more
with mine as (
  select j.id from job j where j.id = $1 and j.claim = $2 and j.state = 'running' for key share
), made as (
  insert into import_problem (job_id, n, no, code, detail, other)
  select m.id, p.n, p.no, p.code, p.detail, p.other
    from mine m, unnest($3::int[], $4::int[], $5::text[], $6::text[], $7::int[]) p (n, no, code, detail, other)
  returning 1
)
select count(*) as n from made;
