-- operator_session_enter: who holds this cookie; sets what row security reads.
-- $1 bytea    SHA-256 of the token
-- $2 inet     address of the browser
-- $3 bool     a person is asking, not a refresh
-- rows 0..1   operator_id, login, role, csrf_token, first_name, last_name, idle_s
select operator_id, login, role, csrf_token, first_name, last_name, idle_s
  from session_enter($1, $2, $3);
