-- upload_piece_read: a piece.
-- $1 bigint  upload
-- $2 int     its number, from 0
-- rows 0..1  bytes
select p.bytes from upload_piece p where p.upload_id = $1 and p.no = $2;
