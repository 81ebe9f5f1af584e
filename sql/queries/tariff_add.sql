-- tariff_add: a new tariff; its first price is kept by a trigger.
-- $1 text  name
-- $2 text  description
-- $3 int8  price_kopecks for 1000 m3
-- rows 1   id
insert into tariff (name, description, price_kopecks_per_1000_m3)
values ($1, $2, $3::int8) returning id;
