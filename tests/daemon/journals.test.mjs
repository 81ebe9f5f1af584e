// What a session asks of its meter by itself: a clock that deviates is put
// right, and the meter's own journals of events are read from the last record.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dateTime, Meter, push, x } from '../lib/dlms.mjs';
import { startListener } from '../lib/listener.mjs';

let house;
before(async () => { house = await startListener({ idle: '400ms', answer: '500ms' }, { asks: true }); });
after(() => house?.end());

const CLOCK = '8 0.0.1.0.0.255';
const LIST = '15 0.0.40.0.0.255 2';
const GAS = '7.0.99.98.0.255';
const OUTER = '0.0.99.98.4.255';
let serials = 770000000000;
let volume = 1000;
let told = 0; // each push a second of its own
const one = (sql) => Object.values(house.sql(sql)[0] ?? {})[0];
const parameter = (name, value) => house.exec(`update parameter set value = '${value}' where name = '${name}'`);
const moment = (ms) => dateTime(new Date(Date.now() + ms));
const octets = (ms) => x.octets(moment(ms)).toString('hex');

async function call(meter, behaviour = {}, body = {}) {
  const m = await Meter.call(house.port);
  m.send(push({ serial: meter.serial, volume: ++volume, at: moment(1000 * told++ - 5000), ...body }));
  assert.equal((await m.frame()).tag, 0x10, 'confirmed');
  return m.serve(behaviour);
}
const newMeter = async (behaviour, body) => {
  const meter = { serial: String(++serials) };
  meter.asked = await call(meter, behaviour, body);
  meter.id = one(`select id from meter where serial = '${meter.serial}'`);
  return meter;
};
const tomorrow = (meter) => house.exec(`update meter_state set archive_day = archive_day - 1 where meter_id = ${meter.id};
  update meter_setting set clock_day = clock_day - 1 where meter_id = ${meter.id}`);
const commands = (meter) => house.sql(`select kind, state, operator_login as by, note from command where meter_id = ${meter.id} order by id`);

test('a clock that deviates by more than the limit is put right by the system, once a day, and stands among the commands', async () => {
  parameter('event_logs', 'off');
  let off = -700000;
  const values = [];
  const clock = { values, get: () => octets(off), act: (key, rest) => { off += Buffer.from(rest, 'hex').readInt16BE(1) * 1000; } };
  const meter = await newMeter(clock, { at: moment(off) });
  assert.deepEqual(meter.asked, ['associate', `get ${CLOCK} 2`, `act ${CLOCK} 6`, `get ${CLOCK} 2`, 'release']);
  assert.ok(Math.abs(off) < 5000, `${off}`);
  const [told] = commands(meter);
  assert.deepEqual(told, { kind: 'clock', state: 'executed', by: 'система', note: told.note });
  assert.match(told.note, /^автоматически: отставание (69|70)\d с$/);
  assert.deepEqual(await call(meter), [], 'it is right');
  assert.deepEqual(await call(meter, {}, { at: moment(-300000) }), [], 'once a day');
  tomorrow(meter);
  off = 90000000;
  assert.deepEqual(await call(meter, { get: () => octets(off), before: async (what) => { if (what === `set ${CLOCK} 2`) off = 0; } }, { at: moment(off) }),
    ['associate', `get ${CLOCK} 2`, `set ${CLOCK} 2`, `get ${CLOCK} 2`, 'release']);
  assert.match(commands(meter)[1].note, /^автоматически: опережение 900\d\d с$|^автоматически: опережение 899\d\d с$/);
  assert.ok(one(`select last_at <= now() as past from meter_state where meter_id = ${meter.id}`), 'what comes next is not held up');
  await call(meter, {}, { volume: 777777, at: moment(5000) });
  assert.equal(one(`select volume_dm3 from meter_state where meter_id = ${meter.id}`), 777777);
});

test('a push that comes late from a meter whose clock is right changes nothing and is told nowhere', async () => {
  const meter = await newMeter({ get: () => octets(3000) }, { at: moment(-7200000) });
  assert.deepEqual(meter.asked, ['associate', `get ${CLOCK} 2`, 'release']);
  assert.deepEqual(commands(meter), []);
});

test('a clock within the limit is not asked for, with the limit 0 none is, and a type that cannot be set neither', async () => {
  assert.deepEqual((await newMeter({}, { at: moment(-50000) })).asked, []);
  parameter('clock_limit_s', '0');
  assert.deepEqual((await newMeter({}, { at: moment(-500000) })).asked, []);
  parameter('clock_limit_s', '60');
  house.exec("update meter_type set has_clock = false where name = 'СГ-Лазурь G4'");
  assert.deepEqual((await newMeter({}, { at: moment(-500000), model: 'СГ-Лазурь G4' })).asked, []);
});

test('a correction the meter does not show goes on as a command, one it refuses stands with its words', async () => {
  const meter = await newMeter({ get: () => octets(-200000) }, { at: moment(-200000) });
  assert.deepEqual(commands(meter).map((c) => [c.state, c.by]), [['sent', 'система']]);
  assert.deepEqual(await call(meter, { get: () => octets(0) }), ['associate', `get ${CLOCK} 2`, 'release'], 'looked at before it is sent again');
  assert.equal(commands(meter)[0].state, 'executed');
  const deaf = await newMeter({ get: () => octets(-200000), refuse: { [`${CLOCK} 6`]: 3 } }, { at: moment(-200000) });
  assert.equal(commands(deaf)[0].state, 'refused');
  assert.match(one(`select refusal from command where meter_id = ${deaf.id}`), /denied/);
});

