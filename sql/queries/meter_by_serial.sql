-- meter_by_serial: which meters have exactly this serial number.
-- $1 text    serial
-- rows 0..2  id
select id from meter where serial = $1 order by id limit 2;
