-- group_candidate_page: meters that may join a group, as lib/model/directory.h
-- asks for lists; found up to a thousand.
-- $1 int8  rows, NULL: all
-- $2 int8  rows before them
-- $3 text  what is looked for, between % (found only)
-- $4 int4  group
-- rows     id, serial, type, address, name
-- variant order serial_asc: m.serial, m.id
-- variant order serial_desc: m.serial desc, m.id desc
-- variant filter all: meter m where $3::text is not null and
-- variant filter found: (select id from meter_people_search($3, 1000)) f join meter m on m.id = f.id where
select m.id, m.serial, t.name, s.address, s.full_name
  from (select m.id, m.serial, m.meter_type_id, m.subscriber_id
          from /*filter*/
               not exists (select from meter_group_member g
                            where g.group_id = $4::int4 and g.meter_id = m.id)
         order by /*order*/
         limit $1::int8 offset $2::int8) m
  join meter_type t on t.id = m.meter_type_id
  left join subscriber s on s.id = m.subscriber_id
 order by /*order*/;
