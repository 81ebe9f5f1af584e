-- operator_sessions_count: browsers of an operator.
-- $1 int8  the limit
-- $2 text  not used
-- $3 int4  operator
-- rows 1   found
-- variant filter all: $2::text is not null
-- variant filter found: $2::text is not null
select count(*) from (select from operator_session s
 where s.operator_id = $3::int4 and s.replaced_at is null and s.active_at > now() - interval '20 minutes' and /*filter*/ limit $1::int8) y;
