// goldCard meters at the same door as DLMS ones: the frames of
// tests/data/goldcard-frames.tsv and made-up ones beside them.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Meter, push } from '../lib/dlms.mjs';
import { answer, bytes, crc, days, frame, message, object, present, real } from '../lib/goldcard.mjs';
import { sleep, startListener, until } from '../lib/listener.mjs';

// The meter's clock is that of UTC+5.
const zone = { meter_zone_minutes: 300, listeners: 1, frame: '900ms', first_byte: '20s', idle: '20s', clock_ahead: '60s' };
let house;
before(async () => { house = await startListener(zone); });
after(() => house?.end());
beforeEach(() => house.exec('delete from session_fault; delete from meter; delete from reading; delete from archive_daily'));

async function call() {
  const m = await Meter.call(house.port);
  m.socket.setNoDelay(true);
  return m;
}

// So many bytes of the server; null when the connection ends before.
async function heard(m, n = 17) {
  for (;;) {
    if (m.heard.length >= n) {
      const got = m.heard.subarray(0, n);
      m.heard = m.heard.subarray(n);
      return got.toString('hex');
    }
    if (m.over) return null;
    await new Promise((resolve) => m.waiting.push(resolve));
  }
}

async function say(...sent) {
  const m = await call();
  const answers = [];
  for (const b of sent) {
    m.send(b);
    answers.push(await heard(m));
  }
  m.hangUp();
  await m.closed;
  return answers;
}

// What the meter's clock will show in so many seconds.
const clockIn = (s) => new Date(Date.now() + 5 * 3600000 + s * 1000).toISOString().slice(2, 19).replace(/\D/g, '');
const readings = () => house.sql(`select m.serial, to_char(r.at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as at,
  r.volume_dm3::int as volume, r.battery_mv as battery from reading r join meter m on m.id = r.meter_id order by r.at`);
const faulted = (reason) => until(() => house.faults().find((f) => f.reason === reason));
const hex = (b) => b.toString('hex');
const NAME = 'goldCard/20157164';
const Q5 = { serial: NAME, at: '2025-05-05 19:42:19', volume: 515730, battery: 3658 };
const Q6 = { serial: NAME, at: '2025-05-06 19:42:10', volume: 515730, battery: 3657 };
// A meter that is known by its whole number.
const known = (serial, type = 'Счётчик воды goldCard') =>
  house.exec(`insert into meter (serial, meter_type_id) select '${serial}', id from meter_type where name = '${type}'`);

const month = (n, from) => Array.from({ length: n }, (_, i) => from + 10 * i);
const archive = days([[25, 4, month(30, 515000)], [25, 5, month(4, 515600)]], { sequence: 4, counter: 2 });

test('the real messages are stored with clock, register and battery, and answered as the log shows', async () => {
  const [r5, r6] = await say(real.Q5, real.Q6);
  // All but the check sequence, whose rule is not known.
  assert.equal(r5.slice(0, 28), hex(real.R5).slice(0, 28));
  assert.equal(r6.slice(0, 28), hex(real.R6).slice(0, 28));
  assert.equal(r6, hex(answer(real.Q6)));
  assert.deepEqual(readings(), [Q5, Q6]);
  assert.deepEqual(house.faults(), []);
});

test('what nobody has explained is kept as it came', async () => {
  await say(real.Q6, frame(Buffer.concat([Buffer.from([2]), object('c387', present({ clock: '250508004210' })), object('abcd', bytes('010203'))])));
  assert.deepEqual(house.sql('select logical_name, last_text from register order by 1'), [
    { logical_name: '210D unknown', last_text: '01' },
    { logical_name: 'ABCD unknown', last_text: '010203' },
    { logical_name: 'C387 unknown 20-23', last_text: '00000004' },
    { logical_name: 'C387 unknown 8-15', last_text: '400BDABFDC801400' },
    { logical_name: 'C388 unknown 4-7', last_text: '00000004' },
  ]);
});

test('a message split at any byte is one message', async () => {
  const m = await call();
  for (let at = 1; at < real.Q6.length; at++) {
    m.send(real.Q6.subarray(0, at));
    await sleep(3);
    m.send(real.Q6.subarray(at));
    assert.equal(await heard(m), hex(answer(real.Q6)), `split at ${at}`);
  }
  m.hangUp();
  await m.closed;
  const slow = await call();
  for (const b of real.Q6) {
    slow.send(Buffer.from([b]));
    await sleep(1);
  }
  assert.equal(await heard(slow), hex(answer(real.Q6)), 'byte by byte, from the first of the connection');
  slow.hangUp();
  await slow.closed;
  assert.deepEqual(readings(), [Q6]);
  assert.deepEqual(house.faults(), []);
});

