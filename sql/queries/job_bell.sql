-- job_bell: what the bell tells: jobs on their way, results nobody has looked at.
-- rows 1  active, ready
select count(*) filter (where j.state in ('queued', 'running')) as active,
       count(*) filter (where j.state in ('done', 'failed') and not j.seen) as ready
  from job j;
