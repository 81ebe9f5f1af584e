-- subscriber_meters_page: meters of a subscriber, as lib/model/directory.h asks
-- for lists.
-- $1 int8  rows, NULL: all
-- $2 int8  rows before them
-- $3 text  not read
-- $4 int8  subscriber
-- rows     id, serial, model, at (us), volume in m3, valve's word
-- variant order serial_asc: m.serial, m.id
-- variant order serial_desc: m.serial desc, m.id desc
-- variant order model_asc: t.name, m.id
-- variant order model_desc: t.name desc, m.id desc
-- variant order at_asc: x.last_at, m.id
-- variant order at_desc: x.last_at desc nulls last, m.id desc
-- variant order volume_asc: x.volume_dm3, m.id
-- variant order volume_desc: x.volume_dm3 desc nulls last, m.id desc
-- variant filter all: true
-- variant filter found: true
select m.id, m.serial, t.name, (extract(epoch from x.last_at) * 1000000)::int8 as at_us,
       (x.volume_dm3 / 1000.0)::numeric(20, 3) as volume,
       case when t.has_valve then (array['closed', 'open', 'allowed', 'faulty'])[x.valve + 1] end as valve
  from meter m join meter_type t on t.id = m.meter_type_id join meter_state x on x.meter_id = m.id
 where m.subscriber_id = $4::int8 and /*filter*/ and $3::text is not null
 order by /*order*/
 limit $1::int8 offset $2::int8;
