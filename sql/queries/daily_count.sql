-- daily_count: how many meters a daily report is about.
-- $1 bigint  meter or group, by the variant
-- rows 1     meters
-- reads all: a report of the whole fleet is a job, and its pages are counted first.
-- variant scope meter: meter_seen m where m.id = $1
-- variant scope group: meter_group_member g join meter_seen m on m.id = g.meter_id join meter_group_seen s on s.id = g.group_id where g.group_id = $1
-- variant scope all: meter_seen m where $1::bigint is null
select count(*) as meters from /*scope*/;
