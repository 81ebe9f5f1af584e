// Everything a session can ask of its meter: in order, once, verified before
// it is sent again, refused in words; and what the database then knows.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dateTime, Meter, push, x } from '../lib/dlms.mjs';
import { startListener, until } from '../lib/listener.mjs';

let house;
before(async () => { house = await startListener({ idle: '400ms', answer: '500ms' }); });
after(() => house?.end());

const VALVE = '70 0.0.96.3.10.255';
const CLOCK = '8 0.0.1.0.0.255';
const PRESSURE = '3 7.0.42.0.0.255 2';
const INTERVAL = '1 0.0.96.50.10.255 2';
const RADIO = '1 0.0.96.50.11.255 2';
const SYNC = '1 7.0.96.50.15.255 2';
const AUTO_CLOSE = '1 0.0.96.50.16.255 2';
const CUTOFF = '1 0.0.96.50.17.255 2';
const SCHEDULE = '22 0.0.15.0.4.255 4';
const WINDOW = '40 0.0.25.9.0.255 5';
const MESSAGE = '1 0.0.96.13.1.255 2';
const SERVICE = '1 0.0.96.50.18.255 2';
const REPORT = '22 0.0.15.1.0.255 4';
const DAILY = '7 7.0.99.2.0.255';

let serials = 730000000000;
let volume = 1000;

async function call(meter, behaviour = {}, body = {}) {
  const m = await Meter.call(house.port);
  m.send(push({ serial: meter.serial, volume: ++volume, ...body }));
  assert.equal((await m.frame()).tag, 0x10, 'confirmed');
  return m.serve(behaviour);
}

// A meter that has called once; of a model with everything.
async function newMeter(model = 'СГ-Лазурь G4-К') {
  const serial = String(++serials);
  const asked = await call({ serial }, {}, { model });
  assert.deepEqual(asked, []);
  const [{ id }] = house.sql(`select id from meter where serial = '${serial}'`);
  return { serial, id };
}

// As an administrator's screen does it.
const order = (meter, kind, parameters = {}, sealed = 'null') => house.exec(`begin;
  select set_config('app.role', 'admin', true), set_config('app.login', 'admin', true);
  select meter_order(array[${meter.id}], '${kind}', '${JSON.stringify(parameters)}', ${sealed}, ''); commit;`, 'owner');
const valveOrder = (meter, kind) => house.exec(`begin;
  select set_config('app.role', 'control', true), set_config('app.branchless', 'on', true), set_config('app.login', 'иванов', true);
  select command_queue(${meter.id}, '${kind}', '127.0.0.1'); commit;`);
const states = (meter) => house.sql(`select kind, state from command where meter_id = ${meter.id} order by id`).map((c) => `${c.kind} ${c.state}`);
const parameter = (name, value) => house.exec(`update parameter set value = '${value}' where name = '${name}'`);
const one = (sql) => Object.values(house.sql(sql)[0] ?? {})[0];

test('one session carries all that waits, the most urgent first, over one association', async () => {
  const meter = await newMeter();
  order(meter, 'period', { period: 'hourly' });
  order(meter, 'pressure', { pressure_pa: 99325 });
  order(meter, 'sync_reading', { volume_dm3: 70000 });
  valveOrder(meter, 'valve_close');
  const values = [];
  const asked = await call(meter, { store: { [`${VALVE} 3`]: '1600' }, values });
  assert.deepEqual(asked, ['associate', `act ${VALVE} 1`, `get ${VALVE} 3`, `set ${SYNC}`, `set ${PRESSURE}`,
    `set ${SCHEDULE}`, `set ${INTERVAL}`, 'release']);
  const told = Object.fromEntries(values);
  assert.match(told[`set ${SYNC}`], /^020206[0-9a-f]{8}150000000000011170$/);
  delete told[`set ${SYNC}`];
  assert.deepEqual(told, { [`act ${VALVE} 1`]: '0f00', [`get ${VALVE} 3`]: '',
    [`set ${PRESSURE}`]: '06000183fd', [`set ${SCHEDULE}`]: '0100', [`set ${INTERVAL}`]: '12003c' });
  assert.deepEqual(states(meter), ['period executed', 'pressure executed', 'sync_reading executed', 'valve_close executed']);
  assert.deepEqual(house.sql(`select period, period_minutes, pressure_set_pa from meter where id = ${meter.id}`),
    [{ period: 'hourly', period_minutes: null, pressure_set_pa: 99325 }]);
  assert.deepEqual(await call(meter), [], 'nothing is left to do');
});

