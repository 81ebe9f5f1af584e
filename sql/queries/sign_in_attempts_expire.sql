-- sign_in_attempts_expire: failed attempts older than any throttling looks.
-- rows 1    how many were deleted
with gone as (
  delete from sign_in_attempt where at < now() - interval '1 day' returning 1
)
select count(*) as n from gone;
