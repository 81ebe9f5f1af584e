-- group_list: groups that the operator may report, by name.
-- rows 0..1000  id, name, meters, balance_serial ('' without a balance meter)
select g.id, g.name,
       (select count(*) from meter_group_member gm where gm.group_id = g.id) as meters,
       coalesce((select m.serial from meter_seen m where m.id = g.balance_meter_id), '') as balance_serial
  from meter_group_seen g
 order by g.name, g.id limit 1000;
