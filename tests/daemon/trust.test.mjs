// Whom the listener believes: keys, counters, names, clocks.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Meter, dateTime, gasBody, notification, push, wrapper, x } from '../lib/dlms.mjs';
import { startListener, until } from '../lib/listener.mjs';

const EK = '00112233445566778899aabbccddeeff';
const AK = 'd0d1d2d3d4d5d6d7d8d9dadbdcdddedf';
const TITLE = '4C415A0000000001';
const OTHER = '4C415A0000000002';

let house;
before(async () => { house = await startListener({ listeners: 2 }); });
after(() => house?.end());
// Each test calls from an address of its own: faults of one are one row.
let tests = 0;
const local = () => `127.0.1.${tests}`;
beforeEach(() => {
  tests++;
  house.exec('delete from session_fault; delete from meter; delete from meter_secret; delete from meter_counter');
  house.secret(TITLE, `ek=${EK}\nak=${AK}\n`);
});

// IEC 62056-5-3, 9.2: general-glo-ciphering, security suite 0.
function ciphered(apdu, counter, { title = TITLE, ek = EK, ak = AK } = {}) {
  const head = Buffer.alloc(5);
  head[0] = 0x30;
  head.writeUInt32BE(counter, 1);
  const iv = Buffer.concat([Buffer.from(title, 'hex'), head.subarray(1)]);
  const c = crypto.createCipheriv('aes-128-gcm', Buffer.from(ek, 'hex'), iv, { authTagLength: 12 });
  c.setAAD(Buffer.concat([head.subarray(0, 1), Buffer.from(ak, 'hex')]));
  const body = Buffer.concat([head, c.update(apdu), c.final(), c.getAuthTag()]);
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 255];
  return wrapper(Buffer.concat([Buffer.from([0xdb, 8]), Buffer.from(title, 'hex'), Buffer.from(length), body]));
}

const at = (minutes) => dateTime(new Date(Date.now() - 7200000 + minutes * 60000));
const secret = (m, counter, keys) => ciphered(notification(gasBody(m), { confirmed: false }), counter, keys);

// How the connection ended: in order when the push is stored.
async function said(bytes) {
  const m = await Meter.call(house.port, { local: local() });
  m.send(bytes);
  const how = await m.closed;
  m.hangUp();
  return how;
}

const readings = (serial = '4711') => house.sql(`select r.volume_dm3 from reading r join meter m on m.id = r.meter_id
  where m.serial = '${serial}' order by r.at`).map((r) => Number(r.volume_dm3));
// As the operator's screen does it.
const order = (serial) => house.exec(`begin;
  select set_config('app.role', 'control', true), set_config('app.branchless', 'on', true), set_config('app.login', 'иванов', true);
  select command_queue((select id from meter where serial = '${serial}'), 'valve_close', '127.0.0.1'); commit;`);

const fault = (reason, who) => until(() => house.faults().find((f) => f.reason === reason && f.detail.startsWith(who)));
const tool = (...args) => spawnSync(path.join(house.stack.build, 'lazur-secret'), ['-d', house.stack.conninfo('owner'), ...args], { encoding: 'utf8' });

test('a meter that was never heard begins with any counter, and goes on with higher ones', async () => {
  assert.equal(await said(secret({ serial: '4711', volume: 1000, at: at(1) }, 900)), 'end');
  assert.equal(await said(secret({ serial: '4711', volume: 2000, at: at(2) }, 901)), 'end');
  assert.equal(await said(secret({ serial: '4711', volume: 3000, at: at(3) }, 0xfffffff0)), 'end');
  assert.deepEqual(readings(), [1000, 2000, 3000]);
  assert.deepEqual(house.faults(), []);
});

// What Lazur answers, opened: its counter and the APDU.
function opened(apdu, { ek = EK, ak = AK } = {}) {
  assert.equal(apdu.subarray(0, 2).toString('hex'), 'db08');
  const title = apdu.subarray(2, 10);
  const body = apdu.subarray(11);
  assert.equal(apdu[10], body.length);
  const d = crypto.createDecipheriv('aes-128-gcm', Buffer.from(ek, 'hex'), Buffer.concat([title, body.subarray(1, 5)]), { authTagLength: 12 });
  d.setAAD(Buffer.concat([body.subarray(0, 1), Buffer.from(ak, 'hex')]));
  d.setAuthTag(body.subarray(-12));
  return { title: title.toString('hex'), control: body[0], counter: body.readUInt32BE(1), apdu: Buffer.concat([d.update(body.subarray(5, -12)), d.final()]).toString('hex') };
}

