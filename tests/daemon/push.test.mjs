// What a meter may rely on when it pushes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dateTime, Meter, notification, push, wrapper, x } from '../lib/dlms.mjs';
import { sleep, startListener, until } from '../lib/listener.mjs';

let house;
before(async () => { house = await startListener({ idle: '2s' }); });
after(() => house?.end());

const readings = (serial) => house.sql(`select r.* from reading r join meter m on m.id = r.meter_id
  where m.serial = '${serial}' order by r.at`);
const confirmed = (f, invoke) => f?.apdu.toString('hex') === `10${(0x40000000 + invoke).toString(16)}00`;

test('a push is stored with every value in its unit', async () => {
  const at = new Date('2026-11-20T00:15:00Z');
  const m = await Meter.call(house.port);
  m.send(push({ serial: '700000000001', model: 'СГ-Лазурь G4-К', firmware: '2.7', at: dateTime(at), volume: 1234567,
    temperature: -53, pressure: 101325, battery: 3612, charge: 874, valve: 1, status: 0x8021, working: 4711,
    tamper: 3, signal: 77, operator: 'МТС', cause: 2 }, { invoke: 9 }));
  const f = await m.frame();
  assert.equal(f.bytes.toString('hex'), '0001001000010006104000000900', 'the same invoke id and an empty date-time');
  const [r] = readings('700000000001');
  assert.equal(Date.parse(r.at), at.getTime());
  assert.ok(Math.abs(Date.parse(r.received_at) - Date.now()) < 60000);
  const { volume_dm3, energy_wh, status, working_h, tamper_h, temperature_mk, pressure_pa, battery_mv,
    battery_permille, signal_percent, valve, cause } = r;
  assert.deepEqual({ volume_dm3, energy_wh, status, working_h, tamper_h, temperature_mk, pressure_pa, battery_mv,
    battery_permille, signal_percent, valve, cause },
  { volume_dm3: 1234567, energy_wh: null, status: 0x8021, working_h: 4711, tamper_h: 3, temperature_mk: 267850,
    pressure_pa: 101325, battery_mv: 3612, battery_permille: 874, signal_percent: 77, valve: 1, cause: 2 });
  const [s] = house.sql(`select s.* from meter_state s join meter m on m.id = s.meter_id where serial = '700000000001'`);
  assert.equal(s.mobile_operator, 'МТС');
  assert.equal(s.volume_dm3, 1234567);
  m.hangUp();
});

test('a meter that was never seen registers itself, without a branch, as the model it names', async () => {
  const m = await Meter.call(house.port);
  m.send(push({ serial: '700000000002', model: 'СГ-Бриз G4-КД', firmware: '3.1', volume: 5 }));
  assert.ok(confirmed(await m.frame(), 1));
  const odd = await Meter.call(house.port);
  odd.send(push({ serial: '700000000003', model: 'Никому не известный', volume: 5 }));
  assert.ok(confirmed(await odd.frame(), 1));
  assert.deepEqual(house.sql(`select m.serial, t.name as type, m.firmware, m.branch_id, m.subscriber_id
      from meter m join meter_type t on t.id = m.meter_type_id
     where m.serial in ('700000000002', '700000000003') order by 1`), [
    { serial: '700000000002', type: 'СГ-Бриз G4-КД', firmware: '3.1', branch_id: null, subscriber_id: null },
    { serial: '700000000003', type: 'Счётчик газа DLMS', firmware: '1.0', branch_id: null, subscriber_id: null }]);
  m.hangUp();
  odd.hangUp();
});

test('nothing is confirmed before it is committed', async () => {
  const lock = await house.lockReadings();
  const m = await Meter.call(house.port);
  m.send(push({ serial: '700000000004', volume: 1 }));
  assert.ok(await m.silent(1000), 'no confirmation while the commit cannot be');
  lock.release();
  assert.ok(confirmed(await m.frame(), 1));
  assert.equal(readings('700000000004').length, 1);
  m.hangUp();
});

