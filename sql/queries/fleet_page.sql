-- fleet_page: meters as their administrators see them, as lib/model/directory.h
-- asks for lists.
-- $1 int8    rows, NULL: all
-- $2 int8    rows before them
-- $3 text    what is looked for, between %
-- $4 text    how: infix ($3), prefix ($5 to $6), serials ($7 to $10)
-- $5 $6 text      what a serial begins with, and the first text after those
-- $7 ... $10 text[]  parts of an expression (serials_count.sql)
-- rows  id, serial (with that of what hangs on it), type, firmware,
--       registered_us, received_us, pressure_mmhg (NULL: this type has none),
--       period, branch, has an address job, period_minutes
-- Ids first, limited, by index (097_meters.sql says which); only then the
-- joins. By type, period and branch each of them gives its first rows.
-- reads all: by the last session, meter_state; what every session writes has no
-- index (docs/performance.md).
-- variant order serial_asc: select m.id, m.serial as k from /*filter*/ m | k, id
-- variant order serial_desc: select m.id, m.serial as k from /*filter*/ m | k desc, id desc
-- variant order type_asc: select l.id, t.name collate "ru-x-icu" as k, l.p from meter_type t cross join lateral (select m.id, m.pressure_set_pa as p from /*filter*/ m where m.meter_type_id = t.id order by m.pressure_set_pa, m.id limit $1::int8 + $2::int8) l | k, p, id
-- variant order type_desc: select l.id, t.name collate "ru-x-icu" as k, l.p from meter_type t cross join lateral (select m.id, m.pressure_set_pa as p from /*filter*/ m where m.meter_type_id = t.id order by m.pressure_set_pa desc, m.id desc limit $1::int8 + $2::int8) l | k desc, p desc, id desc
-- variant order version_asc: select m.id, m.firmware collate "C" as k from /*filter*/ m | k, id
-- variant order version_desc: select m.id, m.firmware collate "C" as k from /*filter*/ m | k desc, id desc
-- variant order registered_asc: select m.id, m.registered_at as k from /*filter*/ m | k, id
-- variant order registered_desc: select m.id, m.registered_at as k from /*filter*/ m | k desc, id desc
-- variant order last_asc: select s.meter_id as id, s.received_at is null as e, s.received_at as k from /*filter.2*/ s | e, k, id
-- variant order last_desc: select s.meter_id as id, s.received_at is null as e, s.received_at as k from /*filter.2*/ s | e, k desc, id desc
-- variant order pressure_asc: select l.id, not t.has_pressure as e, case when t.has_pressure then l.p end as k from meter_type t cross join lateral (select m.id, m.pressure_set_pa as p from /*filter*/ m where m.meter_type_id = t.id order by m.pressure_set_pa, m.id limit $1::int8 + $2::int8) l | e, k, id
-- variant order pressure_desc: select l.id, not t.has_pressure as e, case when t.has_pressure then l.p end as k from meter_type t cross join lateral (select m.id, m.pressure_set_pa as p from /*filter*/ m where m.meter_type_id = t.id order by m.pressure_set_pa desc, m.id desc limit $1::int8 + $2::int8) l | e, k desc, id desc
-- variant order period_asc: select l.id, p.no as k, l.n from unnest(array['hourly','every_12h','daily','weekly','thrice_monthly','twice_monthly','monthly','minutes']) with ordinality p (code, no) cross join lateral (select m.id, coalesce(m.period_minutes, 0) as n from /*filter*/ m where m.period = p.code order by m.period_minutes, m.id limit $1::int8 + $2::int8) l | k, n, id
-- variant order period_desc: select l.id, p.no as k, l.n from unnest(array['hourly','every_12h','daily','weekly','thrice_monthly','twice_monthly','monthly','minutes']) with ordinality p (code, no) cross join lateral (select m.id, coalesce(m.period_minutes, 0) as n from /*filter*/ m where m.period = p.code order by m.period_minutes desc, m.id desc limit $1::int8 + $2::int8) l | k desc, n desc, id desc
-- variant order branch_asc: select l.id, false as e, b.name collate "ru-x-icu" as k, l.serial from branch b cross join lateral (select m.id, m.serial from /*filter*/ m where m.branch_id = b.id order by m.serial, m.id limit $1::int8 + $2::int8) l union all (select m.id, true, null, m.serial from /*filter*/ m where m.branch_id is null order by m.branch_id, m.serial, m.id limit $1::int8 + $2::int8) | e, k, serial, id
-- variant order branch_desc: select l.id, false as e, b.name collate "ru-x-icu" as k, l.serial from branch b cross join lateral (select m.id, m.serial from /*filter*/ m where m.branch_id = b.id order by m.serial desc, m.id desc limit $1::int8 + $2::int8) l union all (select m.id, true, null, m.serial from /*filter*/ m where m.branch_id is null order by m.branch_id desc, m.serial desc, m.id desc limit $1::int8 + $2::int8) | e, k desc, serial desc, id desc
-- variant order address_asc: (select m.id, true as k from meter_address_job j join /*filter*/ m on m.id = j.meter_id order by j.meter_id limit $1::int8 + $2::int8) union all (select m.id, false from /*filter*/ m where not exists (select from meter_address_job j where j.meter_id = m.id) order by m.id limit $1::int8 + $2::int8) | k, id
-- variant order address_desc: (select m.id, true as k from meter_address_job j join /*filter*/ m on m.id = j.meter_id order by j.meter_id limit $1::int8 + $2::int8) union all (select m.id, false from /*filter*/ m where not exists (select from meter_address_job j where j.meter_id = m.id) order by m.id limit $1::int8 + $2::int8) | k desc, id
-- variant filter all: meter | meter_state
-- variant filter found: found | (select x.* from found f join meter_state x on x.meter_id = f.id)
with found as materialized (
  select m.* from fleet_search($4, $3, $5, $6, $7::text[], $8::text[], $9::text[], $10::text[],
                               case when $1::int8 is not null then 10001 end) f
    join meter m on m.id = f
), page as materialized (
  select * from (/*order*/) o order by /*order.2*/ limit $1::int8 offset $2::int8
)
select p.id, m.serial || coalesce(' ◀ ' || a.serial, '') as serial, t.name, m.firmware,
       (extract(epoch from m.registered_at) * 1000000)::int8 as registered_us,
       (extract(epoch from st.received_at) * 1000000)::int8 as received_us,
       case when t.has_pressure then round(m.pressure_set_pa * 760 / 101325.0, 1) end as pressure_mmhg,
       m.period, b.name as branch, exists (select from meter_address_job j where j.meter_id = m.id) as address,
       m.period_minutes
  from (select *, row_number() over (order by /*order.2*/) as at from page) p
  join meter m on m.id = p.id
  join meter_state st on st.meter_id = p.id
  join meter_type t on t.id = m.meter_type_id
  left join branch b on b.id = m.branch_id
  left join attached_meter a on a.meter_id = p.id
 order by p.at;
