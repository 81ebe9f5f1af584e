-- meter_page: a page of the operator's list, and how many meters there are.
-- $1 int   rows of the page
-- $2 int   rows before it; in the _end variants, rows after it
-- rows 0..100  id, account, serial, medium, last_at_us, volume_dm3, energy_wh,
--      working_h, tamper_h, status, silent, valve, balance_kopecks, waiting, total
-- Ids first, limited, by index where there is one; only then the joins. The
-- literal limit tells the planner how few ids come. Empty values (e) stand last
-- but for the account, whose index has them first when descending. The _end
-- reads all: by what every session writes, meter_state, which is narrow, and by
-- the balance, which every debit writes: neither has an index (docs/performance.md).
-- variants walk from the last row, for pages past the middle. By state the grave
-- messages, red on the screen, count before all others (44309: bits 0, 2, 4, 8,
-- 10, 11, 13, 15); those with equal messages follow by their last session.
-- variant order serial: select m.id, false as e, m.serial as k, 0 as k2 from meter m
-- variant order account: select m.id, false as e, m.account as k, 0 as k2 from meter m
-- variant order at: select s.meter_id as id, s.last_at is null as e, s.last_at as k, 0 as k2 from meter_state s
-- variant order volume: select s.meter_id as id, coalesce(s.volume_dm3, s.energy_wh) is null as e, coalesce(s.volume_dm3, s.energy_wh) as k, 0 as k2 from meter_state s
-- variant order working: select s.meter_id as id, s.working_h is null as e, s.working_h as k, 0 as k2 from meter_state s
-- variant order tamper: select s.meter_id as id, s.tamper_h is null as e, s.tamper_h as k, 0 as k2 from meter_state s
-- variant order state: select s.meter_id as id, s.received_at is null as e, (s.status & 44309) * 65536 + s.status as k, s.received_at as k2 from meter_state s
-- variant order valve: select s.meter_id as id, s.valve is null as e, s.valve as k, 0 as k2 from meter_state s
-- variant order balance: select m.id, not coalesce(b.calculates_balance, false) as e, b.balance_kopecks as k, 0 as k2 from meter m left join subscriber b on b.id = m.subscriber_id
-- variant dir asc_first: e, k, k2, id | e, k, k2, id | limit 100) x limit $1
-- variant dir desc_first: e, k desc, k2 desc, id desc | e, k desc, k2 desc, id desc | limit 100) x limit $1
-- variant dir asc: e, k, k2, id | e, k, k2, id | limit $1 offset $2) x limit 100
-- variant dir desc: e, k desc, k2 desc, id desc | e, k desc, k2 desc, id desc | limit $1 offset $2) x limit 100
-- variant dir asc_end: e desc, k desc, k2 desc, id desc | e, k, k2, id | limit $1 offset $2) x limit 100
-- variant dir desc_end: e desc, k, k2, id | e, k desc, k2 desc, id desc | limit $1 offset $2) x limit 100
with page as materialized (
  select * from (
    select * from (/*order*/) o order by /*dir*/ /*dir.3*/
)
select p.id, m.account, m.serial, t.medium,
       (extract(epoch from s.last_at) * 1000000)::bigint as last_at_us,
       s.volume_dm3, s.energy_wh, s.working_h, s.tamper_h, s.status,
       now() > period_due(m.period, m.period_minutes, s.received_at) as silent,
       case when t.has_valve then s.valve end as valve,
       case when b.calculates_balance then b.balance_kopecks end as balance_kopecks,
       c.kind as waiting, (select coalesce(sum(n), 0)::bigint from meter_count) as total
  from page p
  join meter m on m.id = p.id
  join meter_state s on s.meter_id = p.id
  join meter_type t on t.id = m.meter_type_id
  left join subscriber b on b.id = m.subscriber_id
  left join command c on c.meter_id = p.id
       and c.slot = 'valve' and c.state in ('queued', 'sent')
 order by /*dir.2*/;
