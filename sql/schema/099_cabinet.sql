-- «Личный кабинет абонента»: who enters, what he may see, what he may change.
--
-- lazur_cabinet is the cabinet's program. A transaction belongs to a subscriber
-- when cabinet_enter() has said so (app.subscriber); it then sees his own row,
-- meters, sessions, operations, notifications and events, and changes what the
-- functions below change. Without it nothing is visible.

create function app_subscriber() returns bigint language sql stable parallel safe as
$$ select coalesce(nullif(current_setting('app.subscriber', true), ''), '0')::bigint $$;
create function app_cabinet_session() returns text language sql stable parallel safe as
$$ select coalesce(current_setting('app.cabinet_session', true), '') $$;

-- What a meter showed while it was somebody else's is not for the next one.
alter table meter add column subscriber_since timestamptz;
comment on column meter.subscriber_since is 'When it was taken from the subscriber before; NULL: it never was. Its subscriber sees what it showed since.';
create function meter_since() returns trigger language plpgsql as $$
begin
  new.subscriber_since := now();
  return new;
end $$;
create trigger meter_since before update of subscriber_id on meter
  for each row when (old.subscriber_id is not null
                 and old.subscriber_id is distinct from new.subscriber_id)
  execute function meter_since();

-- Tables --------------------------------------------------------------------------

create table cabinet_account (
  subscriber_id bigint primary key references subscriber on delete cascade,
  password_hash text not null,
  set_at        timestamptz not null default now(),
  registered_at timestamptz not null default now(),
  scheme        text not null default 'auto'
    check (scheme in ('auto', 'light', 'midnight', 'dark', 'contrast')),
  wants_sms     boolean not null default false,
  section       text not null default 'profile'
    check (section in ('profile', 'meters', 'payments', 'notifications', 'log', 'settings'))
);
comment on table cabinet_account is 'A subscriber who has set a password.';
comment on column cabinet_account.password_hash is 'crypt(3) yescrypt; nothing returns the password.';
comment on column cabinet_account.set_at is 'When the password was set.';
comment on column cabinet_account.registered_at is 'When the first password was set: notifications are of what happened since.';
comment on column cabinet_account.scheme is '«Цветовая схема»; auto: as the browser asks.';
comment on column cabinet_account.wants_sms is '«Получать SMS уведомления».';
comment on column cabinet_account.section is 'The one he was in last.';

create table cabinet_session (
  token_hash    bytea primary key,
  subscriber_id bigint not null references cabinet_account on delete cascade,
  remembered    boolean not null,
  browser       text not null,
  address       inet not null,
  started_at    timestamptz not null default now(),
  active_at     timestamptz not null default now()
);
comment on table cabinet_session is 'A signed-in browser. The cookie is random; only its SHA-256 is kept.';
comment on column cabinet_session.remembered is 'Without «Чужой компьютер»: lives 180 days after it was last used, otherwise 30 minutes.';
create index on cabinet_session (subscriber_id);
create index on cabinet_session (active_at);

create table cabinet_attempt (
  at      timestamptz not null default clock_timestamp(),
  kind    text not null check (kind in ('sign_in', 'recovery')),
  login   bytea not null,
  address inet not null
);
comment on table cabinet_attempt is 'Failed sign-ins and requests for a password of the last day, for throttling.';
comment on column cabinet_attempt.login is 'SHA-256 of the e-mail in lower case, whoever it belongs to.';
create index on cabinet_attempt (login, kind, at);
create index on cabinet_attempt (address, kind, at);
create index on cabinet_attempt (at);

create table cabinet_recovery (
  token_hash    bytea primary key,
  subscriber_id bigint not null unique references subscriber on delete cascade,
  asked_at      timestamptz not null default now()
);
comment on table cabinet_recovery is 'The link of the last letter about a password: good for ten minutes and once, the row goes with its use. Only the SHA-256 of its token is kept.';
create index on cabinet_recovery (asked_at);

