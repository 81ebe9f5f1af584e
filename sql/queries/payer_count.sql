-- payer_count: subscribers that receipts are made for.
-- rows 1  subscribers
-- reads all: receipts for everybody are a job, counted once.
select count(*) as subscribers from subscriber_seen s;
