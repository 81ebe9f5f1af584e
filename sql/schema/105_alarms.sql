-- What a meter tells its subscriber: notifications in the cabinet (GC-315 ...
-- GC-319) and SMS (GC-324 ... GC-326), raised by whoever stores a session, in
-- its transaction, when a state begins. While it lasts nothing is raised again.

alter table meter_state add column began int not null default 0;
comment on column meter_state.began is 'What began with the last session: bits of status that are told of and that the session before had not; 65536: a valve that was open is shut; 131072: it says another firmware. Written by each session, under the lock of its row, so that of two sessions at once one sees it begin.';

-- state_begins: what begins between two states of a meter, bits as in
-- meter_state.began. 2191: the bits of notice_reason().
create function state_begins(p_was bigint, p_was_valve smallint, p_is bigint, p_is_valve smallint) returns int
language sql immutable parallel safe as $$
  select (p_is & ~p_was & 2191)::int
       | case when p_was_valve = 1 and p_is_valve in (0, 2) then 65536 else 0 end
$$;

-- notice_reasons: what each mark is to a subscriber (section 35, reason map).
-- notifies: is shown in the cabinet; texts: goes out as an SMS.
create function notice_reasons() returns table (mark int, reason text, notifies boolean, texts boolean)
language sql immutable parallel safe rows 7 as $$
  values (1, 'tamper', true, true), (2, 'button', true, false), (4, 'case_opened', true, true),
         (8, 'flow_excess', true, true), (128, 'reverse_flow', true, true),
         (2048, 'gas_alarm', true, true), (65536, 'valve_closed', false, true)
$$;

-- sms_number: a number as the service wants it; NULL: nothing can be sent to it.
create function sms_number(p_phone text) returns text language sql immutable parallel safe as $$
  select p from (select regexp_replace(p_phone, '[ ()-]', '', 'g') as p) x where p ~ '^\+?[0-9]{10,15}$'
$$;

-- sessions_begun: what began with sessions that are not simply the next one of
-- their meter, late ones and several at once, by the readings around them. It
-- did not begin with one if the session before shows it, nor if one after it
-- that was stored earlier does: then it has been told of. late: there is one.
create function sessions_begun(p_meter bigint[], p_at timestamptz[], p_received timestamptz[])
returns table (meter_id bigint, at timestamptz, received_at timestamptz, began int, late boolean)
language sql stable rows 10 as $$
  select i.meter_id, i.at, i.received_at,
         state_begins(coalesce(b.status, 0) | coalesce(l.status, 0), b.valve, r.status,
                      case when l.at is null then r.valve end)
           | case when r.cause = 1 then 2 else 0 end,
         l.at is not null
    from unnest(p_meter, p_at, p_received) as i (meter_id, at, received_at)
    join reading r on r.meter_id = i.meter_id and r.at = i.at
    left join lateral (select o.status, o.valve from reading o
                        where o.meter_id = i.meter_id and o.at < i.at
                        order by o.at desc limit 1) b on true
    left join lateral (select o.at, o.status from reading o
                        where o.meter_id = i.meter_id and o.at > i.at
                          and o.at <= i.received_at + interval '1 day' -- not by a clock that ran ahead
                          and not exists (select from unnest(p_meter, p_at) n (meter_id, at)
                                           where n.meter_id = o.meter_id and n.at = o.at)
                        order by o.at limit 1) l on true
$$;

-- notices_raise: something began at these meters.
--   p_began  as meter_state.began; -1: see the readings around it
-- The caller has moved meter_state to these sessions and so holds its locks;
-- those that moved nothing are locked here. Told is the subscriber a meter is
-- bound to, once he has entered his cabinet and while it is his to use: of what
-- a meter showed since it is his, and of sessions that come late since he
-- registered. An SMS is of what is going on, not of what has passed.
-- Strict: of nothing it is not called. Returns how many began.
create function notices_raise(p_meter bigint[], p_at timestamptz[], p_received timestamptz[], p_began int[])
returns int language plpgsql strict security definer set search_path = public, pg_temp as $$
declare
  n int;