create table cabinet_code (
  id            bigint generated always as identity primary key,
  subscriber_id bigint not null references subscriber on delete cascade,
  target        text not null check (target in ('email', 'phone')),
  value         text not null,
  code_hash     bytea not null,
  sent_at       timestamptz not null default now(),
  attempts      smallint not null default 0,
  done          boolean not null default false
);
comment on table cabinet_code is 'Confirmation codes of the last day; the newest of a target counts, for ten minutes and five attempts.';
comment on column cabinet_code.value is 'The address or number it was sent to.';
comment on column cabinet_code.code_hash is 'SHA-256 of the subscriber, the value and the code.';
create index on cabinet_code (subscriber_id, target, id desc);
create index on cabinet_code (sent_at);

create table cabinet_phone_change (
  subscriber_id bigint not null references subscriber on delete cascade,
  at            timestamptz not null default now()
);
comment on table cabinet_phone_change is 'Changes of the last 24 hours: at most three.';
create index on cabinet_phone_change (subscriber_id, at);
create index on cabinet_phone_change (at);

create table cabinet_event (
  id            bigint generated always as identity,
  subscriber_id bigint not null references subscriber on delete cascade,
  at            timestamptz not null default clock_timestamp(),
  kind          text not null check (kind in ('signed_in', 'password', 'email', 'phone', 'notification', 'export')),
  note          text not null default '',
  browser       text not null default '',
  address       inet,
  primary key (subscriber_id, id)
);
comment on table cabinet_event is '«Журнал событий» of the cabinet.';
comment on column cabinet_event.note is 'email, phone: the new one; notification: its reason.';

-- «Уведомления» are raised by whoever stores sessions: a row for a subscriber, a
-- reason and a meter, counted on until it is confirmed:
--   insert into notification (...) on conflict (subscriber_id, reason, meter_id)
--     where confirmed_at is null do update set times = notification.times + ...
create table notification (
  id            bigint generated always as identity primary key,
  subscriber_id bigint not null references subscriber on delete cascade,
  reason        text not null check (reason in
    ('gas_alarm', 'tamper', 'case_opened', 'flow_excess', 'reverse_flow', 'button')),
  severity      smallint not null generated always as (case
    when reason in ('gas_alarm', 'tamper', 'case_opened') then 3
    when reason in ('flow_excess', 'reverse_flow') then 2 else 1 end) stored,
  meter_id      bigint not null references meter on delete cascade,
  times         int not null default 1 check (times > 0),
  first_at      timestamptz not null,
  last_at       timestamptz not null,
  confirmed_at  timestamptz,
  check (last_at >= first_at)
);
comment on table notification is 'What happened at the meters of a subscriber who uses the cabinet, since he last confirmed it.';
comment on column notification.severity is '3 high, 2 medium, 1 low.';
comment on column notification.times is 'Events between first_at and last_at.';
comment on column notification.confirmed_at is 'NULL: active.';
create unique index notification_active on notification (subscriber_id, reason, meter_id)
  where confirmed_at is null;
create index on notification (meter_id);

-- Who sees what ---------------------------------------------------------------------

alter table cabinet_account enable row level security;
alter table cabinet_session enable row level security;
alter table cabinet_attempt enable row level security;
alter table cabinet_recovery enable row level security;
alter table cabinet_code enable row level security;
alter table cabinet_phone_change enable row level security;
alter table cabinet_event enable row level security;
alter table notification enable row level security;

create policy own on subscriber for select to lazur_cabinet
  using (id = (select app_subscriber()) and cabinet_allowed);
create policy own on meter for select to lazur_cabinet
  using (subscriber_id = (select app_subscriber()));
create policy own on meter_state for select to lazur_cabinet
  using (exists (select from meter m where m.id = meter_id));
create policy own on attached_meter for select to lazur_cabinet
  using (exists (select from meter m where m.id = meter_id));
create policy own on reading for select to lazur_cabinet
  using (exists (select from meter m where m.id = meter_id
                    and at >= coalesce(m.subscriber_since, '-infinity')));
create policy own on account_operation for select to lazur_cabinet
  using (subscriber_id = (select app_subscriber()));
create policy own on cabinet_account for select to lazur_cabinet
  using (subscriber_id = (select app_subscriber()));
create policy own on cabinet_phone_change for select to lazur_cabinet
  using (subscriber_id = (select app_subscriber()));