test('each period goes to the meter as its calendar or its minutes', async () => {
  const meter = await newMeter();
  const entry = (month, day, weekday) => `02020904000000000905ffff${month}${day}${weekday}`;
  const cases = {
    monthly: ['0101' + entry('ff', '01', 'ff'), '120000', '125460'],
    weekly: ['0101' + entry('ff', 'ff', '01'), '120000', '125460'],
    daily: ['0101' + entry('ff', 'ff', 'ff'), '120000', '120e10'],
    thrice_monthly: ['0103' + entry('ff', '01', 'ff') + entry('ff', '16', 'ff') + entry('ff', '1a', 'ff'), '120000', '125460'],
    twice_monthly: ['010d' + Array.from({ length: 12 }, (_, m) => entry((m + 1).toString(16).padStart(2, '0'), m === 1 ? '1a' : '1c', 'ff')).join('')
      + entry('ff', 'fe', 'ff'), '120000', '125460'],
    every_12h: ['0100', '1202d0', undefined],
    minutes: ['0100', '12002d', undefined],
  };
  for (const [period, [schedule, minutes, window]] of Object.entries(cases)) {
    const store = {};
    order(meter, 'period', period === 'minutes' ? { period, minutes: 45 } : { period });
    await call(meter, { store });
    assert.deepEqual([store[SCHEDULE], store[INTERVAL], store[WINDOW]], [schedule, minutes, window], period);
    assert.deepEqual(house.sql(`select period, period_minutes from meter where id = ${meter.id}`),
      [{ period, period_minutes: period === 'minutes' ? 45 : null }]);
  }
});

test('a command that was sent and not confirmed is looked at before it is sent again: done is done', async () => {
  const meter = await newMeter();
  const store = {};
  order(meter, 'pressure', { pressure_pa: 100000 });
  await call(meter, { store, vanishAt: `set ${PRESSURE}` });
  await until(() => house.faults().some((f) => f.reason === 'broken_off'));
  assert.deepEqual(states(meter), ['pressure sent']);
  assert.equal(one(`select pressure_set_pa from meter where id = ${meter.id}`), 101325, 'not known yet');
  assert.deepEqual(await call(meter, { store }), ['associate', `get ${PRESSURE}`, 'release']);
  assert.deepEqual(states(meter), ['pressure executed']);
  assert.equal(one(`select pressure_set_pa from meter where id = ${meter.id}`), 100000);
});

test('a command that was sent and not done is sent again after a look', async () => {
  const meter = await newMeter();
  order(meter, 'pressure', { pressure_pa: 100000 });
  await call(meter, { store: {}, vanishAt: `set ${PRESSURE}` });
  await until(() => states(meter)[0] === 'pressure sent');
  const store = { [PRESSURE]: '0600018bcd' };
  assert.deepEqual(await call(meter, { store }), ['associate', `get ${PRESSURE}`, `set ${PRESSURE}`, 'release']);
  assert.equal(store[PRESSURE], '06000186a0');
  assert.equal(one(`select attempts from command where meter_id = ${meter.id}`), 2);
});

test('a listener killed between the request and its answer leaves the command to be verified', async () => {
  const meter = await newMeter();
  const store = {};
  order(meter, 'cutoff', { days: 5 });
  await call(meter, { store, before: async () => {
    for (const c of house.children().filter((k) => k.duty === 'listener')) process.kill(c.pid, 'SIGKILL');
  } });
  assert.deepEqual(states(meter), ['cutoff sent']);
  assert.equal(store[CUTOFF], '120005', 'the meter did it all the same');
  await until(async () => {
    try {
      const m = await Meter.call(house.port);
      m.hangUp();
      return true;
    } catch {
      return false;
    }
  });
  assert.deepEqual(await call(meter, { store }), ['associate', `get ${CUTOFF}`, 'release']);
  assert.deepEqual(states(meter), ['cutoff executed']);
});

