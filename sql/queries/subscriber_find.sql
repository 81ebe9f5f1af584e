-- subscriber_find: a subscriber as his form shows him, and what would go with him.
-- $1 int8    subscriber
-- rows 0..1  id, version, account, address, branch_id, tariff_id, first_name,
--      last_name, phone, email, calculates_balance, shows_balance,
--      cabinet_allowed, operations, meters
select s.id, subscriber_version(s), s.account, s.address, s.branch_id, s.tariff_id,
       s.first_name, s.last_name, s.phone, s.email, s.calculates_balance,
       s.shows_balance, s.cabinet_allowed,
       (select count(*) from account_operation o where o.subscriber_id = s.id),
       (select count(*) from meter m where m.subscriber_id = s.id)
  from subscriber s where s.id = $1::int8;
