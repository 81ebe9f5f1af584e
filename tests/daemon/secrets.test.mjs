// Keys and passwords of meters: put, replaced, forgotten, never shown.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Meter } from '../lib/dlms.mjs';
import { startListener, until } from '../lib/listener.mjs';

let house;
before(async () => { house = await startListener({ listeners: 1 }); });
after(() => house?.end());
beforeEach(() => house.exec('delete from session_fault; delete from meter'));

const TITLE = '2F19229199164103';
const KEY = '4d5944554d4d59474c4f42414c4b4559';
const telegram = Buffer.from(fs.readFileSync(new URL('../data/dlms-push.tsv', import.meta.url), 'utf8')
  .split('\n').find((l) => l.startsWith('u9n-udp-wrapper-00\t')).split('\t')[5], 'hex');

const tool = (args, input = '') => spawnSync(path.join(house.stack.build, 'lazur-secret'),
  ['-d', house.stack.conninfo('owner'), '-k', path.join(house.stack.var, 'secret/secret.key'), ...args], { input, encoding: 'utf8' });

async function said() {
  const m = await Meter.call(house.port);
  m.send(telegram);
  await m.closed;
  m.hangUp();
  const how = () => house.faults()[0]?.reason
    ?? (house.sql(`select 1 from meter where serial = '${TITLE}'`).length > 0 ? 'stored' : undefined);
  return until(how);
}

test('what is put by standard input opens the telegram', async () => {
  assert.equal(tool(['set', TITLE], `ek=${KEY}\nak=${KEY}\n`).status, 0);
  assert.equal(await said(), 'stored');
});

test('the row in the database does not show it, and does not open for another meter', async () => {
  const [{ sealed }] = house.sql(`select encode(sealed, 'hex') as sealed from meter_secret where identity = '${TITLE}'`);
  assert.ok(!sealed.includes(KEY) && !sealed.includes(Buffer.from(KEY).toString('hex')));
  house.exec(`insert into meter_secret select 'AAAAAAAAAAAAAAAA', sealed from meter_secret where identity = '${TITLE}'`);
  const other = Buffer.from(telegram);
  other.fill(0xaa, 10, 18);
  const m = await Meter.call(house.port);
  m.send(other);
  await m.closed;
  m.hangUp();
  assert.equal(await until(() => house.faults()[0]?.reason), 'no_key');
});

test('what is put again replaces it, and acts at once', async () => {
  assert.equal(tool(['set', TITLE, `ek=${'0'.repeat(32)}`, `ak=${'0'.repeat(32)}`]).status, 0);
  assert.equal(await said(), 'decryption_failed');
});

test('what is forgotten is gone', async () => {
  assert.equal(tool(['forget', TITLE]).status, 0);
  assert.deepEqual(house.sql(`select 1 from meter_secret where identity = '${TITLE}'`), []);
  assert.equal(await said(), 'no_key');
  assert.equal(house.faults()[0].detail, `no key of system title ${TITLE}`, 'what to give to lazur-secret');
});

test('a secret that cannot be read is refused without being shown', () => {
  for (const wrong of ['ek=12345\n', 'pin=12345\n', `ek=${'x'.repeat(31)}5\n`, `lls=${'12345'.repeat(20)}\n`]) {
    const r = tool(['set', '4711'], wrong);
    assert.notEqual(r.status, 0);
    assert.ok(!r.stderr.includes('12345') && !r.stderr.includes('xxx'), r.stderr);
  }
  assert.deepEqual(house.sql('select identity from meter_secret where identity = \'4711\''), []);
  assert.notEqual(tool(['put', '4711']).status, 0);
  assert.notEqual(tool([]).status, 0);
});
