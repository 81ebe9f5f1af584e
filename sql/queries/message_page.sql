-- message_page: letters and SMS, as lib/model/directory.h asks for lists.
-- $1 int8  rows, NULL: all
-- $2 int8  rows before them
-- $3 text  what is looked for, between % (found only)
-- $4 text  mail, sms; empty: both
-- $5 text  state (state only)
-- rows     id (of both: twice that of a letter, and one more of an SMS), created_us, channel,
--          kind, recipient, state, error, attempts, next_us (of those that wait), detail, is_secret
-- variant scope every: $5::text is not null | $5::text is not null
-- variant scope state: m.state = $5 | s.state = $5
-- variant order at_asc: x.created_at, x.id
-- variant order at_desc: x.created_at desc, x.id desc
-- variant filter all: coalesce($3::text, '') is not null | true
-- variant filter found: m.recipient ilike $3 | s.phone ilike $3
select x.id, (extract(epoch from x.created_at) * 1000000)::int8 as created_us, x.channel, x.kind,
       x.recipient, x.state, x.error, x.attempts,
       case when x.state = 'queued' then (extract(epoch from x.next_at) * 1000000)::int8 end as next_us,
       x.detail, k.secret as is_secret
  from (select m.id * 2 as id, m.created_at, 'mail' as channel, m.kind, m.recipient, m.state,
               m.error, m.attempts, m.next_at, m.detail
          from outbox_mail m
         where $4::text in ('', 'mail') and /*scope*/ and /*filter*/
        union all
        select s.id * 2 + 1, s.created_at, 'sms', s.kind, s.phone, s.state,
               s.error, s.attempts, s.next_at, s.detail
          from outbox_sms s
         where $4::text in ('', 'sms') and /*scope.2*/ and /*filter.2*/) x
  join message_kind k on k.channel = x.channel and k.kind = x.kind
 order by /*order*/
 limit $1::int8 offset $2::int8;