test('a refusal is kept in the words of the meter, and the others go on', async () => {
  const meter = await newMeter();
  order(meter, 'pressure', { pressure_pa: 90000 });
  order(meter, 'cutoff', { days: 2 });
  assert.deepEqual(await call(meter, { refuse: { [CUTOFF]: 4 } }),
    ['associate', `set ${CUTOFF}`, `set ${PRESSURE}`, 'release']);
  assert.deepEqual(states(meter), ['pressure executed', 'cutoff refused']);
  assert.match(one(`select refusal from command where meter_id = ${meter.id} and kind = 'cutoff'`), /undefined/);
});

test('a command superseded while it is on its way stays superseded, and its successor is done', async () => {
  const meter = await newMeter();
  const store = {};
  let once = true;
  order(meter, 'pressure', { pressure_pa: 90000 });
  const asked = await call(meter, { store, before: async () => {
    if (once) order(meter, 'pressure', { pressure_pa: 95000 });
    once = false;
  } });
  assert.deepEqual(asked, ['associate', `set ${PRESSURE}`, 'release'], 'one of a kind in a session');
  assert.deepEqual(await call(meter, { store }), ['associate', `set ${PRESSURE}`, 'release']);
  assert.deepEqual(states(meter), ['pressure superseded', 'pressure executed']);
  assert.equal(store[PRESSURE], '0600017318');
  assert.equal(one(`select pressure_set_pa from meter where id = ${meter.id}`), 95000);
});

test('GC-260 while delivery is banned a closing stays queued and everything else goes', async () => {
  const meter = await newMeter();
  parameter('ban_close_delivery', 'on');
  valveOrder(meter, 'valve_close');
  order(meter, 'pressure', { pressure_pa: 99000 });
  assert.deepEqual(await call(meter), ['associate', `set ${PRESSURE}`, 'release']);
  assert.deepEqual(states(meter), ['valve_close queued', 'pressure executed']);
  const open = await newMeter();
  valveOrder(open, 'valve_open');
  assert.deepEqual(await call(open, { store: { [`${VALVE} 3`]: '1602' } }),
    ['associate', `act ${VALVE} 2`, `get ${VALVE} 3`, 'release']);
  parameter('ban_close_delivery', 'off');
  assert.deepEqual(await call(meter, { store: { [`${VALVE} 3`]: '1600' } }),
    ['associate', `act ${VALVE} 1`, `get ${VALVE} 3`, 'release']);
  assert.deepEqual(states(meter), ['valve_close executed', 'pressure executed']);
});

test('GC-259 while closing is banned no closing is queued, an opening is', async () => {
  const meter = await newMeter();
  parameter('ban_close_commands', 'on');
  assert.throws(() => valveOrder(meter, 'valve_close'), /banned/);
  valveOrder(meter, 'valve_open');
  parameter('ban_close_commands', 'off');
  assert.deepEqual(states(meter), ['valve_open queued']);
});

test('GC-184 the radio password is the old one until the meter has the new one', async () => {
  const meter = await newMeter();
  house.secret(meter.serial, 'radio=old-one\n');
  house.secret(`command:${meter.id}`, 'radio=new-one-77\n');
  const before = one(`select encode(sealed, 'hex') from meter_secret where identity = '${meter.serial}'`);
  order(meter, 'radio_password', {}, `(select sealed from meter_secret where identity = 'command:${meter.id}')`);
  const store = {};
  await call(meter, { refuse: { [RADIO]: 2 } });
  assert.equal(one(`select encode(sealed, 'hex') from meter_secret where identity = '${meter.serial}'`), before);
  assert.deepEqual(states(meter), ['radio_password refused']);
  order(meter, 'radio_password', {}, `(select sealed from meter_secret where identity = 'command:${meter.id}')`);
  assert.deepEqual(await call(meter, { store }), ['associate', `set ${RADIO}`, 'release']);
  assert.equal(Buffer.from(store[RADIO].slice(4), 'hex').toString(), 'new-one-77');
  assert.notEqual(one(`select encode(sealed, 'hex') from meter_secret where identity = '${meter.serial}'`), before);
});

