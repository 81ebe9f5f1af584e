-- operator_sessions_page: where an operator is signed in, as
-- lib/model/directory.h asks for lists.
-- $1 int8  rows, NULL: all
-- $2 int8  rows before them
-- $3 text  not used
-- $4 int4  operator
-- rows     a number, address, started_us, active_us
-- variant order address_asc: s.address, s.started_at
-- variant order address_desc: s.address desc, s.started_at desc
-- variant order started_asc: s.started_at
-- variant order started_desc: s.started_at desc
-- variant order active_asc: s.active_at
-- variant order active_desc: s.active_at desc
-- variant filter all: $3::text is not null
-- variant filter found: $3::text is not null
select row_number() over (order by s.started_at), host(s.address),
       (extract(epoch from s.started_at) * 1000000)::int8,
       (extract(epoch from s.active_at) * 1000000)::int8
  from operator_session s
 where s.operator_id = $4::int4 and s.replaced_at is null and s.active_at > now() - interval '20 minutes' and /*filter*/
 order by /*order*/
 limit $1::int8 offset $2::int8;
