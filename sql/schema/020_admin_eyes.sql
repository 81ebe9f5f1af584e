-- What only administrators read: the log of operators and broken sessions.

grant select on audit_log to lazur_web;
alter table audit_log enable row level security;
create policy written_by_all on audit_log for insert to lazur_web with check (true);
create policy read_by_admin on audit_log for select to lazur_web
  using ((select app_role()) = 'admin');
create index on audit_log (operator_login, id);
create index on audit_log (action, id);

alter table session_fault enable row level security;
create policy read_by_admin on session_fault for select to lazur_web
  using ((select app_role()) = 'admin');
create policy all_for_lazur_listener on session_fault to lazur_listener
  using (true) with check (true);
create policy all_for_lazur_worker on session_fault to lazur_worker
  using (true) with check (true);
