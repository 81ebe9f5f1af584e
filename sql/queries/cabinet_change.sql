-- cabinet_change: a new address or number of the subscriber.
-- $1 text  email, phone
-- $2 text  the address or number
-- $3 text  code; NULL: none was typed
-- $4 text  browser
-- $5 inet  its address
-- rows 1   fault: empty, taken, often, code, wrong, over
select cabinet_change($1, $2, $3, $4, $5) as fault;
