-- outbox_sms_claim: SMS that are due, held until the end of the transaction.
-- $1 int    how many at most
-- rows 0..n id, recipient, subject, body
select id, phone as recipient, '' as subject, body
  from outbox_sms
 where state = 'queued' and next_at <= now()
 order by next_at
 limit $1::int
   for update skip locked;
