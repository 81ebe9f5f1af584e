-- sign_in_failed: one more failure, counted for throttling.
-- $1 text  login
-- $2 inet  address
insert into sign_in_attempt (login, address) values (left($1, 64), $2);
