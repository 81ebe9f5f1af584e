-- place_squares: what a map shows of a box: a row for each square with meters.
-- $1 int  levels between a square of the answer and one that is looked up
-- $2 int  level that is looked up: counted 4, 6 ... 16, each 20
-- $3 int  first and $4 last square from the west, at that level
-- $5 int  first and $6 last from the north
-- rows 0..n  x, y, n, latitude_udeg, longitude_udeg (the middle of the meters),
--      meter_id, serial (of one meter alone, when it is looked up itself)
-- Column by column of squares: each is one range of the index.
-- variant from counted: c.x, c.y, c.n, c.latitude_udeg_sum, c.longitude_udeg_sum, null::bigint as meter_id | place_count c where c.level = $2::int and c.n > 0 and
-- variant from each: c.x, c.y, 1 as n, c.latitude_udeg::bigint as latitude_udeg_sum, c.longitude_udeg::bigint as longitude_udeg_sum, c.meter_id | meter_place c where $2::int = 20 and
select s.x, s.y, s.n, s.latitude_udeg, s.longitude_udeg, m.id, m.serial
  from (select f.x >> $1::int as x, f.y >> $1::int as y, sum(f.n) as n,
               (sum(f.latitude_udeg_sum) / sum(f.n))::bigint as latitude_udeg,
               (sum(f.longitude_udeg_sum) / sum(f.n))::bigint as longitude_udeg,
               case when sum(f.n) = 1 then min(f.meter_id) end as meter_id
          from generate_series($3::int, $4::int) g (x)
         cross join lateral (
           select /*from*/ from /*from.2*/ c.x = g.x and c.y between $5::int and $6::int
           offset 0) f
         group by 1, 2) s
  left join meter m on m.id = s.meter_id;
