-- branch_find: one branch, and what hangs on it.
-- $1 int4    branch
-- rows 0..1  id, version, name, full_name, bank, account, bic, corr_account,
--            inn, kpp, saupg_id, subscribers (counted up to 10001), operators
-- reads all: where many are of the branch the limit ends it.
select b.id, b.xmin::text, b.name, b.full_name, b.bank, b.account, b.bic,
       b.corr_account, b.inn, b.kpp, b.saupg_id,
       (select count(*) from (select from subscriber s where s.branch_id = b.id limit 10001) x),
       (select count(*) from operator_branch o where o.branch_id = b.id)
  from branch b where b.id = $1;
