-- outbox_mail_forget: what is long over is deleted.
-- $1 int    days
delete from outbox_mail where state <> 'queued' and created_at < now() - make_interval(days => $1::int);
