-- «Системные параметры»: what an administrator sets for all of the system. A
-- row for each, with its limits, so that nothing out of them is ever stored,
-- whoever writes; lib/model/parameter.c has the same table for the screen.

create table parameter (
  name       text primary key,
  title      text not null unique,
  kind       text not null
    check (kind in ('text', 'url', 'host', 'mail', 'number', 'switch', 'choice', 'secret')),
  optional   boolean not null default true,
  min        bigint,
  max        bigint,
  choices    text[] not null default '{}',
  value      text,
  sealed     bytea,
  has_secret boolean generated always as (sealed is not null) stored,
  changed_at timestamptz not null default now(),
  changed_by text not null default ''
);
comment on table parameter is 'Settings of the whole system. Made by schema files; the site changes values by parameter_set and parameter_seal only.';
comment on column parameter.title is 'What the log of operators calls it: the label of the screen, with its group where two are called the same.';
comment on column parameter.optional is 'May be empty.';
comment on column parameter.min is 'Of numbers; max likewise.';
comment on column parameter.value is 'As text; a switch is on or off. NULL for secrets.';
comment on column parameter.sealed is 'Of secrets: AES-256-GCM about «parameter:<name>» (lib/base/seal.h). NULL: none is set.';
comment on column parameter.changed_by is 'Login; empty: as it was delivered.';

-- parameter_fits: whether a value may stand in a parameter of this kind.
create function parameter_fits(p_kind text, p_value text, p_optional boolean,
  p_min bigint, p_max bigint, p_choices text[])
returns boolean language sql immutable parallel safe as $$
  select case
    when p_kind = 'secret' then p_value is null
    when p_value is null then false
    when p_value = '' then p_optional and p_kind not in ('switch', 'choice')
    when length(p_value) > 250 or p_value ~ '[[:cntrl:]]' then false
    else case p_kind
      when 'text'   then p_value ~ '\S'
      when 'url'    then p_value ~ '^https?://[A-Za-z0-9](\.?[A-Za-z0-9_-])*(:[0-9]{1,5})?(/[^\s"<>\\]*)?$'
                      or p_value ~ '^https?://\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?(/[^\s"<>\\]*)?$'
      when 'host'   then p_value ~ '^[A-Za-z0-9](\.?[A-Za-z0-9_-])*$' or p_value ~ '^[0-9A-Fa-f]*:[0-9A-Fa-f:.]+$'
      when 'mail'   then p_value ~ '^[^\s@<>"(),:;\\]+@[A-Za-z0-9](\.?[A-Za-z0-9-])*$'
      when 'number' then case when p_value ~ '^[0-9]{1,15}$'
                           then p_value::bigint between p_min and p_max else false end
      when 'switch' then p_value in ('on', 'off')
      when 'choice' then p_value = any (p_choices)
    end
  end
$$;
alter table parameter add constraint value_fits
  check (parameter_fits(kind, value, optional, min, max, choices)),
  add constraint limits_of_numbers check ((kind = 'number') = (min is not null and max is not null)),
  add constraint sealed_is_secret check (kind = 'secret' or sealed is null);

insert into parameter (name, title, kind, optional, min, max, value) values
  ('login_url',             'URL для входа в систему',                  'url',    true,  null, null, ''),
  ('saupg_confirmation',    'Подтверждение СБ',                         'switch', false, null, null, 'on'),
  ('mail_from_address',     'Адрес отправителя писем',                  'mail',   true,  null, null, ''),
  ('mail_from_name',        'Имя отправителя писем',                    'text',   true,  null, null, ''),
  ('smtp_host',             'SMTP сервер',                              'host',   true,  null, null, ''),
  ('smtp_login',            'Логин SMTP сервера',                       'text',   true,  null, null, ''),
  ('smtp_password',         'Пароль SMTP сервера',                      'secret', true,  null, null, null),
  ('smtp_port',             'Порт SMTP сервера',                        'number', false, 1, 65535,  '25'),
  ('confirm_email',         'Подтверждать EMail кодом',                 'switch', false, null, null, 'off'),
  ('sms_login',             'Логин (Отправка SMS)',                     'text',   true,  null, null, ''),
  ('sms_password',          'Пароль (Отправка SMS)',                    'secret', true,  null, null, null),
  ('sms_sender',            'Имя отправителя SMS',                      'text',   true,  null, null, ''),
  ('sms_enabled',           'Отправлять SMS',                           'switch', false, null, null, 'off'),
  ('confirm_phone',         'Подтверждать телефон кодом',               'switch', false, null, null, 'off'),
  ('daily_archives',        'Использовать суточные архивы',             'switch', false, null, null, 'on'),
  ('report_hour',           'Отчётный час',                             'number', false, 0, 23,     '10'),
  ('hourly_archives',       'Использовать часовые архивы',              'switch', false, null, null, 'off'),
  ('firmware_per_day',      'Кол-во обновлений ПО в сутки',             'number', false, 0, 1000,   '500'),
  ('address_changes_per_day', 'Кол-во изменений IP в сутки',            'number', false, 0, 1000,   '20'),
  ('cutoff_without_link',   'Отключать газ без связи',                  'switch', false, null, null, 'off'),
  ('cutoff_delay_days',     'Задержка отключения, суток',               'number', false, 1, 366,    '2'),
  ('ban_close_commands',    'Запрет команд отключения газа',            'switch', false, null, null, 'off'),
  ('ban_close_delivery',    'Запрет выполнения отключения газа',        'switch', false, null, null, 'off'),
  ('ban_automatic_closing', 'Запрет автоматического закрытия клапана',  'switch', false, null, null, 'off'),
  ('lorawan_enabled',       'Использовать LoRaWAN',                     'switch', false, null, null, 'off'),
  ('lorawan_url',           'Адрес сервера приложений',                 'url',    true,  null, null, ''),
  ('lorawan_user',          'Имя пользователя (LoRaWAN)',               'text',   true,  null, null, ''),
  ('lorawan_password',      'Пароль (LoRaWAN)',                         'secret', true,  null, null, null),
  ('lorawan_application',   'ApplicationID',                            'number', true,  0, 999999999999999, '');
