-- import_problem_counts: how much was wrong with the file.
-- rows 1  errors, warnings
select errors, warnings from import_problem_counts();
