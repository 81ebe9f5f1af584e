-- group_page: groups of meters, as lib/model/directory.h asks for lists.
-- $1 int8  rows, NULL: all
-- $2 int8  rows before them
-- $3 text  what is looked for, between % (found only)
-- rows     id, name, branch (NULL: all), serial and type of the balance meter,
--          meters
-- variant order name_asc: x.name, x.id
-- variant order name_desc: x.name desc, x.id desc
-- variant order branch_asc: b.name collate "ru-x-icu", x.id
-- variant order branch_desc: b.name collate "ru-x-icu" desc, x.id desc
-- variant order serial_asc: m.serial, x.id
-- variant order serial_desc: m.serial desc, x.id desc
-- variant order type_asc: t.name collate "ru-x-icu", x.id
-- variant order type_desc: t.name collate "ru-x-icu" desc, x.id desc
-- variant order members_asc: x.members, x.id
-- variant order members_desc: x.members desc, x.id desc
-- variant filter all: true
-- variant filter found: (x.name ilike $3 or b.name ilike $3 or m.serial like $3)
select x.id, x.name, b.name, m.serial, t.name, x.members
  from meter_group x
  left join branch b on b.id = x.branch_id
  left join meter m on m.id = x.balance_meter_id
  left join meter_type t on t.id = m.meter_type_id
 where /*filter*/
 order by /*order*/
 limit $1::int8 offset $2::int8;
