-- fleet_find: one meter, what it can be asked for and what hangs on it.
-- $1 bigint  meter
-- rows 0..1  version, serial, type, firmware, branch, account, address, full_name,
--            pressure_set_pa, period, period_minutes, has_period, has_radio,
--            has_counter, has_pressure, has_external, software_type,
--            volume_dm3, last_at_us, attached version (NULL: nothing hangs on
--            it), attached type, attached serial, corrects_temperature,
--            corrects_pressure, detects_tamper, medium
select m.xmin::text, m.serial, t.name, m.firmware, b.name, m.account, s.address, s.full_name,
       m.pressure_set_pa, m.period, m.period_minutes, t.has_period, t.has_radio,
       t.has_counter, t.has_pressure, t.has_external, t.software_type,
       st.volume_dm3, (extract(epoch from st.last_at) * 1000000)::int8,
       a.version, a.attached_type_id, a.serial, a.corrects_temperature,
       a.corrects_pressure, a.detects_tamper, t.medium
  from meter m
  join meter_type t on t.id = m.meter_type_id
  join meter_state st on st.meter_id = m.id
  left join branch b on b.id = m.branch_id
  left join subscriber s on s.id = m.subscriber_id
  left join attached_meter a on a.meter_id = m.id
 where m.id = $1;
