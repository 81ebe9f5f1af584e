-- operation_page: the account of a subscriber, newest first; a page or (limit
-- NULL) all.
-- $1 bigint  subscriber
-- $2 bigint  rows of the page
-- $3 bigint  rows before it
-- rows 0..n  at_us, kind, amount_kopecks, balance_kopecks, serial, from_at_us,
--      to_at_us, from_dm3, to_dm3, price_kopecks_per_1000_m3, document, note,
--      total (10001: more than 10000)
select (extract(epoch from o.at) * 1000000)::bigint as at_us, o.kind,
       o.amount_kopecks, o.balance_kopecks, o.serial,
       (extract(epoch from o.from_at) * 1000000)::bigint as from_at_us,
       (extract(epoch from o.to_at) * 1000000)::bigint as to_at_us,
       o.from_dm3, o.to_dm3, o.price_kopecks_per_1000_m3, o.document, o.note,
       (select count(*) from (select from account_operation x
         where x.subscriber_id = $1 limit 10001) y) as total
  from account_operation o
 where o.subscriber_id = $1
 order by o.id desc limit $2 offset $3;
