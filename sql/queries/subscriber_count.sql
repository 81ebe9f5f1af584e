-- subscriber_count: how many subscribers there are, or are found.
-- $1 int8  where to stop looking (found only)
-- $2 text  what is looked for, between % (found only)
-- rows 1   number
-- variant filter all: select coalesce(sum(n), 0)::int8 from subscriber_count where $1::int8 > 0
-- variant filter found: select count(*) from subscriber_search($2, $1::int)
/*filter*/;
