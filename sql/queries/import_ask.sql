-- import_ask: the import of a file that was sent, in the name of whoever asks.
-- $1 bigint   upload
-- $2 boolean  trial
-- $3 boolean  delete subscribers without meters
-- $4 text[]   names of the report's words
-- $5 text[]   the words
-- $6 text     title
-- $7 inet     of the browser
-- rows 1      id; of the same that is on its way already, when there is one
select import_ask($1, $2, $3, jsonb_object($4::text[], $5::text[]), $6, $7) as id;
