-- audit_page: lines of «Протокол работы».
-- $1 int8  rows, NULL: all
-- $2 int8  rows before them
-- $3 text  what is looked for, between %; escaped for LIKE (found only)
-- rows     at_us, operator_login, action, note
-- variant order at_asc: l.at, l.id
-- variant order at_desc: l.at desc, l.id desc
-- variant order login_asc: l.operator_login, l.id
-- variant order login_desc: l.operator_login desc, l.id desc
-- variant order action_asc: l.action, l.id
-- variant order action_desc: l.action desc, l.id desc
-- variant filter all: true
-- variant filter found: (l.operator_login ilike $3 or l.action ilike $3 or l.note ilike $3)
select (extract(epoch from l.at) * 1000000)::int8 as at_us, l.operator_login,
       l.action, l.note
  from audit_log l
 where /*filter*/
 order by /*order*/
 limit $1::int8 offset $2::int8;
