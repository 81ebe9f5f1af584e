-- meter_free_page: meters bound to nobody, as lib/model/directory.h asks for lists.
-- $1 int8  rows, at most 100
-- $2 int8  rows before them
-- $3 text  part of a serial, between % (found only)
-- rows     id, serial, model, at (us), volume in m3
-- variant order serial_asc: m.serial, m.id
-- variant order serial_desc: m.serial desc, m.id desc
-- variant filter all: select m.id from meter m where m.subscriber_id is null order by | limit $1::int8 offset $2::int8
-- variant filter found: select m.id from meter_free_search($3, 10001) f join meter m on m.id = f.id order by | limit $1::int8 offset $2::int8
with page as materialized (select x.id from (/*filter*/ /*order*/ /*filter.2*/) x limit 100)
select m.id, m.serial, t.name, (extract(epoch from x.last_at) * 1000000)::int8 as at_us,
       (x.volume_dm3 / 1000.0)::numeric(20, 3) as volume
  from page p join meter m on m.id = p.id
  join meter_type t on t.id = m.meter_type_id join meter_state x on x.meter_id = m.id
 order by /*order*/;
