-- audit_count: lines of «Протокол работы», counted up to a limit.
-- $1 int8  the limit
-- rows 1   found
-- variant filter all: true
-- variant filter found: (l.operator_login ilike $2 or l.action ilike $2 or l.note ilike $2)
select count(*) as found
  from (select from audit_log l where /*filter*/ limit $1::int8) x;
