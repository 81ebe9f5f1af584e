-- What a session asks of its meter: commands by their urgency, settings that
-- the meter has not confirmed yet, its balance, its archive. One of them at a
-- time is on its way; nothing of it costs a session whose meter owes nothing.

-- command_rank: the order in which one session carries commands out, and the
-- bit of this kind among those a session has tried. Where gas flows comes
-- first; firmware, which may outlast the session, comes last.
create function command_rank(p_kind text) returns int
language sql immutable parallel safe as $$
  select array_position(array['valve_close', 'valve_open', 'auto_close', 'cutoff',
    'clock', 'radio_password', 'keys', 'sync_reading', 'pressure', 'period',
    'report_hour', 'balance', 'archive', 'server_address', 'firmware', 'hourly', 'events'], p_kind) - 1
$$;

-- command_lifetime: a meter that calls once a month has three calls.
create function command_lifetime() returns interval
language sql immutable parallel safe as $$ select interval '92 days' $$;
comment on function command_lifetime is 'How long a command waits for its meter before it expires.';

-- What is told to a meter without a command -------------------------------------

create table meter_rules (
  one     boolean primary key default true check (one),
  epoch   int not null default 1,
  daily   boolean not null default true,
  hourly  boolean not null default false,
  report_hour smallint not null default 10
);
comment on table meter_rules is 'Copies of parameters that every batch of sessions looks at, kept by trigger.';
comment on column meter_rules.epoch is 'Counts changes of what meters are told; meter_state.settled says up to which a meter knows.';
insert into meter_rules (daily, hourly, report_hour)
  select parameter_on('daily_archives'), parameter_on('hourly_archives'), parameter_int('report_hour');

create function parameter_rules() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  -- What meters are not told anew about is not counted.
  update meter_rules
     set epoch = epoch + (new.name not in ('event_logs', 'clock_limit_s'))::int,
         daily = parameter_on('daily_archives'), hourly = parameter_on('hourly_archives'),
         report_hour = parameter_int('report_hour'), events = parameter_on('event_logs'),
         clock_limit_s = parameter_int('clock_limit_s');
  return null;
end $$;
create trigger parameter_rules after update of value on parameter
  for each row when (old.value is distinct from new.value
    and new.name in ('daily_archives', 'hourly_archives', 'report_hour', 'cutoff_without_link',
                     'cutoff_delay_days', 'ban_automatic_closing', 'event_logs', 'clock_limit_s'))
  execute function parameter_rules();

create table meter_setting (
  meter_id          bigint primary key references meter on delete cascade,
  auto_close_banned boolean not null default false,
  cutoff_days       smallint not null default 0,
  report_hour       smallint not null default 10,
  balance_kopecks   bigint,
  refused           int not null default 0,
  refused_epoch     int not null default 0,
  told_at           timestamptz not null default now()
);
comment on table meter_setting is 'What a meter last confirmed. No row: it was never told anything, and has what it had from the factory: it may close by itself, does not cut off, closes its day at 10.';
comment on column meter_setting.balance_kopecks is 'On its display; NULL: none was sent.';
comment on column meter_setting.refused is 'Bits by command_rank of what it refused in refused_epoch: it is asked again when the parameters change.';
alter table meter_setting enable row level security;
create policy of_meter on meter_setting to lazur_web
  using (exists (select from meter m where m.id = meter_id));
create policy administration on meter_setting to lazur_admin
  using ((select app_role()) = 'admin');
grant select on meter_setting to lazur_web, lazur_worker;
create policy all_for_lazur_worker on meter_setting to lazur_worker using (true);

alter table meter_state
  add column duties smallint not null default 0,
  add column settled int not null default 0,
  add column archive_day date,
  add column firmware text collate "C";
comment on column meter_state.duties is 'What this meter can be told without a command: 1 automatic closing, 2 cutoff, 4 report hour, 8 balance, 16 daily archive, 32 hourly archive. Kept by triggers, so that a session looks at one number.';
comment on column meter_state.settled is 'meter_rules.epoch up to which the meter was told everything.';
comment on column meter_state.firmware is 'What the last push said: another word than this is a change of meter.firmware.';
comment on column meter_state.archive_day is 'The gas day after which its archive was last asked for.';

