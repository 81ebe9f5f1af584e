// Meters that do not say who they are: the line is their name, and what is
// plainly another meter does not become one with the first.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { dateTime, Meter, notification, wrapper, x } from '../lib/dlms.mjs';
import { sleep, startListener, until } from '../lib/listener.mjs';

let house;
before(async () => { house = await startListener({ listeners: 2 }); });
after(() => house?.end());
beforeEach(() => house.exec('delete from session_fault; delete from meter'));

const element = (name, value, unit) => x.structure(x.name(name), value, x.structure(x.i8(0), x.choice(unit)));
const POWER = '1.0.1.7.0.255';
const ENERGY = '1.0.1.8.0.255';

// A body without an identity.
const body = ({ power = 280, energy, version, at } = {}) => x.array(
  ...(version ? [x.structure(x.name('1.1.0.2.129.255'), x.text(version))] : []),
  ...(at ? [x.structure(x.name('0.0.1.0.0.255'), x.octets(dateTime(at)))] : []),
  element(POWER, power === null ? x.nothing() : x.u32(power), 27),
  ...(energy === undefined ? [] : [element(ENERGY, x.u32(energy), 30)]));

const pushed = (b, port = 1) => wrapper(notification(b, { confirmed: false }), port);
const rows = () => house.sql(`select m.serial, count(*)::int as n from reading r join meter m on m.id = r.meter_id group by 1 order by 1`);

async function say(bytes, from = '127.0.0.3') {
  const m = await Meter.call(house.port, { local: from });
  m.send(bytes);
  const end = await m.closed;
  m.hangUp();
  return end;
}

const second = () => sleep(1100); // what has no clock is dated by the second

test('a meter that is known by its line goes on being one meter, whatever its values', async () => {
  for (const power of [1, 70000, null]) {
    assert.equal(await say(pushed(body({ power, energy: 5 }))), 'end');
    await second();
  }
  assert.deepEqual(rows(), [{ serial: '127.0.0.3/w1', n: 3 }]);
  assert.deepEqual(house.faults(), []);
});

for (const [words, other, differs] of [
  ['other objects', { energy: 5 }, /now 2 objects [0-9a-f]{8}, before 1 objects [0-9a-f]{8}/],
  ['another list version', { version: 'OTHER_V0002' }, /now .* OTHER_V0002, before /],
]) {
  test(`a push of ${words} behind one line is not mixed in, is reset, and is told`, async () => {
    assert.equal(await say(pushed(body())), 'end');
    await second();
    assert.equal(await say(pushed(body(other))), 'reset');
    const [fault] = await until(() => house.faults().length > 0 && house.faults());
    assert.equal(fault.reason, 'ambiguous_identity');
    assert.equal(fault.address, '127.0.0.3');
    assert.match(fault.detail, /^127\.0\.0\.3\/w1: /);
    assert.match(fault.detail, differs);
    assert.deepEqual(rows(), [{ serial: '127.0.0.3/w1', n: 1 }]);
    await second();
    assert.equal(await say(pushed(body())), 'end', 'the first meter goes on');
    assert.deepEqual(rows(), [{ serial: '127.0.0.3/w1', n: 2 }]);
  });
}

test('a clock that goes back over a day is another meter; one that is a little late is not', async () => {
  const at = (hours) => new Date(Math.floor(Date.now() / 1000) * 1000 - hours * 3600000);
  assert.equal(await say(pushed(body({ at: at(1) }))), 'end');
  assert.equal(await say(pushed(body({ at: at(20) }))), 'end', 'a reading that comes late');
  assert.equal(await say(pushed(body({ at: at(50) }))), 'reset');
  assert.equal(await say(pushed(body({ at: at(-72) }))), 'end', 'ahead, which is a fault of its own');
  assert.equal(await say(pushed(body({ at: at(0) }))), 'end', 'and does not shut out the right time');
  await until(() => house.faults().some((f) => f.reason === 'ambiguous_identity' && /the clock went back/.test(f.detail)));
  assert.deepEqual(rows(), [{ serial: '127.0.0.3/w1', n: 4 }]);
});

test('another address or another port is another line', async () => {
  assert.equal(await say(pushed(body())), 'end');
  assert.equal(await say(pushed(body({ energy: 7 })), '127.0.0.4'), 'end');
  assert.equal(await say(pushed(body({ energy: 7 }), 2)), 'end');
  assert.deepEqual(rows().map((r) => r.serial), ['127.0.0.3/w1', '127.0.0.3/w2', '127.0.0.4/w1']);
});

test('of two different meters that come at once one is chosen', async () => {
  const ends = await Promise.all(Array.from({ length: 8 }, (_, i) => say(pushed(body(i % 2 ? { energy: i } : {})))));
  const won = [0, 1].filter((k) => ends[k] === 'end' || ends.filter((e, i) => i % 2 === k).includes('end'));
  assert.equal(won.length, 1, `${ends}`);
  assert.ok(ends.includes('reset'));
});

test('when the administrator says that the meter was replaced, the line is free', async () => {
  assert.equal(await say(pushed(body())), 'end');
  await second();
  assert.equal(await say(pushed(body({ energy: 5 }))), 'reset');
  house.exec("delete from meter_line where identity = '127.0.0.3/w1'");
  assert.equal(await say(pushed(body({ energy: 5 }))), 'end');
  house.exec('delete from meter');
  assert.deepEqual(house.sql('select * from meter_line'), [], 'and it goes with its meter');
  assert.equal(await say(pushed(body())), 'end');
});
