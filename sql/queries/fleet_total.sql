-- fleet_total: how many meters there are, by the counters.
-- rows 1  n
select coalesce(sum(n), 0)::bigint from meter_count;
