-- partitions_ahead: partitions from this month to some months ahead.
-- $1 int    months
-- rows 1    how many were made
select partitions_ensure(current_date, (current_date + make_interval(months => $1::int))::date) as made;
