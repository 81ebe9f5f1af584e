-- chart_window: which days a chart shows, and where its arrows lead (GC-124, GC-125).
-- $1 bigint    meter
-- $2 interval  length of the window; NULL: the meter's whole life
-- $3 date      the day after the window; NULL: the newest
-- $4 text      day, week or month: what the window begins with
-- $5 boolean   energy instead of volume
-- rows 1  begin_day, end_day, last_day (inside), previous_end, next_end (NULL:
--      nothing further there), days; all NULL when the meter has no value
with e as (
  select first_at::date as first_day, last_at::date + 1 as newest_end
    from chart_extent($1::bigint, $5::boolean)
), w as (
  select first_day, newest_end,
         greatest(least(coalesce($3::date, newest_end), newest_end), first_day + 1) as end_day
    from e
), b as (
  select w.*, coalesce((end_day - $2::interval)::date, first_day) as begin_day from w
)
select date_trunc($4::text, begin_day)::date as begin_day, end_day, end_day - 1 as last_day,
       case when begin_day > first_day then begin_day end as previous_end,
       case when end_day < newest_end and $2::interval is not null
            then least((end_day + $2::interval)::date, newest_end) end as next_end,
       end_day - date_trunc($4::text, begin_day)::date as days
  from b;
