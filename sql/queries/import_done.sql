-- import_done: the report, and the line in the log.
-- $1 bigint        job
-- $2 ... $10       rows, added, deleted, changed, branches, tariffs, bound,
--      errors, warnings
select import_done($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);
