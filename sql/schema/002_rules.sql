-- What the database itself guarantees: copies that follow, counts that agree,
-- rows that the wrong person does not see, columns that a process may not touch.

-- Copies of the subscriber's branch and account ------------------------------

create function meter_follow_subscriber() returns trigger language plpgsql as $$
begin
  if new.subscriber_id is null then
    new.branch_id := null;
    new.account := null;
  else
    select s.branch_id, s.account into new.branch_id, new.account
      from subscriber s where s.id = new.subscriber_id;
  end if;
  return new;
end $$;
create trigger meter_follow before insert or update of subscriber_id on meter
  for each row execute function meter_follow_subscriber();

create function subscriber_lead_meters() returns trigger language plpgsql as $$
begin
  update meter set branch_id = new.branch_id, account = new.account
   where subscriber_id = new.id;
  return null;
end $$;
create trigger subscriber_lead after update of branch_id, account on subscriber
  for each row when (old.branch_id is distinct from new.branch_id
                  or old.account is distinct from new.account)
  execute function subscriber_lead_meters();

create function meter_lead_state() returns trigger language plpgsql as $$
begin
  update meter_state set branch_id = new.branch_id where meter_id = new.id;
  return null;
end $$;
create trigger meter_lead after update of branch_id, subscriber_id on meter
  for each row when (old.branch_id is distinct from new.branch_id)
  execute function meter_lead_state();

-- Every meter has a state and an identity from its first moment.
create function meter_made() returns trigger language plpgsql as $$
begin
  insert into meter_state (meter_id, branch_id)
    select n.id, n.branch_id from made n;
  insert into meter_identity (identity, meter_id)
    select n.serial, n.id from made n on conflict do nothing;
  insert into meter_count as c (branch_id, n)
    select coalesce(n.branch_id, 0), count(*) from made n group by 1 order by 1
    on conflict (branch_id) do update set n = c.n + excluded.n;
  return null;
end $$;
create trigger meter_made after insert on meter
  referencing new table as made for each statement execute function meter_made();

create function meter_moved() returns trigger language plpgsql as $$
begin
  insert into meter_count as c (branch_id, n)
    select b, sum(d) from (
      select coalesce(branch_id, 0) b, 1 d from is_now
      union all
      select coalesce(branch_id, 0), -1 from was) x
    group by b having sum(d) <> 0 order by b
    on conflict (branch_id) do update set n = c.n + excluded.n;
  return null;
end $$;
create trigger meter_moved after update on meter
  referencing old table as was new table as is_now
  for each statement execute function meter_moved();

create function meter_gone() returns trigger language plpgsql as $$
begin
  update meter_count c set n = c.n - x.n
    from (select coalesce(branch_id, 0) b, count(*) n from was group by 1) x
   where c.branch_id = x.b;
  return null;
end $$;
create trigger meter_gone after delete on meter
  referencing old table as was for each statement execute function meter_gone();

alter function meter_made() security definer set search_path = public, pg_temp;
alter function meter_moved() security definer set search_path = public, pg_temp;
alter function meter_gone() security definer set search_path = public, pg_temp;
alter function partitions_ensure(date, date) security definer set search_path = public, pg_temp;

-- The next planned session ----------------------------------------------------

-- Tolerance after the planned moment: a day for calendar periods (the meter
-- picks its minute inside a window of up to six hours, and one lost night is
-- not yet silence), half a period but at least an hour for floating ones.
create function period_due(p_period text, p_minutes int, p_last timestamptz)
returns timestamptz language sql stable parallel safe as $$
  select case p_period
    when 'hourly'    then p_last + interval '2 hours'
    when 'every_12h' then p_last + interval '18 hours'
    when 'minutes'   then p_last + make_interval(mins => p_minutes + greatest(p_minutes / 2, 60))
    when 'daily'     then date_trunc('day', p_last) + interval '1 day 1 hour' + interval '1 day'
    when 'weekly'    then date_trunc('week', p_last) + interval '7 days 6 hours' + interval '1 day'
    when 'monthly'   then date_trunc('month', p_last) + interval '1 month' + interval '6 hours' + interval '1 day'
    when 'twice_monthly' then (
      select min(d) + interval '6 hours' + interval '1 day' from (
        select date_trunc('month', p_last) + make_interval(months => m)
               + make_interval(days => case when extract(month from date_trunc('month', p_last) + make_interval(months => m)) = 2 then 25 else 27 end) d
          from generate_series(0, 1) m
        union all
        select date_trunc('month', p_last) + make_interval(months => m + 1) - interval '1 day'
          from generate_series(0, 1) m) x
      where d > p_last)
    when 'thrice_monthly' then (
      select min(d) + interval '6 hours' + interval '1 day' from (
        select date_trunc('month', p_last) + make_interval(months => m, days => k - 1) d
          from generate_series(0, 1) m, unnest(array[1, 22, 26]) k) x
      where d > p_last)
  end
