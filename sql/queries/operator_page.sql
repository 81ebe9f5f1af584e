-- operator_page: operators, as lib/model/directory.h asks for lists.
-- $1 int8  rows, NULL: all
-- $2 int8  rows before them
-- $3 text  what is looked for, between % (found only)
-- rows     id, login, first_name, last_name, email, role, may use SOAP,
--          last_login_us, disabled, sees meters without a branch
-- variant order login_asc: x.login collate "ru-x-icu", x.id
-- variant order login_desc: x.login collate "ru-x-icu" desc, x.id desc
-- variant order first_asc: x.first_name collate "ru-x-icu", x.id
-- variant order first_desc: x.first_name collate "ru-x-icu" desc, x.id desc
-- variant order last_asc: x.last_name collate "ru-x-icu", x.id
-- variant order last_desc: x.last_name collate "ru-x-icu" desc, x.id desc
-- variant order email_asc: x.email, x.id
-- variant order email_desc: x.email desc, x.id desc
-- variant order access_asc: x.role, x.id
-- variant order access_desc: x.role desc, x.id desc
-- variant order soap_asc: x.soap_allowed, x.id
-- variant order soap_desc: x.soap_allowed desc, x.id desc
-- variant order seen_asc: x.last_login_at, x.id
-- variant order seen_desc: x.last_login_at desc, x.id desc
-- variant order disabled_asc: x.disabled, x.id
-- variant order disabled_desc: x.disabled desc, x.id desc
-- variant filter all: true
-- variant filter found: (x.login ilike $3 or x.first_name ilike $3 or x.last_name ilike $3 or x.email ilike $3)
select x.id, x.login, x.first_name, x.last_name, x.email, x.role, x.soap_allowed,
       (extract(epoch from x.last_login_at) * 1000000)::int8 as last_login_us,
       x.disabled, x.sees_branchless or x.role = 'admin' as branchless
  from operator x
 where /*filter*/
 order by /*order*/
 limit $1::int8 offset $2::int8;
