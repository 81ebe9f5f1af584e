-- payer_rows: whom a receipt is for, how much is due and to whom, by account.
-- $1 bigint   meter whose subscriber is meant, in the one variant
-- rows 0..n   subscriber_id, branch_id, account, full_name, address,
--      balance_kopecks (NULL: not calculated), serials, meters, volume_dm3, day
-- The reading is told when there is one meter to tell it of.
-- reads all: receipts for everybody, in the order of the account.
-- variant scope one: subscriber_seen s join meter_seen x on x.subscriber_id = s.id and x.id = $1
-- variant scope all: subscriber_seen s cross join (select $1::bigint) x
select s.id as subscriber_id, s.branch_id, coalesce(s.account, '') as account, s.full_name, s.address,
       case when s.calculates_balance then s.balance_kopecks end as balance_kopecks,
       m.serials, m.meters, m.volume_dm3, m.day
  from /*scope*/
  left join lateral (
    select coalesce(string_agg(n.serial, ', ' order by n.serial), '') as serials, count(*) as meters,
           min(t.volume_dm3) as volume_dm3, min(t.last_at)::date as day
      from meter n join meter_state t on t.meter_id = n.id
     where n.subscriber_id = s.id) m on true
 order by s.account, s.id;
