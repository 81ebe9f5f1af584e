-- The least that stores a batch: rows and last state in one statement.
with i as materialized (
  select *
    from unnest($1::int8[], $2::timestamptz[], $3::timestamptz[], $4::int8[],
                $5::int8[], $6::int8[], $7::int4[], $8::int4[], $9::int4[],
                $10::int4[], $11::int2[], $12::int2[], $13::int2[], $14::int2[],
                $15::int2[], $16::text[])
         as i (meter_id, at, received_at, volume_dm3, energy_wh, status,
               working_h, tamper_h, temperature_mk, pressure_pa, battery_mv,
               battery_permille, signal_percent, valve, cause, mobile_operator)
), stored as (
  insert into bare.reading (meter_id, at, received_at, volume_dm3, energy_wh,
         status, working_h, tamper_h, temperature_mk, pressure_pa, battery_mv,
         battery_permille, signal_percent, valve, cause)
  select meter_id, at, received_at, volume_dm3, energy_wh, status, working_h,
         tamper_h, temperature_mk, pressure_pa, battery_mv, battery_permille,
         signal_percent, valve, cause
    from i
  on conflict do nothing
)
update bare.meter_state m
   set last_at = i.at, received_at = i.received_at, volume_dm3 = i.volume_dm3,
       status = i.status, working_h = i.working_h, tamper_h = i.tamper_h,
       temperature_mk = i.temperature_mk, pressure_pa = i.pressure_pa,
       battery_mv = i.battery_mv, battery_permille = i.battery_permille,
       signal_percent = i.signal_percent, valve = i.valve,
       mobile_operator = i.mobile_operator
  from i
 where m.meter_id = i.meter_id and (m.last_at is null or m.last_at <= i.at)
