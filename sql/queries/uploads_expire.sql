-- uploads_expire: files that nobody has taken.
-- rows 1   how many are gone
with gone as (delete from upload where expires_at < now() returning 1)
select count(*) as n from gone;
