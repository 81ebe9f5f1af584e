-- outbox_sms_asking: SMS whose fate the service is to be asked for.
-- $1 int     how many at most
-- rows 0..n  id, phone
select id, phone
  from outbox_sms
 where state = 'sent' and status_at <= now()
 order by status_at
 limit $1::int;
