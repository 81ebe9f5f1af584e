-- outbox_settle: how an attempt to send a message ended.
-- $1 int8   id
-- $2 text   sent; delivered (a folder has it); failed, for good; again, the attempt counts; hold, it was not the message's fault
-- $3 text   error, a machine word
-- $4 text   the server's words
-- $5 bool   there is no such contact
-- $6 int8   milliseconds until it is due again
-- $7 bool   it may have arrived nevertheless
-- variant channel mail: mail |
-- variant channel sms: sms | status_at = case when $2 = 'sent' then now() + interval '5 seconds' end,
update outbox_/*channel*/
   set state = case when $2 in ('sent', 'delivered', 'failed') then $2 else 'queued' end,
       attempts = attempts + ($2 <> 'hold')::int,
       error = $3, detail = left($4, 300), wrong_contact = $5::bool,
       next_at = now() + $6::int8 * interval '1 millisecond',
       unclear = $7::bool, /*channel.2*/
       sent_at = case when $2 in ('sent', 'delivered') then now() else sent_at end,
       "values" = case when $2 in ('sent', 'delivered', 'failed') and kind in (
                    select k.kind from message_kind k where k.channel = '/*channel*/' and k.secret)
                  then '{}' else "values" end
 where id = $1::int8;
