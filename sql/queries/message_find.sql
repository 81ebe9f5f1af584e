-- message_find: one letter or SMS.
-- $1 text    mail, sms
-- $2 int8    its id
-- rows 0..1  kind, recipient, state, is_secret
select m.kind, m.recipient, m.state, k.secret as is_secret
  from (select x.id, 'mail' as channel, x.kind, x.recipient, x.state
          from outbox_mail x where $1::text = 'mail' and x.id = $2::int8
        union all
        select x.id, 'sms', x.kind, x.phone, x.state
          from outbox_sms x where $1::text = 'sms' and x.id = $2::int8) m
  join message_kind k on k.channel = m.channel and k.kind = m.kind;
