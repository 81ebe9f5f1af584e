-- import_match: which subscribers and meters the rows mean.
select import_match();
