-- cabinet_spending: what gas has cost lately, to say how long the balance lasts.
-- $1 int8  subscriber
-- rows 1   spent_kopecks, days (whole, between the first and the last reading)
select coalesce(sum(x.amount_kopecks), 0)::bigint as spent_kopecks,
       coalesce(floor(extract(epoch from max(x.to_at) - min(x.from_at)) / 86400), 0)::bigint as days
  from (select o.amount_kopecks, o.from_at, o.to_at from account_operation o
         where o.subscriber_id = $1::int8 and o.kind = 'debit'
         order by o.id desc limit 3000) x
 where x.from_at > now() - interval '92 days';
