-- job_list: the documents of the operator who asks, the newest first.
-- rows 0..200  id, kind, title, state, done, total, created_at_us, finished_at_us,
--      left_s (NULL: cannot be said yet),
--      file_name, size, note, error, seen
select j.id, j.kind, j.title, j.state, j.done, j.total,
       (extract(epoch from j.created_at) * 1000000)::bigint as created_at_us,
       (extract(epoch from j.finished_at) * 1000000)::bigint as finished_at_us,
       case when j.state = 'running' and j.done > 0 and j.total >= j.done
            then (extract(epoch from now() - j.started_at) * (j.total - j.done) / j.done)::bigint end as left_s,
       j.file_name, j.size, j.note, j.error, j.seen
  from job j
 order by j.id desc limit 200;
