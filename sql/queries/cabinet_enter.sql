-- cabinet_enter: whose cabinet this cookie opens; sets what row security reads.
-- $1 bytea    SHA-256 of the token
-- rows 0..1   subscriber_id, first_name, email, scheme, section, counts, notices,
--             idle_s, settings
select subscriber_id, first_name, email, scheme, section, counts, notices, idle_s, settings
  from cabinet_enter($1);
