-- meter_search_page: a page of the list under a filter; how many were found
-- (1001 and above: more than 1000) and how many meters there are without it.
-- $1 int   rows of the page
-- $2 int   rows before it
-- $3 text  prefix: what serial or account begins with; infix: what either holds,
--      escaped for LIKE
-- $4 text  prefix: $3 and U+10FFFF; infix: not read
--      serials: $3 to $6 text[] are the parts of an expression over serial
--      numbers (serials_count.sql), $7 text as infix, NULL: not looked for
-- rows 0..100  as meter_page, then found
-- What is found is collected first and limited, then ordered: bounded time
-- whatever is asked. A prefix is compared, not matched: comparing is leakproof,
-- so that row security lets the index do it.
-- variant filter prefix: (select m.id from meter m where m.serial >= $3 and m.serial < $4 order by m.serial, m.id limit 1001) union (select m.id from meter m where m.account >= $3 and m.account < $4 order by m.account, m.id limit 1001)
-- variant filter infix: select id from meter_search($3, 1001)
-- variant filter serials: select id from serials_search($3::text[], $4::text[], $5::text[], $6::text[], 1001) union select id from meter_search($7, 1001)
-- variant order serial: select m.id, false as e, m.serial as k, 0 as k2 from found f join meter m on m.id = f.id
-- variant order account: select m.id, false as e, m.account as k, 0 as k2 from found f join meter m on m.id = f.id
-- variant order at: select s.meter_id as id, s.last_at is null as e, s.last_at as k, 0 as k2 from found f join meter_state s on s.meter_id = f.id
-- variant order volume: select s.meter_id as id, coalesce(s.volume_dm3, s.energy_wh) is null as e, coalesce(s.volume_dm3, s.energy_wh) as k, 0 as k2 from found f join meter_state s on s.meter_id = f.id
-- variant order working: select s.meter_id as id, s.working_h is null as e, s.working_h as k, 0 as k2 from found f join meter_state s on s.meter_id = f.id
-- variant order tamper: select s.meter_id as id, s.tamper_h is null as e, s.tamper_h as k, 0 as k2 from found f join meter_state s on s.meter_id = f.id
-- variant order state: select s.meter_id as id, s.received_at is null as e, (s.status & 44309) * 65536 + s.status as k, s.received_at as k2 from found f join meter_state s on s.meter_id = f.id
-- variant order valve: select s.meter_id as id, s.valve is null as e, s.valve as k, 0 as k2 from found f join meter_state s on s.meter_id = f.id
-- variant order balance: select m.id, not coalesce(b.calculates_balance, false) as e, b.balance_kopecks as k, 0 as k2 from found f join meter m on m.id = f.id left join subscriber b on b.id = m.subscriber_id
-- variant dir asc: e, k, k2, id
-- variant dir desc: e, k desc, k2 desc, id desc
with found as materialized (
  /*filter*/
), page as materialized (
  select * from (
    select * from (/*order*/) o order by /*dir*/ limit $1 offset $2) x
   limit 100
)
select p.id, m.account, m.serial, t.medium,
       (extract(epoch from s.last_at) * 1000000)::bigint as last_at_us,
       s.volume_dm3, s.energy_wh, s.working_h, s.tamper_h, s.status,
       now() > period_due(m.period, m.period_minutes, s.received_at) as silent,
       case when t.has_valve then s.valve end as valve,
       case when b.calculates_balance then b.balance_kopecks end as balance_kopecks,
       c.kind as waiting, (select coalesce(sum(n), 0)::bigint from meter_count) as total,
       (select count(*) from found) as found
  from page p
  join meter m on m.id = p.id
  join meter_state s on s.meter_id = p.id
  join meter_type t on t.id = m.meter_type_id
  left join subscriber b on b.id = m.subscriber_id
  left join command c on c.meter_id = p.id
       and c.slot = 'valve' and c.state in ('queued', 'sent')
 order by /*dir*/;
