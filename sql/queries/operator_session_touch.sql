-- operator_session_touch: a person is at work; the twenty minutes start anew.
-- $1 bytea  SHA-256 of the token
update operator_session set active_at = now() where token_hash = $1;
