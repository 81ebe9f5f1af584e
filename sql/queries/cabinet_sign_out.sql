-- cabinet_sign_out: this browser is signed in no more.
-- $1 bytea  SHA-256 of the token
select cabinet_sign_out($1);
