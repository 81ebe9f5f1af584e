-- The tables of the bare listener: columns, keys, partitions, storage and rows
-- of reading and meter_state, without row security, triggers or foreign keys.
\set ON_ERROR_STOP on
set synchronous_commit = off;
set client_min_messages = error;
drop schema if exists bare cascade;
create schema bare;

create table bare.reading (like public.reading including defaults, primary key (meter_id, at))
  partition by range (at);
do $$
declare p record;
begin
  for p in
    select c.relname, pg_get_expr(c.relpartbound, c.oid) as bound
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'public.reading'::regclass
  loop
    execute format('create table bare.%I partition of bare.reading %s', p.relname, p.bound);
  end loop;
end $$;
insert into bare.reading select * from public.reading;

create table bare.meter_state (like public.meter_state including defaults, primary key (meter_id))
  with (fillfactor = 80);
insert into bare.meter_state select * from public.meter_state order by meter_id;

vacuum analyze bare.meter_state, bare.reading;
