-- import_rows_add: rows of the file.
-- $1 ... $11   int[], text[] ...: rows, accounts, serials, addresses, branches,
--      prices (bigint[]), their texts, notes, surnames, names, phones
-- $12 ... $14  rows that are wrong in themselves: numbers, codes, details
select import_rows_add($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);
