-- outbox_sms_settle: one of the SMS is sent, or waits longer after a failure.
-- $1 int8   id
-- $2 bool   it is sent
update outbox_sms
   set state = case when $2::bool then 'sent' when attempts >= 9 then 'failed' else 'queued' end,
       attempts = attempts + 1,
       next_at = now() + least(interval '1 hour', interval '5 seconds' * power(2, attempts))
 where id = $1::int8;
