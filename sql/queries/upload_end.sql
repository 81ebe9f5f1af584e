-- upload_end: all of it is here.
-- $1 bigint  upload
-- $2 bigint  bytes
-- $3 bytea   SHA-256
update upload set size = $2, sha256 = $3 where id = $1;
