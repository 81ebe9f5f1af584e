-- group_find: one group that the operator may report.
-- $1 bigint  group
-- rows 0..1  id, name, meters, seen (how many of them he sees), has_balance,
--      balance_id, balance_serial, balance_account (empty: he does not see it)
select g.id, g.name,
       (select count(*) from meter_group_member gm where gm.group_id = g.id) as meters,
       (select count(*) from meter_group_member gm join meter_seen m on m.id = gm.meter_id
         where gm.group_id = g.id) as seen,
       g.balance_meter_id is not null as has_balance,
       b.id as balance_id, coalesce(b.serial, '') as balance_serial, coalesce(b.account, '') as balance_account
  from meter_group_seen g
  left join meter_seen b on b.id = g.balance_meter_id
 where g.id = $1;
