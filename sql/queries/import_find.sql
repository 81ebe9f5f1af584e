-- import_find: an import of the operator who asks, with its report.
-- $1 bigint  job
-- rows 0..1  id, title, state, done, total, file, trial, drops, error, note,
--      finished_at_us, reported, rows ... warnings
select j.id, j.title, j.state, j.done, j.total, j.parameters->>'file' as file,
       (j.parameters->>'trial')::boolean as trial, (j.parameters->>'drops')::boolean as drops,
       j.error, j.note, (extract(epoch from j.finished_at) * 1000000)::bigint as finished_at_us,
       r.job_id is not null as reported, r.rows, r.subscribers_added, r.subscribers_deleted,
       r.subscribers_changed, r.branches_added, r.tariffs_added, r.meters_bound, r.errors, r.warnings
  from job j left join import_report r on r.job_id = j.id
 where j.id = $1 and j.kind = 'import';
