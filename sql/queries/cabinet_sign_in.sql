-- cabinet_sign_in: a session for a browser whose person has given the password.
-- $1 int8    subscriber
-- $2 bytea   SHA-256 of the token
-- $3 bool    remembered
-- $4 text    e-mail, as typed
-- $5 text    browser
-- $6 inet    its address
-- rows 1     section to begin with
select cabinet_sign_in($1, $2, $3, sha256(convert_to(lower($4::text), 'UTF8')), $5, $6) as section;
