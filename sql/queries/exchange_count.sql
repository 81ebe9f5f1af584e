-- exchange_count: sessions of a list of the exchange log, counted up to a limit.
-- $1 int8  the limit
-- $2 text  what is looked for, between % (found only)
-- $3 int8  meter (of_meter only)
-- $4 text  the first minute; empty: from the first on
-- $5 text  the last minute; empty: to the last
-- $6 text  result: a word, fine, fault; empty: any
-- $7 text  address; empty: any
-- $8 bytea bytes that were sent or heard (found only)
-- $9 bytea others
-- rows 1   found
-- variant scope of_meter: x.meter_id = $3::int8
-- variant scope faulty: $3::int8 is null and x.result not in ('stored', 'commands')
-- variant filter all: coalesce($2::text, '') is not null
-- variant filter found: (host(x.peer) like $2 or x.named ilike $2 or m.serial like $2 or position($8::bytea in x.frames) > 0 or position($9::bytea in x.frames) > 0)
select count(*)
  from (select from exchange x left join meter m on m.id = x.meter_id
         where /*scope*/ and /*filter*/
           and x.id >= coalesce(exchange_id(nullif($4::text, '')::timestamp::timestamptz), 0)
           and x.id < coalesce(exchange_id(nullif($5::text, '')::timestamp::timestamptz + interval '1 minute'), 9223372036854775807)
           and case $6::text when '' then true when 'fine' then x.result in ('stored', 'commands')
                             when 'fault' then x.result not in ('stored', 'commands') else x.result = $6 end
           and $7::text in ('', host(x.peer))
         limit $1::int8) y;
