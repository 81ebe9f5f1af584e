-- branch_names: every branch, for choices.
-- rows 0..n  id, name
select id, name from branch order by name collate "ru-x-icu";
