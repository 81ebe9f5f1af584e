-- The administrator's side: his own database role, and what the directories
-- hold beyond what meters need.
--
-- lazur_admin is the site's administration program. It is a lazur_web that may
-- also keep the directories, and sees every meter and subscriber whatever
-- branches the administrator has (GC-029: «полный доступ»), but only in a
-- transaction that session_enter() has begun for an administrator. The window
-- of readings belongs to lazur_web and knows nothing of this.

do $$
declare t text;
begin
  foreach t in array array['meter', 'meter_state', 'meter_count', 'subscriber',
      'reading', 'register', 'register_value', 'archive_daily', 'command',
      'account_operation', 'meter_group', 'meter_group_member'] loop
    execute format('create policy administration on %I to lazur_admin
      using ((select app_role()) = ''admin'') with check ((select app_role()) = ''admin'')', t);
  end loop;
end $$;

-- Branches ---------------------------------------------------------------------

alter table branch add column saupg_id bigint check (saupg_id > 0),
  add constraint branch_name_given check (btrim(name) <> ''),
  add constraint branch_bank_digits check (
    account ~ '^[0-9]*$' and bic ~ '^[0-9]*$' and corr_account ~ '^[0-9]*$'
    and inn ~ '^[0-9]*$' and kpp ~ '^[0-9]*$');
create unique index branch_saupg on branch (saupg_id) where saupg_id is not null;
comment on column branch.saupg_id is '«Идентификатор в САУПГ»; NULL: САУПГ does not know the branch.';

-- Tariffs ----------------------------------------------------------------------

alter table tariff add column description text not null default '',
  add constraint tariff_name_given check (btrim(name) <> ''),
  add constraint tariff_price_sane check (price_kopecks_per_1000_m3 <= 100000000000);
comment on column tariff.price_kopecks_per_1000_m3 is 'As the regulator publishes it, in kopecks for 1000 m3: the price that is in force now; tariff_price has them all.';

create table tariff_price (
  tariff_id  int not null references tariff on delete cascade,
  valid_from timestamptz not null,
  price_kopecks_per_1000_m3 bigint not null
    check (price_kopecks_per_1000_m3 between 0 and 100000000000),
  set_by     text not null default '',
  set_at     timestamptz not null default now(),
  primary key (tariff_id, valid_from)
);
comment on table tariff_price is 'Prices of a tariff by the moment they begin. What a reading costs is the price in force at its time: a new price does not touch older debits.';
insert into tariff_price (tariff_id, valid_from, price_kopecks_per_1000_m3)
  select id, '-infinity', price_kopecks_per_1000_m3 from tariff;

-- tariff_kept: the first price of a tariff, and a price that begins at once.
create function tariff_kept() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    insert into tariff_price (tariff_id, valid_from, price_kopecks_per_1000_m3, set_by)
      values (new.id, '-infinity', new.price_kopecks_per_1000_m3, app_login());
  elsif not exists (select from tariff_price p
                     where p.tariff_id = new.id and p.valid_from <= now()
                       and p.price_kopecks_per_1000_m3 = new.price_kopecks_per_1000_m3
                       and p.valid_from = (select max(q.valid_from) from tariff_price q
                                            where q.tariff_id = new.id and q.valid_from <= now())) then
    insert into tariff_price (tariff_id, valid_from, price_kopecks_per_1000_m3, set_by)
      values (new.id, now(), new.price_kopecks_per_1000_m3, app_login())
    on conflict (tariff_id, valid_from) do update
      set price_kopecks_per_1000_m3 = excluded.price_kopecks_per_1000_m3, set_by = excluded.set_by;
  end if;
  return null;
end $$;
create trigger tariff_kept after insert or update of price_kopecks_per_1000_m3 on tariff
  for each row execute function tariff_kept();

-- tariff_price_at: what 1000 m3 cost at that moment.
create function tariff_price_at(p_tariff int, p_at timestamptz) returns bigint
language sql stable security definer set search_path = public, pg_temp as $$
  select price_kopecks_per_1000_m3 from tariff_price
   where tariff_id = p_tariff and valid_from <= p_at
   order by valid_from desc limit 1
$$;

-- tariffs_due: prices whose day has come are those that lists show.
create function tariffs_due() returns int language plpgsql
security definer set search_path = public, pg_temp as $$
declare
  moved int;
begin
  update tariff t set price_kopecks_per_1000_m3 = tariff_price_at(t.id, now())
   where t.price_kopecks_per_1000_m3 <> tariff_price_at(t.id, now());
  get diagnostics moved = row_count;
  return moved;
end $$;
comment on function tariffs_due is 'Called by the worker; debits look at tariff_price themselves and do not wait for it.';

-- Subscribers --------------------------------------------------------------------

alter table subscriber
  add column last_name  text collate "ru-x-icu" not null default '',
  add column first_name text collate "ru-x-icu" not null default '',
  add column phone      text not null default '',
  add column email      text not null default '',
  add column shows_balance   boolean not null default false,
  add column cabinet_allowed boolean not null default false,
  add constraint subscriber_cabinet_needs_email check (not cabinet_allowed or email <> '');
comment on column subscriber.full_name is 'last_name and first_name with a space between them, kept by trigger.';
comment on column subscriber.first_name is 'With the patronymic («Имя»).';
comment on column subscriber.shows_balance is '«Показывать баланс»: the balance goes to the display of the meter.';
comment on column subscriber.cabinet_allowed is '«Разрешить личный кабинет», with the e-mail as the login.';
update subscriber set
  last_name = split_part(full_name, ' ', 1),
  first_name = btrim(substr(full_name, length(split_part(full_name, ' ', 1)) + 1))
 where full_name <> '';
create unique index subscriber_email on subscriber (lower(email)) where email <> '';

create function subscriber_named() returns trigger language plpgsql as $$
begin
  if new.last_name = '' and new.first_name = '' and new.full_name <> ''
     and (tg_op = 'INSERT' or new.full_name <> old.full_name) then
    new.last_name := split_part(btrim(new.full_name), ' ', 1);
    new.first_name := btrim(substr(btrim(new.full_name), length(new.last_name) + 1));
  end if;
  new.full_name := btrim(new.last_name || ' ' || new.first_name);
  return new;
end $$;
create trigger subscriber_named before insert or update of full_name, last_name, first_name
  on subscriber for each row execute function subscriber_named();

-- Operators ----------------------------------------------------------------------

alter table operator
  add column soap_allowed boolean not null default false,
  add column disabled     boolean not null default false,
  add constraint operator_login_given check (btrim(login) <> '');
comment on column operator.soap_allowed is '«Разрешить доступ через SOAP».';
comment on column operator.disabled is 'May not sign in, and his sessions are over; his name stays taken.';

-- Meters ---------------------------------------------------------------------------

alter table meter_type
  add column has_archive_hourly boolean not null default false,
  add column has_period       boolean not null default false,
  add column has_radio        boolean not null default false,
  add column has_counter      boolean not null default false,
  add column has_pressure     boolean not null default false,
  add column has_external     boolean not null default false,
  add column has_display      boolean not null default false,
  add column has_auto_close   boolean not null default false,
  add column has_cutoff       boolean not null default false,
  add column software_type    text not null default '';
comment on column meter_type.has_period is 'Its period of data transmission can be set.';
comment on column meter_type.has_radio is 'Has a short-range radio with a password.';
comment on column meter_type.has_counter is 'Has a mechanical counter beside the electronic reading: readings can be synchronised.';
comment on column meter_type.has_pressure is 'Reduces to standard conditions by a set absolute pressure.';
comment on column meter_type.has_external is 'Can carry an external meter: «Счётчик».';
comment on column meter_type.has_display is 'Shows a balance.';
comment on column meter_type.has_auto_close is 'Closes its valve by itself in abnormal situations, and can be told not to.';
comment on column meter_type.has_cutoff is 'Can close its valve by itself when it has had no contact for days.';
comment on column meter_type.software_type is 'What firmware fits; empty: none can be sent.';
update meter_type set has_period = true, has_radio = true, has_pressure = true,
       has_display = has_valve, has_auto_close = has_valve, has_cutoff = has_valve,
       has_archive_hourly = has_archive, software_type = name
 where manufacturer in ('Лазурь', 'Бриз') or name = 'Счётчик газа DLMS';
update meter_type set has_counter = true where name in ('СГ-Лазурь G4', 'СГ-Лазурь G4-К', 'СГ-Бриз G4');
insert into meter_type (name, medium, manufacturer, has_valve, has_button, has_archive,
       has_period, has_radio, has_external, has_pressure, software_type)
values ('Адаптер Лазурь-И', 'gas', 'Лазурь', false, true, true, true, true, true, false, 'Адаптер Лазурь-И');

alter table meter
  add column pressure_set_pa int not null default 101325
    check (pressure_set_pa between 75060 and 105191),
  add column saupg_branch_id int references branch on delete set null,
  add column started boolean not null default true;
comment on column meter.pressure_set_pa is '«Руст.абс»: the absolute pressure the meter counts with; 563 to 789 mmHg, 760 from the factory.';
comment on column meter.saupg_branch_id is 'The branch САУПГ named; NULL: it named none.';
comment on column meter.started is '«Пуск».';

-- Debits by the price of their moment -------------------------------------------------

create or replace function account_charge(p_meter bigint[], p_at timestamptz[],
  p_received timestamptz[], p_volume bigint[])
returns int language plpgsql strict security definer set search_path = public, pg_temp as $$
declare
  made int;
begin
  -- In one order, so that two batches do not wait for each other; the next
  -- statement then sees the balances that these locks guard.
  perform from subscriber s
   where s.id in (select m.subscriber_id from unnest(p_meter) i join meter m on m.id = i)
   order by s.id for no key update;

  with shown as (
    select i.meter_id, i.at, i.received_at, i.volume_dm3, m.serial, s.id as subscriber_id,
           c.at as from_at, c.volume_dm3 as from_dm3,
           coalesce(p.price_kopecks_per_1000_m3, 0) as price,
           s.balance_kopecks * 1000000::numeric + s.balance_carry as balance
      from unnest(p_meter, p_at, p_received, p_volume)
           as i (meter_id, at, received_at, volume_dm3)
      join meter m on m.id = i.meter_id
      join subscriber s on s.id = m.subscriber_id and s.calculates_balance
      -- A clock that runs ahead does not reach a price that has not begun.
      left join lateral (
        select t.price_kopecks_per_1000_m3 from tariff_price t
         where t.tariff_id = s.tariff_id and t.valid_from <= least(i.at, i.received_at)
         order by t.valid_from desc limit 1) p on true
      left join meter_charge c on c.meter_id = i.meter_id
  ), priced as (
    select *, (volume_dm3 - from_dm3::numeric) * price as cost,
           -- Ten billion roubles in one step is no gas but a broken reading.
           (volume_dm3 - from_dm3::numeric) * price > 1e18 as absurd
      from shown
     where from_dm3 is null or volume_dm3 <> from_dm3
  ), debited as (
    select *, balance - sum(cost) over (partition by subscriber_id order by at, meter_id) as rest,
           row_number() over (partition by subscriber_id order by at desc, meter_id desc) = 1 as last
      from priced where volume_dm3 > from_dm3 and not absurd
  ), pointed as (
    insert into meter_charge (meter_id, at, volume_dm3)
    select meter_id, at,
           case when volume_dm3 < from_dm3 and at < from_at then from_dm3 else volume_dm3 end
      from priced
     where not coalesce(absurd, false)
       and (from_at is null or volume_dm3 > from_dm3 or at >= from_at
            or from_at > received_at + interval '1 day')
    on conflict (meter_id) do update set at = excluded.at, volume_dm3 = excluded.volume_dm3
  ), told as (
    insert into audit_log (operator_login, action, note)
    select '', 'Списание пропущено', 'прибор №' || serial || ': показания '
             || round(volume_dm3 / 1000.0, 3) || 'м³ после ' || round(from_dm3 / 1000.0, 3) || 'м³'
      from priced where absurd
  ), kept as (
    update subscriber s
       set balance_kopecks = round(d.rest / 1000000),
           balance_carry = d.rest - round(d.rest / 1000000) * 1000000
      from debited d where d.last and s.id = d.subscriber_id
  )
  insert into account_operation (subscriber_id, kind, amount_kopecks, amount_carry,
         balance_kopecks, meter_id, serial, from_at, to_at, from_dm3, to_dm3,
         price_kopecks_per_1000_m3)
  select subscriber_id, 'debit', round(cost / 1000000),
         cost - round(cost / 1000000) * 1000000, round(rest / 1000000),
         meter_id, serial, from_at, at, from_dm3, volume_dm3, price
    from debited order by subscriber_id, at, meter_id;
  get diagnostics made = row_count;
  return made;
end $$;

-- Whoever may change a subscriber or bind a meter need not write the copies.
alter function subscriber_lead_meters() security definer set search_path = public, pg_temp;
alter function meter_follow_subscriber() security definer set search_path = public, pg_temp;
alter function meter_lead_state() security definer set search_path = public, pg_temp;

-- Who may write directories ------------------------------------------------------------

alter table branch enable row level security;
alter table tariff enable row level security;
alter table tariff_price enable row level security;
create policy read_by_all on branch for select using (true);
create policy read_by_all on tariff for select using (true);
create policy read_by_all on tariff_price for select using (true);
create policy administration on branch to lazur_admin
  using ((select app_role()) = 'admin') with check ((select app_role()) = 'admin');
create policy administration on tariff to lazur_admin
  using ((select app_role()) = 'admin') with check ((select app_role()) = 'admin');
create policy administration on tariff_price to lazur_admin
  using ((select app_role()) = 'admin') with check ((select app_role()) = 'admin');

grant select on tariff_price to lazur_web, lazur_worker;
grant insert, update, delete on branch, tariff, tariff_price to lazur_admin;
grant insert, update on subscriber to lazur_admin;
grant update (subscriber_id, saupg_branch_id, started) on meter to lazur_admin;
revoke all on function tariff_kept, subscriber_named, tariff_price_at, tariffs_due from public;
grant execute on function tariff_price_at to lazur_web, lazur_listener, lazur_worker;
grant execute on function tariffs_due to lazur_worker;
