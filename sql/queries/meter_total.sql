-- meter_total: how many meters the asking operator sees.
-- rows 1     total
select coalesce(sum(n), 0)::bigint as total from meter_count;
