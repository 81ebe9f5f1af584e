-- import_file_drop: the file of an import that was cancelled or has failed.
-- $1 bigint  job
delete from upload u using job j
 where j.id = $1 and u.id = (j.parameters->>'upload')::bigint and j.state in ('cancelled', 'failed');
