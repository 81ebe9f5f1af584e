-- cabinet_wishes: what stands in «Настройки».
-- rows 1  wants_sms, phone_given
select a.wants_sms, s.phone <> '' as phone_given
  from cabinet_account a join subscriber s on s.id = a.subscriber_id;
