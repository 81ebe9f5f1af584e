-- fault_find: one line of broken sessions.
-- $1 int8    id
-- rows 0..1  address, reason, first and last minute (2026-11-20T03:15)
select host(address) as address, reason, to_char(first_at, 'YYYY-MM-DD"T"HH24:MI') as first,
       to_char(last_at, 'YYYY-MM-DD"T"HH24:MI') as last
  from session_fault where id = $1::int8;
