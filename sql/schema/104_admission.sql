-- How many sessions wait for the database, beside the other figures of a host.

alter table statistics_sample add column backlog bigint not null default 0;
comment on column statistics_sample.backlog is 'Sessions that wait for their commit, and connections that nobody has taken in yet.';
comment on column statistics_host.counters is 'Since started_at: connections, refused connections, sessions, their microseconds to the commit, how many of them took up to 1, 2, 5 ... 10000 ms and longer, milliseconds that the doors were shut, sessions turned away for want of the database (daemon/counters.h).';

-- statistics_add: as before, with the backlog.
create or replace function statistics_add(p_host text, p_started timestamptz, p_span_ms bigint, p_processors int,
  p_la5 int, p_la15 int, p_cons bigint, p_sessions bigint, p_p50 bigint, p_p99 bigint,
  p_connections int, p_disk_free bigint, p_disk_total bigint, p_counters bigint[], p_processes jsonb)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  lsn pg_lsn := pg_current_wal_lsn();
  was statistics_host;
  tables jsonb;
begin
  select * into was from statistics_host where host = p_host;
  begin
    tables := statistics_tables();
  exception when lock_not_available then
    tables := coalesce(was.tables, '{}');
  end;
  insert into statistics_sample
    select p_host, now(), p_span_ms, p_la5, p_la15, p_cons, p_sessions, p_p50, p_p99, p_connections,
           w.commands, w.command_oldest_s, w.mail, w.sms, w.jobs, pg_database_size(current_database()),
           case when was.at < now() then
             greatest(0, (lsn - was.wal_lsn) / greatest(0.001, extract(epoch from now() - was.at)))::bigint
           else 0 end,
           p_disk_free, p_disk_total,
           coalesce((select sum((x->>'waiting')::bigint + (x->>'at_door')::bigint)
                       from jsonb_array_elements(p_processes) x), 0)
      from statistics_waiting() w
    on conflict do nothing;
  insert into statistics_host values (p_host, now(), p_started, p_processors, p_counters, p_processes, tables, lsn)
    on conflict (host) do update set at = excluded.at, started_at = excluded.started_at,
      processors = excluded.processors, counters = excluded.counters,
      processes = excluded.processes, tables = excluded.tables, wal_lsn = excluded.wal_lsn;
end $$;

-- statistics_thin: with the worst backlog; minutes older than five weeks become hours: means of what
-- flows, the worst of what piles up; after 13 months a row is forgotten.
create or replace function statistics_thin(p_now timestamptz default now()) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  thinned bigint; gone bigint;
  edge timestamptz := date_trunc('hour', p_now - interval '35 days');
begin
  delete from statistics_sample where at < p_now - interval '13 months';
  get diagnostics gone = row_count;
  with old as (
    delete from statistics_sample where at <= edge and span_ms < 3600000 returning *
  ), hours as (
    select host, date_trunc('hour', at - interval '1 microsecond') + interval '1 hour' as h,
           count(*) as n, avg(la5_permille)::int, avg(la15_permille)::int,
           (sum(cons_millihz::numeric * span_ms) / sum(span_ms))::bigint,
           (sum(sessions_millihz::numeric * span_ms) / sum(span_ms))::bigint,
           avg(commit_p50_us)::bigint, max(commit_p99_us), avg(connections)::int,
           max(commands), max(command_oldest_s), max(mail), max(sms), max(jobs),
           max(database_bytes), avg(wal_bytes_s)::bigint, min(disk_free_bytes), max(disk_total_bytes), max(backlog)
      from old group by 1, 2
  ), kept as (
    insert into statistics_sample
      (host, at, span_ms, la5_permille, la15_permille, cons_millihz, sessions_millihz, commit_p50_us,
       commit_p99_us, connections, commands, command_oldest_s, mail, sms, jobs, database_bytes,
       wal_bytes_s, disk_free_bytes, disk_total_bytes, backlog)
    select host, h, 3600000, la5_permille, la15_permille, cons, sessions, p50, p99, connections,
           commands, oldest, mail, sms, jobs, db, wal, free, total, backlog
      from hours as t (host, h, n, la5_permille, la15_permille, cons, sessions, p50, p99, connections,
           commands, oldest, mail, sms, jobs, db, wal, free, total, backlog)
    on conflict (host, at) do nothing
  )
  select coalesce(sum(hours.n), 0) into thinned from hours;
  return thinned + gone;
end $$;
comment on function statistics_thin is 'How many rows it has taken away.';
