-- ingest_batch: store what a group of sessions brought, in one statement.
-- $1  text[]         identity the meter gave
-- $2  timestamptz[]  meter time (second of receipt where it has no clock)
-- $3  timestamptz[]  time of receipt
-- $4  int8[]         volume_dm3
-- $5  int8[]         energy_wh
-- $6  int8[]         status bits
-- $7  int4[]         working_h
-- $8  int4[]         tamper_h
-- $9  int4[]         temperature_mk
-- $10 int4[]         pressure_pa
-- $11 int2[]         battery_mv
-- $12 int2[]         battery_permille
-- $13 int2[]         signal_percent
-- $14 int2[]         valve
-- $15 int2[]         cause
-- $16 text[]         mobile_operator
-- $17 int8[]         base station, packed as cells_heard() says; NULL: not told
-- $18 text[]         firmware version; NULL: not told
-- $19 text[]         system title it was ciphered under; NULL: it was not. This
--                    and the next two are empty when none was
-- $20 int8[]         invocation counter
-- $21 int8[]         mark of the telegram (FNV-1a): who sends the same again
-- $22 int2[]         not 0: ciphered by keys that the meter was to be given
-- rows one a session that is known, unordered: ord (1..n), meter_id, command_id
--      (NULL: none, or a setting), kind (NULL: nothing to do), verify, a, b,
--      word, sealed; verdict (NULL: taken; repeat: stored before, and nothing is
--      to be done; else it is refused: key_expected, replayed,
--      foreign_identity); of meters with something to do their keys: identity,
--      sealed, candidate, try, counter (type meter_keys)
-- A session whose identity is unknown has no row: register it and offer it again.
-- Repeating a batch changes nothing: (meter_id, at) is the reading.
with proven as materialized (
  -- Before anything is judged: with other keys a meter counts anew.
  select keys_proven(array_agg(p.title)) as meters
    from unnest($19::text[], $22::int2[]) p (title, fresh) where p.fresh <> 0
), offered as materialized (
  select i.*, k.meter_id, k.guard
    from unnest($1::text[], $2::timestamptz[], $3::timestamptz[], $4::int8[],
                $5::int8[], $6::int8[], $7::int4[], $8::int4[], $9::int4[],
                $10::int4[], $11::int2[], $12::int2[], $13::int2[], $14::int2[],
                $15::int2[], $16::text[], $17::int8[], $18::text[], $19::text[], $20::int8[],
                $21::int8[]) with ordinality
         as i (identity, at, received_at, volume_dm3, energy_wh, status,
               working_h, tamper_h, temperature_mk, pressure_pa, battery_mv,
               battery_permille, signal_percent, valve, cause, mobile_operator, cell,
               firmware, title, counter, mark, ord)
    join meter_identity k on k.identity = i.identity
), judged as materialized (
  -- Ciphered ones; a strict function: of nothing it is not called.
  select j.ord, j.verdict
    from (select array_agg(ord) as ord, array_agg(identity) as identity, array_agg(meter_id) as meter_id,
                 array_agg(guard) as guard, array_agg(title) as title, array_agg(counter) as counter,
                 array_agg(mark) as mark
            from offered cross join proven where title is not null) o
   cross join lateral push_judge(o.ord, o.identity, o.meter_id, o.guard, o.title, o.counter, o.mark) j
), taken as not materialized (
  select o.* from offered o
   where (o.title is not null or o.guard is null) and o.ord not in (select j.ord from judged j)
), attached as materialized (
  -- What hangs on a device counts at working conditions. A strict function: for
  -- the other meters this is a look at an index.
  select v.*
    from (select array_agg(k.ord) as ord, array_agg(k.meter_id) as meter_id, array_agg(k.at) as at,
                 array_agg(k.received_at) as received_at, array_agg(k.volume_dm3) as volume_dm3,
                 array_agg(k.status) as status, array_agg(k.working_h) as working_h,
                 array_agg(k.temperature_mk) as temperature_mk, array_agg(k.pressure_pa) as pressure_pa
            from taken k
           where exists (select from attached_meter a where a.meter_id = k.meter_id)) d
   cross join lateral attached_volumes(d.ord, d.meter_id, d.at, d.received_at, d.volume_dm3,
           d.status, d.working_h, d.temperature_mk, d.pressure_pa) v
), input as materialized (
  select k.identity, k.at, k.received_at, k.energy_wh, k.working_h, k.tamper_h,
         k.temperature_mk, k.pressure_pa, k.battery_mv, k.battery_permille,
         k.signal_percent, k.valve, k.cause, k.mobile_operator, k.cell, k.firmware,
         k.ord, k.meter_id, v.working_dm3, v.correction,
         case when v.ord is null then k.volume_dm3 else v.volume_dm3 end as volume_dm3,
         coalesce(v.status, k.status) as status
    from taken k left join attached v on v.ord = k.ord
), stored as (
  insert into reading (meter_id, at, received_at, volume_dm3, energy_wh, status,
         working_h, tamper_h, temperature_mk, pressure_pa, battery_mv,
         battery_permille, signal_percent, valve, cause, working_dm3, correction)
  select meter_id, at, received_at, volume_dm3, energy_wh, status, working_h,
         tamper_h, temperature_mk, pressure_pa, battery_mv, battery_permille,
         signal_percent, valve, cause, working_dm3, correction
    from input
  on conflict do nothing
  returning meter_id, at
), newest as (
  -- The last word of each meter in this batch, of those not stored before, and
  -- its main value, which another push may have brought: totals only grow.
  select distinct on (i.meter_id) i.*, max(i.volume_dm3) over meter as main_dm3,
         max(i.energy_wh) over meter as main_wh,
         max(i.at) filter (where coalesce(i.volume_dm3, i.energy_wh) is not null)
           over meter as main_at, count(*) over meter as sessions
    from input i join stored s on s.meter_id = i.meter_id and s.at = i.at
  window meter as (partition by i.meter_id)
   order by i.meter_id, i.at desc, i.ord desc
), moved as (
  -- An older reading that arrives late does not move the state; but a clock
  -- that ran ahead must not freeze it, nor one that fell back to its epoch,
  -- where volume and working time show that the reading is the newer one.
  update meter_state m
     set last_at = n.at, received_at = n.received_at,
         volume_dm3 = coalesce(n.volume_dm3, n.main_dm3, m.volume_dm3),
         energy_wh = coalesce(n.energy_wh, n.main_wh, m.energy_wh),
         main_at = coalesce(n.main_at, m.main_at, m.last_at), status = n.status,
         working_h = coalesce(n.working_h, m.working_h),
         tamper_h = coalesce(n.tamper_h, m.tamper_h),
         temperature_mk = n.temperature_mk, pressure_pa = n.pressure_pa,
         battery_mv = coalesce(n.battery_mv, m.battery_mv),
         battery_permille = coalesce(n.battery_permille, m.battery_permille),
         signal_percent = n.signal_percent,
         valve = coalesce(n.valve, m.valve),
         mobile_operator = coalesce(n.mobile_operator, m.mobile_operator),
         firmware = coalesce(n.firmware, m.firmware),
         began = state_begins(m.status, m.valve, n.status, n.valve)
               | case when n.firmware <> m.firmware or (m.firmware is null and n.firmware is not null)
                      then 131072 else 0 end
    from newest n
   where m.meter_id = n.meter_id
     and (m.last_at is null or m.last_at <= n.at
          or m.last_at > n.received_at + interval '1 day'
          or (n.at < n.received_at - interval '1 day'
              and n.volume_dm3 >= m.volume_dm3
              and coalesce(n.working_h, 0) >= coalesce(m.working_h, 0)))
  returning m.meter_id, m.charges, m.duties, m.settled, m.archive_day, n.at, n.received_at,
         n.volume_dm3, n.valve, n.firmware, n.sessions,
         m.began | case when n.cause = 1 then 2 else 0 end as began
), filled as (
  -- A meter may push what it measures now without a clock, and its totals with
  -- one that is behind: they do not move the state, and are not lost to it.
  update meter_state m
     set volume_dm3 = coalesce(n.main_dm3, m.volume_dm3),
         energy_wh = coalesce(n.main_wh, m.energy_wh), main_at = n.main_at
    from (select w.* from newest w
           where w.main_at is not null
             and w.meter_id not in (select moved.meter_id from moved)) n
   where m.meter_id = n.meter_id
     and (coalesce(m.volume_dm3, m.energy_wh) is null or m.main_at < n.main_at)
), charged as materialized (
  -- Debits, for meters of accounts that are calculated; the others cost the
  -- look at one boolean. A strict function: of nothing it is not called.
  select account_charge(array_agg(meter_id), array_agg(at),
                        array_agg(received_at), array_agg(volume_dm3)) as debits
    from moved where charges and volume_dm3 is not null
), told as materialized (
  -- What began with a session is told to whose meter it is; a press of the
  -- button begins anew each time. Late sessions, and several of one meter, are
  -- seen between their neighbours.
  select notices_raise(array_agg(e.meter_id), array_agg(e.at), array_agg(e.received_at),
                       array_agg(e.began)) as told
    from (select meter_id, at, received_at, began from moved where began & 131071 <> 0 and sessions = 1
          union all
          select s.meter_id, s.at, n.received_at, -1
            from newest n join stored s on s.meter_id = n.meter_id
           where n.sessions > 1
              or (n.status & 2191 <> 0 and n.meter_id not in (select moved.meter_id from moved))) e
), roamed as materialized (
  -- Written only when the base station is another than in the last session.
  select cells_heard(array_agg(n.meter_id), array_agg(n.cell), array_agg(n.received_at)) as moved
    from newest n left join meter_cell k on k.meter_id = n.meter_id
   where n.cell is not null and (k.meter_id is null or cell_packed(k) <> n.cell)
), renewed as materialized (
  -- Who says another firmware than in its last session.
  select firmwares_heard(array_agg(meter_id), array_agg(firmware)) as heard
    from moved where began & 131072 <> 0
), busy as materialized (
  -- The last session of each meter that has something to do: a command, or a
  -- duty. Two looks for the others: an index of open commands, three numbers.
  select f.meter_id, f.ord, w.meter_id is not null as is_new, w.valve, f.received_at
    from (select distinct on (meter_id) meter_id, received_at, ord from input order by meter_id, ord desc) f
    left join moved w on w.meter_id = f.meter_id
   cross join meter_rules r
    -- One look for each meter, however many commands are open elsewhere.
    left join lateral (select o.meter_id from command o where o.meter_id = f.meter_id
                          and o.state in ('waiting', 'queued', 'sent', 'delivered') limit 1) c on true
   where c.meter_id is not null
      or (w.duties & 7 <> 0 and w.settled <> r.epoch)
      or w.duties & 8 <> 0
      or (w.archive_day is distinct from (now() - make_interval(hours => r.report_hour))::date
          and (r.daily and w.duties & 16 <> 0 or r.hourly and w.duties & 32 <> 0
               or r.events and w.duties & 64 <> 0))
      -- A clock that deviates, or a push that comes late.
      or (r.clock_limit_s > 0 and w.duties & 128 <> 0
          and abs(extract(epoch from w.received_at - w.at)) > r.clock_limit_s)
), turn as (
  -- Its first argument says that debits and new firmware come before it: what
  -- they change, it tells.
  select b.ord, t.*
    from busy b cross join charged cross join roamed cross join renewed
   cross join lateral session_begin(
           b.meter_id + 0 * (coalesce(charged.debits, 0) + coalesce(roamed.moved, 0)
                             + coalesce(renewed.heard, 0)),
           b.is_new, coalesce(b.valve, -1::int2), b.received_at) t
)
select i.ord, i.meter_id, t.command_id, t.kind, t.verify, t.a, t.b, t.word, t.sealed,
       case when i.title is null and i.guard is not null then 'key_expected' else j.verdict end as verdict,
       k.identity, k.sealed as secret, k.candidate, k.try, k.counter
  from offered i
  -- Whatever is busy: debits are made, and what meters say is taken in.
 cross join charged cross join told cross join roamed cross join renewed
  left join judged j on j.ord = i.ord
  left join turn t on t.ord = i.ord
 -- Strict: whose meter has nothing to do is not asked for.
 cross join lateral meter_keys_take(case when t.kind is not null then i.meter_id end, i.identity) k;
