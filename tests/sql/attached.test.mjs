// What an attached meter counts, reduced to standard conditions: each figure is
// computed here from all increments at once, in whole numbers, and nothing of
// it is shared with what is tested.
import test, { after, before, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { root, emptyLog, startStack } from '../lib/stack.mjs';

const PRICE = 436400n;
let stack;
before(async () => {
  stack = await startStack({ programs: 'db', fresh: true });
  stack.exec(`insert into branch (id, name) values (1, 'A');
    insert into tariff (id, name, price_kopecks_per_1000_m3) values (1, 'T', ${PRICE});`);
});
after(() => stack?.stop());

// Device 1 carries a meter and is charged; 2 is the same device without one.
beforeEach(() => {
  stack.exec(`delete from meter_charge; delete from meter; delete from subscriber;
    delete from account_operation; ${emptyLog()} delete from reading;
    insert into subscriber (id, branch_id, tariff_id, account, address, calculates_balance)
      values (1, 1, 1, '0001', 'a', true);
    insert into meter (id, serial, meter_type_id, subscriber_id)
      select v.id, v.serial, t.id, 1 from (values (1, '101'), (2, '102')) v (id, serial), meter_type t
       where t.name = 'Адаптер Лазурь-И';`);
});

const PLAIN = 'NPM G4', BUILT_IN = 'ВК-G4Т', NOTICES = 'NPMT G1.6';
const attach = (type, { t = false, p = false, tamper = false, serial = 'A1' } = {}) => stack.exec(`
  insert into attached_meter (meter_id, attached_type_id, serial, corrects_temperature, corrects_pressure, detects_tamper)
    select 1, id, '${serial}', ${t}, ${p}, ${tamper} from attached_type where name = '${type}'
  on conflict (meter_id) do update set attached_type_id = excluded.attached_type_id, serial = excluded.serial,
    corrects_temperature = excluded.corrects_temperature, corrects_pressure = excluded.corrects_pressure,
    detects_tamper = excluded.detects_tamper`);

const statement = fs.readFileSync(path.join(root, 'sql/queries/ingest_batch.sql'), 'utf8').trim().replace(/;$/, '');
// The types as the statement's own head names them.
const parameters = [...statement.matchAll(/^-- \$\d+\s+(\w+)\[\]/gm)].map((m) => m[1]);

// Sessions { serial, at (minutes ago), volume, t (mK), p (Pa), status, hours }.
const NOW = Date.now();
const moment = (minutes) => `'${new Date(NOW - minutes * 60000).toISOString()}'`;
function ingest(...sessions) {
  const given = { 1: (s) => `'${s.serial ?? '101'}'`, 2: (s) => moment(s.at), 3: (s) => moment(s.received ?? 0),
    4: (s) => s.volume, 6: (s) => s.status ?? 0, 7: (s) => s.hours, 9: (s) => s.t, 10: (s) => s.p, 15: () => 0 };
  const columns = parameters.map((type, i) =>
    `array[${sessions.map((s) => given[i + 1]?.(s) ?? 'null').join(', ')}]::${type}[]`);
  return stack.exec(`prepare ingest as ${statement}; execute ingest(${columns.join(', ')});`, 'listener')
    .trim().split('\n').filter(Boolean);
}

const readings = (id = 1) => stack.sql(`select volume_dm3 as v, working_dm3 as w, correction as c, status
  from reading where meter_id = ${id} order by at`);
const shown = (id = 1) => stack.sql(`select volume_dm3 as v from meter_state where meter_id = ${id}`)[0].v;
const sum = () => stack.sql('select * from attached_state')[0];
const debited = () => stack.sql('select from_dm3, to_dm3 from account_operation order by id').map((o) => Object.values(o));
const spent = () => {
  const [s] = stack.sql('select balance_kopecks as k, balance_carry as c from subscriber');
  return -(BigInt(s.k) * 1000000n + BigInt(s.c));
};

// Billionths of a litre of one increment; litres of a sum of them, half up.
const reduced = (dv, t, p) => BigInt(dv) * (t ? 293150n : 1n) * BigInt(p || 1) * 1000000000n
  / ((t ? BigInt(t) : 1n) * (p ? 101325n : 1n));
const litres = (nl) => Number((nl + 500000000n) / 1000000000n);

test('GC-190 increments are reduced by the temperature and pressure of their session, and the rest is carried', () => {
  attach(PLAIN, { t: true, p: true });
  let volume = 5000000, nl = 0n, exact = [0n, 1n];
  const want = [volume], sessions = [];
  ingest({ at: 500, volume, t: 280000, p: 101325 });
  for (let i = 1; i <= 40; i++) {
    const dv = (i * 7919) % 13, t = 243150 + ((i * 104729) % 70000), p = 95000 + ((i * 1299709) % 9000);
    volume += dv;
    sessions.push({ at: 500 - i, volume, t, p });
    if (i % 8 === 0) ingest(...sessions.splice(0));
    nl += reduced(dv, t, p);
    const d = BigInt(t) * 101325n;
    exact = [exact[0] * d + BigInt(dv) * 293150n * BigInt(p) * exact[1], exact[1] * d];
    want.push(5000000 + litres(nl));
  }
  assert.deepEqual(readings().map((r) => r.v), want);
  assert.equal(shown(), want.at(-1));
  assert.equal(readings().at(-1).w, volume, 'what the meter shows is kept');
  assert.equal(want.at(-1), 5000000 + litres(exact[0] * 1000000000n / exact[1]), 'and nothing drifts');
  assert.equal(BigInt(sum().volume_dm3 - 5000000) * 1000000000n + BigInt(sum().carry_nl), nl);
  assert.equal(spent(), BigInt(want.at(-1) - 5000000) * PRICE, 'what is debited is what is shown');
});

test('the examples of the formula: 1000 m3 at 0 degrees and 789 mmHg are 1114.168 m3', () => {
  for (const [boxes, v] of [[{}, 1000000], [{ t: true }, 1073220], [{ p: true }, 1038154], [{ t: true, p: true }, 1114168]]) {
    stack.exec('delete from attached_meter; delete from reading; update meter_state set last_at = null, main_at = null, volume_dm3 = null');
    attach(PLAIN, boxes);
    ingest({ at: 20, volume: 0, t: 273150, p: 105191 }, { at: 10, volume: 1000000, t: 273150, p: 105191 });
    assert.deepEqual(readings().map((r) => [r.v, r.w, r.c]), [[0, 0, 16], [v, 1000000, 0]], JSON.stringify(boxes));
  }
});

test('GC-189 what a built-in corrector has reduced is not reduced again', () => {
  attach(BUILT_IN, { t: false });
  assert.equal(stack.sql('select corrects_temperature as t from attached_meter')[0].t, true);
  ingest({ at: 20, volume: 1000, t: 263150 });
  ingest({ at: 10, volume: 3000, t: 263150 });
  assert.equal(shown(), 3000);
});

test('several readings of a meter in one batch are added in the order of its clock', () => {
  attach(PLAIN, { t: true });
  ingest({ at: 60, volume: 1000, t: 263150 });
  ingest({ at: 10, volume: 4000, t: 303150 }, { at: 40, volume: 2000, t: 263150 }, { serial: '102', at: 10, volume: 77, status: 1 },
    { at: 20, volume: 3000, t: 283150 });
  const parts = [[1000, 263150], [1000, 283150], [1000, 303150]].map(([dv, t]) => reduced(dv, t));
  const want = parts.map((_, i) => 1000 + litres(parts.slice(0, i + 1).reduce((a, b) => a + b)));
  assert.deepEqual(readings().map((r) => r.v), [1000, ...want]);
  assert.equal(shown(), want[2]);
  assert.deepEqual(readings(2), [{ v: 77, w: null, c: null, status: 1 }], 'the device beside it is as it was');
});

test('the same batch twice, and the same telegram twice in one, change nothing', () => {
  attach(PLAIN, { t: true });
  ingest({ at: 60, volume: 1000, t: 263150 });
  const one = { at: 30, volume: 2000, t: 263150 }, two = { at: 20, volume: 2500, t: 273150 };
  ingest(one, two, one);
  const now = () => [readings(), shown(), sum(), spent()];
  const was = now();
  assert.equal(shown(), 1000 + litres(reduced(1000, 263150) + reduced(500, 273150)));
  assert.equal(ingest(one, two).length, 2, 'and it is answered again');
  ingest(two);
  ingest(one);
  assert.deepEqual(now(), was);
});

test('a late reading is stored between its neighbours and moves nothing', () => {
  attach(PLAIN, { t: true });
  ingest({ at: 60, volume: 1000, t: 263150 });
  ingest({ at: 20, volume: 3000, t: 263150 });
  const was = [sum(), shown(), spent()];
  ingest({ at: 40, volume: 1600, t: 263150 });
  assert.deepEqual([sum(), shown(), spent()], was);
  assert.deepEqual(readings()[1], { v: 1000 + litres(reduced(600, 263150)), w: 1600, c: 32, status: 0 });
  ingest({ at: 10, volume: 3100, t: 263150 });
  assert.equal(shown(), 1000 + litres(reduced(2000, 263150) + reduced(100, 263150)));
});

test('a clock that ran ahead, or fell to its epoch, does not stop the sum', () => {
  attach(PLAIN, { t: true });
  ingest({ at: -60 * 24 * 400, volume: 1000, t: 263150, hours: 100 });
  ingest({ at: 20, volume: 2000, t: 263150, hours: 101 });
  assert.equal(shown(), 1000 + litres(reduced(1000, 263150)));
  ingest({ at: 60 * 24 * 4000, volume: 3000, t: 263150, hours: 102 });
  assert.equal(shown(), 1000 + litres(reduced(1000, 263150) * 2n));
});

test('a temperature or pressure that was not told is the last one; the reading is marked', () => {
  attach(PLAIN, { t: true, p: true });
  stack.exec('update meter set pressure_set_pa = 99000 where id = 1');
  ingest({ at: 60, volume: 0 });
  ingest({ at: 50, volume: 10000 });
  ingest({ at: 40, volume: 20000, t: 263150 });
  ingest({ at: 30, volume: 30000, t: 5, p: 97000 });
  ingest({ at: 20, volume: 40000, p: 10 });
  ingest({ at: 15, t: 253150 });
  ingest({ at: 10, volume: 50000, p: 98000 });
  const nl = [[0, 99000], [263150, 99000], [263150, 97000], [263150, 97000], [253150, 98000]].map(([t, p]) => reduced(10000, t, p));
  const want = nl.map((_, i) => litres(nl.slice(0, i + 1).reduce((a, b) => a + b)));
  assert.deepEqual(readings().map((r) => [r.v, r.c]),
    [[0, 2 + 8 + 16], [want[0], 2 + 8], [want[1], 8], [want[2], 1], [want[3], 1 + 4], [null, null], [want[4], 1]]);
});

test('a meter that is attached begins at what is shown and charges nothing', () => {
  ingest({ at: 60, volume: 5000, t: 263150 });
  attach(PLAIN, { t: true });
  ingest({ at: 50, volume: 123000, t: 263150 });
  assert.equal(shown(), 5000);
  assert.deepEqual(debited(), []);
  ingest({ at: 40, volume: 124000, t: 263150 });
  assert.equal(shown(), 5000 + litres(reduced(1000, 263150)));
  assert.deepEqual(debited(), [[5000, shown()]]);
});

test('another box goes on from what is shown: nothing is charged for it, and no gas is lost', () => {
  attach(PLAIN, { t: true });
  ingest({ at: 60, volume: 1000, t: 263150 });
  ingest({ at: 50, volume: 2000, t: 263150 });
  const was = [shown(), spent()];
  attach(PLAIN, { t: false });
  assert.deepEqual([shown(), spent()], was);
  ingest({ at: 40, volume: 2000, t: 263150 });
  assert.deepEqual([shown(), spent()], was);
  ingest({ at: 30, volume: 2500, t: 263150 });
  assert.equal(shown(), was[0] + 500);
});

test('another meter on the device is heard first: its number is nobody\'s consumption', () => {
  attach(PLAIN, { t: true });
  ingest({ at: 60, volume: 1000, t: 263150 });
  ingest({ at: 50, volume: 2000, t: 263150 });
  const was = [shown(), spent()];
  attach(PLAIN, { t: true, serial: 'B2' });
  ingest({ at: 40, volume: 700000, t: 263150 });
  assert.deepEqual([shown(), spent()], was);
  assert.equal(readings().at(-1).c, 16);
  ingest({ at: 30, volume: 700500, t: 263150 });
  assert.equal(shown(), 1000 + litres(reduced(1000, 263150) + reduced(500, 263150)));
});

test('a counter that falls back begins anew and charges nothing', () => {
  attach(PLAIN);
  ingest({ at: 60, volume: 9000 });
  ingest({ at: 50, volume: 10 });
  assert.deepEqual([shown(), readings().at(-1).c, debited()], [9000, 16, []]);
  ingest({ at: 40, volume: 25 });
  assert.deepEqual([shown(), debited()], [9015, [[9000, 9015]]]);
});

test('a meter that is taken off leaves the device with its own number, and the jump is not charged', () => {
  attach(PLAIN, { t: true });
  ingest({ at: 60, volume: 0, t: 253150 });
  ingest({ at: 50, volume: 100000, t: 253150 });
  const was = spent();
  stack.exec('delete from attached_meter');
  ingest({ at: 40, volume: 130000, t: 253150 });
  assert.deepEqual([shown(), spent()], [130000, was]);
  ingest({ at: 30, volume: 130010, t: 253150 });
  assert.equal(spent(), was + 10n * PRICE);
});

test('GC-186 a reading that is synchronised is where the sum goes on from', () => {
  attach(PLAIN, { t: true });
  ingest({ at: 60, volume: 1000, t: 263150 });
  ingest({ at: 50, volume: 2000, t: 263150 });
  const was = spent();
  stack.exec(`insert into command (meter_id, kind, operator_login, state, parameters)
      values (1, 'sync_reading', 'a', 'sent', '{"volume_dm3": 7000}');
    select session_told(1, (select max(id) from command), 'sync_reading', 'executed', null, null, 7000, null, null, null, null, null, 0)`);
  assert.equal(shown(), 7000);
  ingest({ at: -1, volume: 7400, t: 263150 });
  assert.equal(shown(), 7000 + litres(reduced(400, 263150)));
  assert.equal(spent(), was + BigInt(shown() - 7000) * PRICE);
});

test('«Контроль попыток саботажа» off: the device\'s «Саботаж» is not told; on, it is', () => {
  attach(NOTICES, { tamper: false });
  ingest({ at: 60, volume: 0, status: 3 });
  ingest({ at: 50, status: 1 });
  attach(NOTICES, { tamper: true });
  ingest({ at: 40, volume: 0, status: 3 });
  assert.deepEqual(readings().map((r) => r.status), [2, 0, 3]);
  assert.equal(stack.sql('select status from meter_state where meter_id = 1')[0].status, 3);
});

test('a number that no meter counts to adds nothing, and the next session goes on', () => {
  attach(PLAIN, { t: true });
  ingest({ at: 60, volume: 1000, t: 173150 });
  ingest({ at: 50, volume: '9223372036854775807', t: 173150 });
  ingest({ at: 40, volume: 1000, t: 273150 });
  ingest({ at: 30, volume: 2000, t: 273150 });
  assert.equal(shown(), 1000 + litres(reduced(1000, 273150)));
});

test('a site without administration reads the sums of its branch alone and writes none', () => {
  attach(PLAIN);
  assert.deepEqual(stack.sql('select * from attached_state', 'web'), []);
  assert.throws(() => stack.exec('update attached_state set volume_dm3 = 0', 'web'), { code: '42501' });
  assert.throws(() => stack.exec('select attached_keep(null, null)', 'listener'), { code: '42501' });
});