create policy own on cabinet_event for select to lazur_cabinet
  using (subscriber_id = (select app_subscriber()));
create policy own on notification for select to lazur_cabinet
  using (subscriber_id = (select app_subscriber()));
do $$
declare r text;
begin
  foreach r in array array['lazur_listener', 'lazur_worker'] loop
    execute format('create policy %I on notification to %I using (true) with check (true)',
      'all_for_' || r, r);
  end loop;
end $$;
grant select, insert, update on notification to lazur_listener, lazur_worker;

-- Columns by name: what operators write about a subscriber or his meter, and
-- who of them did what, is not his to read; nor is any secret.
grant select (id, branch_id, tariff_id, account, full_name, last_name, first_name, address,
  phone, email, balance_kopecks, calculates_balance, cabinet_allowed) on subscriber to lazur_cabinet;
grant select (id, serial, meter_type_id, subscriber_id, account, subscriber_since) on meter to lazur_cabinet;
grant select (meter_id, last_at, main_at, volume_dm3, energy_wh, temperature_mk, valve)
  on meter_state to lazur_cabinet;
grant select (meter_id, at, volume_dm3, energy_wh, temperature_mk, valve) on reading to lazur_cabinet;
grant select (id, name, medium, has_valve) on meter_type to lazur_cabinet;
grant select (id, name) on attached_type to lazur_cabinet;
grant select (meter_id, attached_type_id, serial) on attached_meter to lazur_cabinet;
grant select (id, name, full_name, bank, account, bic, corr_account, inn, kpp) on branch to lazur_cabinet;
grant select (id, name, description) on tariff to lazur_cabinet;
grant select (subscriber_id, id, at, kind, amount_kopecks, balance_kopecks, meter_id, serial,
  from_at, to_at, from_dm3, to_dm3, price_kopecks_per_1000_m3, document, note)
  on account_operation to lazur_cabinet;
grant select (subscriber_id, registered_at, scheme, wants_sms, section) on cabinet_account to lazur_cabinet;
grant select on cabinet_phone_change, cabinet_event, notification to lazur_cabinet;

-- Charts: the subscriber of a meter sees it too, since it is his. -----------------------

create function chart_since(p_meter_id bigint) returns timestamptz language sql stable as $$
  select case
      when m.branch_id = any (app_branches()) or (m.branch_id is null and app_branchless()) then '-infinity'
      when m.subscriber_id = app_subscriber() then coalesce(m.subscriber_since, '-infinity')
    end::timestamptz
    from meter m where m.id = p_meter_id
$$;
comment on function chart_since is 'From when on whoever asks sees what a meter showed; NULL: he does not see it.';

create or replace function chart_values(p_meter_id bigint, p_energy boolean, p_from timestamptz, p_to timestamptz)
returns table (at timestamptz, value bigint, archived boolean)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  since timestamptz := chart_since(p_meter_id);
begin
  if since is null then
    return;
  end if;
  return query
    select r.at, case when p_energy then r.energy_wh else r.volume_dm3 end, false
      from reading r
     where r.meter_id = p_meter_id and r.at >= greatest(p_from, since) and r.at < p_to
       and case when p_energy then r.energy_wh else r.volume_dm3 end is not null;
  return query
    select r.at, case when p_energy then r.energy_wh else r.volume_dm3 end, false
      from reading r
     where r.meter_id = p_meter_id and r.at < p_from and r.at >= since
       and case when p_energy then r.energy_wh else r.volume_dm3 end is not null
     order by r.at desc limit 1;
  return query
    select r.at, case when p_energy then r.energy_wh else r.volume_dm3 end, false
      from reading r
     where r.meter_id = p_meter_id and r.at >= greatest(p_to, since)
       and case when p_energy then r.energy_wh else r.volume_dm3 end is not null
     order by r.at limit 1;
  if p_energy then
    return;
  end if;
  return query
    select a.at, a.volume_dm3, true from archive_daily a
     where a.meter_id = p_meter_id and a.volume_dm3 is not null
       and a.day >= p_from::date - 1 and a.day <= p_to::date + 1 and a.at >= since;
  return query
    select a.at, a.volume_dm3, true from archive_daily a
     where a.meter_id = p_meter_id and a.volume_dm3 is not null and a.day < p_from::date - 1 and a.at >= since
     order by a.day desc limit 1;
  return query
    select a.at, a.volume_dm3, true from archive_daily a
     where a.meter_id = p_meter_id and a.volume_dm3 is not null and a.day > p_to::date + 1 and a.at >= since
     order by a.day limit 1;
