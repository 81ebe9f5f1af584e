-- Meters of goldCard: their frames carry the last eight digits of a number of
-- twelve, and nothing that proves it.

alter table meter_type add column system text not null default 'DLMS'
  check (system in ('DLMS', 'goldCard'));
comment on column meter_type.system is '«Тип системы»: what its meters speak. Those of goldCard are known by the last eight digits of their numbers.';

insert into meter_type (name, medium, manufacturer, system)
  values ('Счётчик воды goldCard', 'water', 'goldCard', 'goldCard');

-- Only meters that are known by their whole number and call under its end: a
-- look at few rows, however many others there are.
create table meter_tail (
  tail     text collate "C",
  meter_id bigint references meter on delete cascade,
  primary key (tail, meter_id)
);
create index on meter_tail (meter_id);
comment on table meter_tail is 'The ends of numbers of twelve digits of meters that say no more than the end; kept by triggers.';
revoke all on meter_tail from public;

create function meters_tail() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  insert into meter_tail (tail, meter_id)
    select right(m.serial, 8), m.id
      from made m join meter_type t on t.id = m.meter_type_id
     where t.system = 'goldCard' and m.serial ~ '^[0-9]{12}$';
  return null;
end $$;
create trigger meters_tail after insert on meter
  referencing new table as made for each statement execute function meters_tail();

create function meter_tail_follows() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  delete from meter_tail where meter_id = new.id;
  insert into meter_tail (tail, meter_id)
    select right(new.serial, 8), new.id from meter_type t
     where t.id = new.meter_type_id and t.system = 'goldCard' and new.serial ~ '^[0-9]{12}$';
  return null;
end $$;
create trigger meter_tail_follows after update of serial, meter_type_id on meter
  for each row when ((old.serial, old.meter_type_id) is distinct from (new.serial, new.meter_type_id))
  execute function meter_tail_follows();

-- tail_claim: whose messages these are. One number ends so: the name is this
-- meter's from now on, whosever it was. Several: nobody's. None: the meter that
-- bears the name, or registers itself under it.
create function tail_claim(p_ord bigint[], p_identity text[], p_tail text[])
returns table (ord bigint, verdict text, numbers text)
language sql volatile strict rows 10 security definer set search_path = public, pg_temp as $$
  with found as materialized (
    select i.ord, i.identity, count(t.meter_id) as n, min(t.meter_id) as meter_id,
           array_agg(m.serial order by m.serial) as serials
      from unnest(p_ord, p_identity, p_tail) as i (ord, identity, tail)
      left join meter_tail t on t.tail = i.tail
      left join meter m on m.id = t.meter_id
     group by i.ord, i.identity
  ), bound as (
    insert into meter_identity as k (identity, meter_id)
      select f.identity, f.meter_id from found f
       where f.n = 1 and not exists (select from meter_identity o
                                      where o.identity = f.identity and o.meter_id = f.meter_id)
       order by f.identity
    on conflict (identity) do update set meter_id = excluded.meter_id, guard = excluded.guard
  )
  select f.ord, case when f.n > 1 then 'number' else 'fits' end, array_to_string(f.serials[1:5], ', ')
    from found f
$$;

revoke all on function meters_tail, meter_tail_follows, tail_claim from public;
grant execute on function tail_claim to lazur_listener;
