-- cabinet_bank: branch_bank of the subscriber's own branch, in his cabinet.
-- rows 0..1  as branch_bank
select b.id, b.name, b.full_name, b.inn, b.kpp, b.account, b.bank, b.bic, b.corr_account, 1 as subscribers
  from branch b
 where b.id = (select s.branch_id from subscriber s where s.id = app_subscriber());
