-- subscriber_lock: the locks of a change, in the order of sessions.
-- $1 int8  subscriber
select subscriber_lock(array[$1::int8], '{}');