insert into parameter (name, title, kind, optional, choices, value) values
  ('smtp_security', 'Защита соединения с SMTP сервером', 'choice', false,
   '{none,starttls,tls}', 'none');

-- What every process may ask. An unknown name is a mistake of ours and raises;
-- where many rows are read, ask once: (select parameter_on('…')).
create function parameter_text(p_name text) returns text
language plpgsql stable parallel safe as $$
declare v text;
begin
  select p.value into strict v from parameter p where p.name = p_name and p.kind <> 'secret';
  return v;
end $$;
comment on function parameter_text is 'Empty when nothing is set.';
create function parameter_int(p_name text) returns bigint
language sql stable parallel safe as
$$ select nullif(parameter_text(p_name), '')::bigint $$;
create function parameter_on(p_name text) returns boolean
language sql stable parallel safe as
$$ select parameter_text(p_name) = 'on' $$;

-- The gas day closes at «Отчётный час» of the server's zone. No index is made
-- of it: the hour may change, and with it what days mean from then on.
create or replace function report_hour() returns interval
language sql stable parallel safe as
$$ select make_interval(hours => parameter_int('report_hour')::int) $$;
comment on function report_hour is '«Отчётный час»: when meters close their day, after midnight of the server''s zone.';

-- parameter_changing: the row that an administrator is about to change, held.
-- p_seen_us is the change he looked at; another since then is a conflict.
create function parameter_changing(p_name text, p_seen_us bigint) returns parameter
language plpgsql as $$
declare p parameter;
begin
  if app_role() <> 'admin' then
    raise exception 'role % may not change parameters', app_role() using errcode = 'LZ403';
  end if;
  select x.* into p from parameter x where x.name = p_name for update;
  if not found then
    raise exception 'no parameter %', p_name using errcode = 'LZ404';
  end if;
  if (extract(epoch from p.changed_at) * 1000000)::int8 <> p_seen_us then
    raise exception 'parameter % was changed meanwhile', p_name using errcode = 'LZ409';
  end if;
  return p;
end $$;

-- parameter_set: a new value and its line in the log, old value and new.
create function parameter_set(p_name text, p_seen_us bigint, p_value text, p_address inet)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare p parameter := parameter_changing(p_name, p_seen_us);
begin
  if p.value = p_value then
    return;
  end if;
  update parameter set value = p_value, changed_at = clock_timestamp(), changed_by = app_login()
   where name = p_name;
  insert into audit_log (operator_login, action, note, address)
    values (app_login(), 'Изменена настройка системы',
            format('%s -> %s (было: %s)', p.title, coalesce(nullif(p_value, ''), '«»'),
                   coalesce(nullif(p.value, ''), '«»')), p_address);
end $$;

-- parameter_seal: a secret, sealed by its caller; NULL takes it away. The log
-- tells that it was changed, and nothing of what it is.
create function parameter_seal(p_name text, p_seen_us bigint, p_sealed bytea, p_address inet)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare p parameter := parameter_changing(p_name, p_seen_us);
begin
  if p.kind <> 'secret' then
    raise exception 'parameter % is no secret', p_name using errcode = 'LZ422';
  end if;
  if p.sealed is null and p_sealed is null then
    return;
  end if;
  update parameter set sealed = p_sealed, changed_at = clock_timestamp(), changed_by = app_login()
   where name = p_name;
  insert into audit_log (operator_login, action, note, address)
    values (app_login(), 'Изменена настройка системы',
            format('%s -> %s', p.title, case when p_sealed is null then '«»' else '••••' end),
            p_address);
end $$;

revoke all on function parameter_fits, parameter_text, parameter_int, parameter_on,
  parameter_changing, parameter_set, parameter_seal from public;
grant execute on function parameter_text, parameter_int, parameter_on
  to lazur_web, lazur_listener, lazur_worker, lazur_notifier;
grant execute on function parameter_set, parameter_seal to lazur_web;
grant select (name, title, kind, optional, min, max, choices, value, has_secret, changed_at, changed_by)
  on parameter to lazur_web, lazur_listener, lazur_worker, lazur_notifier;
-- Only the process that sends mail and SMS reads what it signs in with.
grant select (sealed) on parameter to lazur_notifier;
