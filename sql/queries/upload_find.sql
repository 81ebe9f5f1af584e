-- upload_find: a file that somebody has sent.
-- $1 bigint  upload
-- rows 0..1  id, name, size
select u.id, u.name, u.size from upload u where u.id = $1 and u.sha256 is not null;
