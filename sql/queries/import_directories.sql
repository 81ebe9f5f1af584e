-- import_directories: branches and tariffs that are not there yet.
-- rows 1  branches, tariffs
select branches, tariffs from import_directories();
