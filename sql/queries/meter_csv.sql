-- meter_csv: every meter the operator sees, with its subscriber and last reading.
-- $1 text  prefix: what serial or account begins with; infix: what either holds,
--      escaped for LIKE; neither is read in all
-- $2 text  prefix: $1 and U+10FFFF
--      serials: $1 to $4 text[] are the parts of an expression over serial
--      numbers (serials_count.sql), $5 text as infix, NULL: not looked for
-- rows 0..n  account, serial, last_at_us, volume_dm3, energy_wh, working_h,
--      tamper_h, status, silent, valve, balance_kopecks, full_name, address,
--      branch, model
-- reads all: a file of the whole list, a row at a time.
-- variant filter all: meter m
-- variant filter prefix: (select id from meter where serial >= $1 and serial < $2 union select id from meter where account >= $1 and account < $2) i join meter m on m.id = i.id
-- variant filter infix: meter_search($1, null) i join meter m on m.id = i.id
-- variant filter serials: (select id from serials_search($1::text[], $2::text[], $3::text[], $4::text[], null) union select id from meter_search($5, null)) i join meter m on m.id = i.id
select m.account, m.serial, (extract(epoch from s.last_at) * 1000000)::bigint as last_at_us,
       s.volume_dm3, s.energy_wh, s.working_h, s.tamper_h, s.status,
       now() > period_due(m.period, m.period_minutes, s.received_at) as silent,
       case when t.has_valve then s.valve end as valve,
       case when b.calculates_balance then b.balance_kopecks end as balance_kopecks,
       b.full_name, b.address, r.name as branch, t.name as model
  from /*filter*/
  join meter_state s on s.meter_id = m.id
  join meter_type t on t.id = m.meter_type_id
  left join subscriber b on b.id = m.subscriber_id
  left join branch r on r.id = m.branch_id
 order by m.serial, m.id;
