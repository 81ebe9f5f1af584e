-- Letters and SMS: what each kind of message is, how it fares, and how the
-- two channels do. A message is queued in the transaction of its cause as a
-- kind, a language and values; the notifier makes the words of it when it
-- sends it (templates/letters).

create table message_kind (
  channel  text not null check (channel in ('mail', 'sms')),
  kind     text not null,
  lifetime interval not null check (lifetime > interval '0'),
  urgent   boolean not null default true,
  secret   boolean not null default false,
  primary key (channel, kind)
);
comment on table message_kind is 'The messages there are; plain carries words of its own, every other one has a template.';
comment on column message_kind.lifetime is 'A message that was not sent for so long is not sent any more: nobody wants last month''s alarm.';
comment on column message_kind.urgent is 'Goes out in quiet hours too.';
comment on column message_kind.secret is 'Carries a link or a code: its values are wiped once it is over, and it is never sent again.';
insert into message_kind (channel, kind, lifetime, secret) values
  ('mail', 'plain',              '3 days',     false),
  ('mail', 'test_letter',        '1 hour',     false),
  ('mail', 'operator_welcome',   '3 days',     false),
  ('mail', 'security_command',   '1 day',      false),
  ('mail', 'security_cancelled', '1 day',      false),
  ('mail', 'password_recovery',  '10 minutes', true),
  ('mail', 'email_code',         '10 minutes', true),
  ('sms',  'plain',              '12 hours',   false),
  ('sms',  'test_sms',           '1 hour',     false),
  ('sms',  'phone_code',         '10 minutes', true),
  ('sms',  'valve_closed',       '12 hours',   false),
  ('sms',  'case_opened',        '12 hours',   false),
  ('sms',  'gas_alarm',          '12 hours',   false),
  ('sms',  'flow_excess',        '12 hours',   false),
  ('sms',  'reverse_flow',       '12 hours',   false),
  ('sms',  'tamper',             '12 hours',   false);

do $$
declare t text;
begin
  foreach t in array array['outbox_mail', 'outbox_sms'] loop
    execute format($f$
      alter table %1$I
        add column kind     text not null default 'plain',
        add column language text not null default 'ru' check (language in ('ru', 'en')),
        add column "values" jsonb not null default '{}' check (jsonb_typeof("values") = 'object'),
        add column urgent   boolean not null default true,
        add column expires_at timestamptz not null default now() + interval '3 days',
        add column unclear  boolean not null default false,
        add column sent_at  timestamptz,
        add column error    text not null default '',
        add column detail   text not null default '' check (length(detail) <= 300),
        add column wrong_contact boolean not null default false,
        alter column body set default '',
        drop constraint %1$s_state_check,
        add constraint %1$s_state_check
          check (state in ('queued', 'sent', 'delivered', 'failed', 'expired'));
      drop index %1$s_next_at_idx;
      create index %1$s_due on %1$I (urgent desc, next_at) where state = 'queued';
      create index %1$s_expiring on %1$I (expires_at) where state = 'queued';
      create index %1$s_newest on %1$I (created_at, id);
      create index %1$s_by_state on %1$I (state, created_at, id);
      comment on column %1$I.state is 'queued; sent: the server has taken it; delivered: the telephone has it; failed, for good; expired: was not sent in time.';
      comment on column %1$I."values" is 'What stands for the {names} of its template.';
      comment on column %1$I.unclear is 'An attempt was begun and its end is not known: it may have arrived.';
      comment on column %1$I.error is 'Machine word of what went wrong last; detail is the server''s own words.';
      comment on column %1$I.wrong_contact is 'It failed because there is no such address or number.';
    $f$, t);
  end loop;
end $$;
alter table outbox_mail alter column subject set default '',
  add column message_id text;
comment on column outbox_mail.message_id is 'Message-ID of every delivery of this letter, given before the first: a second one is recognised by it.';
alter table outbox_sms
  add column service_state smallint,
  add column status_at     timestamptz,
  add column asked         smallint not null default 0;
comment on table outbox_sms is 'The id is what the service knows the message by.';
comment on column outbox_sms.service_state is 'The last status that the service told.';
comment on column outbox_sms.status_at is 'When the service is asked next; NULL: nothing more to ask.';
create index outbox_sms_status on outbox_sms (status_at) where state = 'sent' and status_at is not null;
create index outbox_mail_recipient on outbox_mail using gin (recipient gin_trgm_ops);
create index outbox_sms_recipient on outbox_sms using gin (phone gin_trgm_ops);

