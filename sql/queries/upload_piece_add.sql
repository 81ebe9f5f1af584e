-- upload_piece_add: the next 256 KiB.
-- $1 bigint  upload
-- $2 int     its number, from 0
-- $3 bytea   the bytes
insert into upload_piece (upload_id, no, bytes) values ($1, $2, $3);