// A meter with two journals, a register and a profile that is none; access
// rights of each: attribute 2 may be read.
const right = (id) => x.structure(x.i8(id), x.choice(1), x.nothing());
const entry = (classId, version, name, ...rights) => x.structure(x.u16(classId), x.u8(version), x.name(name),
  x.structure(x.array(...rights), x.array()));
const list = x.array(entry(15, 1, '0.0.40.0.0.255', right(2)), entry(3, 0, '7.0.13.2.0.255', right(2), right(3)),
  entry(7, 1, GAS, right(2), right(3)), entry(7, 1, '7.0.99.2.0.255', right(2)), entry(7, 1, OUTER, right(2), right(3)),
  entry(7, 1, '0.0.99.98.9.255', x.structure(x.i8(2), x.choice(0), x.nothing()))).toString('hex');
const object = (classId, name) => x.structure(x.u16(classId), x.name(name), x.i8(2), x.u16(0));
const columns = {
  [GAS]: x.array(object(8, '0.0.1.0.0.255'), object(1, '7.0.96.11.0.255'), object(1, '7.0.96.5.0.255')).toString('hex'),
  [OUTER]: x.array(object(1, '0.0.96.11.4.255'), object(3, '0.0.96.8.0.255'), object(8, '0.0.1.0.0.255')).toString('hex'),
};
function journals(records) {
  const ranges = {};
  return { ranges, get: (key, rest) => {
    const [, name, attribute] = key.split(' ');
    if (key === LIST) return list;
    if (attribute === '3') return columns[name];
    ranges[name] = rest;
    return x.array(...(records[name] ?? [])).toString('hex');
  } };
}
const at = (minutes) => x.octets(moment(-minutes * 60000));
const gas = (minutes, code, status) => x.structure(at(minutes), x.u8(code), x.u32(status));
const outer = (minutes, code) => x.structure(x.u8(code), x.u32(77), at(minutes));
const stored = (meter) => house.sql(`select log, code, status from meter_event where meter_id = ${meter.id} order by at, log, code`)
  .map((e) => `${e.log} ${e.code} ${e.status}`);

test('journals are found in the object_list once, read by the columns they have, and become messages with the time of the meter', async () => {
  parameter('event_logs', 'on');
  const first = journals({ [GAS]: [gas(50, 12, 0), gas(40, 112, 0), gas(30, 200, 32)], [OUTER]: [outer(45, 1), outer(44, 2), outer(43, 4)] });
  const meter = await newMeter(first);
  assert.deepEqual(meter.asked, ['associate', `get ${LIST}`, `get 7 ${GAS} 3`, `get 7 ${GAS} 2`, `get 7 ${OUTER} 3`, `get 7 ${OUTER} 2`, 'release']);
  assert.match(first.ranges[GAS], /^0102040204120008090600000100 ?00ff0f02120000090c.*090c.*0100$/, 'selector 1, a range of the clock');
  // 12: gas alarm, bit 11; an end is no message; a status word speaks for itself.
  assert.deepEqual(stored(meter), [`${GAS} 12 2048`, `${OUTER} 1 1`, `${OUTER} 2 0`, `${OUTER} 4 4`, `${GAS} 112 0`, `${GAS} 200 32`]);
  assert.deepEqual(await call(meter), [], 'once a day');

  tomorrow(meter);
  const second = journals({ [GAS]: [gas(30, 200, 32), gas(5, 1, 0)] });
  assert.deepEqual(await call(meter, second), ['associate', `get 7 ${OUTER} 3`, `get 7 ${OUTER} 2`, `get 7 ${GAS} 3`, `get 7 ${GAS} 2`, 'release']);
  const asked = Buffer.from(second.ranges[GAS].match(/090c([0-9a-f]{24})/)[1], 'hex');
  const last = Buffer.from(moment(-30 * 60000));
  assert.deepEqual(asked.subarray(0, 7), last.subarray(0, 7), 'from the last record on');
  assert.deepEqual(stored(meter).slice(-2), [`${GAS} 200 32`, `${GAS} 1 1`], 'a record read twice is one');

  await call(meter, {}, { firmware: '9.9' });
  tomorrow(meter);
  assert.equal((await call(meter, journals({}), { firmware: '9.9' }))[1], `get ${LIST}`, 'other firmware may have others');
});

test('a meter without journals, or one that does not show its list, is not asked again', async () => {
  const meter = await newMeter({});
  assert.deepEqual(meter.asked, ['associate', `get ${LIST}`, 'release']);
  tomorrow(meter);
  assert.deepEqual(await call(meter), []);
  assert.equal(one(`select count(*) from meter_journal where meter_id = ${meter.id} and log <> ''`), 0);
  assert.equal(one(`select archive_day = gas_day() as done from meter_state where meter_id = ${meter.id}`), true);
});

test('a journal with a refusal, of another shape or without a time does not keep the others from being read', async () => {
  const odd = journals({ [OUTER]: [outer(3, 3)], [GAS]: [x.structure(x.u8(1))] });
  const meter = await newMeter(odd);
  assert.deepEqual(stored(meter), [`${OUTER} 3 4`]);
  const timeless = { get: (key) => (key === LIST ? list : key === `7 ${GAS} 3` ? x.array(object(1, '7.0.96.11.0.255')).toString('hex') : undefined) };
  assert.deepEqual((await newMeter(timeless)).asked, ['associate', `get ${LIST}`, `get 7 ${GAS} 3`, `get 7 ${OUTER} 3`, 'release']);
});

test('with «Читать журналы событий» off nobody is asked', async () => {
  parameter('event_logs', 'off');
  assert.deepEqual((await newMeter({})).asked, []);
});
