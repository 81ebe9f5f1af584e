-- fault_count: broken sessions of a list, counted up to a limit.
-- $1 int8  the limit
-- $2 text  what an address or a detail contains, between % (found only)
-- $3 text  reason, empty: any
-- rows 1   found
-- variant filter all: coalesce($2::text, '') is not null
-- variant filter found: (host(f.address) like $2 or f.detail ilike $2)
select count(*)
  from (select from session_fault f
         where $3::text in ('', f.reason) and /*filter*/ limit $1::int8) y;
