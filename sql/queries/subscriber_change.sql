-- subscriber_change: other data, unless somebody was faster. subscriber_lock first.
-- $1 ... $11  as subscriber_add
-- $12 int8    subscriber
-- $13 text    version that was shown
-- rows 0..1   id; none: it has changed or gone
update subscriber s
   set account = $1, address = $2, branch_id = $3::int4, tariff_id = $4::int4,
       first_name = $5, last_name = $6, phone = $7, email = $8,
       calculates_balance = $9::boolean, shows_balance = $10::boolean, cabinet_allowed = $11::boolean
 where s.id = $12::int8 and subscriber_version(s) = $13
returning s.id;
