-- meter_job_card: one job, for the question before it goes.
-- $1 int8    job
-- rows 0..1  kind, name, numbers, executions, commands that wait
select j.kind, j.name, j.numbers,
       (select count(*) from command c where c.job_id = j.id and c.state = 'executed'),
       (select count(*) from command c where c.job_id = j.id and c.state in ('queued', 'sent', 'delivered'))
  from meter_job j where j.id = $1::int8;
