-- jobs_expire: old results, and pieces that nobody will finish.
-- $1 int   days a result is kept
-- rows 1   how many are gone
with pieces as (
  delete from job_chunk c using job j
   where j.id = c.job_id and j.state in ('cancelled', 'failed')
), gone as (
  delete from job where finished_at < now() - $1 * interval '1 day' returning 1
)
select count(*) as n from gone;
