// Devices that carry a gas meter, through the running listener: what is stored,
// shown and debited is at standard conditions; what is confirmed counts once.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { dateTime, Meter, push } from '../lib/dlms.mjs';
import { startListener } from '../lib/listener.mjs';

const PRICE = 436400n;
let house;
before(async () => {
  house = await startListener({ idle: '2s' });
  house.exec(`insert into branch (id, name) values (1, 'A');
    insert into tariff (id, name, price_kopecks_per_1000_m3) values (1, 'T', ${PRICE});`);
});
after(() => house?.end());

const DEVICE = '730000000001', BESIDE = '730000000002';
beforeEach(() => house.exec(`delete from account_operation; delete from reading; delete from meter; delete from subscriber;
  insert into subscriber (id, branch_id, tariff_id, account, address, calculates_balance) values (1, 1, 1, '0001', 'a', true);
  insert into meter (serial, meter_type_id, subscriber_id) select v, t.id, 1
    from unnest(array['${DEVICE}', '${BESIDE}']) v, meter_type t where t.name = 'Адаптер Лазурь-И';
  insert into attached_meter (meter_id, attached_type_id, serial, corrects_temperature, corrects_pressure, detects_tamper)
    select m.id, t.id, '123456', true, true, false from meter m, attached_type t
     where m.serial = '${DEVICE}' and t.name = 'NPMT G1.6'`));

// temperature in tenths of a degree, pressure in Pa, as the gas profile has them.
const telegram = (serial, volume, minutes, more = {}) => push({ serial, model: 'Адаптер Лазурь-И', volume,
  at: dateTime(new Date(Date.now() - minutes * 60000)), ...more });
async function call(...telegrams) {
  await Promise.all(telegrams.map(async (t) => {
    const m = await Meter.call(house.port);
    m.send(t);
    assert.equal((await m.frame())?.tag, 0x10, 'confirmed');
    m.hangUp();
  }));
}

const standard = (dv, tenths, pa) => BigInt(dv) * 293150n * BigInt(pa) * 1000000000n
  / (BigInt(273150 + tenths * 100) * 101325n);
const litres = (nl) => Number((nl + 500000000n) / 1000000000n);
const stored = (serial) => house.sql(`select r.volume_dm3 as v, r.working_dm3 as w, r.status from reading r
  join meter m on m.id = r.meter_id where m.serial = '${serial}' order by r.at`).map((r) => Object.values(r));
const shown = (serial) => house.sql(`select s.volume_dm3 as v, s.status from meter_state s join meter m on m.id = s.meter_id
  where m.serial = '${serial}'`)[0];
const spent = (serial) => house.sql(`select amount_kopecks as k, amount_carry as c from account_operation where serial = '${serial}'`)
  .reduce((all, o) => all + BigInt(o.k) * 1000000n + BigInt(o.c), 0n);

test('GC-190 an attached meter\'s volume is stored, shown and debited at standard conditions; another device\'s as it is sent', async () => {
  const sessions = [[1000000, 200, 101325], [1012345, -153, 99870], [1020007, -40, 102400], [1031111, 305, 98765]];
  let nl = 0n;
  const want = [[1000000, 1000000, 0]];
  for (const [i, [volume, temperature, pressure]] of sessions.entries()) {
    const heard = { temperature, pressure, status: 1 };
    await call(telegram(DEVICE, volume, 50 - i, heard), telegram(BESIDE, volume, 50 - i, heard));
    if (i === 0) continue;
    nl += standard(volume - sessions[i - 1][0], temperature, pressure);
    want.push([1000000 + litres(nl), volume, 0]);
  }
  assert.deepEqual(stored(DEVICE), want);
  assert.deepEqual(shown(DEVICE), { v: 1000000 + litres(nl), status: 0 }, '«Саботаж» is not told with its box off');
  assert.equal(spent(DEVICE), BigInt(litres(nl)) * PRICE);
  assert.deepEqual(stored(BESIDE), sessions.map(([v]) => [v, null, 1]));
  assert.equal(spent(BESIDE), 31111n * PRICE);
});

test('the same telegram again and again, at once and to two processes, counts once', async () => {
  const heard = { temperature: -100, pressure: 100000 };
  await call(telegram(DEVICE, 0, 50, heard));
  const again = telegram(DEVICE, 100000, 40, heard);
  await call(...Array(12).fill(again));
  await call(again);
  const nl = standard(100000, -100, 100000);
  assert.deepEqual(stored(DEVICE), [[0, 0, 0], [litres(nl), 100000, 0]]);
  await call(telegram(DEVICE, 200000, 30, heard));
  assert.equal(shown(DEVICE).v, litres(nl * 2n));
  assert.equal(spent(DEVICE), BigInt(litres(nl * 2n)) * PRICE);
});

test('sessions of one device at once, in whatever order they come, leave the sum of what its counter went', async () => {
  const heard = { temperature: -200, pressure: 101325 }, at = (k) => telegram(DEVICE, k * 1000, 300 - k, heard);
  await call(at(0));
  for (let k = 1; k <= 40; k += 4) await call(at(k + 3), at(k + 1), at(k), at(k + 2));
  const each = standard(1000, -200, 101325), whole = standard(40000, -200, 101325);
  const [sum] = house.sql('select working_dm3 as w, volume_dm3 as v, carry_nl as c from attached_state');
  assert.equal(sum.w, 40000);
  assert.equal(shown(DEVICE).v, sum.v);
  assert.equal(sum.v, litres(whole));
  // In billionths: late sessions make one longer increment of two.
  const nl = BigInt(sum.v) * 1000000000n + BigInt(sum.c);
  assert.ok(nl <= whole && nl >= each * 40n, `${each * 40n} <= ${nl} <= ${whole}`);
  assert.equal(spent(DEVICE), BigInt(sum.v) * PRICE);
  const v = stored(DEVICE).map((r) => r[0]);
  assert.equal(v.length, 41);
  v.slice(1).forEach((n, i) => assert.ok(n >= v[i], 'and what is stored only grows'));
});

test('GC-190 a box that is cleared, another meter and none at all take effect with the next session, and charge nothing by themselves', async () => {
  const heard = { temperature: -200, pressure: 101325, status: 1 };
  await call(telegram(DEVICE, 0, 60, heard));
  await call(telegram(DEVICE, 10000, 50, heard));
  let v = litres(standard(10000, -200, 101325));
  assert.deepEqual(shown(DEVICE), { v, status: 0 });
  house.exec('update attached_meter set corrects_temperature = false, detects_tamper = true');
  await call(telegram(DEVICE, 10500, 40, heard));
  v += 500;
  assert.deepEqual(shown(DEVICE), { v, status: 1 });
  house.exec("update attached_meter set serial = '7'");
  await call(telegram(DEVICE, 900000, 30, heard));
  assert.equal(shown(DEVICE).v, v);
  await call(telegram(DEVICE, 900100, 20, heard));
  v += 100;
  assert.equal(shown(DEVICE).v, v);
  house.exec('delete from attached_meter');
  await call(telegram(DEVICE, 900200, 10, heard));
  assert.equal(shown(DEVICE).v, 900200);
  assert.equal(spent(DEVICE), BigInt(v) * PRICE);
});
