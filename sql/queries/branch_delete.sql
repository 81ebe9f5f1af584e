-- branch_delete: a branch goes; its subscribers stay, without a branch.
-- $1 int4    branch
-- $2 text    version that was shown
-- rows 0..1  name; none: it has changed or gone
delete from branch where id = $1 and xmin::text = $2 returning name;
