-- audit_count: lines of «Протокол работы», counted up to a limit.
-- $1 int8  the limit
-- $2       not used: parameters stand as in audit_page
-- $3 text  from this day on, '-infinity': from the first
-- $4 text  to the end of this day, 'infinity': to the last
-- $5 text  login of an operator, '' of all (one only)
-- $6 text  action, '' any (one only)
-- $7 text  what is looked for, between %; escaped for LIKE (few, many only)
-- rows 1   found
-- variant login anybody: $5::text is not null
-- variant login one: l.operator_login = $5::text
-- variant action any: $6::text is not null
-- variant action one: l.action = $6::text
-- variant filter all: $7::text is not null
-- variant filter few: l.id in (select s.id from audit_search($7::text, 10001) s)
-- variant filter many: (l.operator_login ilike $7::text or l.action ilike $7::text or l.note ilike $7::text)
select count(*) as found
  from (select from audit_log l
         where /*filter*/ and /*login*/ and /*action*/ and $2::int8 is null
           and l.at >= $3::date::timestamptz and l.at < ($4::date + 1)::timestamptz
         limit $1::int8) x;
