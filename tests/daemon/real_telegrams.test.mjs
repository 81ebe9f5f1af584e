// Telegrams of real meters, sent to the running listener as they were
// captured, end in the database as what tests/data/dlms-push.tsv says.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { Meter, wrapper } from '../lib/dlms.mjs';
import { sleep, startListener, until } from '../lib/listener.mjs';

const file = new URL('../data/dlms-push.tsv', import.meta.url);
const [head, ...lines] = fs.readFileSync(file, 'utf8').trimEnd().split('\n').map((l) => l.split('\t'));
const telegrams = lines.map((l) => {
  const t = Object.fromEntries(head.map((name, i) => [name, l[i] ?? '']));
  return { ...t, expected: JSON.parse(t.expected) };
});

// IEC 62056-6-2: unit enumeration.
const units = { W: 27, var: 29, Wh: 30, varh: 32, A: 33, V: 35, '': 255 };

// What the lists of bare values mean, by the descriptions of their meters.
const kaifa13 = ['1.1.0.2.129.255', '0.0.96.1.0.255', '0.0.96.1.7.255', '1.0.1.7.0.255', '1.0.2.7.0.255',
  '1.0.3.7.0.255', '1.0.4.7.0.255', '1.0.31.7.0.255', '1.0.51.7.0.255', '1.0.71.7.0.255',
  '1.0.32.7.0.255', '1.0.52.7.0.255', '1.0.72.7.0.255'];
const kaifaScales = { 'A': [-3, 33], 'V': [-1, 35] };
const kamstrupScales = { 1: [0, 27], 2: [0, 27], 3: [0, 29], 4: [0, 29], 31: [-2, 33], 51: [-2, 33], 71: [-2, 33], 32: [0, 35], 52: [0, 35], 72: [0, 35] };

// Whose telegram is whose: by what it says, else by its line.
const meters = {
  'amshan-aidon-no_list_2': ['7359992892587665', 'Aidon'],
  'amshan-aidon-no_list_3': ['7359992892587665', 'Aidon'],
  'amshan-kaifa-no_list_2': ['6970631402614476', 'Kaifa KFM_001'],
  'amshan-kamstrup-no_list_1_single_phase_real_sample': ['5705705705705702', 'Kamstrup Omnipower'],
  'amshan-kamstrup-se_list_real_sample': ['5705705705705707', 'Kamstrup Omnipower'],
  'amshan-hdlc-frame_with_escape_character_in_info': ['127.0.0.1/0883', 'Счётчик электроэнергии DLMS'],
  'amshan-kamstrup-line-0': ['5706567326590407', 'Kamstrup Omnipower'],
  'evn-kaifa-example': ['181220000009', 'Kaifa MA309M'],
  'u9n-norwegian-han': ['127.0.0.2/0883', 'Счётчик электроэнергии DLMS'],
  'u9n-udp-wrapper-00': ['2F19229199164103', 'Прибор DLMS без описания'],
  'u9n-udp-wrapper-01': ['2F19229199164103', 'Прибор DLMS без описания'],
  'u9n-udp-wrapper-02': ['2F19229199164103', 'Прибор DLMS без описания'],
  'gurux-push-wrapper': ['GRX0000000123456', 'Счётчик электроэнергии DLMS'],
};

let house;
before(async () => {
  house = await startListener();
  for (const t of telegrams.filter((x) => x.keys)) {
    const title = t.expected['system-title'];
    house.secret(title, t.keys.split(' ').map((k) => `${k}\n`).join(''));
  }
});
after(() => house?.end());

const bytesOf = (t) => {
  const b = Buffer.from(t.hex, 'hex');
  return t.framing === 'llc' ? wrapper(b.subarray(3)) : b;
};

const readingsOf = (serial) => house.sql(`select r.*, m.serial, t.name as type, t.medium
  from reading r join meter m on m.id = r.meter_id join meter_type t on t.id = m.meter_type_id
 where m.serial = '${serial}' order by r.received_at`);

const registersOf = (reading) => Object.fromEntries(house.sql(`
  select g.logical_name, g.scaler, g.unit, v.value, v.text from register_value v
    join register g on g.meter_id = v.meter_id and g.no = v.no
   where v.meter_id = ${reading.meter_id} and v.at = '${reading.at}'`).map((r) => [r.logical_name, r]));

// "2020-01-21 dow=02 16:00:00.* dev=0 status=00" to a moment; a clock that
// does not say its zone is in the utility's, UTC+3.
function momentOf(text) {
  const [, date, time, deviation] = /^(\S+) dow=\S+ (\d\d:\d\d:\d\d)\S* dev=(\S+)/.exec(text);
  const minutes = deviation === '*' ? -180 : Number(deviation);
  return Date.parse(`${date}T${time}Z`) + minutes * 60000;
}

const clockOf = (e) => Object.entries(e.obis ?? {}).find(([name, v]) => v.time && /^0\.[01]\.1\.0\.0\.255$/.test(name))?.[1].time ?? e.datetime;

