-- import_problems: what was wrong with the file, errors first.
-- rows 0..n  no, code, detail, other
select no, code, detail, other from import_problems();
