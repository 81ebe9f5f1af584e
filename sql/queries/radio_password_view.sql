-- radio_password_view: what is sealed for a meter; who looks stands in the log.
-- $1 bigint  meter
-- $2 inet    of the browser
-- rows 0..n  identity, sealed
select identity, sealed from radio_password_view($1, $2);
