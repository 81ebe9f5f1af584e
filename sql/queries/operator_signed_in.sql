-- operator_signed_in: remember when.
-- $1 int  operator
update operator set last_login_at = now() where id = $1;
