-- operator_find: what signing in needs to know of a login; a disabled one
-- is as good as none.
-- $1 text    login, exactly as typed: case and spaces count
-- rows 0..1  id, password_hash, role
select id, password_hash, role from operator where login = $1 and not disabled;
