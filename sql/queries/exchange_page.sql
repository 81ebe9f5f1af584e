-- exchange_page: sessions of the exchange log, as lib/model/directory.h asks for
-- lists.
-- $1 int8  rows, NULL: all
-- $2 int8  rows before them
-- $3 text  what is looked for, between % (found only)
-- $4 int8  meter (of_meter only)
-- $5 text  the first minute, 2026-11-20T03:15; empty: from the first on
-- $6 text  the last minute; empty: to the last
-- $7 text  result: a word, fine, fault; empty: any
-- $8 text  address; empty: any
-- $9 bytea bytes that were sent or heard (found only)
-- $10 bytea others
-- rows     id, at_us, device, address, result, took_ms, bytes_in, bytes_out,
--          protocol, meter_id
-- variant scope of_meter: x.meter_id = $4::int8
-- variant scope faulty: $4::int8 is null and x.result not in ('stored', 'commands')
-- variant order at_asc: x.id
-- variant order at_desc: x.id desc
-- variant filter all: coalesce($3::text, '') is not null
-- variant filter found: (host(x.peer) like $3 or x.named ilike $3 or m.serial like $3 or position($9::bytea in x.frames) > 0 or position($10::bytea in x.frames) > 0)
select x.id, (extract(epoch from exchange_at(x.id)) * 1000000)::int8 as at_us, coalesce(m.serial, x.named) as device,
       host(x.peer) as address, x.result, x.took_ms, x.bytes_in, x.bytes_out, x.protocol, x.meter_id
  from exchange x left join meter m on m.id = x.meter_id
 where /*scope*/ and /*filter*/
   and x.id >= coalesce(exchange_id(nullif($5::text, '')::timestamp::timestamptz), 0)
   and x.id < coalesce(exchange_id(nullif($6::text, '')::timestamp::timestamptz + interval '1 minute'), 9223372036854775807)
   and case $7::text when '' then true when 'fine' then x.result in ('stored', 'commands')
                     when 'fault' then x.result not in ('stored', 'commands') else x.result = $7 end
   and $8::text in ('', host(x.peer))
 order by /*order*/
 limit $1::int8 offset $2::int8;