test('a new password of the meter is what the next session associates with', async () => {
  const meter = await newMeter();
  house.secret(meter.serial, 'lls=Sesame77\nradio=stays\n');
  house.secret(`command:${meter.id}`, 'lls=Sesame88\n');
  order(meter, 'keys', {}, `(select sealed from meter_secret where identity = 'command:${meter.id}')`);
  const store = {};
  assert.deepEqual(await call(meter, { store }), ['associate', 'set 15 0.0.40.0.0.255 7', 'release']);
  assert.equal(Buffer.from(store['15 0.0.40.0.0.255 7'].slice(4), 'hex').toString(), 'Sesame88');
  order(meter, 'pressure', { pressure_pa: 99000 });
  const m = await Meter.call(house.port);
  m.send(push({ serial: meter.serial, volume: ++volume }));
  await m.frame();
  const aarq = await m.frame();
  assert.ok(aarq.apdu.includes(Buffer.from('Sesame88')));
  m.vanish();
});

test('GC-186 a synchronised reading is shown and the jump is nobody\'s debt', async () => {
  const meter = await newMeter();
  house.exec(`insert into tariff (id, name, price_kopecks_per_1000_m3) values (9001, 'sync', 1000000) on conflict do nothing;
    insert into subscriber (id, account, address, tariff_id, calculates_balance) values (${meter.id} + 5000, 's${meter.id}', 'a', 9001, true);
    update meter set subscriber_id = ${meter.id} + 5000 where id = ${meter.id}`);
  await call(meter, {}, { volume: 10000 });
  order(meter, 'sync_reading', { volume_dm3: 500000 });
  const store = {};
  assert.deepEqual(await call(meter, { store }, { volume: 11000 }), ['associate', `set ${SYNC}`, 'release']);
  const number = one(`select id from command where meter_id = ${meter.id}`);
  assert.equal(store[SYNC], `020206${number.toString(16).padStart(8, '0')}15000000000007a120`);
  assert.equal(one(`select volume_dm3 from meter_state where meter_id = ${meter.id}`), 500000);
  await call(meter, {}, { volume: 500100 });
  const debits = house.sql(`select from_dm3, to_dm3 from account_operation where meter_id = ${meter.id} order by id`);
  assert.deepEqual(debits.at(-1), { from_dm3: 500000, to_dm3: 500100 });
  assert.ok(debits.every((d) => d.to_dm3 - d.from_dm3 <= 10000), JSON.stringify(debits));
});

test('a clock that is right is left alone, one that is a little off is shifted, another is set', async () => {
  const meter = await newMeter();
  const clock = (ms) => x.octets(dateTime(new Date(Date.now() + ms))).toString('hex');
  order(meter, 'clock');
  assert.deepEqual(await call(meter, { get: () => clock(2000) }), ['associate', `get ${CLOCK} 2`, 'release']);

  order(meter, 'clock');
  let off = 120000;
  const values = [];
  assert.deepEqual(await call(meter, { values, get: () => clock(off), act: (key, rest) => {
    off += Buffer.from(rest, 'hex').readInt16BE(1) * 1000;
  } }), ['associate', `get ${CLOCK} 2`, `act ${CLOCK} 6`, `get ${CLOCK} 2`, 'release']);
  assert.ok(Math.abs(off) < 5000, `${off}`);

  order(meter, 'clock');
  off = 86400000;
  assert.deepEqual(await call(meter, { get: () => clock(off), before: async (what) => {
    if (what === `set ${CLOCK} 2`) off = 0;
  } }), ['associate', `get ${CLOCK} 2`, `set ${CLOCK} 2`, `get ${CLOCK} 2`, 'release']);
  assert.deepEqual(states(meter), ['clock executed', 'clock executed', 'clock executed']);
});

