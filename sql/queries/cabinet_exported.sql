-- cabinet_exported: the subscriber took his data with him.
-- $1 text  browser
-- $2 inet  its address
select cabinet_exported($1, $2);
