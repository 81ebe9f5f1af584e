-- «Статистика»: how the system bears its load. Each host where meter-listener
-- runs writes a row a minute; minutes become hours after five weeks, and hours
-- are forgotten after 13 months.

create table statistics_sample (
  host              text not null,
  at                timestamptz not null,
  span_ms           bigint not null check (span_ms > 0),
  la5_permille      int not null,
  la15_permille     int not null,
  cons_millihz      bigint not null,
  sessions_millihz  bigint not null,
  commit_p50_us     bigint,
  commit_p99_us     bigint,
  connections       int not null,
  commands          bigint not null,
  command_oldest_s  bigint not null,
  mail              bigint not null,
  sms               bigint not null,
  jobs              bigint not null,
  database_bytes    bigint not null,
  wal_bytes_s       bigint not null,
  disk_free_bytes   bigint not null,
  disk_total_bytes  bigint not null,
  backlog           bigint not null default 0,
  primary key (host, at)
);
comment on table statistics_sample is 'A row is what happened in span_ms before at. Rates are in thousandths of one a second.';
comment on column statistics_sample.la5_permille is 'Load average of 5 minutes divided by the processors, in thousandths: above 700 the host does not cope.';
comment on column statistics_sample.commit_p99_us is 'From a telegram to its commit, 99 of 100 sessions; NULL: there were none.';
comment on column statistics_sample.backlog is 'Sessions that wait for their commit, and connections that nobody has taken in yet.';
comment on column statistics_sample.command_oldest_s is 'Age of the oldest command that waits for its meter.';

create table statistics_host (
  host       text primary key,
  at         timestamptz not null,
  started_at timestamptz not null,
  processors int not null,
  counters   bigint[] not null,
  processes  jsonb not null,
  tables     jsonb not null,
  wal_lsn    pg_lsn not null
);
comment on table statistics_host is 'The last word of each host.';
comment on column statistics_host.counters is 'Since started_at: connections, refused connections, sessions, their microseconds to the commit, how many of them took up to 1, 2, 5 ... 10000 ms and longer, milliseconds that the doors were shut, sessions turned away for want of the database (daemon/counters.h).';
comment on column statistics_host.processes is 'duty, pid, state, started_s, memory_bytes, cpu_ms, restarts; of meter-listener on that host.';
comment on column statistics_host.tables is 'Bytes of the largest tables with their indexes, partitions added up.';

-- statistics_waiting: the queues now, from their partial indexes.
create function statistics_waiting(out commands bigint, out command_oldest_s bigint,
  out mail bigint, out sms bigint, out jobs bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.n, c.oldest_s,
         (select count(*) from outbox_mail where state = 'queued'),
         (select count(*) from outbox_sms where state = 'queued'),
         (select count(*) from job where state in ('queued', 'running'))
    from (select count(*) as n,
                 coalesce(extract(epoch from now() - min(submitted_at)), 0)::bigint as oldest_s
            from command where state in ('waiting', 'queued', 'sent', 'delivered')) c
$$;

create function statistics_tables() returns jsonb
language sql stable security definer set search_path = public, pg_temp set lock_timeout = '1s' as $$
  select coalesce(jsonb_object_agg(x.name, x.bytes), '{}')
    from (select coalesce(p.relname, c.relname) as name, sum(pg_total_relation_size(c.oid))::bigint as bytes
            from pg_class c
            left join pg_inherits i on i.inhrelid = c.oid
            left join pg_class p on p.oid = i.inhparent
           where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
           group by 1 order by 2 desc, 1 limit 15) x
$$;

-- statistics_add: a host tells what it counted; the database adds what it knows.
create function statistics_add(p_host text, p_started timestamptz, p_span_ms bigint, p_processors int,
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

-- statistics_thin: minutes older than five weeks become hours: means of what
-- flows, the worst of what piles up; after 13 months a row is forgotten.
create function statistics_thin(p_now timestamptz default now()) returns bigint
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

-- What Prometheus reads, who is nobody: figures of the house, of no person.
create function metrics_hosts() returns setof statistics_host
language sql stable security definer set search_path = public, pg_temp as
$$ select * from statistics_host where at > now() - interval '1 day' $$;
create function metrics_samples() returns setof statistics_sample
language sql stable security definer set search_path = public, pg_temp as $$
  select s.* from statistics_host h
   cross join lateral (select * from statistics_sample x where x.host = h.host order by x.at desc limit 1) s
   where h.at > now() - interval '1 day'
$$;

alter table statistics_sample enable row level security;
alter table statistics_host enable row level security;
create policy read_by_admin on statistics_sample for select to lazur_admin
  using ((select app_role()) = 'admin');
create policy read_by_admin on statistics_host for select to lazur_admin
  using ((select app_role()) = 'admin');
grant select on statistics_sample, statistics_host to lazur_admin;

revoke all on function statistics_waiting, statistics_tables, statistics_add, statistics_thin,
  metrics_hosts, metrics_samples from public;
grant execute on function statistics_add, statistics_thin to lazur_worker;
grant execute on function statistics_waiting, metrics_hosts, metrics_samples to lazur_admin;
