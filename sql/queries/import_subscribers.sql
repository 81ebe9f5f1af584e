-- import_subscribers: known ones are changed where they differ, others added.
-- rows 1  added, changed
select added, changed from import_subscribers();
