-- cabinet_rules: what the administrator has set for all cabinets.
-- rows 1  confirms_email, confirms_phone, sends_sms, login_url
select confirms_email, confirms_phone, sends_sms, login_url from cabinet_rules();
