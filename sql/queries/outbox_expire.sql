-- outbox_expire: whose time is over is not sent any more.
-- $1 text   why, unless something else went wrong: expired, no_server
-- rows 0..n  id
-- variant channel mail: mail
-- variant channel sms: sms
update outbox_/*channel*/ m
   set state = 'expired', error = coalesce(nullif(m.error, ''), $1),
       "values" = case when k.secret then '{}' else m."values" end
  from message_kind k
 where m.state = 'queued' and m.expires_at <= now() and k.channel = '/*channel*/' and k.kind = m.kind
returning m.id;
