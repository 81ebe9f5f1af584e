-- import_meters: bindings and notes.
-- rows 1  bound
select import_meters() as bound;
