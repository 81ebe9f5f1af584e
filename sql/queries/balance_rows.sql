-- balance_rows: what meters showed when the day before the first one closed,
-- and when the last one did.
-- $1 bigint  group or meter, by the variant
-- $2 date    first day
-- $3 date    last day
-- rows 0..n  meter_id, account, serial, begin_dm3, begin_interpolated, end_dm3,
--      end_interpolated
-- variant scope group: select m.id, m.account, m.serial from meter_group_member g join meter_seen m on m.id = g.meter_id join meter_group_seen s on s.id = g.group_id where g.group_id = $1
-- variant scope meter: select m.id, m.account, m.serial from meter_seen m where m.id = $1
select m.id as meter_id, m.account, m.serial, b.volume_dm3 as begin_dm3, b.interpolated as begin_interpolated,
       e.volume_dm3 as end_dm3, e.interpolated as end_interpolated
  from (/*scope*/) m
  left join lateral volume_at(m.id, $2::date - 1) b on true
  left join lateral volume_at(m.id, $3::date) e on true
 order by m.serial, m.id;
