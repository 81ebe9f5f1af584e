-- tariff_find: one tariff.
-- $1 int4    tariff
-- rows 0..1  id, version, name, description, price_kopecks in force now,
--            whether a subscriber has it
-- reads all: where most have the tariff the first of them ends it.
select t.id, t.xmin::text, t.name, t.description, tariff_price_at(t.id, now()),
       exists (select from subscriber s where s.tariff_id = t.id)
  from tariff t where t.id = $1;
