-- meter_plain_put: a meter may push unciphered though keys are kept for it.
-- $1 text   a name of the meter
-- rows 0..1 meter_id; no row: no meter has the name
insert into meter_plain (meter_id) select meter_id from meter_identity where identity = $1
on conflict (meter_id) do update set since = meter_plain.since
returning meter_id;
