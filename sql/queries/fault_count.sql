-- fault_count: broken sessions, all and under a filter.
-- $1 text  reason, empty: any
-- $2 text  what an address or a detail contains, between %; escaped for LIKE
-- rows 1   found, total
select count(*) filter (where (f.reason = $1 or $1 = '')
         and (host(f.address) like $2 or f.detail ilike $2)) as found,
       count(*) as total
  from session_fault f;
