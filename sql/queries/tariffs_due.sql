-- tariffs_due: prices whose day has come become those that lists show.
-- rows 1  how many
select tariffs_due();
