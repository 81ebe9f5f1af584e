-- latest_rows: of each meter its latest session in these days; a meter without
-- one is a row without a day.
-- $1 bigint  meter or group, by the variant
-- $2 date    first day
-- $3 date    last day
-- rows 0..n  meter_id, account, serial, day, volume_dm3, energy_wh, full_name,
--      address
-- variant scope meter: select m.id, m.account, m.serial, m.subscriber_id from meter_seen m where m.id = $1
-- variant scope group: select m.id, m.account, m.serial, m.subscriber_id from meter_group_member g join meter_seen m on m.id = g.meter_id join meter_group_seen s on s.id = g.group_id where g.group_id = $1
-- variant scope all: select m.id, m.account, m.serial, m.subscriber_id from meter_seen m where $1::bigint is null
select m.id as meter_id, m.account, m.serial, r.at::date as day, r.volume_dm3, r.energy_wh,
       b.full_name, b.address
  from (/*scope*/) m
  left join lateral (
    select x.at, x.volume_dm3, x.energy_wh from reading x
     where x.meter_id = m.id and x.at >= $2::date and x.at < $3::date + 1
     order by x.at desc limit 1) r on true
  left join subscriber_seen b on b.id = m.subscriber_id
 order by m.serial, m.id;
