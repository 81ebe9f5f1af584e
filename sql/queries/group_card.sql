-- group_card: one group, as its form shows it.
-- $1 int4    group
-- rows 0..1  version, name, branch (NULL: all), serial of the balance meter, members
select g.version, g.name, g.branch_id, m.serial, g.members
  from meter_group g left join meter m on m.id = g.balance_meter_id
 where g.id = $1;