end $$;

create or replace function chart_extent(p_meter_id bigint, p_energy boolean)
returns table (first_at timestamptz, last_at timestamptz)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  since timestamptz := chart_since(p_meter_id);
begin
  if since is null then
    return query select null::timestamptz, null::timestamptz;
    return;
  end if;
  select r.at into first_at from reading r
   where r.meter_id = p_meter_id and r.at >= since
     and case when p_energy then r.energy_wh else r.volume_dm3 end is not null
   order by r.at limit 1;
  select r.at into last_at from reading r
   where r.meter_id = p_meter_id and r.at >= since
     and case when p_energy then r.energy_wh else r.volume_dm3 end is not null
   order by r.at desc limit 1;
  if not p_energy then
    first_at := least(first_at, (select a.at from archive_daily a
      where a.meter_id = p_meter_id and a.volume_dm3 is not null and a.at >= since order by a.day limit 1));
    last_at := greatest(last_at, (select a.at from archive_daily a
      where a.meter_id = p_meter_id and a.volume_dm3 is not null and a.at >= since order by a.day desc limit 1));
  end if;
  return next;
end $$;
drop function chart_meter_is_seen(bigint);

-- Entering ----------------------------------------------------------------------------

-- cabinet_enter: who holds this cookie; from here to the end of the transaction
-- row security follows him. No row: sign in again. The administrator's switch
-- is asked with every click.
create function cabinet_enter(p_token_hash bytea)
returns table (subscriber_id bigint, first_name text, email text, scheme text, section text,
               counts boolean, notices int, idle_s int, settings text)
language sql stable security definer set search_path = public, pg_temp as $$
  select s.id, s.first_name, s.email, a.scheme, a.section, s.calculates_balance,
         (select count(distinct n.reason)::int from notification n
           where n.subscriber_id = s.id and n.confirmed_at is null),
         extract(epoch from now() - c.active_at)::int,
         set_config('app.subscriber', s.id::text, true)
         || set_config('app.cabinet_session', encode(c.token_hash, 'hex'), true)
    from cabinet_session c
    join cabinet_account a on a.subscriber_id = c.subscriber_id
    join subscriber s on s.id = c.subscriber_id and s.cabinet_allowed
   where c.token_hash = p_token_hash
     and c.active_at > now() - case when c.remembered then interval '180 days' else interval '30 minutes' end
$$;
comment on function cabinet_enter is 'settings has to be selected, or nothing is set.';

create function cabinet_touch() returns void language sql volatile
security definer set search_path = public, pg_temp as $$
  update cabinet_session set active_at = now()
   where token_hash = decode(app_cabinet_session(), 'hex') and subscriber_id = app_subscriber()
$$;

-- Switched off, or another address given by somebody else: whoever is in, is
-- out, and no link or code that is under way counts any more. He who changes
-- his own address stays where he is.
create function cabinet_doors() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  delete from cabinet_session where subscriber_id = new.id
     and (not new.cabinet_allowed or new.id <> app_subscriber()
          or token_hash <> decode(app_cabinet_session(), 'hex'));
  delete from cabinet_recovery where subscriber_id = new.id;
  update cabinet_code set attempts = 99 where subscriber_id = new.id and not done;
  return null;
end $$;
create trigger cabinet_doors after update of cabinet_allowed, email on subscriber
  for each row when (old.cabinet_allowed
    and (not new.cabinet_allowed or lower(old.email) <> lower(new.email)))
  execute function cabinet_doors();

