-- import_list: the imports of the operator who asks, the newest first.
-- rows 0..10  id, file, trial, state, created_at_us
select j.id, j.parameters->>'file' as file, (j.parameters->>'trial')::boolean as trial, j.state,
       (extract(epoch from j.created_at) * 1000000)::bigint as created_at_us
  from job j where j.kind = 'import' order by j.id desc limit 10;
