-- cabinet_profile: the subscriber as «Профиль» shows him.
-- rows 0..1  account, first_name, last_name, address, email, phone, counts,
--      balance_kopecks, tariff, price_kopecks_per_1000_m3 (NULL: no tariff),
--      description, branch_name, branch_full_name, bank, bank_account, bic,
--      corr_account, inn, phone_changes (of 24 hours)
select s.account, s.first_name, s.last_name, s.address, s.email, s.phone,
       s.calculates_balance as counts, s.balance_kopecks, t.name as tariff,
       tariff_price_at(t.id, now()) as price_kopecks_per_1000_m3, t.description,
       b.name as branch_name, b.full_name as branch_full_name, b.bank,
       b.account as bank_account, b.bic, b.corr_account, b.inn,
       (select count(*) from cabinet_phone_change c
         where c.subscriber_id = s.id and c.at > now() - interval '24 hours') as phone_changes
  from subscriber s
  left join tariff t on t.id = s.tariff_id
  left join branch b on b.id = s.branch_id
 where s.id = app_subscriber();
