-- cabinet_recover: a letter with a link to set a password, if this is somebody's
-- e-mail; nothing tells whether it is.
-- $1 text   e-mail
-- $2 bytea  SHA-256 of the token in the link
-- $3 text   link
-- $4 text   when it was asked for, as the letter says it
-- $5 text   language
select cabinet_recover($1, $2, $3, $4, $5);
