-- operator_session_add: a browser has signed in.
-- $1 bytea  SHA-256 of the token
-- $2 int    operator
-- $3 text   token of its forms
-- $4 inet   address
insert into operator_session (token_hash, operator_id, csrf_token, address)
values ($1, $2, $3, $4);
