-- operator_session_enter: who holds this cookie; sets what row security reads.
-- $1 bytea    SHA-256 of the token
-- $2 inet     address of the browser
-- rows 0..1   operator_id, login, role, first_name, last_name, idle_s,
--             settings
select operator_id, login, role, first_name, last_name, idle_s, settings
  from session_enter($1, $2);
