-- cabinet_code_waits: where the code that waits to be typed was sent.
-- $1 text  email, phone
-- rows 1   value, NULL: none waits
select cabinet_code_waits($1) as value;
