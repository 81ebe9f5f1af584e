-- The main value has a time of its own, and a meter the period of its medium.

alter table meter_state add column main_at timestamptz;
comment on column meter_state.main_at is 'Meter time of volume_dm3 or energy_wh: a meter whose last push brought neither keeps its last value. NULL: nobody wrote it down.';

-- A gas meter saves its battery and calls once a month unless somebody says
-- otherwise; those on a mains or a bus call every day, and are silent after one.
create or replace function meter_register(p_identities text[], p_serials text[],
  p_types text[], p_fallbacks text[], p_firmwares text[])
returns int language plpgsql security definer set search_path = public, pg_temp as $$
declare
  made int;
begin
  perform pg_advisory_xact_lock(hashtext('meter_register'));
  with fresh as (
    select distinct on (i.identity) i.*
      from unnest(p_identities, p_serials, p_types, p_fallbacks, p_firmwares)
           as i (identity, serial, type, fallback, firmware)
     where not exists (select from meter_identity k where k.identity = i.identity)
  ), meters as (
    insert into meter (serial, meter_type_id, firmware, period)
    select f.serial, t.id, coalesce(f.firmware, ''),
           case when t.medium = 'gas' then 'monthly' else 'daily' end
      from fresh f
      left join meter_type t
        on t.id = coalesce((select n.id from meter_type n where n.name = f.type),
                           (select n.id from meter_type n where n.name = f.fallback))
    returning id, serial
  )
  select count(*) into made from meters;
  -- The trigger knows a meter by its serial; other names are added here.
  insert into meter_identity (identity, meter_id)
    select i.identity, k.meter_id
      from unnest(p_identities, p_serials) as i (identity, serial)
      join meter_identity k on k.identity = i.serial
  on conflict do nothing;
  return made;
end $$;

-- A line whose meter does not say who it is ---------------------------------------

create table meter_line (
  identity text collate "C" primary key,
  layout   text not null,
  clock_at timestamptz
);
comment on table meter_line is 'What the first push of a line looked like whose meter is known by the line only. Another one there is another meter: it is refused until this row is deleted.';
comment on column meter_line.identity is 'As in meter_identity; the row goes with the name.';
comment on column meter_line.layout is 'Lists, logical names and list version of a body, as daemon/drivers/dlms_layout.c writes them.';
comment on column meter_line.clock_at is 'The newest meter time, NULL: without a clock.';
grant select, insert, update on meter_line to lazur_listener;

create function meter_line_forget() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from meter_line where identity = old.identity;
  return null;
end $$;
revoke all on function meter_line_forget from public;
create trigger meter_line_forget after delete on meter_identity
  for each row execute function meter_line_forget();
