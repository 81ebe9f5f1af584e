-- cabinet_wishes: what stands in «Настройки».
-- rows 1  wants_sms, phone_given
select coalesce(a.wants_sms, false) as wants_sms, s.phone <> '' as phone_given
  from subscriber s left join cabinet_account a on a.subscriber_id = s.id;
