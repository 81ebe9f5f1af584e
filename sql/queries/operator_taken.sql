-- operator_taken: whether another operator has that login.
-- $1 text  login
-- $2 int4  the operator himself, NULL: a new one
-- rows 1   taken
select exists (select from operator where login = $1 and id is distinct from $2::int4);
