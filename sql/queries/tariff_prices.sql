-- tariff_prices: all prices of a tariff, the newest first.
-- $1 int4    tariff
-- rows 1..n  valid_from_us (NULL: from the beginning), price_kopecks, set_by,
--            set_at_us, whether it has begun
select case when isfinite(valid_from) then (extract(epoch from valid_from) * 1000000)::int8 end,
       price_kopecks_per_1000_m3, set_by, (extract(epoch from set_at) * 1000000)::int8,
       valid_from <= now()
  from tariff_price where tariff_id = $1 order by valid_from desc limit 100;
