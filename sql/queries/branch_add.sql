-- branch_add: a new branch.
-- $1 ... $8 text  name, full_name, bank, account, bic, corr_account, inn, kpp
-- $9 int8         САУПГ id, NULL: none
-- rows 1          id
insert into branch (name, full_name, bank, account, bic, corr_account, inn, kpp, saupg_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9::int8)
returning id;
