-- subscriber_meters_count: meters of a subscriber, counted up to a limit.
-- $1 int8  the limit
-- $2 text  not read
-- $3 int8  subscriber
-- rows 1   number
-- variant filter all: true
-- variant filter found: true
select count(*) from (select from meter where subscriber_id = $3::int8 and /*filter*/
                         and $2::text is not null limit $1::int8) x;
