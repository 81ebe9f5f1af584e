-- register_list: the other registers of a few meters, with their last values.
-- $1 bigint[]  meters
-- By the numbers of their codes: tariff 2 before tariff 10.
-- rows 0..n  meter_id, logical_name, scaler, unit, last_value, last_text, last_at_us
select r.meter_id, r.logical_name, r.scaler, r.unit, r.last_value, r.last_text,
       (extract(epoch from r.last_at) * 1000000)::bigint as last_at_us
  from register r
 where r.meter_id = any ($1::bigint[])
 order by r.meter_id,
       case when r.logical_name ~ '^[0-9]{1,3}([.][0-9]{1,3}){5}$'
            then string_to_array(r.logical_name, '.')::int[] end nulls last,
       r.no;
