-- fleet_commands_page: the commands of a meter, as lib/model/directory.h asks
-- for lists.
-- $1 int8   rows, NULL: all
-- $2 int8   rows before them
-- $3 text   not used
-- $4 bigint meter
-- rows      id, submitted_us, kind, note, state, executed_us, operator; what it
--           carries: period, minutes, pressure_pa, volume_dm3; why it was
--           refused, in the words of the meter's protocol
-- variant order at_asc: c.submitted_at, c.id
-- variant order at_desc: c.submitted_at desc, c.id desc
-- variant order kind_asc: c.kind, c.id
-- variant order kind_desc: c.kind desc, c.id desc
-- variant order note_asc: c.note, c.id
-- variant order note_desc: c.note desc, c.id desc
-- variant order state_asc: c.state, c.id
-- variant order state_desc: c.state desc, c.id desc
-- variant order done_asc: c.executed_at, c.id
-- variant order done_desc: c.executed_at desc, c.id desc
-- variant order login_asc: c.operator_login, c.id
-- variant order login_desc: c.operator_login desc, c.id desc
-- variant filter all: $3::text is not null
-- variant filter found: $3::text is not null
select c.id, (extract(epoch from c.submitted_at) * 1000000)::int8, c.kind, c.note, c.state,
       (extract(epoch from c.executed_at) * 1000000)::int8, c.operator_login,
       c.parameters->>'period', c.parameters->>'minutes', c.parameters->>'pressure_pa', c.parameters->>'volume_dm3',
       c.refusal
  from command c
 where c.meter_id = $4::bigint and /*filter*/
 order by /*order*/
 limit $1::int8 offset $2::int8;