-- cabinet_wait: seconds until another attempt; 0: now. Five failures for a
-- login, twenty for an address in ten minutes, as operators; three letters.
create function cabinet_wait(p_kind text, p_login bytea, p_address inet) returns int
language sql stable security definer set search_path = public, pg_temp as $$
  select greatest(0, ceil(extract(epoch from max(at) + interval '10 minutes' - now())))::int
    from ((select at from cabinet_attempt
            where login = p_login and kind = p_kind and at > now() - interval '10 minutes'
            order by at desc offset case p_kind when 'recovery' then 2 else 4 end limit 1)
          union all
          (select at from cabinet_attempt
            where address = p_address and kind = p_kind and at > now() - interval '10 minutes'
            order by at desc offset 19 limit 1)) x
$$;
create function cabinet_attempted(p_kind text, p_login bytea, p_address inet) returns void
language sql volatile security definer set search_path = public, pg_temp as
$$ insert into cabinet_attempt (kind, login, address) values (p_kind, p_login, p_address) $$;

-- cabinet_find: whose e-mail it is, if he may enter and has a password.
create function cabinet_find(p_email text) returns table (subscriber_id bigint, password_hash text)
language sql stable security definer set search_path = public, pg_temp as $$
  select s.id, a.password_hash from subscriber s join cabinet_account a on a.subscriber_id = s.id
   where s.email <> '' and lower(s.email) = lower(p_email) and s.cabinet_allowed
$$;

create function cabinet_tell(p_subscriber bigint, p_kind text, p_note text, p_browser text, p_address inet)
returns void language sql volatile as $$
  insert into cabinet_event (subscriber_id, kind, note, browser, address)
    values (p_subscriber, p_kind, p_note, left(p_browser, 60), p_address)
$$;

-- cabinet_sign_in: the password was right; a session of its own for this browser.
create function cabinet_sign_in(p_subscriber bigint, p_token_hash bytea, p_remembered boolean,
  p_login bytea, p_browser text, p_address inet) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from cabinet_attempt where kind = 'sign_in' and login = p_login and address = p_address;
  insert into cabinet_session (token_hash, subscriber_id, remembered, browser, address)
    values (p_token_hash, p_subscriber, p_remembered, left(p_browser, 60), p_address);
  perform cabinet_tell(p_subscriber, 'signed_in', '', p_browser, p_address);
  return (select section from cabinet_account where subscriber_id = p_subscriber);
end $$;

create function cabinet_sign_out(p_token_hash bytea) returns void language sql volatile
security definer set search_path = public, pg_temp as
$$ delete from cabinet_session where token_hash = p_token_hash $$;

-- Passwords ----------------------------------------------------------------------------

-- cabinet_recover: a letter with a link, if this is a subscriber who may enter;
-- the link before it is of no use any more.
create function cabinet_recover(p_email text, p_token_hash bytea, p_link text, p_at text, p_language text)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare s record;
begin
  select id, first_name, email into s from subscriber
   where email <> '' and lower(email) = lower(p_email) and cabinet_allowed;
  if not found then
    return;
  end if;
  insert into cabinet_recovery (token_hash, subscriber_id) values (p_token_hash, s.id)
    on conflict (subscriber_id) do update set token_hash = excluded.token_hash, asked_at = now();
  begin
    perform letter_queue('password_recovery', s.email, p_language,
      jsonb_build_object('name', s.first_name, 'at', p_at, 'link', p_link, 'email', s.email));
  exception when sqlstate 'LZ422' then
    null; -- nothing can be sent to this address; the answer is the same
  end;
end $$;

create function cabinet_token_fits(p_token_hash bytea) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from cabinet_recovery r join subscriber s on s.id = r.subscriber_id
    where r.token_hash = p_token_hash and r.asked_at > now() - interval '10 minutes' and s.cabinet_allowed)
$$;

-- cabinet_password: the link is used up, all browsers are signed out. False: the
-- link does not count any more.
create function cabinet_password(p_token_hash bytea, p_hash text, p_browser text, p_address inet)
returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
declare who bigint;
begin
  if not cabinet_token_fits(p_token_hash) then
    return false;
  end if;
  delete from cabinet_recovery where token_hash = p_token_hash returning subscriber_id into who;
  if who is null then
    return false; -- somebody was faster with the same link
  end if;
  insert into cabinet_account (subscriber_id, password_hash) values (who, p_hash)
    on conflict (subscriber_id) do update set password_hash = excluded.password_hash, set_at = now();
  delete from cabinet_session where subscriber_id = who;
  perform cabinet_tell(who, 'password', '', p_browser, p_address);
  return true;
