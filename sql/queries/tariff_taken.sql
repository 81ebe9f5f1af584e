-- tariff_taken: whether another tariff has that name.
-- $1 text  name
-- $2 int4  the tariff itself, NULL: a new one
-- rows 1   taken
select exists (select from tariff where name = $1 and id is distinct from $2::int4);
