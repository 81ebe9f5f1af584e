-- branch_taken: which of a branch's own names another branch has.
-- $1 text  name
-- $2 int8  САУПГ id, NULL: none
-- $3 int4  the branch itself, NULL: a new one
-- rows 1   name taken, САУПГ id taken
select exists (select from branch where name = $1 and id is distinct from $3::int4),
       exists (select from branch where saupg_id = $2::int8 and id is distinct from $3::int4);
