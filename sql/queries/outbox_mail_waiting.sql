-- outbox_mail_waiting: whether any of the letters is due.
-- rows 1    waiting
select exists (select from outbox_mail where state = 'queued' and next_at <= now()) as waiting;
