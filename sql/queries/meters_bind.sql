-- meters_bind: meters of nobody become those of a subscriber.
-- $1 int8    subscriber
-- $2 int8[]  meters
-- $3 inet    address
-- rows 1     how many
select meters_bind($1::int8, $2::int8[], $3::inet);
