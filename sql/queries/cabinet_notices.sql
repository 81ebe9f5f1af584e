-- cabinet_notices: active notifications, the more serious first.
-- rows 0..n  reason, severity, serial, times, first_at_us, last_at_us
select n.reason, n.severity, m.serial, n.times,
       (extract(epoch from n.first_at) * 1000000)::bigint as first_at_us,
       (extract(epoch from n.last_at) * 1000000)::bigint as last_at_us
  from notification n join meter m on m.id = n.meter_id
 where n.subscriber_id = app_subscriber() and n.confirmed_at is null
 order by n.severity desc, max(n.last_at) over (partition by n.reason) desc, n.reason, m.serial;
