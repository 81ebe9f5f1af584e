-- subscriber_choices: what a subscriber can belong to.
-- rows 0..n  id, name
-- variant of branch: branch
-- variant of tariff: tariff
select x.id, x.name from /*of*/ x order by x.name collate "ru-x-icu";
