-- notifier_tell: how a channel does.
-- $1 text   mail, sms
-- $2 text   off, folder, works, stopped
-- $3 text   why, a machine word
-- $4 text   the server's words
-- $5 int8   milliseconds until it is tried again, NULL: it is not stopped
update notifier_channel
   set since = case when state = $2 and reason = $3 then since else now() end,
       state = $2, reason = $3, detail = left($4, 300),
       retry_at = now() + $5::int8 * interval '1 millisecond', seen_at = now()
 where channel = $1;
