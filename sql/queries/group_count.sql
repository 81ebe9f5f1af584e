-- group_count: groups of a list, counted up to a limit.
-- $1 int8  the limit
-- $2 text  what is looked for, between % (found only)
-- rows 1   found
-- variant filter all: true
-- variant filter found: (x.name ilike $2 or b.name ilike $2 or m.serial like $2)
select count(*) from (select from meter_group x
  left join branch b on b.id = x.branch_id
  left join meter m on m.id = x.balance_meter_id
 where /*filter*/ limit $1::int8) y;
