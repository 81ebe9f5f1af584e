-- attached_taken: whether such a meter hangs on another device.
-- $1 int4    type
-- $2 text    its serial
-- $3 bigint  the device
-- rows 0..1  serial of the other device
select m.serial from attached_meter a join meter m on m.id = a.meter_id
 where a.attached_type_id = $1 and a.serial = $2 and a.meter_id <> $3;
