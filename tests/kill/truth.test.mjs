// The comparison itself: what must be found is found.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { compareCommands, compareOrders, compareReadings, readTruth } from './truth.mjs';

const TRUTH = `S 701 1000 5 0 1
A 701 1000
S 701 1060 5 2 1
S 701 1060 5 2 1
A 701 1060
S 702 1001 9 0 -
U 702 1001
S 701 1120 6 0 1
`;
const ROWS = [
  { serial: '701', at: 1000, volume: 5, status: 0, valve: 1 },
  { serial: '701', at: 1060, volume: 5, status: 2, valve: 1 },
  { serial: '702', at: 1001, volume: 9, status: 0, valve: null },
];
const readings = (text, rows) => compareReadings(readTruth(text), rows);

test('agreement is agreement', () => {
  const { faults, counts } = readings(TRUTH, ROWS);
  assert.deepEqual(faults, []);
  assert.deepEqual(counts, {
    sent: 4, confirmed: 2, stored: 3, stored_unheard: 0, unconfirmed_closed: 1, unconfirmed_lost: 0,
  });
});

test('a stored reading whose confirmation was never heard is no fault', () => {
  const unheard = { serial: '701', at: 1120, volume: 6, status: 0, valve: 1 };
  const { faults, counts } = readings(TRUTH, [...ROWS, unheard]);
  assert.deepEqual(faults, []);
  assert.equal(counts.stored_unheard, 1);
});

test('a confirmed reading that is not stored is a fault', () => {
  assert.match(readings(TRUTH, ROWS.slice(1)).faults.join(), /confirmed but not stored: 701 1000/);
});

test('an unconfirmed push that was closed in order and is not stored is a fault', () => {
  const { faults, counts } = readings(TRUTH, ROWS.slice(0, 2));
  assert.match(faults.join(), /closed in order but not stored: 702 1001/);
  assert.equal(counts.unconfirmed_lost, 1);
});

test('a reading stored twice is a fault, by its key and by its volume', () => {
  const { faults } = readings(TRUTH, [...ROWS, ROWS[2]]);
  assert.match(faults.join(), /stored twice: 702 1001/);
  assert.match(faults.join(), /stored 2 times, sent 1 times: serial and volume 702 9/);
});

test('a reading that was never sent is a fault', () => {
  const invented = { serial: '703', at: 1000, volume: 1, status: 0, valve: null };
  assert.match(readings(TRUTH, [...ROWS, invented]).faults.join(), /stored but never sent: 703 1000/);
});

test('a missing line of truth is a fault', () => {
  const doctored = TRUTH.replace('S 702 1001 9 0 -\n', '');
  const found = readings(doctored, ROWS).faults.join();
  assert.match(found, /stored but never sent: 702 1001/);
  assert.match(found, /confirmed but never sent: 702 1001/);
});

test('a changed volume, status or valve is a fault', () => {
  for (const change of [{ volume: 6 }, { status: 1 }, { valve: 0 }]) {
    const rows = [{ ...ROWS[0], ...change }, ...ROWS.slice(1)];
    assert.match(readings(TRUTH, rows).faults.join(), /stored otherwise: 701 1000/);
  }
});

test('one moment sent with two contents is a fault of the meter', () => {
  assert.match(readings(`${TRUTH}S 701 1000 7 0 1\n`, ROWS).faults.join(), /two contents: 701 1000/);
});

test('a line that is cut short is a fault', () => {
  assert.match(readings(`${TRUTH}S 701 1`, ROWS).faults.join(), /not a line of truth/);
});

const S = 1_000_000;
const command = (id, kind, state, more = {}) => ({
  id, serial: '701', kind: `valve_${kind}`, state, submitted_us: id * 100 * S,
  sent_us: state === 'superseded' ? null : (id * 100 + 1) * S, executed_us: null, superseded_by: null, ...more,
});
const commands = (text, rows) => compareCommands(readTruth(text), rows).faults.join('\n');

test('a command that was asked, sent and done is in order', () => {
  const rows = [command(1, 'close', 'executed'), command(2, 'open', 'delivered')];
  assert.equal(commands('C 701 close 102000000 0 0\nC 701 open 202000000 0 2\n', rows), '');
});

