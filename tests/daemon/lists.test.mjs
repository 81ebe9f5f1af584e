// Meters that push one list every few seconds and another every hour, as they
// do in the Nordic countries: what one of them says is kept beside the other.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, beforeEach, test } from 'node:test';
import { dateTime, Meter, notification, push, wrapper, x } from '../lib/dlms.mjs';
import { startListener, until } from '../lib/listener.mjs';

let house;
before(async () => { house = await startListener({ listeners: 1 }); });
after(() => house?.end());
beforeEach(() => house.exec('delete from session_fault; delete from meter'));

const captured = (id) => wrapper(Buffer.from(fs.readFileSync(new URL('../data/dlms-push.tsv', import.meta.url), 'utf8')
  .split('\n').find((l) => l.startsWith(`${id}\t`)).split('\t')[5], 'hex').subarray(3));

const readings = () => house.sql('select count(*)::int as n from reading')[0].n;

async function stored(bytes) {
  const before_ = readings();
  const m = await Meter.call(house.port);
  m.send(bytes);
  await until(() => readings() === before_ + 1);
  m.vanish();
}

const state = () => house.sql(`select s.energy_wh, s.last_at, s.main_at, m.period
  from meter_state s join meter m on m.id = s.meter_id`)[0];

const AIDON = { long: 'amshan-aidon-no_list_3', short: 'amshan-aidon-no_list_2' };
const LONG_AT = Date.parse('2020-01-21T16:00:00Z');

for (const [words, order] of [['after', ['long', 'short']], ['before', ['short', 'long']]]) {
  test(`a list without energy that comes ${words} the one with it leaves the meter its total`, async () => {
    for (const list of order) await stored(captured(AIDON[list]));
    const s = state();
    assert.equal(Number(s.energy_wh), 22721380, 'the total of the long list');
    assert.equal(Date.parse(s.main_at), LONG_AT, 'of its own time');
    assert.ok(Date.now() - Date.parse(s.last_at) < 60000, 'though the short list spoke last');
  });
}

const element = (name, value, scaler, unit) => x.structure(x.name(name), value, x.structure(x.i8(scaler), x.choice(unit)));
const list = (serial, at, wh) => wrapper(notification(x.array(
  x.structure(x.name('0.0.96.1.0.255'), x.text(serial)),
  ...(at ? [x.structure(x.name('0.0.1.0.0.255'), x.octets(dateTime(at)))] : []),
  element('1.0.1.7.0.255', x.u32(280), 0, 27),
  ...(wh === undefined ? [] : [element('1.0.1.8.0.255', x.u32(wh), 0, 30)])), { confirmed: false }));

test('totals whose clock is seconds behind go on growing, and older ones that arrive late do not take them back', async () => {
  const began = Math.floor(Date.now() / 1000) * 1000;
  const hour = (n) => new Date(began - (10 - n) * 3600000);
  for (const [n, wh, shown] of [[1, 1000, 1000], [3, 3000, 3000], [2, 2000, 3000], [4, 4000, 4000]]) {
    await stored(list('7359992892580001', null));
    await stored(list('7359992892580001', hour(n), wh));
    assert.equal(Number(state().energy_wh), shown);
    await new Promise((resolve) => { setTimeout(resolve, 1000); }); // a list without a clock is dated by the second
  }
  assert.equal(Date.parse(state().main_at), hour(4).getTime());
});

test('the main register of an electricity meter stands first among its registers, at its own time', async () => {
  for (const l of ['long', 'short']) await stored(captured(AIDON[l]));
  const sql = fs.readFileSync(new URL('../../sql/queries/register_list.sql', import.meta.url), 'utf8');
  const rows = house.sql(sql.replace(/^--.*$/gm, '').replace(/\$1::bigint\[\]/g, 'array(select id from meter)').replace(/;\s*$/, ''));
  assert.deepEqual([rows[0].logical_name, rows[0].scaler, rows[0].unit, Number(rows[0].last_value)], ['1.0.1.8.0.255', 0, 30, 22721380]);
  assert.equal(Number(rows[0].last_at_us), LONG_AT * 1000);
  assert.equal(rows.filter((r) => r.logical_name === '1.0.1.8.0.255').length, 1);
  assert.ok(rows.length > 10, 'the others follow');
});

test('a meter that registers itself is expected as often as meters of its medium call', async () => {
  await stored(captured(AIDON.long));
  assert.equal(state().period, 'daily', 'electricity');
  house.exec('delete from meter');
  await stored(push({ serial: '750000000001', volume: 1 }));
  assert.equal(state().period, 'monthly', 'gas');
});