test('while the database is away sessions wait, and are confirmed when it is back', async () => {
  const known = await Meter.call(house.port);
  known.send(push({ serial: '700000000005', volume: 1 }));
  assert.ok(confirmed(await known.frame(), 1));
  house.stack.run('db-stop', 'immediate');
  const waiting = await Promise.all([5, 6, 7].map(async (n) => {
    const m = await Meter.call(house.port);
    return m.send(push({ serial: `70000000000${n}`, volume: 10 + n }, { invoke: 30 + n }));
  }));
  assert.ok(await waiting[0].silent(1000), 'no confirmation and no hang up');
  house.stack.run('db-start');
  for (const [i, m] of waiting.entries()) {
    assert.ok(confirmed(await m.frame(), 35 + i));
    m.hangUp();
  }
  assert.deepEqual([5, 6, 7].map((n) => readings(`70000000000${n}`).at(-1).volume_dm3), [15, 16, 17]);
});

test('the same telegram twice is confirmed twice and stored once', async () => {
  const telegram = push({ serial: '700000000010', volume: 777 });
  for (let i = 0; i < 2; i++) {
    const m = await Meter.call(house.port);
    m.send(telegram);
    assert.ok(confirmed(await m.frame(), 1));
    m.hangUp();
  }
  const m = await Meter.call(house.port);
  m.send(Buffer.concat([telegram, telegram]));
  assert.ok(confirmed(await m.frame(), 1));
  assert.ok(confirmed(await m.frame(), 1));
  m.hangUp();
  assert.equal(readings('700000000010').length, 1);
});

test('an unconfirmed push is stored, answered by nothing, and the connection closed in order', async () => {
  const m = await Meter.call(house.port);
  m.send(push({ serial: '700000000011', volume: 3 }, { confirmed: false }));
  assert.equal(await m.closed, 'end');
  assert.equal(m.heard.length, 0);
  assert.equal(readings('700000000011').length, 1);
  m.hangUp();
});

test('an unconfirmed push is stored though its meter hangs up at once', async () => {
  const m = await Meter.call(house.port);
  m.send(push({ serial: '700000000012', volume: 3 }, { confirmed: false })).hangUp();
  await until(() => readings('700000000012').length === 1);
});

test('a push may come byte by byte', async () => {
  const m = await Meter.call(house.port);
  m.socket.setNoDelay(true);
  for (const b of push({ serial: '700000000013', volume: 13 })) {
    m.send(Buffer.from([b]));
    await sleep(1);
  }
  assert.ok(confirmed(await m.frame(), 1));
  m.hangUp();
});

test('a push may be cut at any byte', async () => {
  const telegram = push({ serial: '700000000014', volume: 14 });
  const m = await Meter.call(house.port);
  m.socket.setNoDelay(true);
  for (let cut = 1; cut < telegram.length; cut++) {
    m.send(telegram.subarray(0, cut));
    await sleep(2);
    m.send(telegram.subarray(cut));
    assert.ok(confirmed(await m.frame(), 1), `cut at ${cut}`);
  }
  m.hangUp();
  assert.equal(readings('700000000014').length, 1);
});

test('pushes of several meters may be joined, each is confirmed in its turn', async () => {
  const m = await Meter.call(house.port);
  const all = Array.from({ length: 20 }, (_, i) => push({ serial: `7000000001${10 + i}`, volume: i }, { invoke: 100 + i }));
  m.send(Buffer.concat(all));
  for (let i = 0; i < 20; i++) assert.ok(confirmed(await m.frame(), 100 + i));
  m.hangUp();
  assert.equal(await m.closed, 'end');
  assert.deepEqual(house.sql(`select count(*)::int as n from meter where serial like '7000000001__'`), [{ n: 20 }]);
});

test('after a confirmation the meter may push again, and is hung up on when it stays silent', async () => {
  const m = await Meter.call(house.port);
  for (let i = 0; i < 3; i++) {
    m.send(push({ serial: '700000000015', volume: i }, { invoke: 1 + i }));
    assert.ok(confirmed(await m.frame(), 1 + i));
    await sleep(150);
  }
  const began = Date.now();
  assert.equal(await m.closed, 'end');
  assert.ok(Date.now() - began > 1000, 'not before its time');
  assert.equal(readings('700000000015').length, 3);
  m.hangUp();
});

test('many meters at once are each stored and confirmed', async () => {
  const all = await Promise.all(Array.from({ length: 400 }, async (_, i) => {
    const m = await Meter.call(house.port);
    m.send(push({ serial: `71000000${String(i).padStart(4, '0')}`, volume: i }, { invoke: i }));
    const f = await m.frame();
    m.hangUp();
    return confirmed(f, i);
  }));
  assert.ok(all.every(Boolean));
  assert.deepEqual(house.sql(`select count(*)::int as n, count(distinct m.id)::int as m from reading r
    join meter m on m.id = r.meter_id where m.serial like '71000000____'`), [{ n: 400, m: 400 }]);
});

