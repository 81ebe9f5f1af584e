-- notifier_balance: the money left for SMS.
-- $1 numeric  roubles
-- $2 bool     that is little
update notifier_channel set balance = $1::numeric, balance_low = $2::bool, balance_at = now()
 where channel = 'sms';
