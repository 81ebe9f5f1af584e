-- cabinet_attempted: one more attempt, counted for throttling.
-- $1 text   sign_in, recovery
-- $2 text   e-mail, as typed
-- $3 inet   address of the browser
select cabinet_attempted($1, sha256(convert_to(lower($2::text), 'UTF8')), $3);
