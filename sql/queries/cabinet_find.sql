-- cabinet_find: who signs in by this e-mail, and the hash of his password.
-- $1 text    e-mail, in whatever case
-- rows 0..1  subscriber_id, password_hash
select subscriber_id, password_hash from cabinet_find($1);
