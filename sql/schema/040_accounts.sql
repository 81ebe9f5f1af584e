-- Accounts of subscribers: what was paid, what gas was charged, and the rule by
-- which both stay exact.
--
-- The rule of rounding (lib/units/money.h says the same in C). A tariff is in
-- kopecks for 1000 m3, which is a million litres, so that litres times tariff
-- is the cost in whole millionths of a kopeck: an integer, nothing is lost.
-- The balance is kept as exactly: balance_kopecks is what people read, the
-- exact balance rounded half away from zero, and balance_carry is the rest in
-- millionths, so that balance_kopecks * 1000000 + balance_carry is the truth.
-- Operations are kept the same way, and their sum is the balance.

alter table subscriber
  add column balance_carry int not null default 0
    check (balance_carry between -500000 and 500000);
-- Balances move with sessions: room on the page keeps these updates HOT.
alter table subscriber set (fillfactor = 85);
comment on column subscriber.balance_kopecks is 'The exact balance rounded half away from zero; below zero is a debt.';
comment on column subscriber.balance_carry is 'Exact balance less the rounded one, millionths of a kopeck.';
comment on column subscriber.calculates_balance is '«Вычислять баланс»: sessions of this subscriber''s meters are charged.';

create type account_kind as enum ('accrual', 'debit', 'correction');

create table account_operation (
  id              bigint generated always as identity,
  subscriber_id   bigint not null,
  at              timestamptz not null default clock_timestamp(),
  kind            account_kind not null,
  amount_kopecks  bigint not null,
  amount_carry    int not null default 0,
  balance_kopecks bigint not null,
  meter_id        bigint,
  serial          text collate "C",
  from_at         timestamptz,
  to_at           timestamptz,
  from_dm3        bigint,
  to_dm3          bigint,
  price_kopecks_per_1000_m3 bigint,
  document        text check (length(document) between 1 and 64),
  note            text check (length(note) between 1 and 500),
  operator_login  text,
  nonce           uuid,
  primary key (subscriber_id, id),
  check (case kind
    when 'debit' then num_nulls(meter_id, serial, from_at, to_at, from_dm3, to_dm3,
           price_kopecks_per_1000_m3) = 0
      and num_nonnulls(document, note, operator_login, nonce) = 0
      and to_dm3 > from_dm3 and amount_kopecks >= 0
    when 'accrual' then num_nulls(document, operator_login) = 0 and meter_id is null
      and amount_kopecks > 0 and amount_carry = 0
    when 'correction' then num_nulls(document, operator_login) = 0 and meter_id is null
      and amount_kopecks <> 0 and amount_carry = 0
    end)
);
comment on table account_operation is 'The history of accounts, only ever added to; it outlives a deleted subscriber, whose number is never given again. Accruals and corrections add their amount to the balance, debits take it away.';
comment on column account_operation.id is 'Operations of one subscriber are numbered under the lock of its row: the order of numbers is that of the balances.';
comment on column account_operation.amount_carry is 'Exact amount less the rounded one, millionths of a kopeck.';
comment on column account_operation.balance_kopecks is 'After the operation.';
comment on column account_operation.price_kopecks_per_1000_m3 is 'The tariff at the session; later changes of the tariff do not touch it.';
comment on column account_operation.nonce is 'Of the form that was sent: the same form is one operation, however often it arrives.';
create unique index account_operation_nonce on account_operation (nonce) where nonce is not null;

create table meter_charge (
  meter_id   bigint primary key references meter on delete cascade,
  at         timestamptz not null,
  volume_dm3 bigint not null
) with (fillfactor = 70);
comment on table meter_charge is 'Where the last debit of a meter ended; the next one begins here, so that no volume is charged twice or skipped. Only who holds the lock of the meter''s row in meter_state writes it.';

alter table meter_state add column charges boolean not null default false;
comment on column meter_state.charges is 'Sessions are charged: copy of the subscriber''s calculates_balance, kept by triggers, so that the others cost nothing.';

-- Where charging begins ---------------------------------------------------------

