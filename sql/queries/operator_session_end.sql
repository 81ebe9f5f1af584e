-- operator_session_end: the token is worth nothing from now on.
-- $1 bytea  SHA-256 of the token
delete from operator_session where token_hash = $1;