test('GC-262 the ban of automatic closing is told once, and taken back once', async () => {
  const meter = await newMeter();
  const plain = await newMeter('СГ-Лазурь G4');
  parameter('ban_automatic_closing', 'on');
  const store = {};
  assert.deepEqual(await call(meter, { store }), ['associate', `set ${AUTO_CLOSE}`, 'release']);
  assert.equal(store[AUTO_CLOSE], '0301');
  assert.deepEqual(await call(meter), []);
  assert.deepEqual(await call(plain, {}, { model: 'СГ-Лазурь G4' }), [], 'a type without it goes on as before');
  parameter('ban_automatic_closing', 'off');
  assert.deepEqual(await call(meter, { store }), ['associate', `set ${AUTO_CLOSE}`, 'release']);
  assert.equal(store[AUTO_CLOSE], '0300');
  assert.deepEqual(await call(meter), []);
  assert.deepEqual(states(meter), [], 'no command rows for it');
});

test('a setting that was not confirmed is told again, one that was refused is not until it changes', async () => {
  const meter = await newMeter();
  parameter('ban_automatic_closing', 'on');
  await call(meter, { vanishAt: `set ${AUTO_CLOSE}` });
  assert.deepEqual(await call(meter, { refuse: { [AUTO_CLOSE]: 3 } }), ['associate', `set ${AUTO_CLOSE}`, 'release']);
  assert.deepEqual(await call(meter), []);
  parameter('report_hour', '11');
  assert.deepEqual(await call(meter), ['associate', `set ${AUTO_CLOSE}`, `set ${REPORT}`, 'release']);
  parameter('ban_automatic_closing', 'off');
  parameter('report_hour', '10');
});

test('GC-258 meters that call more often than the delay are told to cut off, and it is withdrawn', async () => {
  const often = await newMeter();
  const seldom = await newMeter();
  house.exec(`update meter set period = 'daily' where id = ${often.id}`);
  parameter('cutoff_without_link', 'on');
  const store = {};
  await call(often, { store });
  assert.equal(store[CUTOFF], '120002');
  await call(seldom, { store: {} });
  assert.equal(one(`select count(*) from meter_setting where meter_id = ${seldom.id} and cutoff_days > 0`), 0);
  parameter('cutoff_without_link', 'off');
  await call(often, { store });
  assert.equal(store[CUTOFF], '120000');
});

test('GC-254 the report hour is told to meters with archives', async () => {
  const meter = await newMeter();
  parameter('report_hour', '7');
  const store = {};
  await call(meter, { store });
  assert.equal(store[REPORT], '010102020904070000000905ffffffffff');
  assert.deepEqual(await call(meter), []);
  parameter('report_hour', '10');
});

test('GC-103 the balance goes to the display after the debit of its session, when it has changed', async () => {
  const meter = await newMeter();
  house.exec(`insert into tariff (id, name, price_kopecks_per_1000_m3) values (9002, 'shown', 1000000) on conflict do nothing;
    insert into subscriber (id, account, address, tariff_id, calculates_balance, shows_balance, balance_kopecks)
      values (${meter.id} + 5000, 's${meter.id}', 'a', 9002, true, true, 5000);
    update meter set subscriber_id = ${meter.id} + 5000 where id = ${meter.id}`);
  const store = {};
  const shown = () => Buffer.from(store[MESSAGE].slice(4), 'hex').toString();
  await call(meter, { store }, { volume: 1000000 });
  const first = one(`select balance_kopecks from subscriber where id = ${meter.id} + 5000`);
  assert.equal(shown(), (first / 100).toFixed(2));
  assert.deepEqual(await call(meter, { store }, { volume: 1000000 }), [], 'the same balance is not sent again');
  assert.deepEqual(await call(meter, { store }, { volume: 1008000 }), ['associate', `set ${MESSAGE}`, 'release']);
  assert.equal(shown(), ((first - 8000) / 100).toFixed(2), 'with the debit of this very session');
  house.exec(`update subscriber set shows_balance = false where id = ${meter.id} + 5000`);
  assert.deepEqual(await call(meter, { store }, { volume: 1016000 }), []);
  assert.deepEqual(states(meter), []);
});

