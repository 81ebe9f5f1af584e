-- payer_count: subscribers that receipts are made for.
-- rows 1  subscribers
select count(*) as subscribers from subscriber_seen s;