test('a ciphered push that asks for a confirmation hears it under the same keys, each under a counter of its own, after it is stored', async () => {
  const counters = [];
  const m = await Meter.call(house.port, { local: local() });
  for (const [n, volume] of [[900, 1000], [901, 2000]]) {
    m.send(ciphered(notification(gasBody({ serial: '4711', volume, at: at(volume / 1000) }), { invoke: n }), n));
    const answer = opened((await m.frame()).apdu);
    assert.deepEqual([answer.title, answer.control, answer.apdu], ['4c5a520000000001', 0x30, `10${(0x40000000 + n).toString(16)}00`]);
    counters.push(answer.counter);
    assert.deepEqual(readings().at(-1), volume, 'stored before');
  }
  m.hangUp();
  for (const c of house.children().filter((k) => k.duty === 'listener')) process.kill(c.pid, 'SIGKILL');
  const late = await until(async () => {
    try { return await Meter.call(house.port, { local: local() }); } catch { return null; }
  });
  late.send(ciphered(notification(gasBody({ serial: '4711', volume: 3000, at: at(3) }), { invoke: 902 }), 902));
  counters.push(opened((await late.frame()).apdu).counter);
  late.hangUp();
  assert.deepEqual(counters, [...new Set(counters)].sort((a, b) => a - b), 'they only grow, whatever was killed');
  assert.deepEqual(readings(), [1000, 2000, 3000]);
});

test('a telegram that was stored and not heard to be is confirmed again, under another counter', async () => {
  const telegram = ciphered(notification(gasBody({ serial: '4710', volume: 1000, at: at(1) }), { invoke: 5 }), 900);
  const answers = [];
  for (let i = 0; i < 2; i++) {
    const m = await Meter.call(house.port, { local: local() });
    m.send(telegram);
    answers.push(opened((await m.frame()).apdu));
    m.hangUp();
  }
  assert.equal(answers[0].apdu, answers[1].apdu);
  assert.ok(answers[1].counter > answers[0].counter);
  assert.deepEqual(readings('4710'), [1000]);
});

test('a counter that was heard is not heard again, whatever is said with it', async () => {
  await said(secret({ serial: '4709', volume: 1000, at: at(1) }, 900));
  for (const counter of [900, 899, 0]) {
    assert.equal(await said(secret({ serial: '4709', volume: 5000, at: at(2) }, counter)), 'reset');
  }
  assert.deepEqual(readings('4709'), [1000]);
  // Of two listeners either may be the last to tell: one row, three times.
  const told = await until(() => house.faults().find((f) => f.reason === 'replayed' && Number(f.times) === 3));
  assert.match(told.detail, /^4709: counter (900|899|0) of 4C415A0000000001 was heard before$/);
  assert.equal(told.address, local());
});

test('a telegram sent again because its answer was lost is taken for what it is', async () => {
  const first = secret({ serial: '4711', volume: 1000, at: at(1) }, 900);
  const clockless = secret({ serial: '4711', volume: 2000, at: null }, 901);
  assert.equal(await said(first), 'end');
  assert.equal(await said(first), 'end');
  assert.equal(await said(clockless), 'end');
  await new Promise((r) => { setTimeout(r, 1100); });
  assert.equal(await said(clockless), 'end', 'a second later it is no other reading');
  assert.equal(await said(first), 'end');
  assert.deepEqual(readings(), [1000, 2000]);
  assert.deepEqual(house.faults().filter((f) => f.detail.startsWith('4711')), []);
});

test('who repeats a telegram is told nothing but that it is stored', async () => {
  const first = secret({ serial: '4711', volume: 1000, valve: 1, at: at(1) }, 900);
  await said(first);
  order('4711');
  const m = await Meter.call(house.port, { local: local() });
  m.send(first);
  assert.equal(await m.closed, 'end');
  assert.equal(m.heard.length, 0, 'no association is asked for');
  assert.equal(house.sql('select state from command')[0].state, 'queued');
  m.hangUp();
  const own = await Meter.call(house.port, { local: local() });
  own.send(secret({ serial: '4711', volume: 1001, valve: 1, at: at(2) }, 901));
  assert.equal((await own.frame()).tag, 0x60, 'the meter itself is asked');
  own.vanish();
});

