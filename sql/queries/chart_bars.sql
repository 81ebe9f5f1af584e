-- chart_bars: consumption by day, week or month, from sessions and the archive
-- together (GC-127).
-- $1 bigint    meter
-- $2 date      first day, where the first bar begins
-- $3 date      the day after the last
-- $4 interval  width of a bar
-- $5 boolean   energy instead of volume
-- rows 0..n  start_us, end_us, start_wall_ms, end_wall_ms (the zone's clock, as if
--      it were UTC), value (dm3 or Wh), estimated, partial, drops
-- A bar is the difference of what the counter showed at its two ends, so values
-- of the archive and of sessions, however they overlap, count once. Between two
-- values the counter is taken to have run evenly; estimated says that none stands
-- inside the bar, partial that values cover only a part of it. Slips and falls of
-- the counter as in chart_flow.
with p as (
  select at, max(value) as v
    from chart_values($1::bigint, $5::boolean, $2::date::timestamptz, $3::date::timestamptz)
   group by at
), n as (
  select at, v, lag(v) over o as before, lead(v) over o as after from p window o as (order by at)
), d as (
  select at, v, lag(v) over (order by at) as before from n
   where not coalesce(after >= before and (v < before or v > after), false)
), c as (
  select at, sum(greatest(v - before, 0)) over o as total, sum((v < before)::int) over o as drops
    from d window o as (order by at)
), m as (
  select at, false as border, at as point_at, total, drops from c
  union all
  select b, true, null, null, null
    from generate_series($2::date::timestamptz,
           $3::date::timestamptz + $4::interval - interval '1 microsecond', $4::interval) b
), i as (
  select at, border, max(point_at) over past as a0, max(total) over past as t0,
         min(point_at) over ahead as a1, min(total) over ahead as t1,
         count(point_at) over past as points, coalesce(max(drops) over past, 0) as drops
    from m window past as (order by at, border rows unbounded preceding),
                 ahead as (order by at desc, border desc rows unbounded preceding)
), b as (
  select at as ends, lag(at) over o as begun,
         round(case when a1 is null or a0 = at then t0 when a0 is null then t1
           else t0 + (t1 - t0) * extract(epoch from at - a0) / extract(epoch from a1 - a0) end) as shown,
         points, drops, (select min(at) from c) as first_at, (select max(at) from c) as last_at
    from i where border window o as (order by at)
), u as (
  select begun, ends, shown - lag(shown) over o as used, points - lag(points) over o as points,
         drops - lag(drops) over o as drops, first_at, last_at
    from b window o as (order by ends)
)
select (extract(epoch from begun) * 1000000)::bigint as start_us,
       (extract(epoch from ends) * 1000000)::bigint as end_us,
       (extract(epoch from begun::timestamp) * 1000)::bigint as start_wall_ms,
       (extract(epoch from ends::timestamp) * 1000)::bigint as end_wall_ms,
       used::bigint as value, points = 0 as estimated,
       begun < first_at or ends > last_at as partial, drops
  from u where begun is not null and greatest(begun, first_at) < least(ends, last_at)
 order by ends;
