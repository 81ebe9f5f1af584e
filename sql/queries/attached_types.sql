-- attached_types: what can hang on a device.
-- rows 0..n  id, name, manufacturer, connection, pulse_dm3,
--            corrects_temperature, corrects_pressure, detects_tamper
select id, name, manufacturer, connection, pulse_dm3,
       corrects_temperature, corrects_pressure, detects_tamper
  from attached_type order by name collate "ru-x-icu";
