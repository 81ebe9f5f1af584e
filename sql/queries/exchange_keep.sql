-- exchange_keep: partitions of the exchange log, days ahead, and without those
-- that are kept no longer.
-- rows 1    how many were made and dropped
select exchange_keep() as n;
