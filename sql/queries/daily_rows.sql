-- daily_rows: archive records of meters, day by day; a meter without any in
-- these days is one row without a day.
-- $1 bigint  meter or group, by the variant
-- $2 date    first day
-- $3 date    last day
-- rows 0..n  meter_id, account, serial, day, volume_dm3, delta_dm3,
--      temperature_mk, pressure_pa, status
-- Meters first, in the order of the index or of a small sort; then the days of
-- each by the key of the archive. Nothing is gathered.
-- variant scope meter: select m.id, m.account, m.serial from meter_seen m where m.id = $1
-- variant scope group: select m.id, m.account, m.serial from meter_group_member g join meter_seen m on m.id = g.meter_id join meter_group_seen s on s.id = g.group_id where g.group_id = $1
-- variant scope all: select m.id, m.account, m.serial from meter_seen m where $1::bigint is null
select m.id as meter_id, m.account, m.serial, a.day, a.volume_dm3, a.delta_dm3,
       a.temperature_mk, a.pressure_pa, a.status
  from (/*scope*/) m
  left join lateral (
    select d.day, d.volume_dm3, d.delta_dm3, d.temperature_mk, d.pressure_pa, d.status
      from archive_daily d
     where d.meter_id = m.id and d.day between $2 and $3) a on true
 order by m.serial, m.id, a.day;