test('of the same counter at two listeners at once, one is taken', async () => {
  await said(secret({ serial: '4711', volume: 1, at: at(0) }, 1));
  for (let round = 1; round <= 8; round++) {
    const bytes = [0, 1, 2, 3, 4, 5].map((k) => secret({ serial: '4711', volume: 100 * round + k, at: at(round * 10 + k) }, 100 + round));
    const ends = await Promise.all(bytes.map(said));
    assert.equal(ends.filter((how) => how === 'end').length, 1, ends.join(' '));
  }
  assert.equal(readings().length, 9);
  assert.equal(house.children().filter((c) => c.duty === 'listener').length, 2);
});

test('what is refused leaves nothing: no reading, no state, no register', async () => {
  const named = (volume, energy) => notification(x.array(
    x.structure(x.name('0.0.96.1.0.255'), x.octets(Buffer.from('4712'))),
    x.structure(x.name('0.0.1.0.0.255'), x.octets(at(volume))),
    x.structure(x.name('1.0.1.8.0.255'), x.u32(energy)),
    x.structure(x.name('1.0.32.7.0.255'), x.u16(volume))), { confirmed: false });
  assert.equal(await said(ciphered(named(230, 1000), 5)), 'end');
  assert.equal(await said(ciphered(named(235, 2000), 5)), 'reset');
  assert.equal(await said(wrapper(named(240, 3000))), 'reset');
  const values = house.sql('select v.value from register_value v join register g on g.meter_id = v.meter_id and g.no = v.no where g.logical_name = \'1.0.32.7.0.255\'');
  assert.deepEqual(values.map((v) => Number(v.value)), [230]);
  assert.deepEqual(house.sql('select energy_wh::int as wh from meter_state'), [{ wh: 1000 }]);
});

test('who has no key does not speak for a meter that has one', async () => {
  await said(secret({ serial: '4711', volume: 1000, at: at(1) }, 900));
  assert.equal(await said(push({ serial: '4711', volume: 9999, at: at(2) })), 'reset');
  const told = await fault('key_expected', '4711');
  assert.equal(told.detail, '4711 pushed unciphered, and has keys');
  assert.equal(told.address, local());
  assert.deepEqual(readings(), [1000]);
});

test('keys kept for a serial are asked for from the first push on', async () => {
  house.secret('4713', `ek=${EK}\nak=${AK}\n`);
  assert.equal(await said(push({ serial: '4713', volume: 1 })), 'reset');
  await fault('key_expected', '4713');
  house.secret('4714', 'lls=12345678\n');
  const m = await Meter.call(house.port, { local: local() });
  m.send(push({ serial: '4714', volume: 1 }));
  assert.equal((await m.frame()).tag, 0x10, 'a password is none');
  m.hangUp();
});

test('an administrator lets a meter push unciphered, and forbids it again', async () => {
  await said(secret({ serial: '4711', volume: 1000, at: at(1) }, 900));
  assert.equal(tool('plain', '4711').status, 0);
  assert.equal(await said(push({ serial: '4711', volume: 1001, at: at(2) }, { confirmed: false })), 'end');
  assert.equal(await said(secret({ serial: '4711', volume: 1002, at: at(3) }, 901)), 'end');
  assert.equal(tool('cipher', '4711').status, 0);
  assert.equal(await said(secret({ serial: '4711', volume: 1003, at: at(4) }, 902)), 'end');
  assert.equal(await said(push({ serial: '4711', volume: 1004, at: at(5) })), 'reset');
  assert.deepEqual(readings(), [1000, 1001, 1002, 1003]);
  assert.notEqual(tool('plain', 'nobody').status, 0);
});