test('messages in one packet are each answered, in order', async () => {
  const m = await call();
  m.send(Buffer.concat([real.Q5, real.Q6, real.Q5]));
  assert.equal(await heard(m, 51), [real.Q5, real.Q6, real.Q5].map((q) => hex(answer(q))).join(''));
  m.hangUp();
  assert.deepEqual(readings(), [Q5, Q6]);
});

test('bytes of no frame are skipped, before the first message and between, and an administrator is told', async () => {
  const lying = bytes('6803000020ff'); // its length leads to no end
  const m = await call();
  m.send(bytes('ffee68'));
  await sleep(20);
  m.send(real.Q5);
  assert.equal(await heard(m), hex(answer(real.Q5)));
  m.send(Buffer.concat([lying, real.Q6]));
  assert.equal(await heard(m), hex(answer(real.Q6)), 'on the same connection');
  m.hangUp();
  await m.closed;
  assert.deepEqual(readings(), [Q5, Q6]);
  const fault = await until(() => house.faults().find((f) => f.reason === 'noise' && f.times === 2));
  assert.equal(fault.detail, 'goldCard 20157164: 6 bytes before its message');
  assert.equal(fault.sample, hex(Buffer.concat([lying, real.Q6])).slice(0, 128));
});

test('what begins no protocol is told as such, whole at once or a little', async () => {
  const m = await call();
  m.send(Buffer.alloc(17, 0xff));
  await m.closed;
  assert.equal((await faulted('not_a_protocol')).sample, 'ff'.repeat(17));
  house.exec('delete from session_fault');
  const little = await call();
  little.send(bytes('ffff68'));
  await little.closed;
  assert.equal((await faulted('not_a_protocol')).sample, 'ffff68');
});

const bad = {
  'a block of another length than the frame has': [frame(bytes('00'), { length: 2 }), /^offset 13: a block of 2 bytes, not 1/],
  'a clock that is no BCD': [message({ clock: '25050700421a' }), /^clock: 1A is no BCD/],
  'a day that does not exist': [message({ clock: '250230004210' }), /^clock: no such moment/],
  'a number that is no BCD': [frame(bytes('00'), { number: '2015716a' }), /^offset 10: 6A is no BCD/],
  'a kind that was never seen': [frame(bytes('00'), { kind: 2 }), /^offset 6: kind 02 is not known/],
  'an answer in place of a message': [real.R6, /^offset 6: an answer/],
  'a variety that was never seen': [frame(bytes('00'), { variety: '020015' }), /^offset 15: variety 02 00 15/],
  'objects that are cut short': [frame(bytes('01c38718')), /^object 1 of 1 is cut short/],
  'objects with bytes after them': [frame(bytes('01210d010100')), /^1 bytes after the last object/],
  'a register on 31 April': [days([[25, 4, Array(31).fill(5)]]), /^a register on day 31 of 25 04/],
};

test('what breaks the rules that are known is refused and shown, and nothing of it is stored or answered', async () => {
  const broken = Object.entries(bad).map(([what, [sent, why]], i) => ({ what, sent, why, address: `127.0.1.${i + 1}` }));
  await Promise.all(broken.map(async ({ what, sent, address }) => {
    const m = await Meter.call(house.port, { local: address });
    m.send(sent);
    assert.equal(await m.closed, 'reset', what);
    assert.equal(m.heard.length, 0, what);
  }));
  const faults = await until(() => { const f = house.faults(); return f.length === broken.length && f; });
  for (const { what, sent, why, address } of broken) {
    const fault = faults.find((f) => f.address === address);
    assert.equal(fault.reason, 'bad_data', what);
    assert.match(fault.detail, why);
    assert.equal(fault.sample, hex(sent).slice(0, 128));
  }
  assert.deepEqual(readings(), []);
});

test('a meter that is known by its whole number is found by the last eight digits', async () => {
  known('808220157164');
  known('021120157164', 'Счётчик газа DLMS');
  await say(real.Q6);
  assert.deepEqual(readings(), [{ ...Q6, serial: '808220157164' }]);
  assert.equal(house.sql('select count(*)::int as n from meter')[0].n, 2, 'nobody registered');
});

test('of two meters whose numbers end so neither gets the reading, and an administrator is told which', async () => {
  known('808220157164');
  known('909920157164');
  const m = await call();
  m.send(real.Q6);
  assert.equal(await m.closed, 'reset');
  assert.equal((await faulted('ambiguous_number')).detail, `${NAME} may be 808220157164, 909920157164`);
  assert.deepEqual(readings(), []);
  house.exec("delete from meter where serial = '909920157164'");
  await say(real.Q6);
  assert.deepEqual(readings(), [{ ...Q6, serial: '808220157164' }]);
});

