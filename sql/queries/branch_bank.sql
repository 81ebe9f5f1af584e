-- branch_bank: whom subscribers pay, branch by branch of those the operator sees.
-- rows 0..n  id, name, full_name, inn, kpp, account, bank, bic, corr_account,
--      subscribers
select b.id, b.name, b.full_name, b.inn, b.kpp, b.account, b.bank, b.bic, b.corr_account,
       (select count(*) from subscriber_seen s where s.branch_id = b.id) as subscribers
  from branch b
 where b.id = any ((select app_branches())::int[])
 order by b.name;
