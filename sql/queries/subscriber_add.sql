-- subscriber_add: a new subscriber.
-- $1 text        account, NULL: none
-- $2 text        address
-- $3 int4, $4 int4  branch, tariff
-- $5 ... $8 text first_name, last_name, phone, email
-- $9 ... $11     calculates_balance, shows_balance, cabinet_allowed
-- rows 1         id
insert into subscriber (account, address, branch_id, tariff_id, first_name, last_name,
                        phone, email, calculates_balance, shows_balance, cabinet_allowed)
values ($1, $2, $3::int4, $4::int4, $5, $6, $7, $8, $9::boolean, $10::boolean, $11::boolean)
returning id;
