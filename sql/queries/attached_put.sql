-- attached_put: what hangs on this device, and how it is processed.
-- $1 bigint  device
-- $2 int4    version that was shown, 0: nothing hung on it
-- $3 int4    type
-- $4 text    serial
-- $5 $6 $7 boolean  corrects by temperature, by pressure, detects tampering
-- $8 inet    of the browser
select attached_put($1, $2, $3, $4, $5, $6, $7, $8);
