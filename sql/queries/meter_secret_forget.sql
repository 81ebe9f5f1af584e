-- meter_secret_forget: nothing is kept for this meter any more.
-- $1 text   identity
delete from meter_secret where identity = $1;
