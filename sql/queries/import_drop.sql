-- import_drop: away with all subscribers without meters.
-- rows 1  gone
select import_drop() as gone;
