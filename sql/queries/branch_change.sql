-- branch_change: a branch gets other data, unless somebody was faster.
-- $1 ... $8 text  name, full_name, bank, account, bic, corr_account, inn, kpp
-- $9 int8         САУПГ id, NULL: none
-- $10 int4        branch
-- $11 text        version that was shown
-- rows 0..1       id; none: it has changed or gone
update branch
   set name = $1, full_name = $2, bank = $3, account = $4, bic = $5,
       corr_account = $6, inn = $7, kpp = $8, saupg_id = $9::int8
 where id = $10::int4 and xmin::text = $11
returning id;
