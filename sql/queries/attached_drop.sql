-- attached_drop: nothing hangs on this device any more.
-- $1 bigint  device
-- $2 int4    version that was shown
-- $3 inet    of the browser
select attached_drop($1, $2, $3);
