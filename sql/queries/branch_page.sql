-- branch_page: branches, as lib/model/directory.h asks for lists.
-- $1 int8  rows, NULL: all
-- $2 int8  rows before them
-- $3 text  what is looked for, between % (found only)
-- rows     id, name, full_name, account, saupg_id
-- variant order name_asc: x.name collate "ru-x-icu", x.id
-- variant order name_desc: x.name collate "ru-x-icu" desc, x.id desc
-- variant order full_asc: x.full_name collate "ru-x-icu", x.id
-- variant order full_desc: x.full_name collate "ru-x-icu" desc, x.id desc
-- variant order account_asc: x.account collate "C", x.id
-- variant order account_desc: x.account collate "C" desc, x.id desc
-- variant order saupg_asc: x.saupg_id, x.id
-- variant order saupg_desc: x.saupg_id desc, x.id desc
-- variant filter all: true
-- variant filter found: (x.name ilike $3 or x.full_name ilike $3 or x.account ilike $3 or x.saupg_id::text ilike $3)
select x.id, x.name, x.full_name, x.account, x.saupg_id
  from branch x
 where /*filter*/
 order by /*order*/
 limit $1::int8 offset $2::int8;
