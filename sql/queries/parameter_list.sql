-- parameter_list: every system parameter, without what is secret.
-- rows     name, value (empty for secrets), has_secret, changed_us, changed_by
select p.name, coalesce(p.value, '') as value, p.has_secret,
       (extract(epoch from p.changed_at) * 1000000)::int8 as changed_us, p.changed_by
  from parameter p;