create function meter_duties(t meter_type, p_shows boolean) returns smallint
language sql immutable parallel safe as $$
  select (t.has_auto_close::int + t.has_cutoff::int * 2 + t.has_archive::int * 4
    + (t.has_display and coalesce(p_shows, false))::int * 8 + t.has_archive::int * 16
    + t.has_archive_hourly::int * 32)::smallint
$$;

-- duties_follow: after a change of these meters, their types or subscribers.
create function duties_follow(p_meters bigint[]) returns void language sql
security definer set search_path = public, pg_temp as $$
  update meter_state x set duties = meter_duties(t, s.shows_balance), settled = 0
    from meter m join meter_type t on t.id = m.meter_type_id
    left join subscriber s on s.id = m.subscriber_id
   where m.id = any (p_meters) and x.meter_id = m.id
$$;

create function meter_duties_follow() returns trigger language plpgsql as $$
begin
  perform duties_follow(array[new.id]);
  return null;
end $$;
create trigger meter_duties_follow after update of meter_type_id, subscriber_id, period, period_minutes on meter
  for each row when ((old.meter_type_id, old.subscriber_id, old.period, old.period_minutes)
    is distinct from (new.meter_type_id, new.subscriber_id, new.period, new.period_minutes))
  execute function meter_duties_follow();

create function subscriber_duties_follow() returns trigger language plpgsql as $$
begin
  perform duties_follow(array(select id from meter where subscriber_id = new.id order by id));
  return null;
end $$;
create trigger subscriber_duties_follow after update of shows_balance on subscriber
  for each row when (old.shows_balance is distinct from new.shows_balance)
  execute function subscriber_duties_follow();

create function type_duties_follow() returns trigger language plpgsql as $$
begin
  perform duties_follow(array(select id from meter where meter_type_id = new.id order by id));
  return null;
end $$;
create trigger type_duties_follow after update on meter_type
  for each row when (meter_duties(old, true) <> meter_duties(new, true))
  execute function type_duties_follow();
alter function meter_duties_follow() security definer set search_path = public, pg_temp;
alter function subscriber_duties_follow() security definer set search_path = public, pg_temp;
alter function type_duties_follow() security definer set search_path = public, pg_temp;

create or replace function meter_made() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  insert into meter_state (meter_id, branch_id, charges, duties)
    select n.id, n.branch_id, coalesce(s.calculates_balance, false), meter_duties(t, s.shows_balance)
      from made n join meter_type t on t.id = n.meter_type_id
      left join subscriber s on s.id = n.subscriber_id;
  insert into meter_identity (identity, meter_id)
    select n.serial, n.id from made n on conflict do nothing;
  insert into meter_count as c (branch_id, n)
    select coalesce(n.branch_id, 0), count(*) from made n group by 1 order by 1
    on conflict (branch_id) do update set n = c.n + excluded.n;
  return null;
end $$;

update meter_state x set duties = meter_duties(t, s.shows_balance)
  from meter m join meter_type t on t.id = m.meter_type_id
  left join subscriber s on s.id = m.subscriber_id
 where x.meter_id = m.id and meter_duties(t, s.shows_balance) <> 0;

-- period_length: the longest time between two planned calls.
create function period_length(p_period text, p_minutes int) returns interval
language sql immutable parallel safe as $$
  select case p_period
    when 'hourly' then interval '1 hour'
    when 'every_12h' then interval '12 hours'
    when 'minutes' then make_interval(mins => p_minutes)
    when 'daily' then interval '25 hours'
    when 'weekly' then interval '7 days 6 hours'
    when 'thrice_monthly' then interval '21 days 6 hours'
    when 'twice_monthly' then interval '28 days 6 hours'
    else interval '31 days 6 hours' end
$$;

-- The hourly archive ------------------------------------------------------------

