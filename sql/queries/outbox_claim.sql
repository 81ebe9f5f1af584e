-- outbox_claim: messages that are due, in their order; from here on it is not certain that they were not sent.
-- $1 int     how many at most
-- $2 int8[]  those that are on their way already
-- $3 bool    these are quiet hours
-- $4 text    domain of the Message-ID; an SMS has none
-- rows 0..n  id, recipient, subject, body, kind, language, values (name 31 value 30 ...), message_id, was_unclear, created_s, attempts
-- variant channel mail: outbox_mail | , message_id = coalesce(m.message_id, format('<lazur.%s.%s@%s>', m.id, (extract(epoch from m.created_at) * 1000000)::int8, $4::text)) | m.recipient, m.subject | m.message_id
-- variant channel sms: outbox_sms | | m.phone as recipient, '' as subject | left($4::text, 0) as message_id
with due as materialized (
  select m.id, m.unclear
    from /*channel*/ m
   where m.state = 'queued' and m.next_at <= now() and m.expires_at > now()
     and (m.urgent or not $3::bool) and m.id <> all ($2::int8[])
   order by m.urgent desc, m.next_at
   limit $1::int
     for update skip locked)
update /*channel*/ m
   set unclear = true/*channel.2*/
  from due
 where m.id = due.id
returning m.id, /*channel.3*/, m.body, m.kind, m.language,
          (select string_agg(v.key || chr(31) || translate(v.value, chr(30) || chr(31), '  '), chr(30))
             from jsonb_each_text(m."values") v) as "values",
          /*channel.4*/, due.unclear as was_unclear, extract(epoch from m.created_at)::int8 as created_s, m.attempts;
