-- The choices of key order and table split, on the data of the measurement:
-- the readings under either key, and the last state in a narrow table, in a
-- narrow table with an index on the time, and in the list table itself.
\set ON_ERROR_STOP on
set synchronous_commit = off;
set client_min_messages = error;
drop schema if exists keys cascade;
create schema keys;

create table keys.meter_first (like public.reading including defaults, primary key (meter_id, at))
  with (autovacuum_enabled = off);
create table keys.time_first (like public.reading including defaults, primary key (at, meter_id))
  with (autovacuum_enabled = off);
insert into keys.meter_first select * from public.reading order by at, hashint8(meter_id);
insert into keys.time_first select * from public.reading order by at, hashint8(meter_id);

create table keys.narrow (like public.meter_state including defaults, primary key (meter_id))
  with (fillfactor = 80, autovacuum_enabled = off);
create table keys.indexed (like public.meter_state including defaults, primary key (meter_id))
  with (fillfactor = 80, autovacuum_enabled = off);
insert into keys.narrow select * from public.meter_state order by meter_id;
insert into keys.indexed select * from public.meter_state order by meter_id;
create index on keys.indexed (last_at, meter_id);

-- One table for the meter and its last word, with the indexes of the list.
create table keys.wide with (fillfactor = 80, autovacuum_enabled = off) as
  select s.*, m.serial, m.account, m.meter_type_id, m.subscriber_id, m.firmware, m.period
    from public.meter m join public.meter_state s on s.meter_id = m.id
   order by m.id;
alter table keys.wide add primary key (meter_id);
create index on keys.wide (serial, meter_id);
create index on keys.wide (account, meter_id);
create index on keys.wide (branch_id, serial, meter_id);
create index on keys.wide (subscriber_id);
create index on keys.wide (last_at, meter_id);

-- feed: p_batches commits of p_size sessions of random meters.
create procedure keys.feed(p_rows text, p_state text, p_batches int, p_size int, p_seed float8)
language plpgsql as $$
declare
  ids bigint[]; n bigint;
  stored text := format(
    'insert into keys.%I (meter_id, at, received_at, volume_dm3, status, working_h,
            tamper_h, temperature_mk, pressure_pa, battery_mv, battery_permille,
            signal_percent, valve)
     select id, $2, $2, 123456, 0, 8123, 0, 291850, 103421, 3582, 871, 64, 1
       from unnest($1) id on conflict do nothing', p_rows);
  moved text := format(
    'update keys.%I set last_at = $2, received_at = $2, volume_dm3 = 123456,
            temperature_mk = 291850, pressure_pa = 103421, working_h = 8123
      where meter_id = any ($1)', p_state);
begin
  select max(id) into n from public.meter;
  perform setseed(p_seed);
  for i in 1..p_batches loop
    ids := array(select distinct 1 + floor(random() * n)::bigint from generate_series(1, p_size));
    execute stored using ids, clock_timestamp();
    if p_state <> '' then
      execute moved using ids, clock_timestamp();
    end if;
    commit;
  end loop;
end $$;

vacuum analyze keys.meter_first, keys.time_first, keys.narrow, keys.indexed, keys.wide;
