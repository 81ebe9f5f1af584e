-- meter_plain_forget: a meter must cipher again.
-- $1 text   a name of the meter
-- rows 0..1 meter_id; no row: it had to already
delete from meter_plain where meter_id = (select meter_id from meter_identity where identity = $1)
returning meter_id;
