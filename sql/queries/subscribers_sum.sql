-- subscribers_sum: what would go with several subscribers.
-- $1 int8[]  subscribers
-- rows 1     subscribers that are there, operations, meters
select (select count(*) from subscriber where id = any ($1::int8[])),
       (select count(*) from account_operation where subscriber_id = any ($1::int8[])),
       (select count(*) from meter where subscriber_id = any ($1::int8[]));