test('a value that cannot be is left out, and the rest of the push is kept', async () => {
  const m = await Meter.call(house.port);
  m.send(push({ serial: '700000000020', volume: 2 ** 40, temperature: -32768, pressure: 0xffffffff, battery: 65535,
    charge: 65535, valve: 7, status: 0xffffffff, working: 0xffffffff, tamper: 0xffffffff, signal: 255 }));
  assert.ok(confirmed(await m.frame(), 1));
  m.hangUp();
  const [r] = readings('700000000020');
  assert.equal(r.volume_dm3, 2 ** 40);
  assert.equal(r.status, 0xffffffff);
  assert.deepEqual([r.temperature_mk, r.pressure_pa, r.battery_mv, r.battery_permille, r.valve, r.working_h,
    r.tamper_h, r.signal_percent], [null, null, null, null, null, null, null, null]);
});

test('a clock ahead by more than a day keeps its reading and is told to the administrator', async () => {
  const m = await Meter.call(house.port);
  const ahead = new Date(Date.now() + 3 * 86400000);
  m.send(push({ serial: '700000000021', volume: 21, at: dateTime(ahead) }));
  assert.ok(confirmed(await m.frame(), 1));
  m.hangUp();
  const [r] = readings('700000000021');
  assert.equal(Date.parse(r.at), Math.floor(ahead.getTime() / 1000) * 1000);
  const f = await until(() => house.faults().find((x_) => x_.reason === 'wrong_clock'));
  assert.match(f.detail, /^700000000021 is 25\d\d\d\d s ahead$/);
});

test('a clock that does not say its zone is in that of the utility', async () => {
  const clock = dateTime(new Date('2026-10-01T10:00:00Z'), 0);
  clock.writeUInt16BE(0x8000, 9);
  const m = await Meter.call(house.port);
  m.send(push({ serial: '700000000022', volume: 1, at: clock }));
  assert.ok(confirmed(await m.frame(), 1));
  m.hangUp();
  assert.equal(Date.parse(readings('700000000022')[0].at), Date.parse('2026-10-01T07:00:00Z'));
});

test('a meter without a clock is dated by the notification, else by the second of receipt', async () => {
  const m = await Meter.call(house.port);
  m.send(push({ serial: '700000000023', volume: 1, at: null }, { at: dateTime(new Date('2026-10-02T10:00:00Z')) }));
  assert.ok(confirmed(await m.frame(), 1));
  m.send(push({ serial: '700000000024', volume: 1, at: null }));
  assert.ok(confirmed(await m.frame(), 1));
  m.hangUp();
  assert.equal(Date.parse(readings('700000000023')[0].at), Date.parse('2026-10-02T10:00:00Z'));
  const at = Date.parse(readings('700000000024')[0].at);
  assert.equal(at % 1000, 0);
  assert.ok(Math.abs(at - Date.now()) < 5000);
});

test('an old reading that comes late is stored and does not become the last word', async () => {
  const m = await Meter.call(house.port);
  m.send(push({ serial: '700000000025', volume: 200, at: dateTime(new Date(Date.now() - 600000)) }));
  await m.frame();
  m.send(push({ serial: '700000000025', volume: 100, at: dateTime(new Date(Date.now() - 7200000)) }));
  await m.frame();
  m.hangUp();
  assert.equal(readings('700000000025').length, 2);
  assert.deepEqual(house.sql(`select s.volume_dm3 from meter_state s join meter m on m.id = s.meter_id
    where serial = '700000000025'`), [{ volume_dm3: 200 }]);
});

