-- cabinet_meters: the subscriber's meters and their last word.
-- rows 0..n  id, serial, model, medium, attached_model, attached_serial (NULL:
--      nothing hangs on it), last_at_us, volume_dm3, energy_wh, temperature_mk,
--      valve (NULL: it has none)
select m.id, m.serial, t.name as model, t.medium, at.name as attached_model, am.serial as attached_serial,
       (extract(epoch from s.last_at) * 1000000)::bigint as last_at_us,
       s.volume_dm3, s.energy_wh, s.temperature_mk, case when t.has_valve then s.valve end as valve
  from meter m
  join meter_type t on t.id = m.meter_type_id
  join meter_state s on s.meter_id = m.id
  left join attached_meter am on am.meter_id = m.id
  left join attached_type at on at.id = am.attached_type_id
 where m.subscriber_id = app_subscriber()
 order by m.serial, m.id;
