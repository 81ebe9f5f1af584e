-- meter_unbind: a meter is nobody's again.
-- $1 int8, $2 int8  subscriber, meter
-- $3 inet           address
select meter_unbind($1::int8, $2::int8, $3::inet);
