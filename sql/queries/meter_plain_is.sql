-- meter_plain_is: whether a meter may push unciphered though it has keys.
-- $1 bigint  meter
-- rows 1     it may
select exists (select from meter_plain where meter_id = $1);
