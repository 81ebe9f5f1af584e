-- group_member_page: meters of a group, as lib/model/directory.h asks for lists.
-- $1 int8  rows, NULL: all
-- $2 int8  rows before them
-- $3 text  what is looked for, between % (found only)
-- $4 int4  group
-- rows     id, serial, type, address, name
-- variant order serial_asc: m.serial, m.id
-- variant order serial_desc: m.serial desc, m.id desc
-- variant order type_asc: t.name collate "ru-x-icu", m.id
-- variant order type_desc: t.name collate "ru-x-icu" desc, m.id desc
-- variant order address_asc: s.address, m.id
-- variant order address_desc: s.address desc, m.id desc
-- variant order name_asc: s.full_name, m.id
-- variant order name_desc: s.full_name desc, m.id desc
-- variant filter all: $3::text is not null
-- variant filter found: (m.serial like $3 or s.address ilike $3 or s.full_name ilike $3)
select m.id, m.serial, t.name, s.address, s.full_name
  from meter_group_member g
  join meter m on m.id = g.meter_id
  join meter_type t on t.id = m.meter_type_id
  left join subscriber s on s.id = m.subscriber_id
 where g.group_id = $4::int4 and /*filter*/
 order by /*order*/
 limit $1::int8 offset $2::int8;
