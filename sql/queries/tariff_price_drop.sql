-- tariff_price_drop: prices that have not begun are taken back.
-- $1 int4    tariff
-- rows 0..n  price_kopecks
delete from tariff_price where tariff_id = $1 and valid_from > now()
returning price_kopecks_per_1000_m3;