test('a meter with a key of its own does not speak for another', async () => {
  house.secret(OTHER, `ek=${AK}\nak=${EK}\n`);
  await said(secret({ serial: '4711', volume: 1000, at: at(1) }, 900));
  const thief = { title: OTHER, ek: AK, ak: EK };
  assert.equal(await said(secret({ serial: '4711', volume: 9999, at: at(2) }, 1, thief)), 'reset');
  const told = await fault('foreign_identity', '4711');
  assert.equal(told.detail, '4711 is not who ciphers as 4C415A0000000002');
  assert.deepEqual(readings(), [1000]);
  assert.equal(await said(secret({ serial: '4799', volume: 1, at: at(2) }, 2, thief)), 'end', 'its own name is its own');
});

test('a new key counts anew, and the same key put again does not', async () => {
  await said(secret({ serial: '4711', volume: 1000, at: at(1) }, 900));
  house.secret(TITLE, `ek=${EK}\nak=${AK}\nlls=12345678\n`);
  assert.equal(await said(secret({ serial: '4711', volume: 2000, at: at(2) }, 5)), 'reset');
  house.secret(TITLE, `ek=${AK}\nak=${AK}\n`);
  assert.equal(await said(secret({ serial: '4711', volume: 3000, at: at(3) }, 5, { ek: AK })), 'end');
  assert.deepEqual(readings(), [1000, 3000]);
});

test('keys that are forgotten bind nobody', async () => {
  await said(secret({ serial: '4711', volume: 1000, at: at(1) }, 900));
  assert.equal(tool('forget', TITLE).status, 0);
  assert.equal(await said(push({ serial: '4711', volume: 1001, at: at(2) }, { confirmed: false })), 'end');
});

test('a meter without ciphering has no counter', async () => {
  assert.equal(await said(push({ serial: '4715', volume: 1 }, { confirmed: false })), 'end');
  assert.deepEqual(house.sql('select * from meter_counter'), []);
  assert.deepEqual(house.sql('select guard from meter_identity'), [{ guard: null }]);
});

test('counters for sending are kept before they are used, and only grow', () => {
  const take = (n) => Number(house.sql(`select counters_reserve('${TITLE}', ${n}) as first`)[0].first);
  assert.deepEqual([take(100), take(1), take(10)], [0, 100, 101]);
  house.secret(TITLE, `ek=${AK}\nak=${AK}\n`);
  assert.equal(take(1), 111, 'after a new key too');
});

test('a meter that does not let Lazur in is shown', async () => {
  await said(push({ serial: '4716', volume: 1, valve: 1 }, { confirmed: false }));
  order('4716');
  const m = await Meter.call(house.port, { local: local() });
  m.send(push({ serial: '4716', volume: 2, valve: 1 }));
  await m.frame();
  const aarq = await m.frame();
  assert.equal(aarq.tag, 0x60);
  m.reply(aarq, '61 1F A1 09 06 07 60 85 74 05 08 01 01 A2 03 02 01 01 A3 05 A1 03 02 01 0D BE 06 04 04 0E 01 06 01');
  const told = await fault('not_let_in', '4716');
  assert.match(told.detail, /^4716: /);
  m.hangUp();
});

test('a clock far away is told of, or refused, as the settings say', async () => {
  const behind = dateTime(new Date(Date.now() - 40 * 86400000));
  assert.equal(await said(push({ serial: '4717', volume: 1, at: behind }, { confirmed: false })), 'end');
  assert.deepEqual(house.faults().filter((f) => f.detail.startsWith('4717')), [], 'what waited in a meter is old by right');
  await house.reloaded({ clock_behind: '720h', clock_ahead: '1h', clock_refuse: 'on' });
  assert.equal(await said(push({ serial: '4718', volume: 1, at: behind })), 'reset');
  assert.match((await fault('wrong_clock', '4718')).detail, /^4718 is 3456\d\d\d s behind$/);
  house.exec('delete from session_fault');
  assert.equal(await said(push({ serial: '4718', volume: 1, at: dateTime(new Date(Date.now() + 7200000)) })), 'reset');
  assert.match((await fault('wrong_clock', '4718')).detail, /^4718 is 7\d\d\d s ahead$/);
  assert.equal(await said(push({ serial: '4718', volume: 1 }, { confirmed: false })), 'end');
  assert.deepEqual(house.sql('select serial from meter order by 1'), [{ serial: '4717' }, { serial: '4718' }]);
});
