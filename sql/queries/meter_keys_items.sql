-- meter_keys_items: since when a meter's keys are kept, and by whom.
-- $1 bigint  meter
-- rows 0..n  name, set_at_us, set_by, how
select i.name, (extract(epoch from i.set_at) * 1000000)::int8, i.set_by, i.how
  from meter_keys_items($1) i;
