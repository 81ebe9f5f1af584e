-- What a session asks of its meter without anybody's command, beside settings
-- and archives (093): a clock that deviates is corrected, and the meter's own
-- journals of events are read since the last record.

insert into parameter (name, title, kind, optional, min, max, value) values
  ('event_logs',    'Читать журналы событий',             'switch', false, null, null, 'on'),
  ('clock_limit_s', 'Коррекция часов при отклонении, с',  'number', false, 0, 86400,   '60');

alter table meter_rules
  add column events boolean not null default true,
  add column clock_limit_s int not null default 60;
comment on column meter_rules.clock_limit_s is 'A clock that deviates by more seconds is corrected; 0: none is.';

alter table meter_type
  add column has_events boolean not null default false,
  add column has_clock  boolean not null default false;
comment on column meter_type.has_events is 'May keep journals of events, and can be asked which.';
comment on column meter_type.has_clock is 'Its clock can be corrected from here.';
update meter_type set has_events = has_archive, has_clock = has_period or has_archive;

comment on column meter_state.duties is 'What this meter can be told without a command: 1 automatic closing, 2 cutoff, 4 report hour, 8 balance, 16 daily archive, 32 hourly archive, 64 journals of events, 128 clock. Kept by triggers, so that a session looks at one number.';
create or replace function meter_duties(t meter_type, p_shows boolean) returns smallint
language sql immutable parallel safe as $$
  select (t.has_auto_close::int + t.has_cutoff::int * 2 + t.has_archive::int * 4
    + (t.has_display and coalesce(p_shows, false))::int * 8 + t.has_archive::int * 16
    + t.has_archive_hourly::int * 32 + t.has_events::int * 64 + t.has_clock::int * 128)::smallint
$$;
update meter_state x set duties = meter_duties(t, s.shows_balance)
  from meter m join meter_type t on t.id = m.meter_type_id
  left join subscriber s on s.id = m.subscriber_id
 where x.meter_id = m.id and x.duties <> meter_duties(t, s.shows_balance);

alter table meter_setting add column clock_day date;
comment on column meter_setting.clock_day is 'The gas day in which its clock was last looked at because it deviated: once a day is enough.';

-- Journals of events ----------------------------------------------------------------

create table meter_journal (
  meter_id bigint not null references meter on delete cascade,
  log      text collate "C" not null,
  firmware text not null default '',
  last_at  timestamptz,
  found_at timestamptz not null default now(),
  primary key (meter_id, log)
);
comment on table meter_journal is 'Which journals a meter has, by the logical names of its object_list; the row of the empty name says that the list was read.';
comment on column meter_journal.firmware is 'Of the empty name: which firmware''s list it was; another firmware is asked again.';
comment on column meter_journal.last_at is 'The last record that is stored: it is read from here on.';

create table meter_event (
  meter_id bigint not null,
  at       timestamptz not null,
  log      text collate "C" not null,
  code     bigint not null,
  status   bigint not null default 0,
  read_at  timestamptz not null default now(),
  primary key (meter_id, at, log, code)
) partition by range (at);
comment on table meter_event is 'Records of the meters'' own journals, with the time the meter gives. A record read twice is one.';
comment on column meter_event.code is 'As the meter gives it; -1: the journal has none.';
comment on column meter_event.status is 'The messages of section «Состояние» that it means, as bits of reading.status; 0: none of them, or an end.';
create table meter_event_other partition of meter_event default;

