-- job_claim: the worker takes the next job, or one whose worker has died; what
-- that one had written is dropped, and it begins anew. After five attempts it
-- is not the worker that is broken.
-- $1 bigint  lease, ms
-- rows 0..1  id, claim, kind, state, title, group_id, from_day, to_day, format,
--      charset, mode, volume_dm3, detailed, upload, trial, drops
with next as (
  select j.id from job j
   where j.state = 'queued' or (j.state = 'running' and j.lease_until < now())
   order by j.id limit 1
     for update skip locked
), dropped as (
  delete from job_chunk c using next n where c.job_id = n.id
)
update job j
   set state = (case when j.attempts < 5 then 'running' else 'failed' end)::job_state,
       error = case when j.attempts < 5 then '' else 'broken' end,
       finished_at = case when j.attempts < 5 then null else now() end,
       claim = gen_random_uuid(), lease_until = now() + $1 * interval '1 ms',
       started_at = now(), attempts = j.attempts + 1, done = 0, total = 0
  from next n
 where j.id = n.id
returning j.id, j.claim, j.kind, j.state, j.title,
          (j.parameters->>'group')::bigint as group_id, j.parameters->>'from' as from_day,
          j.parameters->>'to' as to_day, j.parameters->>'format' as format,
          j.parameters->>'charset' as charset, j.parameters->>'mode' as mode,
          (j.parameters->>'volume')::bigint as volume_dm3, (j.parameters->>'detailed')::boolean as detailed,
          (j.parameters->>'upload')::bigint as upload, (j.parameters->>'trial')::boolean as trial,
          (j.parameters->>'drops')::boolean as drops;
