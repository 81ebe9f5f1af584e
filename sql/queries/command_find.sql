-- command_find: one command, for whoever takes it back.
-- $1 bigint  command
-- rows 0..1  meter, serial, kind, note, state, submitted_us, operator
select c.meter_id, m.serial, c.kind, c.note, c.state,
       (extract(epoch from c.submitted_at) * 1000000)::int8, c.operator_login
  from command c join meter m on m.id = c.meter_id where c.id = $1;