begin
  if -1 = any (p_began) then
    perform from meter_state s where s.meter_id = any (p_meter) order by s.meter_id for no key update;
  end if;
  with begun as materialized (
    select i.meter_id, i.at, i.received_at, i.began, false as late
      from unnest(p_meter, p_at, p_received, p_began) as i (meter_id, at, received_at, began)
     where i.began >= 0
    union all
    select b.meter_id, b.at, b.received_at, b.began, b.late
      from (select array_agg(i.meter_id) as meters, array_agg(i.at) as at, array_agg(i.received_at) as received
              from unnest(p_meter, p_at, p_received, p_began) as i (meter_id, at, received_at, began)
             where i.began < 0) a
     cross join lateral sessions_begun(a.meters, a.at, a.received) b
  ), told as materialized (
    select b.meter_id, b.at, b.late, k.reason, k.notifies, m.serial, a.subscriber_id,
           k.texts and a.wants_sms as texts, s.phone
      from begun b join notice_reasons() k on b.began & k.mark <> 0
      join meter m on m.id = b.meter_id
      join subscriber s on s.id = m.subscriber_id and s.cabinet_allowed
      join cabinet_account a on a.subscriber_id = s.id
     -- The time is the meter's; a clock that is a day behind is not believed.
     where case when b.late then b.at >= greatest(a.registered_at, m.subscriber_since)
                else greatest(b.at, b.received_at - interval '1 day')
                     >= coalesce(m.subscriber_since, '-infinity') end
  ), kept as (
    insert into notification (subscriber_id, reason, meter_id, times, first_at, last_at)
      select subscriber_id, reason, meter_id, count(*), min(at), max(at)
        from told where notifies
       group by subscriber_id, reason, meter_id
       order by meter_id, reason
    on conflict (subscriber_id, reason, meter_id) where confirmed_at is null
    do update set times = notification.times + excluded.times,
                  first_at = least(notification.first_at, excluded.first_at),
                  last_at = greatest(notification.last_at, excluded.last_at)
  ), texted as materialized (
    select sms_queue(t.reason, t.phone, 'ru', jsonb_build_object('serial', t.serial))
      from (select distinct reason, phone, serial, meter_id from told where texts and not late) t
     where parameter_on('sms_enabled') and sms_number(t.phone) is not null
  )
  select (select count(*) from told) + 0 * (select count(*) from texted) into n;
  return n;
end $$;

-- A meter that goes to somebody else takes with it what waits to be confirmed:
-- nobody could see of which meter it is.
create function notices_withdraw() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  delete from notification where meter_id = new.id and subscriber_id = old.subscriber_id and confirmed_at is null;
  return null;
end $$;
create trigger notices_withdraw after update of subscriber_id on meter
  for each row when (old.subscriber_id is not null and old.subscriber_id is distinct from new.subscriber_id)
  execute function notices_withdraw();

-- valve_shown: how a valve stands after a command, as its meter says within
-- the session.
create function valve_shown(p_meter bigint, p_valve smallint) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  what int;
begin
  update meter_state m
     set valve = p_valve, began = state_begins(0, m.valve, 0, p_valve)
   where m.meter_id = p_meter and m.valve is distinct from p_valve
  returning m.began into what;
  if what <> 0 then
    perform notices_raise(array[p_meter], array[now()], array[now()], array[what]);
  end if;
end $$;

-- cabinet_news: what stands in «Уведомления», as a word that changes with it:
-- how many reasons, and of which and how many events.
create function cabinet_news() returns text language sql stable
security definer set search_path = public, pg_temp as $$
  select format('%s.%s.%s', count(distinct reason), coalesce(max(id), 0), coalesce(sum(times), 0))
    from notification where subscriber_id = app_subscriber() and confirmed_at is null
$$;

revoke all on function notice_reasons, sms_number, sessions_begun, notices_raise, notices_withdraw,
  valve_shown, cabinet_news from public;
grant execute on function notices_raise to lazur_listener;
grant execute on function cabinet_news to lazur_cabinet;
