-- group_delete: a group and its list of members go; meters stay.
-- $1 int4    group
-- $2 int4    version that was shown
-- rows 0..1  id; none: it has changed or gone
delete from meter_group where id = $1::int4 and version = $2::int4 returning id;
