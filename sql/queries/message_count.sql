-- message_count: letters and SMS of a list, counted up to a limit.
-- $1 int8  the limit
-- $2 text  what is looked for, between % (found only)
-- $3 text  mail, sms; empty: both
-- $4 text  state (state only)
-- rows 1   found
-- variant scope every: $4::text is not null | $4::text is not null
-- variant scope state: m.state = $4 | s.state = $4
-- variant filter all: coalesce($2::text, '') is not null | true
-- variant filter found: m.recipient ilike $2 | s.phone ilike $2
select count(*)
  from (select from outbox_mail m where $3::text in ('', 'mail') and /*scope*/ and /*filter*/
        union all
        select from outbox_sms s where $3::text in ('', 'sms') and /*scope.2*/ and /*filter.2*/
        limit $1::int8) y;
