-- outbox_forget: what is long over is deleted.
-- $1 int    days
-- variant channel mail: outbox_mail
-- variant channel sms: outbox_sms
delete from /*channel*/ where state <> 'queued' and created_at < now() - make_interval(days => $1::int);
