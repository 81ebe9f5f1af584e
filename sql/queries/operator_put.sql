-- operator_put: a new operator, or other data of one.
-- $1 int4   operator, NULL: a new one
-- $2 int4   version that was shown
-- $3 text   login
-- $4 text   password hash, NULL: it stays
-- $5 text   role
-- $6 int4[] branches
-- $7 $8 $9 boolean  sees meters without a branch, may use SOAP, disabled
-- $10 $11 $12 text  first name, last name, e-mail
-- $13 inet  of the browser
-- rows 1    id
select operator_put($1, $2, $3, $4, $5::operator_role, $6::int[], $7::boolean,
  $8::boolean, $9::boolean, $10, $11, $12, $13);
