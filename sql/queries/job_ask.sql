-- job_ask: a document that takes its time, in the name of whoever asks.
-- $1 text     kind: receipts, daily, balance
-- $2 bigint   group; NULL is all that he sees
-- $3 date     first day
-- $4 date     last day
-- $5 text     format: pdf, csv, xlsx, dbf
-- $6 text     code page of a DBF: cp866, cp1251
-- $7 text     balance: use, manual, none
-- $8 bigint   volume typed by hand, dm3
-- $9 boolean  detailed
-- $10 text[]  names of the document's words
-- $11 text[]  the words
-- $12 text    title
-- $13 inet    of the browser, for the audit log
-- rows 1      id; of the same that is being made already, when there is one
select job_ask($1, jsonb_strip_nulls(jsonb_build_object(
         'group', $2::bigint, 'from', $3::date, 'to', $4::date, 'format', $5::text, 'charset', $6::text,
         'mode', $7::text, 'volume', $8::bigint, 'detailed', $9::boolean)),
       jsonb_object($10::text[], $11::text[]), $12, $13) as id;
