-- archive_page: daily records of a meter, a page or (limit NULL) all.
-- $1 bigint  meter
-- $2 bigint  rows of the page
-- $3 bigint  rows before it
-- rows 0..n  at_us, volume_dm3, delta_dm3, temperature_mk, pressure_pa, status,
--      total (10001: more than 10000)
-- variant dir asc: r.day
-- variant dir desc: r.day desc
select (extract(epoch from r.at) * 1000000)::bigint as at_us, r.volume_dm3, r.delta_dm3,
       r.temperature_mk, r.pressure_pa, r.status,
       (select count(*) from
         (select from archive_daily x where x.meter_id = $1 limit 10001) y) as total
  from archive_daily r
 where r.meter_id = $1
 order by /*dir*/ limit $2 offset $3;
