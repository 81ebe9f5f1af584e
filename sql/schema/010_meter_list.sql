-- What the operator's list of meters stands on.

-- Row security reads branch_id: with it in the index, the ids of any page come
-- from the index alone.
drop index meter_serial;
create index meter_serial on meter (serial, id) include (branch_id);
drop index meter_account;
create index meter_account on meter (account, id) include (branch_id);

-- A pattern that is not known when the plan is made looks common, and a scan of
-- the whole table looks cheaper than the trigram indexes. It never is.
alter function meter_search(text, int) set enable_seqscan = off;

-- period_next: the planned moment that follows p_last: for a calendar period
-- the beginning of its window. Without subqueries, as is period_due below, so
-- that both melt into the statement that calls them: the list asks every row.
create function period_next(p_period text, p_minutes int, p_last timestamptz)
returns timestamptz language sql stable parallel safe as $$
  select case p_period
    when 'hourly'    then p_last + interval '1 hour'
    when 'every_12h' then p_last + interval '12 hours'
    when 'minutes'   then p_last + make_interval(mins => p_minutes)
    when 'daily'     then date_trunc('day', p_last) + interval '1 day'
    when 'weekly'    then date_trunc('week', p_last) + interval '7 days'
    when 'monthly'   then date_trunc('month', p_last) + interval '1 month'
    when 'twice_monthly' then case
      when p_last < date_trunc('month', p_last) + make_interval(days => case when extract(month from p_last) = 2 then 25 else 27 end)
        then date_trunc('month', p_last) + make_interval(days => case when extract(month from p_last) = 2 then 25 else 27 end)
      when p_last < date_trunc('month', p_last) + interval '1 month' - interval '1 day'
        then date_trunc('month', p_last) + interval '1 month' - interval '1 day'
      else date_trunc('month', p_last) + interval '1 month'
           + make_interval(days => case when extract(month from p_last) = 1 then 25 else 27 end)
      end
    when 'thrice_monthly' then case
      when p_last < date_trunc('month', p_last) + interval '21 days' then date_trunc('month', p_last) + interval '21 days'
      when p_last < date_trunc('month', p_last) + interval '25 days' then date_trunc('month', p_last) + interval '25 days'
      else date_trunc('month', p_last) + interval '1 month'
      end
  end
$$;
comment on function period_next is 'The calendar is that of the server''s zone.';

create or replace function period_due(p_period text, p_minutes int, p_last timestamptz)
returns timestamptz language sql stable parallel safe as $$
  select case p_period
    when 'hourly'    then p_last + interval '2 hours'
    when 'every_12h' then p_last + interval '18 hours'
    when 'minutes'   then p_last + make_interval(mins => p_minutes + greatest(p_minutes / 2, 60))
    when 'daily'     then date_trunc('day', p_last) + interval '1 day 1 hour' + interval '1 day'
    else period_next(p_period, p_minutes, p_last) + interval '6 hours' + interval '1 day'
  end
$$;

revoke all on function period_next from public;
grant execute on function period_next to lazur_web, lazur_listener, lazur_worker;
