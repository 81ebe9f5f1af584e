-- register_list: the other registers of a few meters, with their last values.
-- $1 bigint[]  meters
-- rows 0..n  meter_id, logical_name, scaler, unit, last_value, last_text, last_at_us
select r.meter_id, r.logical_name, r.scaler, r.unit, r.last_value, r.last_text,
       (extract(epoch from r.last_at) * 1000000)::bigint as last_at_us
  from register r
 where r.meter_id = any ($1::bigint[])
 order by r.meter_id, r.no;
