-- upload_find: a file that somebody has sent.
-- $1 bigint  upload
-- rows 0..1  id, name, size, sha256
select u.id, u.name, u.size, encode(u.sha256, 'hex') as sha256
  from upload u where u.id = $1 and u.sha256 is not null;
