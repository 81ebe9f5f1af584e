-- subscribers_delete: subscribers go with their operations; their meters stay.
-- $1 int8[]  subscribers
-- $2 text    version of a single one, NULL: whatever they are now
-- $3 inet    address
-- rows 1     how many
select subscribers_delete($1::int8[], $2, $3::inet);
