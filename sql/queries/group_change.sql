-- group_change: a group gets other data, unless somebody was faster.
-- $1 text    name
-- $2 int4    branch, NULL: all
-- $3 int8    balance meter, NULL: none
-- $4 int4    group
-- $5 int4    version that was shown
-- rows 0..1  id; none: it has changed or gone
update meter_group
   set name = $1, branch_id = $2::int4, balance_meter_id = $3::int8, version = version + 1
 where id = $4::int4 and version = $5::int4
returning id;