test('a gas meter that names its values needs no template', async () => {
  const named = (obis, value, scaler, unit) => x.structure(x.name(obis), value, x.structure(x.i8(scaler), x.choice(unit)));
  const m = await Meter.call(house.port);
  m.send(wrapper(notification(x.array(
    x.structure(x.name('0.0.96.1.0.255'), x.octets(Buffer.from('700000000026'))),
    x.structure(x.name('0.0.1.0.0.255'), x.octets(dateTime(new Date('2026-10-03T10:00:00Z')))),
    named('7.0.13.2.0.255', x.u32(1234567), -2, 13),
    named('7.0.41.0.0.255', x.i16(205), -1, 9),
    named('7.0.43.0.0.255', x.f32(1.25), 0, 14)))));
  assert.ok(confirmed(await m.frame(), 1));
  m.hangUp();
  const [r] = readings('700000000026');
  assert.deepEqual([r.volume_dm3, r.temperature_mk, Date.parse(r.at)], [12345670, 293650, Date.parse('2026-10-03T10:00:00Z')]);
  assert.deepEqual(house.sql(`select t.medium, g.logical_name, g.last_value, g.scaler, g.unit from register g
     join meter m on m.id = g.meter_id join meter_type t on t.id = m.meter_type_id where m.serial = '700000000026'`),
  [{ medium: 'gas', logical_name: '7.0.43.0.0.255', last_value: 1250, scaler: -3, unit: 14 }]);
});

test('a reading the database refuses ends its own session and holds up nobody', async () => {
  house.exec(`create function refuse() returns trigger language plpgsql as $$
    begin
      if new.volume_dm3 = 666 then raise exception 'no' using errcode = '23514'; end if;
      return new;
    end $$;
    create trigger refuse before insert on reading for each row execute function refuse();`);
  try {
    const all = await Promise.all(Array.from({ length: 30 }, async (_, i) => {
      const m = await Meter.call(house.port);
      m.send(push({ serial: `7000000002${10 + i}`, volume: i === 7 ? 666 : i }));
      const f = await m.frame();
      m.hangUp();
      return f?.tag === 0x10;
    }));
    assert.deepEqual(all.map((ok, i) => (ok ? null : i)).filter((i) => i !== null), [7]);
    const [f] = await until(() => {
      const found = house.faults().filter((y) => y.reason === 'refused_by_database');
      return found.length > 0 && found;
    });
    assert.equal(f.times, 1);
  } finally {
    house.exec('drop trigger refuse on reading; drop function refuse()');
  }
});

test('a template that is added while the daemon runs is found when its push comes', async () => {
  const body = x.structure(x.u8(1), x.octets(Buffer.from('700000000027')), x.u32(4200));
  const first = await Meter.call(house.port);
  first.send(wrapper(notification(body)));
  assert.notEqual(await first.frame().then((f) => f?.tag), 0x10, 'nobody knows what it says');
  house.exec(`with t as (insert into push_template (name, meter_type_id, items, shape)
      select 'Новый', id, 3, '\\x110906' from meter_type where name = 'Счётчик газа DLMS' returning id)
    insert into push_template_item (template_id, position, class_id, logical_name, attribute, scaler, unit, meaning)
    select id, p, 3, n, 2, s, u, w from t, (values
      (1, '0.0.96.1.0.255', 0, 255, 'identity'), (2, '7.0.13.2.0.255', -3, 13, 'volume')) v (p, n, s, u, w)`);
  await until(async () => {
    const m = await Meter.call(house.port);
    m.send(wrapper(notification(body)));
    const f = await m.frame();
    m.hangUp();
    return f !== null;
  }, 15000);
  assert.equal(readings('700000000027')[0].volume_dm3, 4200);
});

test('a whole telegram of 16 KiB is read', async () => {
  const body = (n) => x.structure(x.u8(1), x.octets(Buffer.from('700000000028')), x.octets(Buffer.alloc(n, 0x41)));
  const overhead = wrapper(notification(body(16000))).length - 16000;
  const big = wrapper(notification(body(16384 - overhead)));
  assert.equal(big.length, 16384);
  const m = await Meter.call(house.port);
  house.exec(`with t as (insert into push_template (name, meter_type_id, items, shape)
      select 'Большой', id, 3, '\\x110909' from meter_type where name = 'Счётчик газа DLMS' returning id)
    insert into push_template_item (template_id, position, class_id, logical_name, attribute, scaler, unit, meaning)
    select id, p, 3, n, 2, 0, 255, w from t, (values
      (1, '0.0.96.1.0.255', 'identity'), (2, '0.0.96.128.0.255', 'register')) v (p, n, w)`);
  await sleep(5200); // templates are looked for again after a while
  m.send(big);
  assert.ok(confirmed(await m.frame(), 1));
  m.hangUp();
  assert.equal(readings('700000000028').length, 1);
});
