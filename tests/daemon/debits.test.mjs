// Sessions of meters whose account is calculated, through the running listener:
// what is confirmed is charged, once, whatever is repeated, late or killed.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { dateTime, Meter, push } from '../lib/dlms.mjs';
import { alive, sleep, startListener, until } from '../lib/listener.mjs';

const PRICE = 436400n;
let house;
before(async () => {
  house = await startListener({ idle: '2s' });
  house.exec(`insert into branch (id, name) values (1, 'A');
    insert into tariff (id, name, price_kopecks_per_1000_m3) values (1, 'T', ${PRICE});`);
});
after(() => house?.end());

beforeEach(() => house.exec(`delete from account_operation; delete from reading; delete from meter; delete from subscriber;
  insert into subscriber (id, branch_id, tariff_id, account, address, calculates_balance)
    values (1, 1, 1, '0001', 'a', true), (2, 1, 1, '0002', 'b', false);
  insert into meter (serial, meter_type_id, subscriber_id)
    select v.serial, t.id, v.subscriber_id from (values ('720000000001', 1), ('720000000002', 1), ('720000000003', 2))
      v (serial, subscriber_id), meter_type t where t.name = 'СГ-Лазурь G4-К'`));

const ago = (minutes) => dateTime(new Date(Date.now() - minutes * 60000));
const telegram = (no, volume, minutes) => push({ serial: `72000000000${no}`, volume, at: Buffer.isBuffer(minutes) ? minutes : ago(minutes) });

// One session of each, at once; all are confirmed.
async function call(...telegrams) {
  await Promise.all(telegrams.map(async (t) => {
    const m = await Meter.call(house.port);
    m.send(t);
    assert.equal((await m.frame())?.tag, 0x10, 'confirmed');
    m.hangUp();
  }));
}
const debits = () => house.sql(`select serial, from_dm3, to_dm3, amount_kopecks as amount, balance_kopecks as balance
  from account_operation order by id`).map((o) => Object.values(o));
const exact = () => {
  const [s] = house.sql('select balance_kopecks, balance_carry from subscriber where id = 1');
  return BigInt(s.balance_kopecks) * 1000000n + BigInt(s.balance_carry);
};

test('GC-092 GC-094 each session of a charged meter is debited from where the last debit ended; others are not', async () => {
  for (const [volume, minutes] of [[1000, 30], [1029, 20], [1029, 15], [1112, 10]]) {
    await call(telegram(1, volume, minutes), telegram(3, volume, minutes));
  }
  assert.deepEqual(debits(), [['720000000001', 1000, 1029, 13, -13], ['720000000001', 1029, 1112, 36, -49]]);
  assert.equal(exact(), -112n * PRICE);
  assert.deepEqual(house.sql('select balance_kopecks from subscriber where id = 2'), [{ balance_kopecks: 0 }]);
});

test('the same telegram twice, and twice at once, is one debit', async () => {
  await call(telegram(1, 1000, 30));
  const again = telegram(1, 1500, 20);
  await call(again);
  await call(again);
  const third = telegram(1, 1700, 10);
  await call(third, third, third, third);
  assert.deepEqual(debits().map((d) => d.slice(1, 3)), [[1000, 1500], [1500, 1700]]);
});

test('a reading that comes late neither charges twice nor skips', async () => {
  await call(telegram(1, 1000, 60));
  await call(telegram(1, 1500, 20));
  await call(telegram(1, 1200, 40));
  await call(telegram(1, 1510, 10));
  assert.equal(house.sql("select * from reading").length, 4);
  assert.deepEqual(debits().map((d) => d.slice(1, 3)), [[1000, 1500], [1500, 1510]]);
});

test('two meters of one subscriber calling at once: the balance runs through both, exactly', async () => {
  await call(telegram(1, 0, 60), telegram(2, 0, 60));
  for (let i = 1; i <= 20; i++) await call(telegram(1, 29 * i, 50 - i), telegram(2, 31 * i, 50 - i));
  assert.equal(debits().length, 40);
  assert.equal(exact(), -BigInt(29 * 20 + 31 * 20) * PRICE);
  assert.equal(debits().at(-1)[4], house.sql('select balance_kopecks from subscriber where id = 1')[0].balance_kopecks);
});

test('a meter that registers itself is charged from the reading it has when it is bound', async () => {
  await call(telegram(9, 5000, 60));
  house.exec("update meter set subscriber_id = 1 where serial = '720000000009'");
  await call(telegram(9, 5010, 30));
  assert.deepEqual(debits().map((d) => d.slice(0, 3)), [['720000000009', 5000, 5010]]);
});

test('an account that is switched while its meters call: the sessions and the switch both come through', async () => {
  await call(telegram(1, 0, 300), telegram(2, 0, 300));
  let calling = true;
  const talk = (async () => {
    for (let i = 1; i <= 60; i++) await call(telegram(1, i, 300 - i), telegram(2, i, 300 - i));
    calling = false;
  })();
  while (calling) {
    try {
      house.exec('update subscriber set calculates_balance = not calculates_balance where id = 1');
    } catch (e) {
      assert.equal(e.code, '40P01', e.message); // a deadlock ends one of the two, and it asks again
    }
    await sleep(50);
  }
  await talk;
  assert.equal(house.sql("select max(volume_dm3) as v from meter_state")[0].v, 60);
  // Never twice: the intervals of a meter do not overlap.
  for (const serial of ['720000000001', '720000000002']) {
    const of = debits().filter((d) => d[0] === serial);
    of.slice(1).forEach((d, i) => assert.ok(d[1] >= of[i][2], `${d} after ${of[i]}`));
  }
});

test('a killed listener, its backend or the whole database: what was confirmed is charged once, and nothing else is', async () => {
  await call(telegram(1, 0, 900), telegram(2, 0, 900));
  const shown = { 1: 0, 2: 0 };
  let minute = 899;
  // A meter repeats its telegram until somebody confirms it, as real ones do.
  async function insist(no, bytes) {
    await until(async () => {
      try {
        const m = await Meter.call(house.port);
        m.send(bytes);
        const f = await Promise.race([m.frame(), sleep(3000)]);
        m.vanish();
        return f?.tag === 0x10;
      } catch {
        return false;
      }
    }, 60000);
  }
  const kills = [
    () => { for (const c of house.children()) if (c.duty === 'listener' && alive(c.pid)) process.kill(c.pid, 'SIGKILL'); },
    () => house.stack.exec("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'lazur_listener'", 'postgres'),
    () => house.stack.run('restart-db'),
  ];
  for (let round = 0; round < 12; round++) {
    const at = ago(minute--);
    shown[1] += 29;
    shown[2] += 31;
    const both = [insist(1, telegram(1, shown[1], at)), insist(2, telegram(2, shown[2], at))];
    await sleep(round % 4);
    kills[round % kills.length]();
    await Promise.all(both);
    if (round % 3 === 0) await insist(1, telegram(1, shown[1], at));
  }
  for (const no of [1, 2]) {
    const of = debits().filter((d) => d[0] === `72000000000${no}`);
    assert.equal(of[0][1], 0);
    of.slice(1).forEach((d, i) => assert.equal(d[1], of[i][2], 'each begins where the last ended'));
    assert.equal(of.at(-1)[2], shown[no]);
  }
  assert.equal(exact(), -BigInt(shown[1] + shown[2]) * PRICE);
});
