-- serials_count: how many meters an expression over serial numbers names.
-- $1 text[]  numbers
-- $2 text[]  first numbers of ranges
-- $3 text[]  last numbers of ranges
-- $4 text[]  masks
-- rows 1     n; whole: false when there may be more than these
select n, whole
  from serials_count($1::text[], $2::text[], $3::text[], $4::text[], 200000);
