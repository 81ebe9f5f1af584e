-- cabinet_password: a new password by the link of a letter, which is used up.
-- $1 bytea  SHA-256 of its token
-- $2 text   hash of the password
-- $3 text   browser
-- $4 inet   its address
-- rows 1    done; false: the link does not count any more
select cabinet_password($1, $2, $3, $4) as done;
