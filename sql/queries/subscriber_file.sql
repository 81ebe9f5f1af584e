-- subscriber_file: subscribers, all of them or all that are found, for a file.
-- $1 int8  rows, NULL: all
-- $2 int8  rows before them
-- $3 text  what is looked for, between % (found only)
-- rows     as subscriber_page
-- reads all: a file of the whole list; by tariff and branch it is sorted.
-- variant order account_asc: s.account, s.id
-- variant order account_desc: s.account desc, s.id desc
-- variant order address_asc: s.address collate "ru-x-icu", s.id
-- variant order address_desc: s.address collate "ru-x-icu" desc, s.id desc
-- variant order first_asc: s.first_name, s.id
-- variant order first_desc: s.first_name desc, s.id desc
-- variant order last_asc: s.last_name, s.id
-- variant order last_desc: s.last_name desc, s.id desc
-- variant order phone_asc: s.phone collate "C", s.id
-- variant order phone_desc: s.phone collate "C" desc, s.id desc
-- variant order email_asc: lower(s.email) collate "C", s.id
-- variant order email_desc: lower(s.email) collate "C" desc, s.id desc
-- variant order tariff_asc: t.name collate "ru-x-icu", s.id
-- variant order tariff_desc: t.name collate "ru-x-icu" desc, s.id desc
-- variant order branch_asc: b.name collate "ru-x-icu", s.id
-- variant order branch_desc: b.name collate "ru-x-icu" desc, s.id desc
-- variant order shows_asc: s.shows_balance, s.id
-- variant order shows_desc: s.shows_balance desc, s.id desc
-- variant filter all: true
-- variant filter found: s.id in (select id from subscriber_search($3, null))
select s.id, s.account, s.address, s.first_name, s.last_name, s.phone, s.email,
       t.name as tariff, b.name as branch, s.shows_balance
  from subscriber s
  left join tariff t on t.id = s.tariff_id
  left join branch b on b.id = s.branch_id
 where /*filter*/
 order by /*order*/
 limit $1::int8 offset $2::int8;
