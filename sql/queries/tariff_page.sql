-- tariff_page: tariffs, as lib/model/directory.h asks for lists.
-- $1 int8  rows, NULL: all
-- $2 int8  rows before them
-- $3 text  what is looked for, between % (found only)
-- rows     id, name, price (roubles for 1000 m3, in force now), description,
--          next price, when it begins (us)
-- variant order name_asc: x.name collate "ru-x-icu", x.id
-- variant order name_desc: x.name collate "ru-x-icu" desc, x.id desc
-- variant order price_asc: p.price_kopecks_per_1000_m3, x.id
-- variant order price_desc: p.price_kopecks_per_1000_m3 desc, x.id desc
-- variant order description_asc: x.description collate "ru-x-icu", x.id
-- variant order description_desc: x.description collate "ru-x-icu" desc, x.id desc
-- variant order next_asc: n.price_kopecks_per_1000_m3, x.id
-- variant order next_desc: n.price_kopecks_per_1000_m3 desc, x.id desc
-- variant order begins_asc: n.valid_from, x.id
-- variant order begins_desc: n.valid_from desc, x.id desc
-- variant filter all: true
-- variant filter found: (x.name ilike $3 or x.description ilike $3)
select x.id, x.name, round(p.price_kopecks_per_1000_m3 / 100.0, 2) as price,
       x.description, round(n.price_kopecks_per_1000_m3 / 100.0, 2) as next,
       (extract(epoch from n.valid_from) * 1000000)::int8 as begins_us
  from tariff x
  join lateral (select q.price_kopecks_per_1000_m3 from tariff_price q
                 where q.tariff_id = x.id and q.valid_from <= now()
                 order by q.valid_from desc limit 1) p on true
  left join lateral (select q.price_kopecks_per_1000_m3, q.valid_from from tariff_price q
                      where q.tariff_id = x.id and q.valid_from > now()
                      order by q.valid_from limit 1) n on true
 where /*filter*/
 order by /*order*/
 limit $1::int8 offset $2::int8;
