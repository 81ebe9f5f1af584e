-- register_store: the values beside the main registers, in the transaction of
-- their readings, after meter_hold.
-- $1 text[]         identity
-- $2 timestamptz[]  meter time, as in the reading
-- $3 text[]         logical name
-- $4 int2[]         scaler
-- $5 int2[]         unit
-- $6 int8[]         value, NULL for text
-- $7 text[]         text, NULL for numbers
-- $8 text[]         system title it was ciphered under; empty when none was
-- What ingest_batch refused has no reading, and no right to the name.
-- Repeating changes nothing: (meter_id, at, no) is the value.
with input as materialized (
  select distinct on (k.meter_id, i.at, i.name) k.meter_id, i.*
    from unnest($1::text[], $2::timestamptz[], $3::text[], $4::int2[],
                $5::int2[], $6::int8[], $7::text[], $8::text[])
         as i (identity, at, name, scaler, unit, value, text, title)
    join meter_identity k on k.identity = i.identity
   where case when i.title is null then k.guard is null
              else coalesce(k.guard, i.title) = i.title
               and exists (select from reading r where r.meter_id = k.meter_id and r.at = i.at) end
   order by k.meter_id, i.at, i.name
), latest as (
  select distinct on (meter_id, name) * from input
   order by meter_id, name, at desc
), made as (
  insert into register (meter_id, no, logical_name, scaler, unit, last_value,
                        last_text, last_at)
  select l.meter_id,
         coalesce((select max(r.no) from register r where r.meter_id = l.meter_id), 0)
           + row_number() over (partition by l.meter_id order by l.name),
         l.name, l.scaler, l.unit, l.value, l.text, l.at
    from latest l
   where not exists (select from register r
                      where r.meter_id = l.meter_id and r.logical_name = l.name)
  returning meter_id, no, logical_name
), known as (
  select meter_id, no, logical_name from made
  union all
  select r.meter_id, r.no, r.logical_name
    from latest l join register r
      on r.meter_id = l.meter_id and r.logical_name = l.name
), stored as (
  insert into register_value (meter_id, at, no, value, text)
  select i.meter_id, i.at, k.no, i.value, i.text
    from input i join known k on k.meter_id = i.meter_id and k.logical_name = i.name
  on conflict do nothing
)
update register r
   set scaler = l.scaler, unit = l.unit, last_value = l.value,
       last_text = l.text, last_at = l.at
  from latest l
 where r.meter_id = l.meter_id and r.logical_name = l.name
   and r.last_at <= l.at;
