-- operator_sessions_end: his browsers are signed out at once.
-- $1 int4  operator
-- $2 inet  of the browser
-- rows 1   how many
select operator_sessions_end($1, $2);
