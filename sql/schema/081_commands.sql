-- Everything that can be asked of a meter is a command with one life, whoever
-- asks: valve, period, password, pressure, firmware. Commands of one slot
-- replace each other; those of different slots wait side by side and are
-- carried out in the order of their urgency in one session.

-- queued    waits for the meter's next session
-- waiting   waits for the security officer first (commands of САУПГ)
-- sent      the meter may have it; it is verified before it is sent again
-- delivered the meter has it, a person must press its button
-- expired   was not carried out within its time
-- cancelled was taken back before the meter had it
drop index command_one_open;
drop index command_open;
drop function command_queue(bigint, command_kind, inet);
alter table command
  alter column kind type text using kind::text,
  alter column state drop default,
  alter column state type text using state::text,
  alter column state set default 'queued';
drop type command_kind;
drop type command_state;

alter table command
  add column slot text not null
    generated always as (case when kind in ('valve_close', 'valve_open') then 'valve' else kind end) stored,
  add column parameters jsonb not null default '{}',
  add column sealed     bytea,
  add column note       text not null default '',
  add column attempts   int not null default 0,
  add column job_id     bigint,
  add constraint command_state_known check (state in ('waiting', 'queued', 'sent',
    'delivered', 'executed', 'superseded', 'refused', 'expired', 'cancelled')),
  add constraint command_kind_known check (kind in (
    'valve_close', 'valve_open', 'clock', 'auto_close', 'cutoff', 'radio_password',
    'keys', 'sync_reading', 'pressure', 'period', 'report_hour', 'balance',
    'archive', 'server_address', 'firmware'));
comment on column command.kind is 'valve_close, valve_open; clock; auto_close (prohibition on or off); cutoff (days without contact, 0: withdrawn); radio_password; keys; sync_reading (volume_dm3 of the mechanical counter); pressure (pressure_pa); period (period, minutes); report_hour; balance (to the display); archive (days to fetch); server_address (address, port); firmware (job).';
comment on column command.slot is 'At most one command of a slot is open for a meter; a later one supersedes it.';
comment on column command.parameters is 'What the command carries, in the units of the columns of this schema; nothing secret.';
comment on column command.sealed is 'What it carries and nobody may read: a new password, the manufacturer''s password; sealed as meter_secret, about "command:<id of the meter>".';
comment on column command.note is '«Примечание» of «История команд управления прибором».';
comment on column command.job_id is 'The firmware or address job it came from.';
create unique index command_one_open on command (meter_id, slot)
  where state in ('waiting', 'queued', 'sent', 'delivered');

-- meter_can: what a type of meter can be asked for.
create function meter_can(t meter_type, p_kind text) returns boolean
language sql immutable parallel safe as $$
  select case p_kind
    when 'valve_close' then t.has_valve
    when 'valve_open' then t.has_valve
    when 'period' then t.has_period
    when 'radio_password' then t.has_radio
    when 'sync_reading' then t.has_counter
    when 'pressure' then t.has_pressure
    when 'balance' then t.has_display
    when 'auto_close' then t.has_auto_close
    when 'cutoff' then t.has_cutoff
    when 'firmware' then t.software_type <> ''
    when 'archive' then t.has_archive
    when 'report_hour' then t.has_archive
    else true end
$$;

-- meter_order: an administrator asks meters for something other than a valve.
-- Meters that cannot do it are left out; the number of those that got the
-- command comes back. The caller writes the line of the log: one for the whole.
create function meter_order(p_meters bigint[], p_kind text, p_parameters jsonb,
  p_sealed bytea, p_note text)
returns int language plpgsql security definer set search_path = public, pg_temp as $$
declare
  able bigint[];
begin
  if app_role() <> 'admin' then
    raise exception 'role % may not order', app_role() using errcode = 'LZ403';
  end if;
  if p_kind in ('valve_close', 'valve_open') then
    raise exception 'a valve has its own door' using errcode = 'LZ422';
  end if;
  -- One order of locks, so that two orders do not wait for each other.
  able := array(
    select m.id from meter m join meter_type t on t.id = m.meter_type_id
     where m.id = any (p_meters) and meter_can(t, p_kind)
     order by m.id for no key update of m);
  update command set state = 'superseded'
   where meter_id = any (able) and slot = p_kind
     and state in ('waiting', 'queued', 'sent', 'delivered');
  insert into command (meter_id, kind, operator_login, parameters, sealed, note)
    select id, p_kind, app_login(), p_parameters, p_sealed, p_note from unnest(able) as id;
  return cardinality(able);
end $$;
comment on function meter_order is 'p_meters: a few thousand at most; larger sets come in pieces.';

revoke all on function meter_order, meter_can from public;
grant execute on function meter_can to lazur_web, lazur_listener, lazur_worker;
grant execute on function meter_order to lazur_admin, lazur_worker;
