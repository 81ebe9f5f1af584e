-- order_ask: a command for very many meters, given by the worker.
-- $1 ... $4 text[]  parts of an expression (serials_count.sql)
-- $5 text    kind
-- $6 jsonb   what it carries
-- $7 text    note
-- $8 text[]  names of words
-- $9 text[]  the words
-- $10 text   title
-- rows 1     id of the job
select order_ask($5, $6::jsonb, $7, $1::text[], $2::text[], $3::text[], $4::text[],
                 jsonb_object($8::text[], $9::text[]), $10);
