-- reading_page: sessions of a meter, a page or (limit NULL) all.
-- $1 bigint  meter
-- $2 bigint  rows of the page
-- $3 bigint  rows before it
-- rows 0..n  at_us, volume_dm3, energy_wh, temperature_mk, pressure_pa, working_h,
--      tamper_h, status, valve, battery_mv, total (10001: more than 10000)
-- variant dir asc: r.at
-- variant dir desc: r.at desc
select (extract(epoch from r.at) * 1000000)::bigint as at_us, r.volume_dm3, r.energy_wh,
       r.temperature_mk, r.pressure_pa, r.working_h, r.tamper_h, r.status,
       r.valve, r.battery_mv,
       (select count(*) from
         (select from reading x where x.meter_id = $1 limit 10001) y) as total
  from reading r
 where r.meter_id = $1
 order by /*dir*/ limit $2 offset $3;
