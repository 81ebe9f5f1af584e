-- sign_in_forget: the right password was given: this login starts anew here.
-- $1 text  login
-- $2 inet  address
delete from sign_in_attempt where login = left($1, 64) and address = $2;
