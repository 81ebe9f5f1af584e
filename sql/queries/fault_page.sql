-- fault_page: broken sessions, as lib/model/directory.h asks for lists.
-- $1 int8  rows, NULL: all
-- $2 int8  rows before them
-- $3 text  what an address or a detail contains, between % (found only)
-- $4 text  reason, empty: any
-- rows     id, last_us, address, reason, times, first_us, detail, sample (hex)
-- variant order last_asc: f.slot_at, f.last_at, f.id
-- variant order last_desc: f.slot_at desc, f.last_at desc, f.id desc
-- variant filter all: coalesce($3::text, '') is not null
-- variant filter found: (host(f.address) like $3 or f.detail ilike $3)
select f.id, (extract(epoch from f.last_at) * 1000000)::int8 as last_us, host(f.address) as address, f.reason, f.times,
       (extract(epoch from f.first_at) * 1000000)::int8 as first_us, f.detail, encode(f.sample, 'hex') as sample
  from session_fault f
 where $4::text in ('', f.reason) and /*filter*/
 order by /*order*/
 limit $1::int8 offset $2::int8;