test('commands nobody fetched expire, and are not sent any more', async () => {
  const meter = await newMeter();
  order(meter, 'pressure', { pressure_pa: 99000 });
  house.exec(`update command set submitted_at = now() - interval '93 days' where meter_id = ${meter.id}`);
  assert.deepEqual(await call(meter), []);
  assert.deepEqual(states(meter), ['pressure expired']);
});

test('GC-088 missed days are fetched from the archive by range, whatever the order of its columns', async () => {
  const meter = await newMeter();
  parameter('daily_archives', 'on');
  house.exec(`update meter set registered_at = now() - interval '5 days' where id = ${meter.id}`);
  const object = (classId, obis) => x.structure(x.u16(classId), x.name(obis), x.i8(2), x.u16(0));
  const columns = x.array(object(3, '7.0.13.2.0.255'), object(8, '0.0.1.0.0.255'), object(3, '7.0.41.0.0.255'), object(1, '7.0.96.5.0.255'));
  const day = (back) => { const d = new Date(); d.setUTCHours(7, 0, 0, 0); return new Date(d.getTime() - back * 86400000); };
  const rows = x.array(...[3, 2, 1].map((back) => x.structure(x.u32(90000 - back * 1500), x.octets(dateTime(day(back))), x.i16(215), x.u32(32))));
  let range;
  const asked = await call(meter, { get: (key, rest) => {
    if (key === `${DAILY} 3`) return columns.toString('hex');
    if (key === `${DAILY} 2`) { range = rest; return rows.toString('hex'); }
    return undefined;
  } });
  assert.deepEqual(asked, ['associate', `get ${DAILY} 3`, `get ${DAILY} 2`, 'release']);
  assert.match(range, /^0102040204120008090600000100 ?00ff0f02120000090c.*090c.*0100$/, 'selector 1, a range of the clock');
  const stored = house.sql(`select volume_dm3, delta_dm3, status, temperature_mk from archive_daily where meter_id = ${meter.id} order by day`);
  assert.deepEqual(stored, [
    { volume_dm3: 85500, delta_dm3: null, status: 32, temperature_mk: 294650 },
    { volume_dm3: 87000, delta_dm3: 1500, status: 32, temperature_mk: 294650 },
    { volume_dm3: 88500, delta_dm3: 1500, status: 32, temperature_mk: 294650 }]);
  assert.deepEqual(await call(meter), [], 'once a day');
  parameter('daily_archives', 'off');
});

test('GC-255 with hourly archives on, hours are fetched into a table of their own', async () => {
  const meter = await newMeter();
  parameter('hourly_archives', 'on');
  const object = (classId, obis) => x.structure(x.u16(classId), x.name(obis), x.i8(2), x.u16(0));
  const hour = new Date(Math.floor(Date.now() / 3600000) * 3600000);
  const asked = await call(meter, { get: (key) => ({
    '7 7.0.99.1.0.255 3': x.array(object(8, '0.0.1.0.0.255'), object(3, '7.0.13.2.0.255')).toString('hex'),
    '7 7.0.99.1.0.255 2': x.array(x.structure(x.octets(dateTime(hour)), x.u32(777))).toString('hex'),
  })[key] });
  assert.deepEqual(asked, ['associate', 'get 7 7.0.99.1.0.255 3', 'get 7 7.0.99.1.0.255 2', 'release']);
  assert.equal(one(`select volume_dm3 from archive_hourly where meter_id = ${meter.id}`), 777);
  parameter('hourly_archives', 'off');
});

