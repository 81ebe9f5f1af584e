-- A large city for the measurements: :meters meters of subscribers in twelve
-- branches, each with five readings of the last days that came in any order,
-- as readings do, so that the key's pages are split as in life.
\set ON_ERROR_STOP on
set synchronous_commit = off;
-- Sessions by themselves: the first of each gas day would ask for its archive.
update parameter set value = 'off' where name in ('daily_archives', 'event_logs');
update parameter set value = '0' where name = 'clock_limit_s';

insert into branch (name, full_name)
  select 'Участок ' || n, 'Территориальный участок № ' || n from generate_series(1, 12) n;
insert into tariff (name, price_kopecks_per_1000_m3) values ('Население', 735000);

insert into subscriber (branch_id, tariff_id, account, full_name, address)
select b.id, t.id, lpad(n::text, 10, '0'),
       (array['Иванов','Петров','Сидоров','Кузнецов','Смирнов','Попов','Лебедев'])[1 + n % 7]
         || ' ' || (array['Алексей','Борис','Виктор','Геннадий','Дмитрий'])[1 + n % 5]
         || ' ' || (array['Алексеевич','Борисович','Викторович'])[1 + n % 3],
       'г. Лазурный, ул. ' || (array['Садовая','Лесная','Речная','Полевая'])[1 + n % 4]
         || ', д. ' || 1 + n % 180 || ', кв. ' || 1 + n % 97
  from generate_series(0, :meters - 1) n
  join (select id, row_number() over (order by id) - 1 as k from branch) b on b.k = n % 12
  cross join (select max(id) as id from tariff) t
 order by n;

insert into meter (serial, meter_type_id, subscriber_id, firmware, period)
select 'BENCH' || lpad(n::text, 8, '0'), t.id, s.id, '2.14', 'daily'
  from generate_series(0, :meters - 1) n
  join subscriber s on s.account = lpad(n::text, 10, '0')
  cross join (select id from meter_type where name = 'СГ-Лазурь G4-К') t
 order by n;

insert into reading (meter_id, at, received_at, volume_dm3, status, working_h,
       tamper_h, temperature_mk, pressure_pa, battery_mv, battery_permille,
       signal_percent, valve, cause)
select m.id, at, at + interval '3 s', 1000000 + m.id + 700 * k,
       case when m.id % 50 = 0 then 32 else 0 end, 8000 + 24 * k, 0,
       291150, 103421, 3580, 870, 64, 1, 0
  from generate_series(1, 5) k
  cross join meter m
  cross join lateral (select date_trunc('second', now()) - interval '1 day' * (6 - k) as at) a
 order by k, hashint8(m.id);

update meter_state s
   set last_at = r.at, received_at = r.received_at, volume_dm3 = r.volume_dm3,
       status = r.status, working_h = r.working_h, tamper_h = r.tamper_h,
       temperature_mk = r.temperature_mk, pressure_pa = r.pressure_pa,
       battery_mv = r.battery_mv, battery_permille = r.battery_permille,
       signal_percent = r.signal_percent, valve = r.valve, mobile_operator = '25001-MT'
  from reading r
 where r.meter_id = s.meter_id and r.working_h = 8000 + 24 * 5;

vacuum full meter_state;
vacuum analyze meter, meter_identity, meter_state, subscriber, reading;