-- charge_begin: meters came to a subscriber, left it, or their subscriber was
-- switched. What they have shown so far is not charged any more.
create function charge_begin(p_meters bigint[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  -- Even where nothing changes: the lock makes sessions wait, or us for them.
  update meter_state t
     set charges = coalesce(s.calculates_balance, false)
    from meter m left join subscriber s on s.id = m.subscriber_id
   where m.id = any (p_meters) and t.meter_id = m.id;
  delete from meter_charge where meter_id = any (p_meters);
  insert into meter_charge (meter_id, at, volume_dm3)
    select meter_id, last_at, volume_dm3 from meter_state
     where meter_id = any (p_meters) and charges
       and last_at is not null and volume_dm3 is not null;
end $$;

create function meter_bound() returns trigger language plpgsql as $$
begin
  perform charge_begin(array[new.id]);
  return null;
end $$;
create trigger meter_bound after update of subscriber_id on meter
  for each row when (old.subscriber_id is distinct from new.subscriber_id)
  execute function meter_bound();

create function subscriber_switched() returns trigger language plpgsql as $$
begin
  perform charge_begin(array(
    select id from meter where subscriber_id = new.id order by id));
  return null;
end $$;
create trigger subscriber_switched after update of calculates_balance on subscriber
  for each row when (old.calculates_balance is distinct from new.calculates_balance)
  execute function subscriber_switched();

-- Whoever may change these rows need not write states and charges himself.
alter function meter_bound() security definer set search_path = public, pg_temp;
alter function subscriber_switched() security definer set search_path = public, pg_temp;

create or replace function meter_made() returns trigger language plpgsql
security definer set search_path = public, pg_temp as $$
begin
  insert into meter_state (meter_id, branch_id, charges)
    select n.id, n.branch_id, coalesce(s.calculates_balance, false)
      from made n left join subscriber s on s.id = n.subscriber_id;
  insert into meter_identity (identity, meter_id)
    select n.serial, n.id from made n on conflict do nothing;
  insert into meter_count as c (branch_id, n)
    select coalesce(n.branch_id, 0), count(*) from made n group by 1 order by 1
    on conflict (branch_id) do update set n = c.n + excluded.n;
  return null;
end $$;

update meter_state t set charges = true
  from meter m join subscriber s on s.id = m.subscriber_id
 where t.meter_id = m.id and s.calculates_balance;
insert into meter_charge (meter_id, at, volume_dm3)
  select meter_id, last_at, volume_dm3 from meter_state
   where charges and last_at is not null and volume_dm3 is not null;

-- Debits --------------------------------------------------------------------------

-- account_charge: what meters have newly shown, each once, is debited.
--   p_at, p_received  moment of the reading by the meter, and by us
-- The caller has moved meter_state to these readings in this transaction and so
-- holds their locks. A meter without a charge yet begins here; one that shows
-- less than before was replaced, or turned back, and goes on from here without
-- a debit; the same volume waits for more. A reading of an earlier time that
-- shows less is an old one that came after the clock had run ahead: its volume
-- has been charged. Returns the number of debits.
create function account_charge(p_meter bigint[], p_at timestamptz[],
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
           coalesce(t.price_kopecks_per_1000_m3, 0) as price,
           s.balance_kopecks * 1000000::numeric + s.balance_carry as balance
      from unnest(p_meter, p_at, p_received, p_volume)
           as i (meter_id, at, received_at, volume_dm3)
      join meter m on m.id = i.meter_id
      join subscriber s on s.id = m.subscriber_id and s.calculates_balance
      left join tariff t on t.id = s.tariff_id
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

-- Accruals and corrections ----------------------------------------------------------

-- account_add: a person pays in or corrects. LZ403, LZ404 (no such subscriber
-- among those he sees), LZ409 (this form was sent with other words), LZ422.
-- The same form again is the operation it made before.
create function account_add(p_subscriber_id bigint, p_kind account_kind,
  p_amount_kopecks bigint, p_document text, p_note text, p_nonce uuid, p_address inet)
returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
  s record; was record; made bigint; rest bigint;
begin
  if app_role() not in ('control', 'admin') then
    raise exception 'role % may not change an account', app_role() using errcode = 'LZ403';
  end if;
  if p_kind = 'debit' or p_nonce is null or p_amount_kopecks = 0
     or abs(p_amount_kopecks) > 10000000000
     or (p_kind = 'accrual' and p_amount_kopecks < 0) then
    raise exception 'no such operation' using errcode = 'LZ422';
  end if;
  select id, account, balance_kopecks into s from subscriber
   where id = p_subscriber_id and branch_id = any (app_branches())
     for no key update;
  if not found then
    raise exception 'no subscriber %', p_subscriber_id using errcode = 'LZ404';
  end if;
  select id, subscriber_id, kind, amount_kopecks, document, note, operator_login
    into was from account_operation where nonce = p_nonce;
  if found then
    if (was.subscriber_id, was.kind, was.amount_kopecks, was.document,
        coalesce(was.note, ''), was.operator_login)
       = (p_subscriber_id, p_kind, p_amount_kopecks, p_document,
          coalesce(p_note, ''), app_login()) then
      return was.id;
    end if;
    raise exception 'the form of operation % again', was.id using errcode = 'LZ409';
  end if;
  rest := s.balance_kopecks + p_amount_kopecks;
  insert into account_operation (subscriber_id, kind, amount_kopecks, balance_kopecks,
         document, note, operator_login, nonce)
    values (p_subscriber_id, p_kind, p_amount_kopecks, rest, p_document,
            nullif(p_note, ''), app_login(), p_nonce)
    returning id into made;
  update subscriber set balance_kopecks = rest where id = p_subscriber_id;
  insert into audit_log (operator_login, action, note, address)
    values (app_login(),
      case p_kind when 'accrual' then 'Начисление средств' else 'Корректировка счёта' end,
      'счёт ' || coalesce(s.account, 'без номера (#' || s.id || ')') || ': '
        || round(p_amount_kopecks / 100.0, 2) || ' руб., документ ' || p_document, p_address);
  return made;
end $$;
comment on function account_add is 'Whole kopecks: the carry of the balance stays as it is, so that the balance moves by exactly the amount even from an exact half.';

-- Notes and radio passwords -----------------------------------------------------------

-- meter_note_set: an administrator's words about a meter. p_was is what he was
-- shown: LZ409 when somebody has written since.
create function meter_note_set(p_meter_id bigint, p_was text, p_note text, p_address inet)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  m record;
begin
  if app_role() <> 'admin' then
    raise exception 'role % may not write notes', app_role() using errcode = 'LZ403';
  end if;
  select id, serial, note into m from meter
   where id = p_meter_id
     and (branch_id = any (app_branches()) or (branch_id is null and app_branchless()))
     for no key update;
  if not found then
    raise exception 'no meter %', p_meter_id using errcode = 'LZ404';
  end if;
  if m.note = p_note then
    return;
  end if;
  if m.note <> p_was then
    raise exception 'the note of meter % has changed', p_meter_id using errcode = 'LZ409';
  end if;
  update meter set note = p_note where id = p_meter_id;
  insert into audit_log (operator_login, action, note, address)
    values (app_login(), 'Изменить примечание',
            'прибор №' || m.serial || ': ' || case when p_note = '' then 'удалено' else p_note end, p_address);
end $$;
alter table meter add constraint meter_note_length check (length(note) <= 1000);

-- radio_password_view: what is sealed for a meter, for the site to unseal the
-- password of its short-range radio. Whoever looks stands in the log; the
-- password does not.
create function radio_password_view(p_meter_id bigint, p_address inet)
returns table (identity text, sealed bytea)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  m record;
begin
  if app_role() not in ('control', 'admin') then
    raise exception 'role % may not see radio passwords', app_role() using errcode = 'LZ403';
  end if;
  select x.id, x.serial into m from meter x
   where x.id = p_meter_id
     and (x.branch_id = any (app_branches()) or (x.branch_id is null and app_branchless()));
  if not found then
    raise exception 'no meter %', p_meter_id using errcode = 'LZ404';
  end if;
  insert into audit_log (operator_login, action, note, address)
    values (app_login(), 'Посмотреть пароль радиоканала', 'прибор №' || m.serial, p_address);
  return query
    select k.identity, s.sealed
      from meter_identity k join meter_secret s on s.identity = k.identity
     where k.meter_id = m.id order by k.identity;
end $$;
comment on table meter_secret is 'Keys and passwords of a meter, sealed by AES-256-GCM with a key that is not in the database (lib/base/seal.h): lines ek=, ak= (hex), lls= and radio=.';

-- Rights --------------------------------------------------------------------------------

alter table account_operation enable row level security;
create policy of_subscriber on account_operation for select to lazur_web
  using (exists (select from subscriber s where s.id = subscriber_id));
create policy all_for_lazur_worker on account_operation for select to lazur_worker using (true);

revoke all on function charge_begin, account_charge, account_add, meter_note_set,
  radio_password_view, meter_bound, subscriber_switched from public;
grant execute on function account_charge to lazur_listener;
grant execute on function account_add, meter_note_set, radio_password_view to lazur_web;
grant select on account_operation to lazur_web, lazur_worker;
