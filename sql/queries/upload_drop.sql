-- upload_drop: away with a file.
-- $1 bigint  upload
delete from upload where id = $1;
