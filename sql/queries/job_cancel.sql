-- job_cancel: the operator does not want it any more; the worker notices.
-- $1 bigint  job
-- $2 inet    of the browser
-- rows 0..1  id; none: there was nothing to cancel
with did as (
  update job set state = 'cancelled', finished_at = now(), claim = null, seen = true
   where id = $1 and state in ('queued', 'running')
  returning id, title
), told as (
  insert into audit_log (operator_login, action, note, address)
  select app_login(), 'Отменён документ', title, $2::inet from did
)
select id from did;
