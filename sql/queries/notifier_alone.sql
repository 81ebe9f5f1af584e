-- notifier_alone: whether this is the only notifier at work; others stand by until its session ends.
-- rows 1     alone
select pg_try_advisory_lock(hashtext('lazur notifier')) as alone;