test('a command done twice because the first answer was lost is in order', () => {
  assert.equal(commands('C 701 close 102000000 0 0\nC 701 close 105000000 0 0\n', [command(1, 'close', 'executed')]), '');
});

test('an action that nobody asked for is a fault', () => {
  const rows = [command(1, 'close', 'executed')];
  assert.match(commands('C 701 close 102000000 0 0\nC 701 open 103000000 0 2\n', rows), /done but not asked: 701 open/);
});

test('an action before its command was sent is a fault', () => {
  assert.match(commands('C 701 close 100500000 0 0\n', [command(1, 'close', 'executed')]), /done but not asked/);
});

test('a command that was superseded before it was sent and done all the same is a fault', () => {
  const rows = [command(1, 'close', 'superseded', { superseded_by: 2 }), command(2, 'open', 'executed')];
  assert.match(commands('C 701 close 150000000 0 0\nC 701 open 202000000 0 2\n', rows), /done but not asked: 701 close/);
});

test('a command done long after it was superseded is a fault', () => {
  const rows = [command(1, 'close', 'superseded', { superseded_by: 2, sent_us: 101 * S }), command(2, 'open', 'executed')];
  const said = 'C 701 open 202000000 0 2\nC 701 close 250000000 0 0\n';
  assert.match(commands(said, rows), /done but not asked: 701 close/);
});

test('a command that is lost is a fault', () => {
  assert.match(commands('', [command(1, 'close', 'sent')]), /last command is sent/);
  assert.match(commands('', [command(1, 'close', 'executed')]), /called executed but never done/);
});

test('the last command must be the last that was done', () => {
  const rows = [command(1, 'close', 'executed'), command(2, 'open', 'delivered')];
  assert.match(commands('C 701 close 102000000 0 0\n', rows), /not the last done: 701 command 2/);
});

test('a meter that already shows what was asked has done it', () => {
  assert.equal(commands('S 701 103 5 0 0\n', [command(1, 'close', 'executed')]), '');
});

test('the program says counts and faults and fails on a doctored file', () => {
  const tool = fileURLToPath(new URL('./truth.mjs', import.meta.url));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lazur-truth-'));
  const file = (name, text) => {
    fs.writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const rows = file('rows.json', JSON.stringify(ROWS));
  const run = (text) => spawnSync(process.execPath, [tool, file('truth', text), rows], { encoding: 'utf8' });
  const good = run(TRUTH);
  assert.equal(good.status, 0, good.stdout);
  assert.match(good.stdout, /"confirmed":2,.*"faults":0/);
  assert.equal(run(TRUTH.replace('S 701 1000 5 0 1\n', '')).status, 1);
  assert.equal(run(`${TRUTH}S 703 7 1 0 -\nA 703 7\n`).status, 1);
  fs.rmSync(folder, { recursive: true });
});

const WRITES = `W 701 5000000 3 7.0.42.0.0.255 2 0 06000186a0
W 701 6000000 1 7.0.96.50.15.255 2 0 0202060000000c150000000000001388
`;
const ORDERS = [
  { id: 11, serial: '701', kind: 'pressure', state: 'executed', value: 100000, sent_us: 4000000, pressure_pa: 100000 },
  { id: 12, serial: '701', kind: 'sync_reading', state: 'executed', value: 5000, sent_us: 4000000, pressure_pa: 100000 },
];
const orders = (text, rows) => compareOrders(readTruth(text), rows).faults.join();

test('orders that were sent, told and known are no fault', () => {
  assert.equal(orders(WRITES, ORDERS), '');
});

test('an order told without being asked, called done without being told, or unknown to the database is a fault', () => {
  assert.match(orders(WRITES, ORDERS.slice(0, 1)), /told but not asked: 701 sync_reading 5000/);
  assert.match(orders('', ORDERS), /called executed but never told: 701 command 11/);
  assert.match(orders(WRITES, ORDERS.map((o) => ({ ...o, pressure_pa: 101325 }))), /another pressure: 701/);
  assert.match(orders(WRITES, [{ ...ORDERS[0], state: 'sent' }, ORDERS[1]]), /last pressure is sent/);
});
