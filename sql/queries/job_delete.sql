-- job_delete: away with a result.
-- $1 bigint  job
-- $2 inet    of the browser
-- rows 0..1  id; none: it is not there, or still on its way
with did as (
  delete from job where id = $1 and state not in ('queued', 'running')
  returning id, title
), told as (
  insert into audit_log (operator_login, action, note, address)
  select app_login(), 'Удалён документ', title, $2::inet from did
)
select id from did;
