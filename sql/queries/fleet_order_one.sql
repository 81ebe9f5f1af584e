-- fleet_order_one: a command for one meter.
-- $1 bigint  meter
-- $2 text    kind
-- $3 jsonb   what it carries
-- $4 bytea   what of it nobody may read; NULL: nothing
-- $5 text    note
-- rows 1     1; 0: it cannot be asked for that, or is gone
select meter_order(array[$1::bigint], $2, $3::jsonb, $4::bytea, $5);
