-- session_faults_expire: broken sessions nobody needs to know of any more.
-- $1 int    days they are kept
-- rows 1    how many were deleted
with gone as (
  delete from session_fault where last_at < now() - make_interval(days => $1::int)
  returning 1
)
select count(*) as n from gone;
