-- command_page: valve commands given to a meter, a page or (limit NULL) all.
-- $1 bigint  meter
-- $2 bigint  rows of the page
-- $3 bigint  rows before it
-- rows 0..n  kind, operator_login, submitted_at_us, executed_at_us, state, total
-- variant order submitted: false as e, c.submitted_at as k
-- variant order command: false as e, c.kind as k
-- variant order executed: c.executed_at is null as e, c.executed_at as k
-- variant dir asc: e, k, submitted_at, id
-- variant dir desc: e, k desc, submitted_at desc, id desc
select kind, operator_login, (extract(epoch from submitted_at) * 1000000)::bigint as submitted_at_us,
       (extract(epoch from executed_at) * 1000000)::bigint as executed_at_us,
       state, count(*) over () as total
  from (select c.*, /*order*/ from command c where c.meter_id = $1 and c.slot = 'valve') x
 order by /*dir*/ limit $2 offset $3;
