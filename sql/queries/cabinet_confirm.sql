-- cabinet_confirm: a notification has been read, as far as it was shown.
-- $1 text  reason
-- $2 int8  the last moment that was shown, us
-- $3 text  browser
-- $4 inet  its address
-- rows 1   how many meters it was about
select cabinet_confirm($1, $2, $3, $4) as n;