create table archive_hourly (
  meter_id       bigint not null,
  at             timestamptz not null,
  volume_dm3     bigint,
  status         bigint not null default 0,
  temperature_mk int,
  pressure_pa    int,
  primary key (meter_id, at)
) partition by range (at);
comment on table archive_hourly is 'The meter''s own hourly records, where «Использовать часовые архивы» is on.';
create table archive_hourly_other partition of archive_hourly default;
alter table archive_hourly enable row level security;
create policy of_meter on archive_hourly to lazur_web
  using (exists (select from meter m where m.id = meter_id));
create policy administration on archive_hourly to lazur_admin
  using ((select app_role()) = 'admin');
create policy all_for_lazur_worker on archive_hourly to lazur_worker using (true);
grant select on archive_hourly to lazur_web, lazur_worker;

create or replace function partitions_ensure(p_from date, p_to date) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  t text; key text; child text; a text; b text; m date; early boolean; made int := 0;
begin
  foreach t in array array['reading', 'register_value', 'archive_daily', 'archive_hourly', 'meter_event'] loop
    key := case t when 'archive_daily' then 'day' else 'at' end;
    m := date_trunc('month', p_from);
    while m <= p_to loop
      child := format('%s_%s', t, to_char(m, 'YYYY_MM'));
      if to_regclass(child) is null then
        a := m::text;
        b := ((m + interval '1 month')::date)::text;
        if key = 'at' then
          a := a || ' 00:00+00';
          b := b || ' 00:00+00';
        end if;
        execute format('select exists (select from %I where %I >= %L and %I < %L)',
          t || '_other', key, a, key, b) into early;
        if early then
          execute format('create table %I (like %I including defaults including constraints)', child, t);
          execute format('with gone as (delete from %I where %I >= %L and %I < %L returning *)
            insert into %I select * from gone', t || '_other', key, a, key, b, child);
          execute format('alter table %I attach partition %I for values from (%L) to (%L)', t, child, a, b);
        else
          execute format('create table %I partition of %I for values from (%L) to (%L)', child, t, a, b);
        end if;
        made := made + 1;
      end if;
      m := m + interval '1 month';
    end loop;
  end loop;
  return made;
end $$;

-- What comes next -----------------------------------------------------------------

create type meter_turn as (
  command_id bigint,
  kind       text,
  verify     boolean,
  a          bigint,
  b          bigint,
  word       text,
  sealed     bytea
);
comment on type meter_turn is 'One thing to do with a meter. command_id NULL: a setting, which has no row. verify: it may have been done before. a, b, word: what it carries, see command_turn().';

create function moment_us(p_at timestamptz) returns bigint
language sql immutable parallel safe as $$ select (extract(epoch from p_at) * 1000000)::bigint $$;

-- command_turn: a command as what the listener needs of it.
create function command_turn(c command, p_verify boolean) returns meter_turn
language sql stable as $$
  select row(c.id, c.kind, p_verify,
    case c.kind
      when 'auto_close' then coalesce(c.parameters->>'prohibited', c.parameters->>'prohibition', 'true')::boolean::int
      when 'cutoff' then (c.parameters->>'days')::bigint
      when 'sync_reading' then (c.parameters->>'volume_dm3')::bigint
      when 'pressure' then (c.parameters->>'pressure_pa')::bigint
      when 'period' then (c.parameters->>'minutes')::bigint
      when 'report_hour' then coalesce(c.parameters->>'hour', c.parameters->>'report_hour')::bigint
      when 'balance' then coalesce(c.parameters->>'kopecks', c.parameters->>'balance_kopecks')::bigint
      when 'archive' then moment_us(coalesce((c.parameters->>'from')::date,
             current_date - coalesce((c.parameters->>'days')::int, 31))::timestamptz)
      when 'server_address' then (c.parameters->>'port')::bigint
      when 'firmware' then coalesce((c.parameters->>'job')::bigint, c.job_id)
    end,
    case c.kind
      when 'archive' then moment_us((coalesce((c.parameters->>'to')::date, current_date) + 1)::timestamptz)
    end,
    case c.kind
      when 'period' then c.parameters->>'period'
      when 'server_address' then c.parameters->>'address'
      when 'archive' then coalesce(c.parameters->>'archive', 'daily')
    end, c.sealed)::meter_turn
$$;

-- gas_day: the day that is open, from report hour to report hour.
create function gas_day() returns date language sql stable security definer
set search_path = public, pg_temp as $$
  select (now() - make_interval(hours => report_hour))::date from meter_rules
$$;

-- setting_due: the most urgent thing a meter is to know or to tell, of those
-- this session has not tried; no row (kind NULL): nothing.
-- p_tried  bits by command_rank
create function setting_due(p_meter bigint, p_tried int) returns meter_turn
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  x record; s meter_setting; r meter_rules; due meter_turn; refused int; today date;
  ban bigint; days bigint; bans boolean := false; cuts boolean := false; hours boolean := false;
begin
  select t.duties, t.settled, t.archive_day, m.period, m.period_minutes, m.registered_at,
         u.balance_kopecks into x
    from meter_state t join meter m on m.id = t.meter_id
    left join subscriber u on u.id = m.subscriber_id
   where t.meter_id = p_meter;
  if not found or x.duties = 0 then
    return due;
  end if;
  select * into r from meter_rules;
  select * into s from meter_setting where meter_id = p_meter;
  refused := case when s.refused_epoch = r.epoch then s.refused else 0 end;
  if x.settled <> r.epoch then
    ban := parameter_on('ban_automatic_closing')::int;
    days := case when parameter_on('cutoff_without_link') and period_length(x.period, x.period_minutes)
                   < make_interval(days => parameter_int('cutoff_delay_days')::int)
            then parameter_int('cutoff_delay_days') else 0 end;
    bans := x.duties & 1 <> 0 and refused >> 2 & 1 = 0
        and ban <> coalesce(s.auto_close_banned, false)::int;
    cuts := x.duties & 2 <> 0 and refused >> 3 & 1 = 0 and days <> coalesce(s.cutoff_days, 0);
    hours := x.duties & 4 <> 0 and refused >> 10 & 1 = 0
         and r.report_hour <> coalesce(s.report_hour, 10);
    if not (bans or cuts or hours) then
      update meter_state set settled = r.epoch where meter_id = p_meter;
    end if;
  end if;
  today := gas_day();
  if bans and p_tried >> 2 & 1 = 0 then
    due.kind := 'auto_close';
    due.a := ban;
  elsif cuts and p_tried >> 3 & 1 = 0 then
    due.kind := 'cutoff';
    due.a := days;
  elsif hours and p_tried >> 10 & 1 = 0 then
    due.kind := 'report_hour';
    due.a := r.report_hour;
  elsif x.duties & 8 <> 0 and (p_tried | refused) >> 11 & 1 = 0
        and x.balance_kopecks is distinct from s.balance_kopecks then
    due.kind := 'balance';
    due.a := x.balance_kopecks;
  elsif x.archive_day is distinct from today and r.daily and x.duties & 16 <> 0
        and p_tried >> 12 & 1 = 0 then
    due.kind := 'archive';
    due.a := moment_us(greatest(coalesce((select max(day) + 1 from archive_daily where meter_id = p_meter),
                                         x.registered_at::date), today - 62)::timestamptz);
    due.b := moment_us((today + 1)::timestamptz);
    due.word := 'daily';
  elsif (x.archive_day is distinct from today or p_tried >> 12 & 1 = 1) and r.hourly
        and x.duties & 32 <> 0 and p_tried >> 15 & 1 = 0 then
    due.kind := 'hourly';
    due.a := moment_us(greatest(coalesce((select max(at) + interval '1 second' from archive_hourly
                                           where meter_id = p_meter), x.registered_at),
                                now() - interval '31 days'));
    due.b := moment_us(now() + interval '1 day');
    due.word := 'hourly';
  end if;
  return due;
end $$;

-- command_take: the most urgent command a meter may have now, marked sent
-- before its first byte leaves; no row (kind NULL): none.
create function command_take(p_meter bigint, p_tried int, p_before int) returns meter_turn
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  o record; c command; none meter_turn;
begin
  update command set state = 'expired'
   where meter_id = p_meter and state in ('waiting', 'queued', 'sent')
     and submitted_at < now() - command_lifetime();
  for o in
    select x.id, x.kind, x.state from command x
     where x.meter_id = p_meter and x.state in ('queued', 'sent')
       and p_tried >> command_rank(x.kind) & 1 = 0 and command_rank(x.kind) <= p_before
     order by command_rank(x.kind), x.id
  loop
    -- GC-260: stays queued until the ban ends.
    continue when o.kind = 'valve_close' and parameter_on('ban_close_delivery');
    -- GC-256, GC-257: so many a day for one meter; what was begun goes on.
    continue when o.kind in ('firmware', 'server_address') and o.state = 'queued'
      and (select count(*) from command d where d.meter_id = p_meter and d.slot = o.kind
              and d.sent_at >= current_date::timestamptz)
        >= parameter_int(case o.kind when 'firmware' then 'firmware_per_day'
                                     else 'address_changes_per_day' end);
    -- The state again: one superseded meanwhile stays superseded.
    update command x set state = 'sent', sent_at = coalesce(x.sent_at, now()), attempts = x.attempts + 1
     where x.id = o.id and x.state = o.state
    returning * into c;
    if found then
      return command_turn(c, o.state = 'sent');
    end if;
  end loop;
  return none;
end $$;

-- session_turn: what this session asks of its meter next.
create function session_turn(p_meter bigint, p_tried int, p_settings boolean) returns meter_turn
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  due meter_turn; taken meter_turn;
begin
  if p_settings then
    due := asking_due(p_meter, p_tried, setting_due(p_meter, p_tried));
  end if;
  -- Of one rank, what a person asked for goes first.
  taken := command_take(p_meter, p_tried, coalesce(command_rank(due.kind), 99));
  if taken.kind is not null then
    return taken;
  end if;
  -- Once a gas day: a meter that hangs up when it is asked costs no more than
  -- that, and what is missing is asked for with the next.
  if due.kind in ('archive', 'hourly', 'events') then
    update meter_state set archive_day = gas_day() where meter_id = p_meter;
  elsif due.kind = 'clock' then
    insert into meter_setting as s (meter_id, clock_day) values (p_meter, gas_day())
    on conflict (meter_id) do update set clock_day = excluded.clock_day;
  end if;
  return due;
end $$;
comment on function session_turn is 'p_tried: bits by command_rank of what this session has had already.';

-- session_begin: a push is stored. What the meter now shows proves a valve
-- command done; then the first turn. p_valve  -1: it does not say
create function session_begin(p_meter bigint, p_new boolean, p_valve smallint, p_received timestamptz)
returns meter_turn language plpgsql volatile strict security definer set search_path = public, pg_temp as $$
begin
  if p_new and p_valve in (0, 1) then
    update command set state = 'executed', executed_at = p_received
     where meter_id = p_meter and slot = 'valve'
       and ((kind = 'valve_close' and state = 'sent' and p_valve = 0)
            or (kind = 'valve_open' and state in ('sent', 'delivered') and p_valve = 1));
  end if;
  return session_turn(p_meter, 0, p_new);
end $$;

-- What came of it -------------------------------------------------------------------

-- setting_told: the meter confirmed (or refused) what it is to be set to.
create function setting_told(p_meter bigint, p_kind text, p_done boolean, p_a bigint) returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  now_epoch int := (select epoch from meter_rules);
begin
  insert into meter_setting (meter_id) values (p_meter) on conflict do nothing;
  if p_done then
    update meter_setting s
       set auto_close_banned = case p_kind when 'auto_close' then p_a <> 0 else s.auto_close_banned end,
           cutoff_days = case p_kind when 'cutoff' then p_a::smallint else s.cutoff_days end,
           report_hour = case p_kind when 'report_hour' then p_a::smallint else s.report_hour end,
           balance_kopecks = case p_kind when 'balance' then p_a else s.balance_kopecks end,
           told_at = now()
     where meter_id = p_meter;
  else
    update meter_setting s
       set refused = case when s.refused_epoch = now_epoch then s.refused else 0 end
                     | (1 << command_rank(p_kind)),
           refused_epoch = now_epoch
     where meter_id = p_meter;
  end if;
end $$;

-- archive_store: rows of an archive, each once; a day's consumption is what
-- its record shows beyond the record of the day before.
-- p_rows  [{at (us), volume, status, temperature, pressure}]
create function archive_store(p_meter bigint, p_archive text, p_rows jsonb) returns int
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  made int;
begin
  if p_archive = 'hourly' then
    insert into archive_hourly (meter_id, at, volume_dm3, status, temperature_mk, pressure_pa)
      select p_meter, to_timestamp(r.at / 1000000.0), r.volume, coalesce(r.status, 0), r.temperature, r.pressure
        from jsonb_to_recordset(p_rows) r (at bigint, volume bigint, status bigint, temperature int, pressure int)
       where r.at is not null
    on conflict do nothing;
  else
    insert into archive_daily (meter_id, day, at, volume_dm3, delta_dm3, status, temperature_mk, pressure_pa)
      select p_meter, q.day, q.at, q.volume,
             q.volume - coalesce(lag(q.volume) over (order by q.day),
               (select d.volume_dm3 from archive_daily d where d.meter_id = p_meter and d.day = q.day - 1)),
             coalesce(q.status, 0), q.temperature, q.pressure
        from (select distinct on (day) *
                from (select to_timestamp(r.at / 1000000.0) as at, to_timestamp(r.at / 1000000.0)::date as day,
                             r.volume, r.status, r.temperature, r.pressure
                        from jsonb_to_recordset(p_rows)
                             r (at bigint, volume bigint, status bigint, temperature int, pressure int)
                       where r.at is not null) i
               order by day, at desc) q
    on conflict do nothing;
  end if;
  get diagnostics made = row_count;
  return made;
end $$;

-- command_effect: the meter has done it; what the database knows follows.
create function command_effect(p_meter bigint, p_kind text, p_a bigint, p_word text, p_rows jsonb)
returns void language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
  case p_kind
  when 'auto_close', 'cutoff', 'report_hour', 'balance' then
    perform setting_told(p_meter, p_kind, true, p_a);
  when 'period' then
    update meter set period = p_word, period_minutes = case p_word when 'minutes' then p_a end
     where id = p_meter;
  when 'pressure' then
    update meter set pressure_set_pa = p_a where id = p_meter;
  when 'sync_reading' then
    -- GC-186: the reading is the entered value, and debits begin there: the
    -- jump is nobody's consumption.
    perform from meter_state where meter_id = p_meter for no key update;
    update meter_charge set volume_dm3 = p_a, at = greatest(at, now()) where meter_id = p_meter;
    update meter_state set volume_dm3 = p_a where meter_id = p_meter;
  when 'clock' then
    -- What it showed while it ran ahead must not hold up what comes now.
    update meter_state set last_at = least(last_at, received_at), main_at = least(main_at, received_at)
     where meter_id = p_meter and greatest(last_at, main_at) > now();
    if p_rows is not null then
      perform clock_corrected(p_meter, p_rows);
    end if;
  when 'events' then
    perform events_store(p_meter, p_rows);
  when 'archive', 'hourly' then
    perform archive_store(p_meter, p_word, p_rows);
  else
    null;
  end case;
end $$;

-- session_told: what the meter made of a turn, its effects, and the next turn.
-- Effects happen once: with the report that first calls a command executed.
-- p_command        NULL: a setting
-- p_result         executed, delivered, refused; seen: not known
-- p_sealed         a new secret of identity p_identity in the place of p_before
-- An association by the keys a meter is to have (103) proves that it has them,
-- whatever was asked over it; over one whose keys have just changed nothing else
-- is asked.
create function session_told(p_meter bigint, p_command bigint, p_kind text, p_result text,
  p_refusal text, p_valve smallint, p_a bigint, p_word text, p_rows jsonb,
  p_identity text, p_before bytea, p_sealed bytea, p_tried int)
returns meter_turn language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  first boolean := p_result = 'executed'; proven bigint; none meter_turn;
begin
  if p_sealed is not null then
    select candidate_command into proven from meter_secret
     where identity = p_identity and candidate = p_sealed and candidate_command is not null;
  end if;
  if proven is not null then
    perform keys_taken(p_identity, proven);
  elsif p_sealed is not null and p_result = 'executed' and exists (
      select from meter_secret where identity = p_identity and sealed = p_sealed) then
    null; -- told twice
  elsif p_sealed is not null and p_result = 'executed' then
    insert into meter_secret as s (identity, sealed) values (p_identity, p_sealed)
    on conflict (identity) do update set sealed = excluded.sealed where s.sealed = p_before;
    -- Somebody changed the secrets meanwhile: the next session does it again.
    if not found then
      return session_turn(p_meter, p_tried, true);
    end if;
  end if;
  if p_command is not null then
    select p_result = 'executed' and executed_at is null into first
      from command where id = p_command for no key update;
    update command
       set state = case when state in ('queued', 'sent', 'delivered') and p_result <> 'seen'
                        then p_result else state end,
           delivered_at = case when p_result = 'delivered' then coalesce(delivered_at, now())
                               else delivered_at end,
           executed_at = case when p_result = 'executed' then coalesce(executed_at, now())
                              else executed_at end,
           refusal = case when p_result = 'refused' then p_refusal else refusal end
     where id = p_command;
  elsif p_result = 'refused' and p_kind in ('auto_close', 'cutoff', 'report_hour', 'balance') then
    perform setting_told(p_meter, p_kind, false, null);
  end if;
  if first then
    perform command_effect(p_meter, p_kind, p_a, p_word, p_rows);
  end if;
  if p_valve is not null then
    perform valve_shown(p_meter, p_valve);
  end if;
  if proven is not null and p_kind = 'keys' then
    return none;
  end if;
  return session_turn(p_meter, p_tried, true);
end $$;

-- commands_expire: for meters that never call again; called by the worker.
create function commands_expire() returns int language plpgsql
security definer set search_path = public, pg_temp as $$
declare
  gone int;
begin
  update command set state = 'expired'
   where state in ('waiting', 'queued', 'sent') and submitted_at < now() - command_lifetime();
  get diagnostics gone = row_count;
  return gone;
end $$;

-- GC-259: while the ban is on nobody closes a valve ----------------------------------

-- command_queue: a person asks for a valve. The latest command wins: one that
-- waits is superseded in the same step. LZ403, LZ404 and LZ422 say why not.
create function command_queue(p_meter_id bigint, p_kind text, p_address inet)
returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
  m record; made bigint;
begin
  if app_role() not in ('control', 'admin') then
    raise exception 'role % may not command a valve', app_role() using errcode = 'LZ403';
  end if;
  if p_kind not in ('valve_close', 'valve_open') then
    raise exception 'no valve command %', p_kind using errcode = 'LZ422';
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
  if p_kind = 'valve_close' and parameter_on('ban_close_commands') then
    raise exception 'closing of valves is banned' using errcode = 'LZ422';
  end if;
  made := nextval(pg_get_serial_sequence('command', 'id'));
  update command set state = 'superseded', superseded_by = made
   where meter_id = p_meter_id and slot = 'valve'
     and state in ('waiting', 'queued', 'sent', 'delivered');
  insert into command (id, meter_id, kind, operator_login)
    values (made, p_meter_id, p_kind, app_login());
  insert into audit_log (operator_login, action, note, address)
    values (app_login(),
      case p_kind when 'valve_close' then 'Закрыть клапан' else 'Открыть клапан' end,
      'прибор №' || m.serial, p_address);
  return made;
end $$;

-- firmwares_heard: meters that say another firmware than the last time.
create function firmwares_heard(p_meter bigint[], p_firmware text[]) returns int
language plpgsql strict security definer set search_path = public, pg_temp as $$
declare
  made int;
begin
  update meter m set firmware = i.firmware
    from unnest(p_meter, p_firmware) as i (meter_id, firmware)
   where m.id = i.meter_id and m.firmware <> i.firmware;
  get diagnostics made = row_count;
  return made;
end $$;
comment on function firmwares_heard is 'Strict: of nothing it is not called.';

-- Base stations -----------------------------------------------------------------------

-- cells_heard: sessions through another base station than before.
-- p_cell  mcc, mnc (10 bits each), lac (16), cell (28), from the highest bit
create function cells_heard(p_meter bigint[], p_cell bigint[], p_at timestamptz[])
returns int language plpgsql strict security definer set search_path = public, pg_temp as $$
declare
  made int;
begin
  insert into meter_cell as k (meter_id, mcc, mnc, lac, cell_id, at)
    select i.meter_id, (i.cell >> 54 & 1023)::smallint, (i.cell >> 44 & 1023)::smallint,
           (i.cell >> 28 & 65535)::int, i.cell & 268435455, i.at
      from unnest(p_meter, p_cell, p_at) as i (meter_id, cell, at) order by i.meter_id
  on conflict (meter_id) do update
    set mcc = excluded.mcc, mnc = excluded.mnc, lac = excluded.lac, cell_id = excluded.cell_id,
        at = excluded.at;
  get diagnostics made = row_count;
  return made;
end $$;
comment on function cells_heard is 'Strict: of nothing it is not called.';
create function cell_packed(k meter_cell) returns bigint language sql immutable parallel safe as
$$ select (k.mcc::bigint << 54) | (k.mnc::bigint << 44) | (k.lac::bigint << 28) | k.cell_id $$;

alter table push_template_item drop constraint push_template_item_meaning_check,
  add constraint push_template_item_meaning_check
    check (meaning in ('ignore', 'identity', 'serial', 'model', 'firmware',
      'clock', 'volume', 'energy', 'temperature', 'pressure', 'battery_mv',
      'battery_percent', 'valve', 'status', 'working_h', 'tamper_h',
      'signal_percent', 'mobile_operator', 'cause', 'register', 'scaler_unit', 'cell'));
comment on column push_template_item.meaning is 'What the value is to Lazur; register: kept as a register of its own; scaler_unit: scaler and unit of the value before it; cell: cell_info of class 47, the base station. Volume and energy are the main register in litres and Wh; a finer value is kept as a register too.';
-- The gas profile since its pushes name the base station; a body of 17 is read
-- by the template it always had.
with t as (
  insert into push_template (name, meter_type_id, items, match_position, match_octets)
    select 'Газовый профиль, 18 значений', meter_type_id, 18, match_position, match_octets
      from push_template where name = 'Газовый профиль'
  returning id
)
insert into push_template_item (template_id, position, class_id, logical_name, attribute, scaler, unit, meaning)
  select t.id, i.position, i.class_id, i.logical_name, i.attribute, i.scaler, i.unit, i.meaning
    from t, push_template_item i
   where i.template_id = (select id from push_template where name = 'Газовый профиль')
  union all
  select t.id, 17, 47, '0.0.25.6.0.255', 6, 0, 255, 'cell' from t;

revoke all on function command_rank, command_lifetime, parameter_rules, meter_duties, duties_follow,
  meter_duties_follow, subscriber_duties_follow, type_duties_follow, period_length, moment_us,
  command_turn, setting_due, command_take, session_turn, session_begin, setting_told, archive_store,
  command_effect, session_told, commands_expire, cells_heard, cell_packed,
  firmwares_heard, gas_day, command_queue from public;
grant execute on function command_queue to lazur_web;
grant execute on function session_begin, session_told, cells_heard, cell_packed, firmwares_heard to lazur_listener;
grant execute on function command_rank to lazur_web, lazur_listener, lazur_worker;
grant execute on function commands_expire to lazur_worker;
grant select on meter_rules to lazur_listener, lazur_web, lazur_worker;
