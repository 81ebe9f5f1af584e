-- import_enter: to the end of the transaction in the name of whoever asked.
-- $1 bigint  job
-- rows 0..1  settings; no row: he is no administrator any more
select settings from import_enter($1);
