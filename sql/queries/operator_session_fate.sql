-- operator_session_fate: why a session is over.
-- $1 bytea   SHA-256 of the token
-- rows 0..1  idle, replaced; none: it was signed out, or forgotten long ago
select active_at <= now() - interval '20 minutes' as idle,
       replaced_at is not null as replaced
  from operator_session where token_hash = $1;
