-- meter_keys_withdraw: a change that was not sent yet is none.
-- $1 bigint  meter
-- $2 inet    of the browser
select meter_keys_withdraw($1, $2);
