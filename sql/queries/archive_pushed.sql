-- archive_pushed: daily records that meters pushed, in the transaction of their
-- readings; each once. Of a name that only a key may use nothing is taken.
-- $1 text[]         identity
-- $2 text[]         day, by the meter's clock
-- $3 timestamptz[]  its beginning
-- $4 int8[]         volume_dm3
with input as materialized (
  select distinct on (k.meter_id, i.day) k.meter_id, i.day::date as day, i.at, i.volume_dm3
    from unnest($1::text[], $2::text[], $3::timestamptz[], $4::int8[]) as i (identity, day, at, volume_dm3)
    join meter_identity k on k.identity = i.identity and k.guard is null
   order by k.meter_id, i.day
)
insert into archive_daily (meter_id, day, at, volume_dm3, delta_dm3)
select i.meter_id, i.day, i.at, i.volume_dm3, i.volume_dm3 - coalesce(b.volume_dm3, d.volume_dm3)
  from input i
  left join input b on b.meter_id = i.meter_id and b.day = i.day - 1
  left join archive_daily d on d.meter_id = i.meter_id and d.day = i.day - 1
 order by i.meter_id, i.day
on conflict do nothing;
