-- meter_keys_named: meters by serial number or system title.
-- $1 text[]  names
-- rows 0..n  ord (1..), meter_id, serial
select ord, meter_id, serial from meter_keys_named($1::text[]);