test('a meter nobody knew registers itself, and gives the name to the whole number when that is known', async () => {
  await say(real.Q5);
  assert.deepEqual(house.sql(`select m.serial, t.name, t.medium, m.period, m.branch_id from meter m join meter_type t on t.id = m.meter_type_id`),
    [{ serial: NAME, name: 'Счётчик воды goldCard', medium: 'water', period: 'daily', branch_id: null }]);
  known('808220157164');
  await say(real.Q6);
  assert.deepEqual(readings(), [Q5, { ...Q6, serial: '808220157164' }]);
});

test('a meter that is given its whole number stays the same meter', async () => {
  await say(real.Q5);
  house.exec(`update meter set serial = '808220157164' where serial = '${NAME}'`);
  await say(real.Q6);
  assert.deepEqual(readings(), [{ ...Q5, serial: '808220157164' }, { ...Q6, serial: '808220157164' }]);
  assert.equal(house.sql('select count(*)::int as n from meter')[0].n, 1);
});

test('the end of a number is no key: of a meter that has keys nothing is taken', async () => {
  known('808220157164');
  house.secret('808220157164', `ek=${'11'.repeat(16)}\n`);
  for (const sent of [archive, real.Q6]) {
    const m = await call();
    m.send(sent);
    assert.equal(await m.closed, 'reset');
    assert.equal(m.heard.length, 0);
  }
  assert.match((await faulted('key_expected')).detail, /^goldCard\/20157164 pushed unciphered/);
  assert.deepEqual(house.sql('select (select count(*) from reading)::int as readings, (select count(*) from archive_daily)::int as days, (select count(*) from register)::int as registers'),
    [{ readings: 0, days: 0, registers: 0 }]);
  house.exec('delete from meter_secret');
});

test('another type or number of a meter changes whose the digits are', async () => {
  known('808220157164', 'Счётчик газа DLMS');
  house.exec(`update meter set meter_type_id = (select id from meter_type where name = 'Счётчик воды goldCard')`);
  await say(real.Q5);
  house.exec(`update meter set serial = '808220157165'`);
  await say(message({ number: '20157165', clock: '250508004210' }));
  assert.deepEqual(readings().map((r) => r.serial), ['808220157165', '808220157165']);
});

test('the long message gives a record for each day that exists and has a register, once', async () => {
  for (let i = 0; i < 2; i++) assert.deepEqual(await say(archive), [hex(answer(archive))]);
  const rows = house.sql(`select to_char(day, 'MM-DD') as day, volume_dm3::int as volume, delta_dm3::int as delta from archive_daily order by 1`);
  assert.equal(rows.length, 34);
  assert.deepEqual(rows.slice(0, 2), [{ day: '04-01', volume: 515000, delta: null }, { day: '04-02', volume: 515010, delta: 10 }]);
  assert.deepEqual(rows.slice(29, 31), [{ day: '04-30', volume: 515290, delta: 10 }, { day: '05-01', volume: 515600, delta: 310 }]);
  assert.deepEqual(readings(), [{ serial: NAME, at: '2025-05-04 19:00:00', volume: null, battery: null }], 'it called, and no more is proved');
});

test('a day that is not over gives no record yet, and a reading of its midnight stays a reading', async () => {
  const day = (back) => new Date(Date.now() + 5 * 3600000 - back * 86400000).toISOString();
  const midnight = `${day(0).slice(2, 10).replace(/-/g, '')}000000`;
  const volumes = (back) => Object.assign([], { [Number(day(back).slice(8, 10)) - 1]: 515700 });
  const months = [2, 0].map((back) => [Number(day(back).slice(2, 4)), Number(day(back).slice(5, 7)), volumes(back)]);
  if (months[0][1] === months[1][1]) {
    Object.assign(months[1][2], months[0][2]);
    months.shift();
  }
  // The day before yesterday, and today; then its midnight, said by the meter.
  await say(days(months), message({ clock: midnight }));
  assert.deepEqual(house.sql('select to_char(day, \'YYYY-MM-DD\') as day from archive_daily'), [{ day: day(2).slice(0, 10) }]);
  assert.deepEqual(readings().map((r) => r.volume), [null, 515730]);
  await say(days([[Number(day(1).slice(2, 4)), Number(day(1).slice(5, 7)), volumes(1)]]));
  assert.deepEqual(readings().map((r) => r.volume), [null, 515730, null], 'beside it, not in its place');
});

const everything = () => house.sql(`select (select json_agg(x order by at) from (select at, volume_dm3, battery_mv, status from reading) x) as readings,
  (select json_agg(x order by day) from (select day, at, volume_dm3, delta_dm3 from archive_daily) x) as days,
  (select json_agg(x order by at, no) from (select at, no, value, text from register_value) x) as values,
  (select json_agg(x) from (select last_at, volume_dm3, battery_mv from meter_state) x) as state`);

