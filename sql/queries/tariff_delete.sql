-- tariff_delete: a tariff that nobody has goes.
-- $1 int4    tariff
-- $2 text    version that was shown
-- rows 0..1  name; none: it has changed or gone
delete from tariff where id = $1 and xmin::text = $2 returning name;
