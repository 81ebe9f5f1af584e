-- tariff_change: another name, description, and a price that begins at once.
-- $1 text    name
-- $2 text    description
-- $3 int8    price_kopecks for 1000 m3 from now on
-- $4 int4    tariff
-- $5 text    version that was shown
-- rows 0..1  id; none: it has changed or gone
update tariff set name = $1, description = $2, price_kopecks_per_1000_m3 = $3::int8
 where id = $4::int4 and xmin::text = $5
returning id;
