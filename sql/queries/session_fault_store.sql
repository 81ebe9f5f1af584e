-- session_fault_store: sessions that broke a rule, counted by reason, address
-- and ten minutes.
-- $1 text[]        reason
-- $2 text[]        address
-- $3 timestamptz[] when the first of them was
-- $4 timestamptz[] when the last was
-- $5 int8[]        how many
-- $6 text[]        detail of the last
-- $7 bytea[]       first bytes of the last
insert into session_fault as f (reason, address, slot_at, first_at, last_at,
                                times, detail, sample)
select i.reason, i.address::inet,
       date_bin('10 minutes', i.last_at, '2000-01-01 00:00+00'),
       i.first_at, i.last_at, i.times, i.detail, i.sample
  from unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[],
              $5::int8[], $6::text[], $7::bytea[])
       as i (reason, address, first_at, last_at, times, detail, sample)
 order by i.address::inet, i.reason
on conflict (slot_at, address, reason) do update
   set times = f.times + excluded.times, last_at = excluded.last_at,
       detail = excluded.detail, sample = excluded.sample;
