-- cabinet_token_fits: whether the link of a letter still counts.
-- $1 bytea  SHA-256 of its token
-- rows 1    fits
select cabinet_token_fits($1) as fits;