-- How the channels do: written by the notifier, shown to administrators.
create table notifier_channel (
  channel    text primary key check (channel in ('mail', 'sms')),
  state      text not null default 'off' check (state in ('off', 'folder', 'works', 'stopped')),
  reason     text not null default '',
  detail     text not null default '' check (length(detail) <= 300),
  since      timestamptz not null default now(),
  retry_at   timestamptz,
  balance    numeric(14, 2),
  balance_low boolean not null default false,
  balance_at timestamptz,
  seen_at    timestamptz
);
comment on table notifier_channel is 'off: nothing is set up; folder: written to a folder; stopped: the server is away or refuses, the queue is kept and tried again at retry_at.';
comment on column notifier_channel.seen_at is 'Last sign of life of the notifier.';
insert into notifier_channel (channel) values ('mail'), ('sms');

-- Queueing ---------------------------------------------------------------------

-- letter_queue, sms_queue: one message, in the transaction of its cause. The
-- address of the site is added to the values.
create function message_values(p_values jsonb) returns jsonb
language sql stable security definer set search_path = public, pg_temp as
$$ select jsonb_build_object('login_url', parameter_text('login_url')) || coalesce(p_values, '{}') $$;

create function letter_queue(p_kind text, p_recipient text, p_language text, p_values jsonb)
returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare k message_kind; made bigint;
begin
  select * into k from message_kind where channel = 'mail' and kind = p_kind and kind <> 'plain';
  if not found then
    raise exception 'no letter is called %', p_kind using errcode = 'LZ422';
  end if;
  if length(p_recipient) > 254
     or p_recipient !~ '^[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]+@[A-Za-z0-9](\.?[A-Za-z0-9-])*$' then
    raise exception 'no letter can be sent to such an address' using errcode = 'LZ422';
  end if;
  insert into outbox_mail (recipient, reason, kind, language, "values", urgent, expires_at)
    values (p_recipient, p_kind, p_kind, p_language, message_values(p_values), k.urgent, now() + k.lifetime)
    returning id into made;
  return made;
end $$;

create function sms_queue(p_kind text, p_phone text, p_language text, p_values jsonb)
returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
  k message_kind; made bigint;
  p text := sms_number(p_phone);
begin
  select * into k from message_kind where channel = 'sms' and kind = p_kind and kind <> 'plain';
  if not found then
    raise exception 'no SMS is called %', p_kind using errcode = 'LZ422';
  end if;
  if p is null then
    raise exception 'no SMS can be sent to such a number' using errcode = 'LZ422';
  end if;
  insert into outbox_sms (phone, reason, kind, language, "values", urgent, expires_at)
    values (p, p_kind, p_kind, p_language, message_values(p_values), k.urgent, now() + k.lifetime)
    returning id into made;
  return made;
end $$;

-- The security officer's letter (GC-283, GC-284): to all officers of a branch,
-- to each not more often than once in 24 hours or after he has signed in.
create table security_letter (
  operator_id int primary key references operator on delete cascade,
  at          timestamptz not null
);
comment on table security_letter is 'When an officer was last written to about a command that waits for him.';

create function security_letters(p_branch int, p_values jsonb, p_at timestamptz default now())
returns int language plpgsql security definer set search_path = public, pg_temp as $$
declare o record; n int := 0;
begin
  for o in
    with told as (
      insert into security_letter as l (operator_id, at)
        select w.id, p_at from operator w join operator_branch b on b.operator_id = w.id
         where w.role = 'security' and not w.disabled and b.branch_id = p_branch and w.email <> ''
         order by w.id
      on conflict (operator_id) do update set at = excluded.at
        where l.at <= excluded.at - interval '24 hours'
           or l.at < (select x.last_login_at from operator x where x.id = l.operator_id)
      returning l.operator_id)
    select w.email, btrim(w.first_name || ' ' || w.last_name) as name, b.name as branch
      from told join operator w on w.id = told.operator_id join branch b on b.id = p_branch
  loop
    begin
      perform letter_queue('security_command', o.email, 'ru',
        jsonb_build_object('name', o.name, 'branch', o.branch) || p_values);
      n := n + 1;
    exception when sqlstate 'LZ422' then
      null; -- an address that nothing can be sent to does not stop the command
    end;
  end loop;
  return n;
end $$;
comment on function security_letters is 'How many letters were queued; p_values: serial, model, command.';

