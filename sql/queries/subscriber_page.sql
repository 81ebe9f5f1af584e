-- subscriber_page: a page of subscribers, as lib/model/directory.h asks for lists.
-- $1 int8  rows, at most 100
-- $2 int8  rows before them
-- $3 text  what is looked for, between % (found only)
-- $4 int8  how many subscribers there are
-- rows     id, account, address, first_name, last_name, phone, email, tariff,
--          branch, shows_balance
-- Ids first, limited; only then the names. What is found is collected first and
-- limited, then ordered (order). Else the index of the order is walked
-- (order.2), past the middle from its end (order.3), or, where it has none
-- (order.4), order.5 is asked. Arms that are not meant have the limit 0 and are
-- not begun; the literal limit tells the planner how few ids come.
-- variant order account_asc: s.account, s.id | s.account, s.id | s.account desc, s.id desc | true | select null::bigint as id where false
-- variant order account_desc: s.account desc, s.id desc | s.account desc, s.id desc | s.account, s.id | true | select null::bigint as id where false
-- variant order address_asc: s.address collate "ru-x-icu", s.id | s.address collate "ru-x-icu", s.id | s.address collate "ru-x-icu" desc, s.id desc | true | select null::bigint as id where false
-- variant order address_desc: s.address collate "ru-x-icu" desc, s.id desc | s.address collate "ru-x-icu" desc, s.id desc | s.address collate "ru-x-icu", s.id | true | select null::bigint as id where false
-- variant order first_asc: s.first_name, s.id | s.first_name, s.id | s.first_name desc, s.id desc | true | select null::bigint as id where false
-- variant order first_desc: s.first_name desc, s.id desc | s.first_name desc, s.id desc | s.first_name, s.id | true | select null::bigint as id where false
-- variant order last_asc: s.last_name, s.id | s.last_name, s.id | s.last_name desc, s.id desc | true | select null::bigint as id where false
-- variant order last_desc: s.last_name desc, s.id desc | s.last_name desc, s.id desc | s.last_name, s.id | true | select null::bigint as id where false
-- variant order phone_asc: s.phone collate "C", s.id | s.phone collate "C", s.id | s.phone collate "C" desc, s.id desc | true | select null::bigint as id where false
-- variant order phone_desc: s.phone collate "C" desc, s.id desc | s.phone collate "C" desc, s.id desc | s.phone collate "C", s.id | true | select null::bigint as id where false
-- variant order email_asc: lower(s.email) collate "C", s.id | lower(s.email) collate "C", s.id | lower(s.email) collate "C" desc, s.id desc | true | select null::bigint as id where false
-- variant order email_desc: lower(s.email) collate "C" desc, s.id desc | lower(s.email) collate "C" desc, s.id desc | lower(s.email) collate "C", s.id | true | select null::bigint as id where false
-- variant order tariff_asc: t.name collate "ru-x-icu", s.id | s.id | s.id | false | select id from subscribers_by_tariff($1::int8, $2::int8, false)
-- variant order tariff_desc: t.name collate "ru-x-icu" desc, s.id desc | s.id | s.id | false | select id from subscribers_by_tariff($1::int8, $2::int8, true)
-- variant order branch_asc: b.name collate "ru-x-icu", s.id | s.id | s.id | false | select id from subscribers_by_branch($1::int8, $2::int8, false)
-- variant order branch_desc: b.name collate "ru-x-icu" desc, s.id desc | s.id | s.id | false | select id from subscribers_by_branch($1::int8, $2::int8, true)
-- variant order shows_asc: s.shows_balance, s.id | s.shows_balance, s.id | s.shows_balance desc, s.id desc | true | select null::bigint as id where false
-- variant order shows_desc: s.shows_balance desc, s.id desc | s.shows_balance desc, s.id desc | s.shows_balance, s.id | true | select null::bigint as id where false
-- variant filter all: select null::bigint as id where $3::text is null and false | true
-- variant filter found: select id from subscriber_search($3, 10001) | false
with found as materialized (/*filter*/),
page as materialized (
  (select s.id from found f join subscriber s on s.id = f.id
     left join tariff t on t.id = s.tariff_id left join branch b on b.id = s.branch_id
    order by /*order*/ limit $1::int8 offset $2::int8)
  union all
  (select x.id from (
     select s.id from subscriber s
      order by /*order.2*/
      limit case when /*filter.2*/ and /*order.4*/ and $2::int8 * 2 <= $4::int8 then $1::int8 else 0 end
      offset $2::int8) x limit 100)
  union all
  (select x.id from (
     select s.id from subscriber s
      order by /*order.3*/
      limit case when /*filter.2*/ and /*order.4*/ and $2::int8 * 2 > $4::int8
                 then least($1::int8, greatest($4::int8 - $2::int8, 0)) else 0 end
      offset greatest($4::int8 - $2::int8 - $1::int8, 0)) x limit 100)
  union all
  (select x.id from (/*order.5*/) x
    limit case when /*filter.2*/ then $1::int8 else 0 end)
)
select s.id, s.account, s.address, s.first_name, s.last_name, s.phone, s.email,
       t.name as tariff, b.name as branch, s.shows_balance
  from page p
  join subscriber s on s.id = p.id
  left join tariff t on t.id = s.tariff_id
  left join branch b on b.id = s.branch_id
 order by /*order*/;
