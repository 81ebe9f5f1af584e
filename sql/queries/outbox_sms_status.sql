-- outbox_sms_status: what the service said of an SMS that it has taken.
-- $1 int8   id
-- $2 int    its status
-- $3 text   sent, nothing new: ask again later; delivered; failed; queued, it was not sent and is to be
-- $4 text   error, a machine word
-- $5 bool   there is no such contact
update outbox_sms
   set state = $3, service_state = $2::int, error = $4, wrong_contact = $5::bool,
       asked = least(asked + 1, 1000),
       status_at = case when $3 = 'sent' and created_at > now() - interval '3 days'
                   then now() + least(interval '1 hour', interval '5 seconds' * power(2, least(asked, 12))) end,
       next_at = case when $3 = 'queued' then now() + interval '1 minute' else next_at end,
       expires_at = case when $3 = 'queued' then greatest(expires_at, now() + interval '1 hour') else expires_at end
 where id = $1::int8 and state = 'sent';
