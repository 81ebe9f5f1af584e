-- operator_sessions_expire: sessions that have been over for a day.
-- rows 1    how many were deleted
with gone as (
  delete from operator_session where active_at < now() - interval '1 day'
  returning 1
)
select count(*) as n from gone;
