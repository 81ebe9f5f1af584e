-- operator_session_add: a browser has signed in.
-- $1 bytea  SHA-256 of the token
-- $2 int    operator
-- $3 inet   address
insert into operator_session (token_hash, operator_id, address)
values ($1, $2, $3);