create table event_word (
  log  text collate "C" not null,
  code bigint not null,
  bit  smallint check (bit between 0 and 15),
  ends boolean not null default false,
  text text not null,
  primary key (log, code)
);
comment on table event_word is 'What codes of journals mean: the words, and the bit of reading.status. Data: a maker''s own are added here.';
comment on column event_word.ends is 'The end of what the bit says.';
-- Journals 0.0.99.98.4 ... 7: STO 34.01-5.1-006-2021 (СПОДЭС), appendix Д, tables Д.5 ... Д.8.
insert into event_word (log, code, bit, ends, text) values
  ('0.0.99.98.4.255', 1, 0,    false, 'Магнитное поле: начало'),
  ('0.0.99.98.4.255', 2, 0,    true,  'Магнитное поле: окончание'),
  ('0.0.99.98.4.255', 3, 2,    false, 'Срабатывание электронной пломбы крышки клеммников'),
  ('0.0.99.98.4.255', 4, 2,    false, 'Срабатывание электронной пломбы корпуса'),
  ('0.0.99.98.4.255', 5, 0,    false, 'Срабатывание электронной пломбы внешнего датчика'),
  ('0.0.99.98.4.255', 6, 14,   false, 'Воздействие ВЧ поля: начало'),
  ('0.0.99.98.4.255', 7, 14,   true,  'Воздействие ВЧ поля: окончание'),
  ('0.0.99.98.5.255', 1, null, false, 'Разорвано соединение'),
  ('0.0.99.98.5.255', 2, null, false, 'Установлено соединение'),
  ('0.0.99.98.6.255', 1, null, false, 'Попытка несанкционированного доступа'),
  ('0.0.99.98.6.255', 2, null, false, 'Нарушение требований протокола'),
  ('0.0.99.98.6.255', 3, null, false, 'Блокировка по превышению количества неправильных паролей'),
  ('0.0.99.98.6.255', 4, null, false, 'Ошибка верификации прошивки'),
  ('0.0.99.98.7.255', 1, null, false, 'Инициализация прибора'),
  ('0.0.99.98.7.255', 2, 8,    false, 'Измерительный блок: ошибка'),
  ('0.0.99.98.7.255', 3, 8,    true,  'Измерительный блок: норма'),
  ('0.0.99.98.7.255', 4, null, false, 'Вычислительный блок: ошибка'),
  ('0.0.99.98.7.255', 5, null, false, 'Часы реального времени: ошибка'),
  ('0.0.99.98.7.255', 6, null, true,  'Часы реального времени: норма'),
  ('0.0.99.98.7.255', 7, null, false, 'Блок питания: ошибка'),
  ('0.0.99.98.7.255', 8, null, true,  'Блок питания: норма'),
  ('0.0.99.98.7.255', 11, null, false, 'Блок памяти: ошибка'),
  ('0.0.99.98.7.255', 12, null, true,  'Блок памяти: норма'),
  ('0.0.99.98.7.255', 13, null, false, 'Блок памяти программ: ошибка'),
  ('0.0.99.98.7.255', 14, null, true,  'Блок памяти программ: норма'),
  ('0.0.99.98.7.255', 19, null, true,  'Вычислительный блок: норма');
-- The gas profile (docs/protocol.md): a message begins as its bit and one, and
-- ends as a hundred more.
insert into event_word (log, code, bit, ends, text)
  select '7.0.99.98.0.255', w.ord + e.more, w.ord - 1, e.more > 0,
         w.text || case when e.more > 0 then ': окончание' else '' end
    from unnest(array['Саботаж', 'Нажата кнопка', 'Открыта крышка', 'Превышение расхода', 'Утечка газа',
           'Разряжена батарея', 'Управление по радиоканалу', 'Реверс газа', 'Неисправность измерительного канала',
           'Неисправность датчика температуры', 'Нет связи с коммуникационным модулем',
           'Срабатывание датчика загазованности', 'Извлекалась SIM', 'Утечка газа при малом расходе',
           'Электромагнитные помехи', 'Клапан закрыт, но есть расход газа']) with ordinality w (text, ord),
         (values (0), (100)) e (more);

alter table meter_journal enable row level security;
alter table meter_event enable row level security;
create policy of_meter on meter_journal to lazur_web
  using (exists (select from meter m where m.id = meter_id));
create policy of_meter on meter_event to lazur_web
  using (exists (select from meter m where m.id = meter_id));
create policy administration on meter_journal to lazur_admin
  using ((select app_role()) = 'admin');
create policy administration on meter_event to lazur_admin
  using ((select app_role()) = 'admin');
create policy all_for_lazur_worker on meter_event to lazur_worker using (true);
grant select on meter_journal, meter_event, event_word to lazur_web, lazur_admin;
grant select on meter_event to lazur_worker;

-- journals_due: the journals of a meter as its driver takes them, "log us,log
-- us": from which moment (UTC) each is read. Empty: which it has is to be asked.
-- NULL: it has none.
create function journals_due(p_meter bigint) returns text
language sql stable security definer set search_path = public, pg_temp as $$
  select case when not exists (select from meter_journal l join meter_state s on s.meter_id = l.meter_id
                                where l.meter_id = p_meter and l.log = '' and l.firmware = coalesce(s.firmware, ''))
              then ''
              else (select string_agg(j.log || ' ' || moment_us(greatest(j.last_at, now() - interval '31 days')), ',' order by j.log)
                      from meter_journal j where j.meter_id = p_meter and j.log <> '') end
$$;