async function sent(t) {
  const [serial] = meters[t.id];
  const known = readingsOf(serial).length;
  await sleep(1100); // a meter without a clock is dated by the second
  const asked = Date.now();
  // Two of them do not say who they are: each has a line of its own.
  const m = await Meter.call(house.port, { local: /^[0-9.]+(?=\/)/.exec(serial)?.[0] });
  m.send(bytesOf(t));
  if (t.expected['long-invoke-id'][0] >= '4' && t.expected['long-invoke-id'][0] !== '8' && bytesOf(t)[0] === 0) {
    const f = await m.frame();
    assert.equal(f.apdu.toString('hex'), `10${t.expected['long-invoke-id'].toLowerCase()}00`);
  } else {
    assert.equal(await m.closed, 'end', 'stored, and closed in order');
  }
  m.hangUp();
  await m.closed;
  const all = await until(() => readingsOf(serial).length === known + 1 && readingsOf(serial));
  const reading = all.at(-1);
  return { reading, serial, asked };
}

function checkTime(t, reading, asked) {
  const clock = t.id === 'gurux-push-wrapper' ? '2026-11-20 dow=05 03:34:45.00 dev=0' : clockOf(t.expected);
  if (clock) {
    assert.equal(Date.parse(reading.at), momentOf(clock));
    return;
  }
  const at = Date.parse(reading.at);
  assert.equal(at % 1000, 0, 'the second of receipt');
  assert.ok(at >= asked - 1000 && at <= Date.now());
}

function expectRegister(got, name, want) {
  const g = got[name];
  assert.ok(g, `register ${name}`);
  if (want.text !== undefined) {
    assert.equal(g.text, want.text, name);
    assert.equal(g.value, null, name);
    return;
  }
  assert.equal(Number(g.value), want.value, name);
  if (want.scaler !== undefined) assert.equal(g.scaler, want.scaler, `${name} scaler`);
  if (want.unit !== undefined) assert.equal(g.unit, units[want.unit] ?? want.unit, `${name} unit`);
}

const isIdentity = (v, serial) => v.text === serial;

function checkNamed(t, reading, serial, got) {
  let registers = 0;
  for (const [name, want] of Object.entries(t.expected.obis)) {
    if (want.time || isIdentity(want, serial)) continue;
    if (name === '1.0.1.8.0.255') {
      assert.equal(Number(reading.energy_wh), want.value * 10 ** want.scaler, 'A+ is the main register, in Wh');
      continue;
    }
    const unscaled = want.value !== undefined && want.scaler === undefined;
    const [scaler, unit] = unscaled ? kamstrupScales[name.split('.')[2]] : [want.scaler, want.unit];
    expectRegister(got, name, { ...want, scaler, unit });
    registers++;
  }
  return registers;
}

for (const t of telegrams) {
  test(`${t.id} (${t.framing}) becomes an electricity meter with its values`, async () => {
    const { reading, serial, asked } = await sent(t);
    assert.equal(reading.medium, 'electricity');
    assert.equal(reading.type, meters[t.id][1]);
    checkTime(t, reading, asked);
    const got = registersOf(reading);
    if (t.id === 'gurux-push-wrapper') {
      assert.equal(Number(reading.energy_wh), 17, '17.43 Wh in whole Wh');
      expectRegister(got, '1.0.1.8.0.255', { value: 1743, scaler: -2, unit: 'Wh' });
      expectRegister(got, '0.0.96.3.10.255', { value: 0 });
    } else if (t.expected.obis) {
      const n = checkNamed(t, reading, serial, got);
      const nameless = t.id.includes('kamstrup') ? 1 : 0; // the list's version
      assert.equal(Object.keys(got).length, n + nameless, 'no register that nobody expects');
    } else if (t.id === 'amshan-kaifa-no_list_2') {
      t.expected.values.forEach((v, i) => {
        const name = kaifa13[i];
        const [type, content] = v.split(':');
        if (type === 'os') {
          const text = Buffer.from(content, 'hex').toString();
          if (text !== serial) expectRegister(got, name, { text });
          return;
        }
        const c = Number(name.split('.')[2]);
        const [scaler, unit] = c > 30 ? kaifaScales[c % 10 === 1 ? 'A' : 'V'] : [0, c <= 2 ? 'W' : 'var'];
        expectRegister(got, name, { value: Number(content), scaler, unit });
      });
      assert.equal(Object.keys(got).length, 12);
    } else {
      expectRegister(got, '0.0.96.128.0.255', { text: t.expected.values[0].slice(3) });
    }
  });
}

test('the last word of each meter and register is that of its newest telegram', () => {
  const han = house.sql(`select s.energy_wh, s.last_at from meter_state s join meter m on m.id = s.meter_id
    where m.serial = '181220000009'`);
  assert.equal(Number(han[0].energy_wh), 12937);
  assert.equal(Date.parse(han[0].last_at), Date.parse('2021-09-27T07:47:15Z'));
  const text = house.sql(`select g.last_text from register g join meter m on m.id = g.meter_id
    where m.serial = '2F19229199164103'`);
  assert.equal(text[0].last_text, '125A85A7A0000000004C000000110000000A5A8513D014800000000D0000000A0100');
});

test('thirteen telegrams are ten meters without a branch, and no fault', () => {
  const n = house.sql('select count(*)::int as n, count(branch_id)::int as placed from meter');
  assert.deepEqual(n, [{ n: 10, placed: 0 }]);
  assert.deepEqual(house.faults(), []);
});

test('a telegram that is sent again changes nothing', async () => {
  const t = telegrams.find((x) => x.id === 'evn-kaifa-example');
  const before_ = house.sql('select (select count(*) from reading) as r, (select count(*) from register_value) as v');
  const m = await Meter.call(house.port);
  m.send(bytesOf(t));
  assert.equal(await m.closed, 'end');
  assert.deepEqual(house.sql('select (select count(*) from reading) as r, (select count(*) from register_value) as v'), before_);
});
