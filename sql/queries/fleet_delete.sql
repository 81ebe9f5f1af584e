-- fleet_delete: meters go with all they have told.
-- $1 bigint[]  meters
-- $2 text      version of the one that was shown; NULL: of several
-- $3 inet      of the browser
-- rows 1       how many
select fleet_delete($1::bigint[], $2, $3);
