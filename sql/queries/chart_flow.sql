-- chart_flow: mean flow between one session and the next (GC-126).
-- $1 bigint  meter
-- $2 date    first day
-- $3 date    the day after the last
-- $4 boolean energy instead of volume
-- rows 0..2000  start_us, end_us, start_wall_ms, end_wall_ms (the zone's clock,
--      as if it were UTC), value (dm3 or Wh in an hour), estimated, partial, drops
-- One value that leaves the order of its neighbours is a slip and is left out. A
-- counter that falls was replaced or reset: that interval counts as nothing, and
-- drops says how often. Of more than 2000 sessions the last of each slice of
-- time stands for its slice, which keeps the mean true; of one minute, too.
with p as (
  select at, value as v
    from chart_values($1::bigint, $4::boolean, $2::date::timestamptz, $3::date::timestamptz)
   where not archived and at < $3::date
), n as (
  select at, v, lag(v) over o as before, lead(v) over o as after from p window o as (order by at)
), d as (
  select at, v, lag(v) over (order by at) as before from n
   where not coalesce(after >= before and (v < before or v > after), false)
), c as (
  select at, count(*) over () as n, sum(greatest(v - before, 0)) over o as total,
         sum((v < before)::int) over o as drops
    from d window o as (order by at)
), k as (
  select max(at) as at, max(total) as total, max(drops) as drops from c
   group by case when n <= 2000 then floor(extract(epoch from at) / 60)
     else floor(extract(epoch from at - $2::date::timestamptz) * 1990
                / extract(epoch from $3::date::timestamptz - $2::date::timestamptz)) end
), s as (
  select lag(at) over o as begun, at, total - lag(total) over o as used,
         drops - lag(drops) over o as drops
    from k window o as (order by at)
)
select (extract(epoch from begun) * 1000000)::bigint as start_us,
       (extract(epoch from at) * 1000000)::bigint as end_us,
       (extract(epoch from begun::timestamp) * 1000)::bigint as start_wall_ms,
       (extract(epoch from at::timestamp) * 1000)::bigint as end_wall_ms,
       round(used * 3600 / extract(epoch from at - begun))::bigint as value,
       false as estimated, false as partial, coalesce(drops, 0) as drops
  from s where begun is not null
 order by at;
