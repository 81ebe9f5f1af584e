-- group_taken: whether another group has that name.
-- $1 text  name
-- $2 int4  the group itself, NULL: a new one
-- rows 1   taken
select exists (select from meter_group where name = $1 and id is distinct from $2::int4);
