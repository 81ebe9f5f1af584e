-- meter_keys_list: what is sealed for meters; an administrator's.
-- $1 bigint[]  meters
-- rows 0..n    meter_id, identity, sealed, changed_at_us, used_at_us, state,
--              candidate, candidate_names, candidate_at_us, candidate_by,
--              outcome_at_us, outcome_refusal
select k.meter_id, k.identity, k.sealed, (extract(epoch from k.changed_at) * 1000000)::int8,
       (extract(epoch from k.used_at) * 1000000)::int8, k.state, k.candidate, k.candidate_names,
       (extract(epoch from k.candidate_at) * 1000000)::int8, k.candidate_by,
       (extract(epoch from k.outcome_at) * 1000000)::int8, k.outcome_refusal
  from meter_keys_list($1::bigint[]) k;
