-- tariff_price_set: a price that begins on a day to come; the same day again
-- replaces it.
-- $1 int4  tariff
-- $2 date  its first day, in the server's zone
-- $3 int8  price_kopecks for 1000 m3
-- $4 text  login
insert into tariff_price as p (tariff_id, valid_from, price_kopecks_per_1000_m3, set_by)
values ($1, $2::date::timestamptz, $3::int8, $4)
on conflict (tariff_id, valid_from) do update
  set price_kopecks_per_1000_m3 = excluded.price_kopecks_per_1000_m3,
      set_by = excluded.set_by, set_at = now();
