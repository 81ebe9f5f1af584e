-- meter_total: how many meters the asking operator sees.
-- rows 1     total
select meter_total() as total;
