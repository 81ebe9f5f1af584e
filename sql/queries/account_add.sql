-- account_add: an accrual or a correction by a person; its line in the log.
-- $1 bigint        subscriber
-- $2 account_kind
-- $3 bigint        kopecks
-- $4 text          document
-- $5 text          note, may be empty
-- $6 uuid          of the form
-- $7 inet          of the browser
-- rows 1  id
select account_add($1, $2, $3, $4, $5, $6, $7) as id;
