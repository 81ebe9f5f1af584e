-- group_add: a new group.
-- $1 text  name
-- $2 int4  branch, NULL: all
-- $3 int8  balance meter, NULL: none
-- rows 1   id
insert into meter_group (name, branch_id, balance_meter_id)
values ($1, $2::int4, $3::int8) returning id;
