-- cabinet_wait: seconds until this may be tried again; 0: now.
-- $1 text   sign_in, recovery
-- $2 text   e-mail, as typed
-- $3 inet   address of the browser
-- rows 1    wait_s
select cabinet_wait($1, sha256(convert_to(lower($2::text), 'UTF8')), $3) as wait_s;
