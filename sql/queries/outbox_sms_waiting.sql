-- outbox_sms_waiting: whether any of the SMS is due.
-- rows 1    waiting
select exists (select from outbox_sms where state = 'queued' and next_at <= now()) as waiting;