-- The notice that САУПГ has taken a waiting command back (GC-282).
create function security_cancelled_letters(p_branch int, p_values jsonb)
returns int language plpgsql security definer set search_path = public, pg_temp as $$
declare o record; n int := 0;
begin
  for o in
    select w.email, btrim(w.first_name || ' ' || w.last_name) as name, r.name as branch
      from operator w join operator_branch b on b.operator_id = w.id join branch r on r.id = b.branch_id
     where w.role = 'security' and not w.disabled and b.branch_id = p_branch and w.email <> ''
  loop
    begin
      perform letter_queue('security_cancelled', o.email, 'ru',
        jsonb_build_object('name', o.name, 'branch', o.branch) || p_values);
      n := n + 1;
    exception when sqlstate 'LZ422' then
      null;
    end;
  end loop;
  return n;
end $$;

-- contact_wrong: whether the last thing sent to a contact came back for good.
create function contact_wrong(p_channel text, p_contact text) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(case p_channel
    when 'mail' then (select wrong_contact from outbox_mail
                       where recipient = p_contact and state in ('sent', 'failed')
                       order by id desc limit 1)
    when 'sms' then (select wrong_contact from outbox_sms
                      where phone = p_contact and state in ('sent', 'delivered', 'failed')
                      order by id desc limit 1)
  end, false)
$$;

-- message_again: a copy of a message that is over; it is another message to
-- everybody, so that no server takes it for a repeat.
create function message_again(p_channel text, p_id bigint, p_address inet) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare made bigint; found_kind text; k message_kind;
begin
  if app_role() <> 'admin' then
    raise exception 'role % may not send messages', app_role() using errcode = 'LZ403';
  end if;
  if p_channel = 'mail' then
    select m.kind into found_kind from outbox_mail m where m.id = p_id and m.state <> 'queued' for update;
  else
    select m.kind into found_kind from outbox_sms m where m.id = p_id and m.state <> 'queued' for update;
  end if;
  select * into k from message_kind where channel = p_channel and kind = found_kind;
  if not found then
    raise exception 'no message % % that is over', p_channel, p_id using errcode = 'LZ404';
  end if;
  if k.secret then
    raise exception 'message % % carried a secret', p_channel, p_id using errcode = 'LZ409';
  end if;
  if p_channel = 'mail' then
    insert into outbox_mail (recipient, subject, body, reason, kind, language, "values", urgent, expires_at)
      select recipient, subject, body, reason, kind, language, "values", true, now() + k.lifetime
        from outbox_mail where id = p_id
      returning id into made;
  else
    insert into outbox_sms (phone, body, reason, kind, language, "values", urgent, expires_at)
      select phone, body, reason, kind, language, "values", true, now() + k.lifetime
        from outbox_sms where id = p_id
      returning id into made;
  end if;
  insert into audit_log (operator_login, action, note, address)
    values (app_login(), 'Сообщение отправлено повторно',
            format('%s %s -> %s', case p_channel when 'mail' then 'Письмо' else 'SMS' end, p_id, made), p_address);
  return made;
end $$;

-- Who may ---------------------------------------------------------------------

alter table outbox_mail enable row level security;
alter table outbox_sms enable row level security;
alter table notifier_channel enable row level security;
do $$
declare t text;
begin
  foreach t in array array['outbox_mail', 'outbox_sms', 'notifier_channel'] loop
    execute format('create policy read_by_admin on %I for select to lazur_web
      using ((select app_role()) = ''admin'')', t);
    execute format('create policy all_for_lazur_notifier on %I to lazur_notifier
      using (true) with check (true)', t);
  end loop;
end $$;

revoke all on function message_values, letter_queue, sms_queue, security_letters,
  security_cancelled_letters, contact_wrong, message_again from public;
grant execute on function letter_queue, contact_wrong, message_again to lazur_web;
grant execute on function sms_queue to lazur_web, lazur_listener, lazur_worker;
grant execute on function security_letters, security_cancelled_letters to lazur_web;
grant select on message_kind to lazur_web, lazur_notifier;
grant select (id, created_at, recipient, kind, reason, language, state, attempts, next_at,
  expires_at, sent_at, error, detail, wrong_contact) on outbox_mail to lazur_web;
grant select (id, created_at, phone, kind, reason, language, state, attempts, next_at,
  expires_at, sent_at, error, detail, wrong_contact, service_state) on outbox_sms to lazur_web;
grant select on notifier_channel to lazur_web;
grant select, update on notifier_channel to lazur_notifier;
grant delete on outbox_mail, outbox_sms to lazur_notifier;
