-- fleet_loss: what goes with these meters.
-- $1 bigint[]  meters
-- rows 1       meters, their serials, sessions, archive records, commands,
--              bound to subscribers
select count(*), coalesce(string_agg(m.serial, ', ' order by m.serial, m.id), ''),
       coalesce(sum((select count(*) from reading r where r.meter_id = m.id)), 0)::int8,
       coalesce(sum((select count(*) from archive_daily d where d.meter_id = m.id)
                  + (select count(*) from archive_hourly h where h.meter_id = m.id)
                  + (select count(*) from meter_event v where v.meter_id = m.id)), 0)::int8,
       coalesce(sum((select count(*) from command c where c.meter_id = m.id)), 0)::int8,
       count(m.subscriber_id)
  from meter m where m.id = any ($1::bigint[]);
