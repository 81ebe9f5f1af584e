-- cabinet_code_send: a code to a new address or number.
-- $1 text  email, phone
-- $2 text  the address or number
-- $3 text  code
-- $4 text  language
-- rows 1   fault: empty, taken, often
select cabinet_code_send($1, $2, $3, $4) as fault;