-- events_store: what a session read out of journals, each record once.
-- p_told  {"logs": ["..."], when it was asked which there are;
--          "rows": [{"log", "at" (us), "code", "status"}]}
create function events_store(p_meter bigint, p_told jsonb) returns int
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  made int;
begin
  if p_told ? 'logs' then
    delete from meter_journal where meter_id = p_meter and log <> ''
       and not p_told->'logs' ? log;
    insert into meter_journal (meter_id, log) select p_meter, jsonb_array_elements_text(p_told->'logs')
    on conflict do nothing;
    insert into meter_journal (meter_id, log, firmware)
      select p_meter, '', coalesce(s.firmware, '') from meter_state s where s.meter_id = p_meter
    on conflict (meter_id, log) do update set firmware = excluded.firmware, found_at = now();
  end if;
  insert into meter_event (meter_id, at, log, code, status)
    select p_meter, to_timestamp(r.at / 1000000.0), r.log, coalesce(r.code, -1),
           coalesce(r.status, 0) | coalesce(1 << w.bit, 0)
      from jsonb_to_recordset(p_told->'rows') r (log text, at bigint, code bigint, status bigint)
      left join event_word w on w.log = r.log and w.code = r.code and not w.ends
     where r.at is not null
  on conflict do nothing;
  get diagnostics made = row_count;
  -- A clock that ran ahead when it wrote must not hide what comes after it.
  update meter_journal j set last_at = least(greatest(j.last_at, x.at), now())
    from (select r.log, to_timestamp(max(r.at) / 1000000.0) as at
            from jsonb_to_recordset(p_told->'rows') r (log text, at bigint) group by 1) x
   where j.meter_id = p_meter and j.log = x.log;
  return made;
end $$;

-- clock_corrected: the system has corrected a clock by itself; it stands among
-- the commands of the meter, and goes on as one when the meter did not show it.
-- p_told  {"behind_s", "result": executed, seen, refused, "why"}
create function clock_corrected(p_meter bigint, p_told jsonb) returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  state text := case p_told->>'result' when 'executed' then 'executed' when 'refused' then 'refused' else 'sent' end;
begin
  if exists (select from command c where c.meter_id = p_meter and c.slot = 'clock'
                and c.state in ('waiting', 'queued', 'sent', 'delivered')) then
    return; -- somebody asks for it already
  end if;
  insert into command (meter_id, kind, operator_login, state, sent_at, executed_at, refusal, attempts, parameters, note)
    values (p_meter, 'clock', 'система', state, now(), case when state = 'executed' then now() end,
      case when state = 'refused' then p_told->>'why' end, 1, jsonb_build_object('behind_s', p_told->'behind_s'),
      'автоматически' || case when p_told->>'behind_s' is null then ''
        when (p_told->>'behind_s')::bigint > 0 then ': отставание ' || (p_told->>'behind_s') || ' с'
        else ': опережение ' || -(p_told->>'behind_s')::bigint || ' с' end);
end $$;

-- What comes next, as in 093 with these two ------------------------------------------

-- asking_due: what this session asks of its meter beside settings: its clock,
-- and its journals after its archives. p_due  what setting_due() says
create function asking_due(p_meter bigint, p_tried int, p_due meter_turn) returns meter_turn
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  x record; r meter_rules; today date := gas_day(); due meter_turn;
begin
  select t.duties, t.archive_day, t.last_at, t.received_at, s.clock_day into x
    from meter_state t left join meter_setting s on s.meter_id = t.meter_id
   where t.meter_id = p_meter;
  select * into r from meter_rules;
  if coalesce(command_rank(p_due.kind), 99) > 4 and r.clock_limit_s > 0
     and x.duties & 128 <> 0 and p_tried >> 4 & 1 = 0 and x.clock_day is distinct from today
     and abs(extract(epoch from x.received_at - x.last_at)) > r.clock_limit_s then
    -- It may be the push that is late: the driver looks at the clock first.
    due.kind := 'clock';
    due.a := r.clock_limit_s;
  elsif p_due.kind is null and r.events and x.duties & 64 <> 0 and p_tried >> 16 & 1 = 0
        and (x.archive_day is distinct from today or p_tried & 36864 <> 0) then
    due.word := journals_due(p_meter);
    if due.word is null then
      update meter_state set archive_day = today where meter_id = p_meter and archive_day is distinct from today;
      return p_due;
    end if;
    due.kind := 'events';
    due.a := moment_us(now() - interval '31 days');
    due.b := moment_us(now() + interval '1 day');
  end if;
  return case when due.kind is null then p_due else due end;
end $$;

revoke all on function asking_due, journals_due, events_store, clock_corrected from public;
