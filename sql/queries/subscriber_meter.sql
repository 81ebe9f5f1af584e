-- subscriber_meter: a meter of a subscriber.
-- $1 int8, $2 int8  subscriber, meter
-- rows 0..1         serial, model
select m.serial, t.name from meter m join meter_type t on t.id = m.meter_type_id
 where m.id = $2::int8 and m.subscriber_id = $1::int8;
