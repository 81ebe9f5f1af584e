-- The exchange log: the bytes of every session with a meter, with their times.
-- Nothing is paid or commanded by it: it is written beside the readings, when a
-- session is over, and forgotten by the day.

-- exchange_id: the first id of a moment. An id is milliseconds since 1970 times
-- 2^16 and a number that no other process has in the same millisecond, so that
-- rows are ordered by time, and a page of the key is written once.
create function exchange_id(p_at timestamptz) returns bigint
language sql immutable parallel safe as
$$ select (extract(epoch from p_at) * 1000)::bigint << 16 $$;
create function exchange_at(p_id bigint) returns timestamptz
language sql immutable parallel safe as
$$ select timestamptz 'epoch' + make_interval(secs => (p_id >> 16) / 1000.0) $$;

create table exchange (
  id        bigint not null,
  meter_id  bigint,
  whole     bigint,
  took_ms   int not null,
  bytes_in  int not null,
  bytes_out int not null,
  peer      inet not null,
  protocol  text collate "C",
  result    text collate "C" not null,
  named     text collate "C",
  frames    bytea compression lz4,
  primary key (id)
) partition by range (id);
comment on table exchange is 'A row for each session with a meter that is over: «Журнал обмена». A partition for each day (UTC), kept for «exchange_days» days.';
comment on column exchange.id is 'When the meter called: exchange_at(id).';
comment on column exchange.meter_id is 'Whose session it was, or whose name it called; NULL: of no meter that is known.';
comment on column exchange.whole is 'Of the second meter and further ones of a session: where its bytes are.';
comment on column exchange.bytes_in is 'From the meter; bytes_out: to it. More than frames has where the session was cut.';
comment on column exchange.protocol is 'The driver that knew its telegrams; NULL: none did.';
comment on column exchange.result is 'stored: readings; commands: and commands; else why it failed, a word of session_fault.reason.';
comment on column exchange.named is 'What it called itself, where that is all that is known of it.';
comment on column exchange.frames is 'The bytes, as lib/exchange/frames.h says. Passwords and keys are overwritten.';
create table exchange_other partition of exchange default;
comment on table exchange_other is 'Of days before their partition was made.';

create index exchange_meter on exchange (meter_id, id) where meter_id is not null;
create index exchange_fault on exchange (id) where result not in ('stored', 'commands');

alter table exchange enable row level security;
create policy administration on exchange for select to lazur_admin
  using ((select app_role()) = 'admin');
grant select on exchange to lazur_admin;

-- Days kept; 0: nothing is kept.
insert into parameter (name, title, kind, optional, min, max, value) values
  ('exchange_days', 'Хранить журнал обмена, суток', 'number', false, 0, 366, '7');

-- exchange_store: sessions that are over. days: what listeners are to do with
-- the next ones. p_again: some of them may be stored already, which then changes
-- nothing; not asked otherwise, for the question costs a third of the rest.
create function exchange_store(p_again boolean, p_id bigint[], p_meter bigint[], p_whole bigint[],
  p_took int[], p_in int[], p_out int[], p_peer text[], p_protocol text[], p_result text[],
  p_named text[], p_frames bytea[])
returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
  days bigint := parameter_int('exchange_days');
begin
  if days > 0 and p_again then
    insert into exchange (id, meter_id, whole, took_ms, bytes_in, bytes_out, peer, protocol, result, named, frames)
    select * from exchange_rows(p_id, p_meter, p_whole, p_took, p_in, p_out, p_peer, p_protocol, p_result, p_named, p_frames)
    on conflict do nothing;
  elsif days > 0 then
    insert into exchange (id, meter_id, whole, took_ms, bytes_in, bytes_out, peer, protocol, result, named, frames)
    select * from exchange_rows(p_id, p_meter, p_whole, p_took, p_in, p_out, p_peer, p_protocol, p_result, p_named, p_frames);
  end if;
  return days;
end $$;

-- Written into the statements that ask it: it costs nothing of its own.
create function exchange_rows(p_id bigint[], p_meter bigint[], p_whole bigint[], p_took int[],
  p_in int[], p_out int[], p_peer text[], p_protocol text[], p_result text[], p_named text[],
  p_frames bytea[])
returns table (id bigint, meter_id bigint, whole bigint, took_ms int, bytes_in int, bytes_out int,
  peer inet, protocol text, result text, named text, frames bytea) language sql stable as $$
  select i.id, coalesce(i.meter_id, (select k.meter_id from meter_identity k where k.identity = i.named)),
         i.whole, i.took_ms, i.bytes_in, i.bytes_out, i.peer::inet, i.protocol, i.result, i.named, i.frames
    from unnest(p_id, p_meter, p_whole, p_took, p_in, p_out, p_peer, p_protocol, p_result, p_named, p_frames)
         as i (id, meter_id, whole, took_ms, bytes_in, bytes_out, peer, protocol, result, named, frames)
$$;

-- exchange_keep: days made ahead, and those dropped that are kept no longer;
-- how many. A listener that is writing is waited for, but not for long.
create function exchange_keep(p_today date default (now() at time zone 'UTC')::date) returns int
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '5s' as $$
declare
  days int := parameter_int('exchange_days');
  d date; child text; a bigint; b bigint; n int := 0;
begin
  for d in select p_today + i from generate_series(0, 3) i loop
    child := 'exchange_' || to_char(d, 'YYYY_MM_DD');
    continue when to_regclass(child) is not null;
    a := exchange_id(d::timestamp at time zone 'UTC');
    b := exchange_id((d + 1)::timestamp at time zone 'UTC');
    execute format('create table %I (like exchange including defaults including constraints including storage including compression)', child);
    execute format('with gone as (delete from exchange_other where id >= %s and id < %s returning *)
      insert into %I select * from gone', a, b, child);
    execute format('alter table exchange attach partition %I for values from (%s) to (%s)', child, a, b);
    n := n + 1;
  end loop;
  if days = 0 then
    truncate exchange;
  end if;
  for child in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'exchange'::regclass and c.relname ~ '^exchange_\d{4}_\d\d_\d\d$'
       and to_date(right(c.relname, 10), 'YYYY_MM_DD') < p_today - days
  loop
    execute format('drop table %I', child);
    n := n + 1;
  end loop;
  delete from exchange_other where id < exchange_id((p_today - days)::timestamp at time zone 'UTC');
  return n;
end $$;
comment on function exchange_keep is 'Called by the worker. «exchange_days» whole days are kept beside the one that is on.';
select exchange_keep();

-- A meter that is gone takes with it what it said.
create function exchange_forget() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  delete from exchange where meter_id = any (array(select id from gone));
  return null;
end $$;
create trigger exchange_forget after delete on meter
  referencing old table as gone for each statement execute function exchange_forget();

-- exchange_lost: sessions of the last days that were not kept: too many waited.
create function exchange_lost(out times bigint, out last_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(sum(f.times), 0)::bigint, max(f.last_at) from session_fault f
   where f.reason = 'not_logged'
     and f.slot_at >= now() - make_interval(days => 1 + parameter_int('exchange_days')::int)
$$;

revoke all on function exchange_store, exchange_rows, exchange_keep, exchange_forget, exchange_lost from public;
grant execute on function exchange_store to lazur_listener;
grant execute on function exchange_keep to lazur_worker;
grant execute on function exchange_lost to lazur_admin;
