-- channel_list: how letters and SMS fare.
-- rows 2  channel, state, reason, detail, since_us, retry_us, waiting, failed in a day,
--         balance, balance_low, balance_us, away (no sign of life of the notifier for two minutes)
select c.channel, c.state, c.reason, c.detail,
       (extract(epoch from c.since) * 1000000)::int8 as since_us,
       (extract(epoch from c.retry_at) * 1000000)::int8 as retry_us,
       case c.channel
         when 'mail' then (select count(*) from outbox_mail where state = 'queued')
         else (select count(*) from outbox_sms where state = 'queued') end as waiting,
       case c.channel
         when 'mail' then (select count(*) from outbox_mail where state in ('failed', 'expired')
                            and created_at > now() - interval '1 day')
         else (select count(*) from outbox_sms where state in ('failed', 'expired')
                and created_at > now() - interval '1 day') end as failed,
       c.balance, c.balance_low, (extract(epoch from c.balance_at) * 1000000)::int8 as balance_us,
       coalesce(c.seen_at < now() - interval '2 minutes', true) as away
  from notifier_channel c
 order by c.channel;
