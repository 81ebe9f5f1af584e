-- cabinet_payer: payer_rows of the subscriber himself, in his cabinet.
-- rows 0..1  as payer_rows
select s.id as subscriber_id, s.branch_id, coalesce(s.account, '') as account, s.full_name, s.address,
       case when s.calculates_balance then s.balance_kopecks end as balance_kopecks,
       m.serials, m.meters, m.volume_dm3, m.day
  from subscriber s
  cross join (
    select coalesce(string_agg(n.serial, ', ' order by n.serial), '') as serials, count(*) as meters,
           min(t.volume_dm3) as volume_dm3, min(t.last_at)::date as day
      from meter n join meter_state t on t.meter_id = n.id
     where n.subscriber_id = app_subscriber()) m
 where s.id = app_subscriber();
