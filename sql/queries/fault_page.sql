-- fault_page: broken sessions, the newest first.
-- $1 text  reason, empty: any
-- $2 text  what an address or a detail contains, between %; escaped for LIKE
-- $3 int8  rows, NULL: all
-- $4 int8  rows before them
-- rows     reason, address, times, first_us, last_us, detail, sample (hex)
select f.reason, host(f.address) as address, f.times,
       (extract(epoch from f.first_at) * 1000000)::int8 as first_us,
       (extract(epoch from f.last_at) * 1000000)::int8 as last_us,
       f.detail, encode(f.sample, 'hex') as sample
  from session_fault f
 where (f.reason = $1 or $1 = '') and (host(f.address) like $2 or f.detail ilike $2)
 order by f.slot_at desc, f.last_at desc, f.id desc
 limit $3::int8 offset $4::int8;