test('the address of another server goes out behind the password of the service, so many times a day', async () => {
  const meter = await newMeter();
  house.secret('server_address', 'radio=maker-1\n'); // sealed as an address job seals it
  parameter('address_changes_per_day', '1');
  order(meter, 'server_address', { address: 'gas.example.ru', port: 4060 }, "(select sealed from meter_secret where identity = 'server_address')");
  const store = {};
  assert.deepEqual(await call(meter, { store }), ['associate', `set ${SERVICE}`, 'set 40 0.0.25.9.0.255 3', 'release']);
  assert.match(Buffer.from(store[SERVICE].slice(4), 'hex').toString(), /maker-1$/);
  assert.ok(Buffer.from(store['40 0.0.25.9.0.255 3'], 'hex').includes('gas.example.ru:4060'));
  order(meter, 'server_address', { address: 'gas.example.ru', port: 4061 });
  assert.deepEqual(await call(meter, { store }), [], 'tomorrow');
  assert.deepEqual(states(meter), ['server_address executed', 'server_address queued']);
  parameter('address_changes_per_day', '20');
});

test('GC-116 the base station of a push is kept, and written again only when it is another', async () => {
  const meter = await newMeter();
  house.exec(`insert into cell_site (mcc, mnc, lac, cell_id, latitude_udeg, longitude_udeg) values
    (250, 1, 7701, 5, 55000000, 37000000), (250, 1, 7701, 6, 56000000, 38000000) on conflict do nothing`);
  const cell = (id) => x.structure(x.u32(id), x.u16(7701), x.u8(60), x.u8(0), x.u16(250), x.u16(1), x.u32(0));
  assert.deepEqual(await call(meter, {}, { cell: cell(5) }), []);
  const place = () => house.sql(`select latitude_udeg, source from meter_place where meter_id = ${meter.id}`);
  assert.deepEqual(place(), [{ latitude_udeg: 55000000, source: 'cell' }]);
  const version = () => one(`select xmin::text || ' ' || at || ' ' || cell_packed(k) from meter_cell k where meter_id = ${meter.id}`);
  const first = version();
  await call(meter, {}, { cell: cell(5) });
  assert.equal(version(), first, 'the same station is no write');
  await call(meter, {}, { cell: cell(6) });
  assert.notEqual(version(), first);
  assert.deepEqual(place(), [{ latitude_udeg: 56000000, source: 'cell' }]);
});

// A meter's class 18: blocks of 16 bytes, kept in flash until it is activated.
function flash() {
  const f = { blocks: new Map(), size: 0, status: 0, name: '', sent: [] };
  const n = () => Math.ceil(f.size / 16);
  const hex32 = (v) => v.toString(16).padStart(8, '0');
  f.get = (key) => ({
    '18 0.0.44.0.0.255 2': '0600000010',
    '18 0.0.44.0.0.255 3': `04${n().toString(16).padStart(2, '0')}${bits(n(), (i) => f.blocks.has(i))}`,
    '18 0.0.44.0.0.255 4': `06${hex32([...Array(n() + 1).keys()].find((i) => !f.blocks.has(i)))}`,
    '18 0.0.44.0.0.255 5': '0301',
    '18 0.0.44.0.0.255 6': `16${f.status.toString(16).padStart(2, '0')}`,
  })[key];
  f.act = (key, rest) => {
    const b = Buffer.from(rest, 'hex');
    if (key === '18 0.0.44.0.0.255 1') {
      f.name = b.subarray(4, 4 + b[3]).toString();
      f.size = b.readUInt32BE(5 + b[3]);
      f.blocks.clear();
      f.status = 1;
    } else if (key === '18 0.0.44.0.0.255 2') {
      f.blocks.set(b.readUInt32BE(3), b.subarray(9));
      f.sent.push(b.readUInt32BE(3));
    } else if (key === '18 0.0.44.0.0.255 3') f.status = 3;
    else f.status = 6;
    return 0;
  };
  f.whole = () => Buffer.concat([...Array(n()).keys()].map((i) => f.blocks.get(i)));
  return f;
}
function bits(n, has) {
  const b = Buffer.alloc(Math.ceil(n / 8));
  for (let i = 0; i < n; i++) if (has(i)) b[i >> 3] |= 0x80 >> (i & 7);
  return b.toString('hex');
}