$$;
comment on function period_due is 'When a meter that last spoke at p_last is overdue; the calendar is that of the server''s zone.';

-- Who sees what ----------------------------------------------------------------
-- The site says who is asking by settings that live for one transaction:
-- app.branches '{1,2}' (int[]), app.branchless 'on' or '', app.login, app.role.
-- Without them nothing is visible, which is the safe side.

create function app_branches() returns int[] language sql stable parallel safe as
$$ select coalesce(nullif(current_setting('app.branches', true), ''), '{}')::int[] $$;
create function app_branchless() returns boolean language sql stable parallel safe as
$$ select coalesce(current_setting('app.branchless', true), '') = 'on' $$;
create function app_role() returns text language sql stable parallel safe as
$$ select coalesce(current_setting('app.role', true), '') $$;
create function app_login() returns text language sql stable parallel safe as
$$ select coalesce(current_setting('app.login', true), '') $$;

alter table meter enable row level security;
alter table meter_state enable row level security;
alter table subscriber enable row level security;
alter table reading enable row level security;
alter table register enable row level security;
alter table register_value enable row level security;
alter table archive_daily enable row level security;
alter table command enable row level security;

create policy of_branch on meter to lazur_web
  using (branch_id = any ((select app_branches())::int[])
         or (branch_id is null and (select app_branchless())));
create policy of_branch on meter_state to lazur_web
  using (branch_id = any ((select app_branches())::int[])
         or (branch_id is null and (select app_branchless())));
create policy of_branch on subscriber to lazur_web
  using (branch_id = any ((select app_branches())::int[]));
create policy of_meter on reading to lazur_web
  using (exists (select from meter m where m.id = meter_id));
create policy of_meter on register to lazur_web
  using (exists (select from meter m where m.id = meter_id));
create policy of_meter on register_value to lazur_web
  using (exists (select from meter m where m.id = meter_id));
create policy of_meter on archive_daily to lazur_web
  using (exists (select from meter m where m.id = meter_id));
create policy of_meter on command to lazur_web
  using (exists (select from meter m where m.id = meter_id));

do $$
declare t text; r text;
begin
  foreach t in array array['meter', 'meter_state', 'subscriber', 'reading',
      'register', 'register_value', 'archive_daily', 'command'] loop
    foreach r in array array['lazur_listener', 'lazur_worker'] loop
      execute format('create policy %I on %I to %I using (true) with check (true)',
        'all_for_' || r, t, r);
    end loop;
  end loop;
end $$;

-- Signing in --------------------------------------------------------------------

-- Every request enters a session. As one SELECT it melts into its caller and
-- costs half of what PL/pgSQL would; that a person was active is written down
-- by a statement of its own, and not with every click.
--
-- session_enter: who holds this cookie, and the settings that row security
-- reads, for the rest of the transaction. No row: sign in again. A session of
-- another address than it began with does not count, nor one idle for 20
-- minutes.
create function session_enter(p_token_hash bytea, p_address inet)
returns table (operator_id int, login text, role text,
               first_name text, last_name text, idle_s int, settings text)
language sql stable as $$
  select o.id, o.login, o.role::text, o.first_name, o.last_name,
         extract(epoch from now() - os.active_at)::int,
         set_config('app.branches', array(
           select ob.branch_id from operator_branch ob
            where ob.operator_id = os.operator_id)::text, true)
         || set_config('app.branchless', case
              when o.sees_branchless or o.role = 'admin' then 'on' else '' end, true)
         || set_config('app.role', o.role::text, true)
         || set_config('app.login', o.login, true)
    from operator_session os join operator o on o.id = os.operator_id
   where os.token_hash = p_token_hash and os.address = p_address
     and os.active_at > now() - interval '20 minutes'
$$;
comment on function session_enter is 'settings has to be selected, or nothing is set.';

-- Valve commands ------------------------------------------------------------------

-- command_queue: a person asks for a valve. The latest command wins: one that
-- waits is superseded in the same step. LZ403, LZ404 and LZ422 say why not.
create function command_queue(p_meter_id bigint, p_kind command_kind, p_address inet)
returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
  m record; made bigint;
