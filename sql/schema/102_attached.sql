-- What attached meters count is processed when a session comes in (GC-190,
-- docs/correction.md): litres at working conditions become litres at standard
-- ones, increment by increment, and tampering is told of or not.

alter table reading
  add column working_dm3 bigint,
  add column correction  smallint;
comment on column reading.working_dm3 is 'What an attached meter showed, litres at working conditions; volume_dm3 is what became of it at standard ones. NULL: nothing is attached.';
comment on column reading.correction is 'How volume_dm3 came from working_dm3, bits; 0: by what this session told. 1 temperature of an earlier session, 2 no temperature known and none applied, 4 pressure of an earlier session, 8 «Руст.абс», 16 begins anew: nothing was added, 32 came late: moved nothing. NULL: nothing is attached, or no volume was told.';

create table attached_state (
  meter_id       bigint primary key references attached_meter on delete cascade,
  at             timestamptz,
  working_dm3    bigint,
  volume_dm3     bigint,
  carry_nl       int not null default 0 check (carry_nl >= -500000000 and carry_nl < 500000000),
  working_h      int,
  temperature_mk int,
  pressure_pa    int
) with (fillfactor = 70);
comment on table attached_state is 'Where the sum of what an attached meter counted stands; its lock orders the sessions of its device.';
comment on column attached_state.at is 'Meter time of the reading that moved it last; NULL: none since it was attached.';
comment on column attached_state.working_dm3 is 'What the meter showed then; NULL: the next session begins anew and adds nothing.';
comment on column attached_state.volume_dm3 is 'The sum at standard conditions, as meter_state shows it.';
comment on column attached_state.carry_nl is 'What the sum is more than volume_dm3, billionths of a litre: it was rounded half up.';
comment on column attached_state.temperature_mk is 'The last that a session told.';
comment on column attached_state.pressure_pa is 'The last that a session told; NULL: none did.';
alter table attached_state enable row level security;
create policy of_meter on attached_state for select to lazur_web
  using (exists (select from meter m where m.id = meter_id));
create policy administration on attached_state for select to lazur_admin
  using ((select app_role()) = 'admin');
create policy all_for_lazur_worker on attached_state for select to lazur_worker using (true);
grant select on attached_state to lazur_web, lazur_worker;

-- Another meter on the device shows another number: nothing is added until it
-- has been heard. Other boxes only mean another factor from the next session on.
create function attached_follows() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    -- What the device shows by itself from now on begins its debits anew.
    perform from meter_state where meter_id = old.meter_id for no key update;
    delete from meter_charge where meter_id = old.meter_id;
  else
    insert into attached_state (meter_id) values (new.meter_id)
    on conflict (meter_id) do update set working_dm3 = null;
  end if;
  return null;
end $$;
create trigger attached_follows after insert or delete on attached_meter
  for each row execute function attached_follows();
create trigger attached_replaced after update on attached_meter
  for each row when ((old.attached_type_id, old.serial) is distinct from (new.attached_type_id, new.serial))
  execute function attached_follows();
insert into attached_state (meter_id) select meter_id from attached_meter;

-- A synchronised reading (GC-186) is both: what the device goes on from, and
-- what is shown.
create function attached_synchronised() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  update attached_state set working_dm3 = v, volume_dm3 = v, carry_nl = 0
    from (select (new.parameters->>'volume_dm3')::bigint as v) told
   where meter_id = new.meter_id;
  return null;
end $$;
create trigger attached_synchronised after update of executed_at on command
  for each row when (new.kind = 'sync_reading' and old.executed_at is null and new.executed_at is not null)
  execute function attached_synchronised();

-- attached_factor: standard litres for a working one, as a fraction; 0: by this
-- nothing is corrected. The formula and constants of lib/units/correction.h.
create function attached_factor(p_temperature_mk int, p_pressure_pa int, out n numeric, out d numeric)
language sql immutable parallel safe as $$
  select case when p_temperature_mk = 0 then 1 else 293150 end::numeric
           * case when p_pressure_pa = 0 then 1 else p_pressure_pa end,
         case when p_temperature_mk = 0 then 1 else p_temperature_mk end::numeric
           * case when p_pressure_pa = 0 then 1 else 101325 end
$$;

-- attached_volumes: sessions of devices that carry meters, in any order, as
-- they are to be stored. Adds what is new to attached_state; a session that is
-- stored already, or that comes late, adds nothing.
-- Strict: of nothing it is not called.
create function attached_volumes(p_ord bigint[], p_meter bigint[], p_at timestamptz[],
  p_received timestamptz[], p_volume bigint[], p_status bigint[], p_working_h int[],
  p_temperature int[], p_pressure int[])
returns table (ord bigint, volume_dm3 bigint, status bigint, working_dm3 bigint, correction smallint)
language plpgsql strict rows 1 security definer set search_path = public, pg_temp as $$
declare
  r record; f record; s attached_state; was attached_state; at_before timestamptz;
  t int; p int; sum_nl numeric; late boolean;