test('GC-256 firmware goes to a meter block by block, resumes after a broken session, and its version is what the next push says', async () => {
  const serial = String(++serials);
  const says = (firmware) => ({ model: 'СГ-Лазурь G4-К', firmware });
  await call({ serial }, {}, says('2.0'));
  const [{ id }] = house.sql(`select id from meter where serial = '${serial}'`);
  const image = Buffer.from(Array.from({ length: 1000 }, (_, i) => (i * 7) & 255));
  house.exec(`insert into meter_job (id, kind, name, exact, version, software_type, file_name, file_size, file_sha256, made_by, spread)
      values (${id}, 'firmware', 'новая', array['${serial}'], '2.0', 'СГ-Лазурь G4-К', 'fw-2.1.bin', 1000, '\\x00', 'admin', true);
    insert into firmware_piece values (${id}, 0, '\\x${image.subarray(0, 600).toString('hex')}'), (${id}, 1, '\\x${image.subarray(600).toString('hex')}');
    select meter_job_give(array[${id}], 'firmware');`);
  assert.deepEqual(states({ id }), ['firmware queued']);
  const f = flash();
  let n = 0;
  const first = await Meter.call(house.port);
  first.send(push({ serial, volume: ++volume, ...says('2.0') }));
  await first.frame();
  await first.serve({ ...f, before: async (what) => {
    if (what === 'act 18 0.0.44.0.0.255 2' && ++n > 20) first.vanish();
  } });
  assert.equal(f.name, 'fw-2.1.bin');
  await until(() => states({ id })[0] === 'firmware sent');
  const before = f.sent.length;
  assert.ok(before >= 20 && before < 63);
  await call({ serial }, f, says('2.0'));
  assert.ok(f.whole().equals(image), 'whole, in order');
  assert.ok(f.sent.length <= 64, `what was there is not sent again: ${f.sent.length} blocks`);
  assert.equal(f.status, 6, 'activated');
  assert.equal(states({ id })[0], 'firmware executed');
  assert.deepEqual(await call({ serial }, {}, says('2.1')), [], 'the job does not fit any more');
  assert.equal(one(`select firmware from meter where id = ${id}`), '2.1');
});

test('GC-212 GC-256 firmware is tried so many times a day for one meter, failed ones included, and 0 is never', async () => {
  const meter = await newMeter();
  const taken = () => one(`select (command_take(${meter.id}, 0, 99)).kind`);
  const fails = () => house.exec(`update command set state = 'refused' where meter_id = ${meter.id} and state = 'sent'`);
  parameter('firmware_per_day', '0');
  order(meter, 'firmware', { job: 1 });
  assert.equal(taken(), null);
  parameter('firmware_per_day', '2');
  for (const wanted of ['firmware', 'firmware', null]) {
    assert.equal(taken(), wanted);
    fails();
    order(meter, 'firmware', { job: 1 });
  }
  house.exec(`update command set sent_at = sent_at - interval '1 day' where meter_id = ${meter.id}`);
  assert.equal(taken(), 'firmware', 'another day');
  house.exec(`delete from command where meter_id = ${meter.id}`);
  parameter('firmware_per_day', '500');
});

test('GC-081 GC-261 a meter that closes by itself after a leak is heard at once and recorded, whatever the bans', async () => {
  const meter = await newMeter();
  parameter('ban_close_commands', 'on');
  parameter('ban_close_delivery', 'on');
  await call(meter, {}, { valve: 1 });
  await call(meter, {}, { valve: 0, status: 1 << 4, cause: 2 });
  assert.deepEqual(house.sql(`select valve, status::int & 16 as leak from meter_state where meter_id = ${meter.id}`), [{ valve: 0, leak: 16 }]);
  assert.deepEqual(house.sql(`select valve, cause from reading where meter_id = ${meter.id} order by volume_dm3 desc limit 1`), [{ valve: 0, cause: 2 }]);
  parameter('ban_close_commands', 'off');
  parameter('ban_close_delivery', 'off');
});