begin
  if app_role() not in ('control', 'admin') then
    raise exception 'role % may not command a valve', app_role() using errcode = 'LZ403';
  end if;
  select x.id, x.serial, t.has_valve into m
    from meter x join meter_type t on t.id = x.meter_type_id
   where x.id = p_meter_id
     and (x.branch_id = any (app_branches()) or (x.branch_id is null and app_branchless()))
     for update of x;
  if not found then
    raise exception 'no meter %', p_meter_id using errcode = 'LZ404';
  end if;
  if not m.has_valve then
    raise exception 'meter % has no valve', p_meter_id using errcode = 'LZ422';
  end if;
  made := nextval(pg_get_serial_sequence('command', 'id'));
  update command set state = 'superseded', superseded_by = made
   where meter_id = p_meter_id and state in ('queued', 'sent', 'delivered');
  insert into command (id, meter_id, kind, operator_login)
    values (made, p_meter_id, p_kind, app_login());
  insert into audit_log (operator_login, action, note, address)
    values (app_login(),
      case p_kind when 'valve_close' then 'Закрыть клапан' else 'Открыть клапан' end,
      'прибор №' || m.serial, p_address);
  return made;
end $$;

-- Searching -----------------------------------------------------------------------
-- LIKE is not leakproof, so row security would keep it from the trigram index;
-- the function does both checks itself and hands out ids only.

create function meter_search(p_term text, p_cap int)
returns table (id bigint) language sql stable security definer
set search_path = public, pg_temp as $$
  select m.id from meter m
   where (m.serial like '%' || p_term || '%' or m.account like '%' || p_term || '%')
     and (m.branch_id = any (app_branches()) or (m.branch_id is null and app_branchless()))
   limit p_cap
$$;
comment on function meter_search is 'p_term is escaped for LIKE by its caller.';

-- meter_total: how many meters the asking operator sees.
create function meter_total() returns bigint language sql stable security definer
set search_path = public, pg_temp as $$
  select coalesce(sum(n), 0)::bigint from meter_count
   where branch_id = any (app_branches()) or (branch_id = 0 and app_branchless())
$$;

-- Registration ------------------------------------------------------------------

-- meter_register: meters that call for the first time register themselves. A
-- type that is not in the directory becomes the fallback. Returns how many are
-- new; one that another listener registered meanwhile is not.
create function meter_register(p_identities text[], p_serials text[],
  p_types text[], p_fallbacks text[], p_firmwares text[])
returns int language plpgsql security definer set search_path = public, pg_temp as $$
declare
  made int;
begin
  perform pg_advisory_xact_lock(hashtext('meter_register'));
  with fresh as (
    select distinct on (i.identity) i.*
      from unnest(p_identities, p_serials, p_types, p_fallbacks, p_firmwares)
           as i (identity, serial, type, fallback, firmware)
     where not exists (select from meter_identity k where k.identity = i.identity)
  ), meters as (
    insert into meter (serial, meter_type_id, firmware)
    select f.serial,
           coalesce((select t.id from meter_type t where t.name = f.type),
                    (select t.id from meter_type t where t.name = f.fallback)),
           coalesce(f.firmware, '')
      from fresh f
    returning id, serial
  )
  select count(*) into made from meters;
  -- The trigger knows a meter by its serial; other names are added here.
  insert into meter_identity (identity, meter_id)
    select i.identity, k.meter_id
      from unnest(p_identities, p_serials) as i (identity, serial)
      join meter_identity k on k.identity = i.serial
  on conflict do nothing;
  return made;
end $$;

-- Grants ---------------------------------------------------------------------------

revoke all on all functions in schema public from public;
grant usage on schema public to lazur_web, lazur_listener, lazur_notifier, lazur_worker;
grant execute on function app_branches, app_branchless, app_role, app_login to lazur_web, lazur_listener, lazur_worker;
grant execute on function session_enter, command_queue, meter_search, meter_total to lazur_web;
grant execute on function period_due to lazur_web, lazur_listener, lazur_worker;

grant select on project, branch, tariff, meter_type, meter, meter_state, subscriber,
  reading, register, register_value, archive_daily, command, session_fault to lazur_web;
grant select on operator, operator_branch to lazur_web;
grant update (last_login_at) on operator to lazur_web;
grant insert, delete on operator_session to lazur_web;
grant select (token_hash, operator_id, address, active_at) on operator_session to lazur_web;
grant select, insert, delete on sign_in_attempt to lazur_web;
grant insert on audit_log to lazur_web;

grant select on meter_type, push_template, push_template_item, meter_secret to lazur_listener;
grant execute on function meter_register to lazur_listener;
grant select on meter, meter_identity to lazur_listener;
grant select, insert, update on meter_state, register to lazur_listener;
grant select, insert on reading, register_value, archive_daily to lazur_listener;
grant select on tariff, subscriber, branch to lazur_listener;
grant select, update on command to lazur_listener;
grant select, insert, update on session_fault to lazur_listener;

grant select, update on outbox_mail, outbox_sms to lazur_notifier;
grant execute on function partitions_ensure to lazur_worker;
grant select, delete on operator_session, sign_in_attempt to lazur_worker;
grant select, update on session_fault to lazur_worker;
grant delete on session_fault to lazur_worker;