test('any prefix of a session, repeated in any order, changes nothing', async () => {
  const session = [archive, real.Q5, real.Q6];
  const whole = Buffer.concat(session);
  await say(...session);
  const once = everything();
  for (let i = 0, seed = 7; i < 40; i++) {
    seed = (seed * 48271) % 2147483647;
    const m = await call();
    m.send(whole.subarray(0, 1 + seed % whole.length));
    m.hangUp();
    await m.closed;
  }
  assert.deepEqual(everything(), once);
  for (const order of [[2, 1, 0], [1, 0, 2], [0, 2, 1]]) await say(...order.map((i) => session[i]));
  assert.deepEqual(everything(), once);
});

test('in whatever order messages come first, the newest is the last word', async () => {
  await say(message({ clock: clockIn(-60), volume: 515740, battery: 3650 }), message({ clock: clockIn(-7200), volume: 515735 }), archive);
  assert.deepEqual(house.sql('select volume_dm3::int as volume, battery_mv as battery from meter_state'), [{ volume: 515740, battery: 3650 }]);
});

test('a clock that runs ahead beyond the limit is told', async () => {
  await say(message({ clock: clockIn(24) }));
  await say(message({ clock: clockIn(90) }));
  const fault = await faulted('wrong_clock');
  assert.match(fault.detail, /^goldCard\/20157164 is [89]\d s ahead/);
  assert.equal(fault.times, 1, 'of the first nothing is told');
});

test('a command for such a meter is refused in words, the message is answered, and the meter goes on', async () => {
  known('808220157164');
  house.exec(`insert into command (meter_id, kind, operator_login) select id, 'clock', 'test' from meter`);
  const m = await call();
  m.send(Buffer.concat([real.Q5, real.Q6]));
  assert.equal(await heard(m, 34), hex(answer(real.Q5)) + hex(answer(real.Q6)));
  m.hangUp();
  assert.equal(await m.closed, 'end');
  assert.deepEqual(house.sql('select state, refusal from command'), [{ state: 'refused', refusal: 'no command of this protocol is known' }]);
});

test('a message is answered when it is committed; one whose listener is killed before is not, and is stored once', async () => {
  let lock = await house.lockReadings();
  const m = await call();
  m.send(real.Q5);
  assert.equal(await m.silent(200), true);
  lock.release();
  assert.equal(await heard(m), hex(answer(real.Q5)));
  m.hangUp();
  lock = await house.lockReadings();
  const unlucky = await call();
  unlucky.send(Buffer.concat([archive, real.Q6]));
  await sleep(200);
  house.children().filter((c) => c.duty === 'listener').forEach((c) => process.kill(c.pid, 'SIGKILL'));
  await unlucky.closed;
  assert.equal(unlucky.heard.length, 0);
  lock.release();
  assert.deepEqual(await say(archive, real.Q6), [hex(answer(archive)), hex(answer(real.Q6))]);
  assert.equal(readings().length, 3);
  assert.deepEqual(house.sql('select count(*)::int as n from archive_daily'), [{ n: 34 }]);
});

test('DLMS meters are served beside them', async () => {
  const m = await call();
  m.send(push({ serial: '730000000001', volume: 7 }));
  assert.equal((await m.frame())?.tag, 0x10);
  m.hangUp();
  assert.deepEqual(await say(real.Q6), [hex(answer(real.Q6))]);
  assert.deepEqual(house.sql('select m.serial from reading r join meter m on m.id = r.meter_id order by 1').map((r) => r.serial), ['730000000001', NAME]);
});

test('check sequences are let be, logged, or judged by the candidate, as goldcard_crc says', async () => {
  const wrong = () => house.log().filter((l) => /goldCard 20157164: check sequence 6E02, not ECA2 address=127/.test(l)).length;
  const before = wrong();
  assert.deepEqual(await say(real.Q6), [hex(answer(real.Q6))]);
  assert.equal(wrong(), before + 1);
  assert.deepEqual(await say(message()), [hex(answer(message()))]);
  assert.equal(wrong(), before + 1, 'and of one that the candidate gives nothing is said');
  await house.reloaded({ goldcard_crc: 'off' });
  assert.deepEqual(await say(real.Q6), [hex(answer(real.Q6))]);
  assert.equal(wrong(), before + 1);
  await house.reloaded({ goldcard_crc: 'strict' });
  const m = await call();
  m.send(real.Q5);
  assert.equal(await m.closed, 'reset');
  assert.equal((await faulted('bad_checksum')).detail, `goldCard 20157164: check sequence CE82, not ${crc(real.Q5.subarray(5, 61)).toString(16).toUpperCase().padStart(4, '0')}`);
  assert.deepEqual(await say(message({ clock: '250508004210' })), [hex(answer(message()))]);
  assert.deepEqual(readings().map((r) => r.at), [Q6.at, '2025-05-07 19:42:10'], 'the refused one is not stored');
  assert.notEqual(house.check('goldcard_crc=loose').status, 0, 'another word stops the start');
});
