-- meter_card: all that is known of a few meters: the selected and the unfolded.
-- $1 bigint[]  ids
-- rows 0..n  unordered: id, account, serial, medium, address, full_name, tariff,
--      price_kopecks_per_1000_m3, model, firmware, note, period,
--      period_minutes, last_at_us, received_at_us, next_at_us, has_valve,
--      has_archive, valve, temperature_mk, signal_percent, mobile_operator,
--      battery_mv, battery_permille, waiting, waiting_state, subscriber_id,
--      calculates_balance, balance_kopecks, close_banned, has_events (it has
--      journals of its own)
-- next_at is when the next planned session may begin, NULL when that moment of
-- a floating period has passed in silence. A calendar session that may still
-- come in the window that is open now counts as the next one.
select m.id, m.account, m.serial, t.medium, b.address, b.full_name,
       f.name as tariff, tariff_price_at(f.id, now()) as price_kopecks_per_1000_m3, t.name as model,
       m.firmware, m.note, m.period, m.period_minutes,
       (extract(epoch from s.last_at) * 1000000)::bigint as last_at_us,
       (extract(epoch from s.received_at) * 1000000)::bigint as received_at_us,
       (extract(epoch from n.next_at) * 1000000)::bigint as next_at_us,
       t.has_valve, t.has_archive, case when t.has_valve then s.valve end as valve,
       s.temperature_mk, s.signal_percent, s.mobile_operator, s.battery_mv,
       s.battery_permille, c.kind as waiting, c.state as waiting_state,
       b.id as subscriber_id, b.calculates_balance, b.balance_kopecks,
       parameter_on('ban_close_commands') as close_banned,
       exists (select from meter_journal j where j.meter_id = m.id and j.log <> '') as has_events
  from meter m
  join meter_state s on s.meter_id = m.id
  join meter_type t on t.id = m.meter_type_id
  left join subscriber b on b.id = m.subscriber_id
  left join tariff f on f.id = b.tariff_id
  left join command c on c.meter_id = m.id
       and c.slot = 'valve' and c.state in ('queued', 'sent', 'delivered')
 cross join lateral (
   select case
     when m.period in ('hourly', 'every_12h', 'minutes') then
       (select x from period_next(m.period, m.period_minutes, s.received_at) x
         where x > now())
     else period_next(m.period, m.period_minutes, greatest(s.received_at,
            now() - case m.period when 'daily' then interval '1 hour'
                                  else interval '6 hours' end))
     end as next_at) n
 where m.id = any ($1::bigint[]);