end $$;

-- Changes of one's own data ---------------------------------------------------------------

create function cabinet_rules() returns table (confirms_email boolean, confirms_phone boolean,
  sends_sms boolean, login_url text)
language sql stable security definer set search_path = public, pg_temp as $$
  select parameter_on('confirm_email'), parameter_on('confirm_phone'), parameter_on('sms_enabled'),
         parameter_text('login_url')
$$;

create function cabinet_code_hash(p_subscriber bigint, p_value text, p_code text) returns bytea
language sql immutable as
$$ select sha256(convert_to(p_subscriber || E'\n' || p_value || E'\n' || p_code, 'UTF8')) $$;

-- Why an address or a number may not become his: '' when it may.
create function cabinet_value_fault(p_target text, p_value text) returns text
language plpgsql stable as $$
begin
  if app_subscriber() = 0 then
    raise exception 'nobody is signed in' using errcode = 'LZ403';
  end if;
  if p_target = 'email' then
    if p_value = '' or exists (select from subscriber where lower(email) = lower(p_value)
                                 and email <> '' and id <> app_subscriber()) then
      return 'taken';
    end if;
  elsif (select count(*) from cabinet_phone_change where subscriber_id = app_subscriber()
            and at > now() - interval '24 hours') >= 3 then
    return 'often';
  end if;
  return '';
end $$;

-- cabinet_code_send: '' when a code is on its way to p_value, else why not:
-- taken, often (three changes, or five codes in 24 hours).
create function cabinet_code_send(p_target text, p_value text, p_code text, p_language text)
returns text language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me bigint := app_subscriber();
  fault text := cabinet_value_fault(p_target, p_value);
begin
  if fault <> '' then
    return fault;
  end if;
  -- One at a time, so that five are five.
  perform from cabinet_account where subscriber_id = me for update;
  if (select count(*) from cabinet_code where subscriber_id = me and target = p_target
         and sent_at > now() - interval '24 hours') >= 5 then
    return 'often';
  end if;
  insert into cabinet_code (subscriber_id, target, value, code_hash)
    values (me, p_target, p_value, cabinet_code_hash(me, p_value, p_code));
  if p_target = 'email' then
    perform letter_queue('email_code', p_value, p_language, jsonb_build_object('code', p_code,
      'name', (select first_name from subscriber where id = me)));
  else
    perform sms_queue('phone_code', p_value, p_language, jsonb_build_object('code', p_code));
  end if;
  return '';
end $$;

-- cabinet_code_waits: where the code that waits to be typed was sent; NULL: none.
create function cabinet_code_waits(p_target text) returns text language sql stable
security definer set search_path = public, pg_temp as $$
  select value from (select * from cabinet_code where subscriber_id = app_subscriber() and target = p_target
                      order by id desc limit 1) c
   where not done and attempts < 5 and sent_at > now() - interval '10 minutes'
$$;

-- cabinet_change: '' when it is done, else why not: taken, often, code (one must
-- be asked for), wrong (another one), over (too late, or too many wrong ones).
-- Nothing is raised, so that a wrong code counts.
create function cabinet_change(p_target text, p_value text, p_code text, p_browser text, p_address inet)
returns text language plpgsql security definer set search_path = public, pg_temp as $$
declare
  me bigint := app_subscriber();
  fault text;
  c cabinet_code;
begin
  perform from subscriber where id = me for no key update;
  fault := cabinet_value_fault(p_target, p_value);
  if fault <> '' then
    return fault;
  end if;
  if parameter_on('confirm_' || p_target) then
    if p_code is null then
      return 'code';
    end if;
    select * into c from cabinet_code where subscriber_id = me and target = p_target
     order by id desc limit 1 for update;
    if c.id is null or c.done or c.attempts >= 5 or c.value <> p_value
       or c.sent_at <= now() - interval '10 minutes' then
      return 'over';
    end if;
    if c.code_hash <> cabinet_code_hash(me, p_value, p_code) then
      update cabinet_code set attempts = attempts + 1 where id = c.id;
      return case when c.attempts >= 4 then 'over' else 'wrong' end;
    end if;
    update cabinet_code set done = true where id = c.id;
  end if;
  if p_target = 'email' then
    begin
      update subscriber set email = p_value where id = me and email <> p_value;
    exception when unique_violation then
      return 'taken';
    end;
  else
    update subscriber set phone = p_value where id = me;
    insert into cabinet_phone_change (subscriber_id) values (me);
  end if;
  perform cabinet_tell(me, p_target, p_value, p_browser, p_address);
  return '';
