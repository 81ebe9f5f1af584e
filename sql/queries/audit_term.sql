-- audit_term: how many lines of «Протокол работы» hold a part, at most a limit.
-- $1 text  the part, between %; escaped for LIKE
-- $2 int4  the limit
-- rows 1   found
select count(*) as found from audit_search($1, $2::int4);