begin
  perform from attached_state x where x.meter_id = any (p_meter) order by x.meter_id for no key update;

  for r in
    select i.*, x as state, m.pressure_set_pa, not a.detects_tamper as hides_tamper,
           a.corrects_temperature and not k.corrects_temperature as by_temperature,
           a.corrects_pressure and not k.corrects_pressure as by_pressure,
           coalesce(x.at, e.main_at, e.last_at) as state_at, coalesce(x.volume_dm3, e.volume_dm3) as shown_dm3,
           coalesce(x.working_h, e.working_h) as state_h, g.meter_id is not null as known,
           g.volume_dm3 as known_dm3, g.working_dm3 as known_working, g.correction as known_correction
      from unnest(p_ord, p_meter, p_at, p_received, p_volume, p_status, p_working_h, p_temperature, p_pressure)
           as i (ord, meter_id, at, received_at, volume, status, working_h, temperature_mk, pressure_pa)
      join attached_state x on x.meter_id = i.meter_id
      join attached_meter a on a.meter_id = i.meter_id
      join attached_type k on k.id = a.attached_type_id
      join meter m on m.id = i.meter_id
      join meter_state e on e.meter_id = i.meter_id
      left join lateral (select * from reading o where o.meter_id = i.meter_id and o.at = i.at limit 1) g on true
     order by i.meter_id, i.at, i.ord
  loop
    if s.meter_id is distinct from r.meter_id then
      perform attached_keep(s, was);
      s := r.state;
      was := s;
      s.at := r.state_at;
      s.volume_dm3 := r.shown_dm3;
      s.working_h := r.state_h;
    elsif at_before = r.at then
      -- The same telegram once more in one batch: as the first one of it.
      ord := r.ord;
      return next;
      continue;
    end if;
    at_before := r.at;
    ord := r.ord;
    status := case when r.hides_tamper then r.status & ~1::bigint else r.status end;
    if r.known then
      volume_dm3 := r.known_dm3;
      working_dm3 := r.known_working;
      correction := r.known_correction;
      return next;
      continue;
    end if;

    -- The same rule as of meter_state, in ingest_batch.
    late := coalesce(s.at > r.at and s.at <= r.received_at + interval '1 day'
      and not coalesce(r.at < r.received_at - interval '1 day' and r.volume >= coalesce(s.working_dm3, 0)
                       and coalesce(r.working_h, 0) >= coalesce(s.working_h, 0), false), false);
    t := case when r.temperature_mk between 173150 and 373150 then r.temperature_mk end;
    p := case when r.pressure_pa between 50000 and 10000000 then r.pressure_pa end;
    correction := case when not r.by_temperature or t is not null then 0
                       when s.temperature_mk is not null then 1 else 2 end
                + case when not r.by_pressure or p is not null then 0
                       when s.pressure_pa is not null then 4 else 8 end
                + late::int * 32;
    if not late then
      s.temperature_mk := coalesce(t, s.temperature_mk);
      s.pressure_pa := coalesce(p, s.pressure_pa);
    end if;
    working_dm3 := r.volume;
    f := attached_factor(
      case when r.by_temperature then coalesce(t, s.temperature_mk, 0) else 0 end,
      case when r.by_pressure then coalesce(p, s.pressure_pa, r.pressure_set_pa) else 0 end);
    if r.volume is null then
      volume_dm3 := null;
      correction := null;
    elsif late then
      volume_dm3 := attached_late(r.meter_id, r.at, r.volume, f.n, f.d, s.volume_dm3);
    else
      sum_nl := div((r.volume - s.working_dm3)::numeric * f.n * 1000000000, f.d) + s.carry_nl;
      if s.working_dm3 is null or r.volume < s.working_dm3 or s.volume_dm3 + sum_nl / 1000000000 > 9e18 then
        s.volume_dm3 := coalesce(s.volume_dm3, r.volume);
        correction := correction | 16::smallint;
      else
        s.volume_dm3 := s.volume_dm3 + div(sum_nl + 500000000, 1000000000)::bigint;
        s.carry_nl := (sum_nl - div(sum_nl + 500000000, 1000000000) * 1000000000)::int;
      end if;
      s.at := r.at;
      s.working_dm3 := r.volume;
      s.working_h := coalesce(r.working_h, s.working_h);
      volume_dm3 := s.volume_dm3;
    end if;
    return next;
  end loop;
  perform attached_keep(s, was);
end $$;

-- attached_keep: the state of a meter, when it has moved.
create function attached_keep(s attached_state, was attached_state) returns void
language sql security definer set search_path = public, pg_temp as $$
  update attached_state x
     set at = s.at, working_dm3 = s.working_dm3, volume_dm3 = s.volume_dm3, carry_nl = s.carry_nl,
         working_h = s.working_h, temperature_mk = s.temperature_mk, pressure_pa = s.pressure_pa
   where x.meter_id = s.meter_id and s is distinct from was
$$;

-- attached_late: what the sum had been when a reading that comes late was
-- taken: that of the reading before it and what was counted since, at most what
-- is shown now. Before anything was attached it was shown as it was sent.
create function attached_late(p_meter bigint, p_at timestamptz, p_working bigint, p_n numeric, p_d numeric,
  p_most bigint) returns bigint language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce((
    select least(g.volume_dm3 + div(greatest(p_working - g.working_dm3, 0)::numeric * p_n * 2 + p_d, p_d * 2), p_most)
      from reading g
     where g.meter_id = p_meter and g.at < p_at and g.working_dm3 is not null
     order by g.at desc limit 1), p_working)::bigint
$$;

revoke all on function attached_follows, attached_synchronised, attached_factor, attached_volumes,
  attached_keep, attached_late from public;
grant execute on function attached_volumes to lazur_listener;
