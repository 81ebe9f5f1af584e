-- operator_delete: an operator goes; the log keeps his lines.
-- $1 int4  operator
-- $2 int4  version that was shown
-- $3 inet  of the browser
select operator_delete($1, $2, $3);
