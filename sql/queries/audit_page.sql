-- audit_page: lines of «Протокол работы».
-- $1 int8  rows, NULL: all
-- $2 int8  rows before them
-- $3 text  from this day on, '-infinity': from the first
-- $4 text  to the end of this day, 'infinity': to the last
-- $5 text  login of an operator, '' of all (one only)
-- $6 text  action, '' any (one only)
-- $7 text  what is looked for, between %; escaped for LIKE (few, many only)
-- rows     at_us, operator_login, action, note, address
-- few: those with the part are at most ten thousand, found by their index; many:
-- they stand so close that walking along the order meets them soon.
-- variant order at_asc: l.at, l.id
-- variant order at_desc: l.at desc, l.id desc
-- variant order login_asc: l.operator_login, l.at, l.id
-- variant order login_desc: l.operator_login desc, l.at desc, l.id desc
-- variant order action_asc: l.action, l.at, l.id
-- variant order action_desc: l.action desc, l.at desc, l.id desc
-- variant login anybody: $5::text is not null
-- variant login one: l.operator_login = $5::text
-- variant action any: $6::text is not null
-- variant action one: l.action = $6::text
-- variant filter all: $7::text is not null
-- variant filter few: l.id in (select s.id from audit_search($7::text, 10001) s)
-- variant filter many: (l.operator_login ilike $7::text or l.action ilike $7::text or l.note ilike $7::text)
select (extract(epoch from l.at) * 1000000)::int8 as at_us, l.operator_login,
       l.action, l.note, host(l.address)
  from audit_log l
 where /*filter*/ and /*login*/ and /*action*/
   and l.at >= $3::date::timestamptz and l.at < ($4::date + 1)::timestamptz
 order by /*order*/
 limit $1::int8 offset $2::int8;