end $$;

create function cabinet_settings(p_scheme text, p_sms boolean) returns void
language sql volatile security definer set search_path = public, pg_temp as $$
  update cabinet_account set scheme = p_scheme, wants_sms = coalesce(p_sms, wants_sms)
   where subscriber_id = app_subscriber()
$$;
comment on function cabinet_settings is 'p_sms NULL: as it is.';

create function cabinet_section(p_section text) returns void
language sql volatile security definer set search_path = public, pg_temp as
$$ update cabinet_account set section = p_section where subscriber_id = app_subscriber() $$;

-- cabinet_confirm: a reason is confirmed as far as it was shown; what has come
-- since stays active.
create function cabinet_confirm(p_reason text, p_shown_us bigint, p_browser text, p_address inet)
returns int language plpgsql security definer set search_path = public, pg_temp as $$
declare n int;
begin
  update notification set confirmed_at = now()
   where subscriber_id = app_subscriber() and reason = p_reason and confirmed_at is null
     and (extract(epoch from last_at) * 1000000)::bigint <= p_shown_us;
  get diagnostics n = row_count;
  if n > 0 then
    perform cabinet_tell(app_subscriber(), 'notification', p_reason, p_browser, p_address);
  end if;
  return n;
end $$;

create function cabinet_exported(p_browser text, p_address inet) returns void
language sql volatile security definer set search_path = public, pg_temp as
$$ select cabinet_tell(app_subscriber(), 'export', '', p_browser, p_address) where app_subscriber() <> 0 $$;

-- cabinet_expire: what is of no use any more; called by the worker.
create function cabinet_expire() returns bigint language plpgsql
security definer set search_path = public, pg_temp as $$
declare n bigint; gone bigint := 0;
begin
  delete from cabinet_session
   where active_at < now() - case when remembered then interval '180 days' else interval '1 day' end;
  get diagnostics n = row_count; gone := gone + n;
  delete from cabinet_attempt where at < now() - interval '1 day';
  get diagnostics n = row_count; gone := gone + n;
  delete from cabinet_recovery where asked_at < now() - interval '1 day';
  get diagnostics n = row_count; gone := gone + n;
  delete from cabinet_code where sent_at < now() - interval '2 days';
  get diagnostics n = row_count; gone := gone + n;
  delete from cabinet_phone_change where at < now() - interval '2 days';
  get diagnostics n = row_count; gone := gone + n;
  return gone;
end $$;

revoke all on function app_subscriber, app_cabinet_session, meter_since, chart_since, cabinet_enter,
  cabinet_touch, cabinet_doors, cabinet_wait, cabinet_attempted, cabinet_find, cabinet_tell,
  cabinet_sign_in, cabinet_sign_out, cabinet_recover, cabinet_token_fits, cabinet_password,
  cabinet_rules, cabinet_code_hash, cabinet_value_fault, cabinet_code_send, cabinet_code_waits,
  cabinet_change, cabinet_settings, cabinet_section, cabinet_confirm, cabinet_exported,
  cabinet_expire from public;
grant execute on function app_subscriber, cabinet_enter, cabinet_touch, cabinet_wait, cabinet_attempted,
  cabinet_find, cabinet_sign_in, cabinet_sign_out, cabinet_recover, cabinet_token_fits,
  cabinet_password, cabinet_rules, cabinet_code_send, cabinet_code_waits, cabinet_change,
  cabinet_settings, cabinet_section, cabinet_confirm, cabinet_exported, chart_values, chart_extent,
  tariff_price_at to lazur_cabinet;
grant execute on function cabinet_expire to lazur_worker;
