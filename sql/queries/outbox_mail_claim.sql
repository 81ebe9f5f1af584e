-- outbox_mail_claim: letters that are due, held until the end of the transaction.
-- $1 int    how many at most
-- rows 0..n id, recipient, subject, body
select id, recipient, subject, body
  from outbox_mail
 where state = 'queued' and next_at <= now()
 order by next_at
 limit $1::int
   for update skip locked;
