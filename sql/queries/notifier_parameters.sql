-- notifier_parameters: what letters and SMS are sent with.
-- rows 0..n  name, value, sealed (hex)
select p.name, coalesce(p.value, '') as value, coalesce(encode(p.sealed, 'hex'), '') as sealed
  from parameter p
 where p.name in ('smtp_host', 'smtp_port', 'smtp_login', 'smtp_password', 'smtp_security',
                  'mail_from_address', 'mail_from_name',
                  'sms_login', 'sms_password', 'sms_sender', 'sms_enabled')
 order by p.name;
