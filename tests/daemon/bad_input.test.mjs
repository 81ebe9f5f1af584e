// Every way to break a session: it ends, an administrator sees one row of it,
// and nobody else notices.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { gasBody, Meter, notification, push, wrapper, x } from '../lib/dlms.mjs';
import { sleep, startListener, until } from '../lib/listener.mjs';

let house;
let good; // a meter that goes on as if nothing happened
before(async () => {
  house = await startListener({ first_byte: '700ms', frame: '900ms', idle: '60s', listeners: 2 });
});
after(() => house?.end());
beforeEach(async () => {
  house.exec('delete from session_fault');
  good = await Meter.call(house.port);
});
afterEach(async () => {
  for (let i = 0; i < 2; i++) {
    good.send(push({ serial: '730000000001', volume: i }));
    assert.equal((await good.frame())?.tag, 0x10, 'the others go on');
  }
  good.hangUp();
});

const hex = (s) => Buffer.from(s.replace(/\s/g, ''), 'hex');
const telegram = (id) => {
  const line = fs.readFileSync(new URL('../data/dlms-push.tsv', import.meta.url), 'utf8').split('\n').find((l) => l.startsWith(`${id}\t`));
  return Buffer.from(line.split('\t')[5], 'hex');
};
const spoilt = (bytes, at) => {
  const b = Buffer.from(bytes);
  b[at < 0 ? b.length + at : at] ^= 0xff;
  return b;
};
const keepTalking = (m) => m.send(push({ serial: '730000000001', volume: 1 })); // not to be taken as silence

// Exactly one row, counted once, with what came and from where.
async function oneFault(reason, sent) {
  // The good meter of this test must not look like a fault of silence.
  const found = await until(() => {
    const f = house.faults();
    return f.length > 0 && f;
  });
  assert.deepEqual(found.map((f) => [f.reason, f.address, f.times]), [[reason, '127.0.0.1', 1]]);
  if (sent !== undefined) assert.equal(found[0].sample, sent.subarray(0, 64).toString('hex'));
  await until(() => house.log().some((l) => l.includes(`session fault reason=${reason} address=127.0.0.1 times=1`)));
}

const bodies = {
  'words of another protocol': ['not_a_protocol', Buffer.from('GET / HTTP/1.1\r\nHost: meter\r\n\r\n')],
  'a wrapper of another version': ['not_a_protocol', hex('0002 0001 0010 0004 0f40 0000')],
  'a wrapper longer than 16 KiB': ['too_long', hex('0001 0001 0010 ffff 0f')],
  'a wrapper of 16 KiB and a byte': ['too_long', hex('0001 0001 0010 3ff9 0f')],
  'a telegram whose values are cut short': ['bad_data', wrapper(hex('0f40000001 00 0203 0600000001'))],
  'a telegram with bytes left over': ['bad_data', wrapper(Buffer.concat([notification(gasBody({ serial: '1' })), hex('00')]))],
  'values nested without end': ['bad_data', wrapper(Buffer.concat([hex('0f40000001 00'), Buffer.alloc(4000, '0201', 'hex')]))],
  'a count larger than what follows': ['bad_data', wrapper(hex('0f40000001 00 0184ffffffff 00'))],
  'an empty wrapper': ['bad_data', hex('0001 0001 0010 0000')],
  'a request instead of a push': ['bad_data', wrapper(hex('c001c1 0003 07000d0200ff 02 00'))],
  'an identity that is too long': ['bad_data', push({ serial: 'x'.repeat(64), volume: 1 })],
  'an HDLC frame with a wrong check sequence': ['bad_checksum', spoilt(telegram('amshan-kamstrup-line-0'), 40)],
  'an M-Bus frame with a wrong sum': ['bad_checksum', spoilt(telegram('evn-kaifa-example'), 40)],
  'a ciphered telegram of a meter without a key': ['no_key', telegram('evn-kaifa-example')],
  'a shape that no template knows': ['no_template', wrapper(notification(x.structure(x.u8(1), x.u8(2))))],
};

for (const [what, [reason, bytes]] of Object.entries(bodies)) {
  test(`${what}: ${reason}`, async () => {
    keepTalking(good);
    await good.frame();
    const m = await Meter.call(house.port);
    m.send(bytes);
    await m.closed;
    m.hangUp();
    await oneFault(reason, bytes);
  });
}

test('a ciphered telegram with the wrong key: decryption_failed', async () => {
  keepTalking(good);
  await good.frame();
  for (const [title, id] of [['4B464D6750000009', 'evn-kaifa-example'], ['2F19229199164103', 'u9n-udp-wrapper-00']]) {
    house.exec('delete from session_fault');
    house.secret(title, `ek=${'00'.repeat(16)}\nak=${'00'.repeat(16)}\n`);
    const m = await Meter.call(house.port);
    m.send(telegram(id));
    await m.closed;
    m.hangUp();
    await oneFault('decryption_failed', telegram(id));
  }
});

test('a meter that hangs up inside its telegram: truncated', async () => {
  keepTalking(good);
  await good.frame();
  const part = push({ serial: '730000000002', volume: 1 }).subarray(0, 57);
  const m = await Meter.call(house.port);
  m.send(part).hangUp();
  await m.closed;
  await oneFault('truncated', part);
});

test('a meter whose line breaks inside its telegram: truncated', async () => {
  keepTalking(good);
  await good.frame();
  const m = await Meter.call(house.port);
  m.send(push({ serial: '730000000002', volume: 1 }).subarray(0, 30));
  await sleep(100);
  m.vanish();
  await oneFault('truncated');
});

test('a telegram that trickles in without end: too_slow', async () => {
  keepTalking(good);
  await good.frame();
  const m = await Meter.call(house.port);
  const began = Date.now();
  for (const b of push({ serial: '730000000003', volume: 1 })) {
    if (m.over) break;
    m.send(Buffer.from([b]));
    await sleep(50);
  }
  await m.closed;
  const took = Date.now() - began;
  assert.ok(took > 800 && took < 2500, `cut off after ${took} ms, not when the sender pleases`);
  await oneFault('too_slow');
});

test('a connection that says nothing: no_data', async () => {
  keepTalking(good);
  await good.frame();
  const m = await Meter.call(house.port);
  const began = Date.now();
  await m.closed;
  assert.ok(Date.now() - began > 600);
  m.hangUp();
  await oneFault('no_data', Buffer.alloc(0));
});

test('a connection that is closed without a word: no_data', async () => {
  keepTalking(good);
  await good.frame();
  const m = await Meter.call(house.port);
  m.hangUp();
  await m.closed;
  await oneFault('no_data', Buffer.alloc(0));
});

test('an APDU of parts that never ends: too_long', async () => {
  // M-Bus frames numbered 0, 1, ... 15, 0, ... none of them the last.
  const frame = (no) => {
    const inner = Buffer.concat([Buffer.from([0x53, 0xff, no & 0x0f, 0x01, 0x67]), Buffer.alloc(240, 0x41)]);
    const sum = inner.reduce((a, b) => (a + b) & 0xff, 0);
    return Buffer.concat([Buffer.from([0x68, inner.length, inner.length, 0x68]), inner, Buffer.from([sum, 0x16])]);
  };
  keepTalking(good);
  await good.frame();
  const m = await Meter.call(house.port);
  for (let i = 0; i < 80 && !m.over; i++) m.send(frame(i));
  await m.closed;
  await oneFault('too_long');
});

test('a serial number of strange bytes is a meter, and its batch is stored', async () => {
  keepTalking(good);
  await good.frame();
  const odd = gasBody({ serial: 'ABCD' });
  odd.write('41004344', odd.indexOf('ABCD'), 'hex');
  const worse = gasBody({ serial: 'EFGH' });
  worse.write('ff80c328', worse.indexOf('EFGH'), 'hex');
  const surrogate = gasBody({ serial: 'IJKL' });
  surrogate.write('eda08041', surrogate.indexOf('IJKL'), 'hex');
  const all = await Promise.all([odd, worse, surrogate].map(async (body) => {
    const m = await Meter.call(house.port);
    m.send(wrapper(notification(body)));
    const f = await m.frame();
    m.hangUp();
    return f?.tag;
  }));
  assert.deepEqual(all, [0x10, 0x10, 0x10]);
  assert.deepEqual(house.sql(`select serial from meter where serial in ('41004344', 'FF80C328', 'EDA08041') order by 1`),
    [{ serial: '41004344' }, { serial: 'EDA08041' }, { serial: 'FF80C328' }]);
});

test('many broken sessions are one line and one row with their count', async () => {
  keepTalking(good);
  await good.frame();
  house.clearLog();
  await Promise.all(Array.from({ length: 200 }, async () => {
    const m = await Meter.call(house.port);
    m.send(Buffer.from('garbage'));
    await m.closed;
    m.hangUp();
  }));
  await until(() => house.sql('select sum(times)::int as n from session_fault')[0].n === 200);
  assert.deepEqual(house.faults().map((f) => f.reason), ['not_a_protocol']);
  const lines = house.log().filter((l) => l.includes('session fault')).length;
  assert.ok(lines <= 6, `${lines} lines for 200 sessions`);
});

// A line that is cut at once may be told of as one that was never made.
const callOrNone = () => Meter.call(house.port).catch(() => null);

test('a flood from one address has a cap, and other addresses get through', async () => {
  await house.restart({ connections_per_address: 40, listeners: 1 });
  try {
    const crowd = await Promise.all(Array.from({ length: 60 }, callOrNone));
    await sleep(300);
    assert.equal(crowd.filter((m) => !m || m.over).length, 20, 'turned away at once');
    const other = await Meter.call(house.port, { local: '127.0.0.2' });
    other.send(push({ serial: '730000000009', volume: 1 }));
    assert.equal((await other.frame()).tag, 0x10);
    crowd.forEach((m) => m?.hangUp());
    other.hangUp();
    await until(() => house.faults().some((f) => f.reason === 'too_many_connections' && f.times === 20));
    const again = await Meter.call(house.port);
    again.send(push({ serial: '730000000009', volume: 2 }));
    assert.equal((await again.frame()).tag, 0x10, 'places come free');
    again.hangUp();
  } finally {
    await house.restart();
    good.hangUp();
    good = await Meter.call(house.port);
  }
});

test('beyond its limit a listener turns newcomers away and keeps those it has', async () => {
  await house.restart({ connections_max: 50, listeners: 1, first_byte: '30s' });
  try {
    const first = await Promise.all(Array.from({ length: 50 }, () => Meter.call(house.port)));
    const late = await callOrNone();
    await late?.closed;
    late?.hangUp();
    await Promise.all(first.map(async (m, i) => {
      m.send(push({ serial: `7300000001${10 + i}`, volume: 1 }));
      assert.equal((await m.frame()).tag, 0x10);
      m.hangUp();
    }));
  } finally {
    await house.restart();
    good.hangUp();
    good = await Meter.call(house.port);
  }
});

test('connections that never speak give their places to meters that come, the oldest first', async () => {
  await house.restart({ connections_max: 50, listeners: 1, first_byte: '30s' });
  try {
    const mute = await Promise.all(Array.from({ length: 50 }, () => Meter.call(house.port)));
    mute[0].send(push({ serial: '730000000300', volume: 1 }).subarray(0, 20)); // one stops in the middle
    await sleep(3200);
    for (let i = 0; i < 5; i++) {
      const m = await Meter.call(house.port);
      m.send(push({ serial: `73000000030${i + 1}`, volume: 1 }));
      assert.equal((await m.frame()).tag, 0x10, 'served at once');
      m.hangUp();
      await m.closed;
    }
    assert.ok(mute.slice(5).every((m) => !m.over), 'the others stay');
    assert.ok(mute[0].over);
    assert.ok(!house.faults().some((f) => f.reason === 'too_many_connections' && f.detail.includes('7300000003')));
    mute.forEach((m) => m.vanish());
  } finally {
    await house.restart();
    good.hangUp();
    good = await Meter.call(house.port);
  }
});

const rssKb = (pid) => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

// One connection that breaks a rule, over as soon as the listener hangs up.
const kinds = [Buffer.from('garbage'), hex('0001 0001 0010 ffff'), push({ serial: '1', volume: 1 }).subarray(0, 40),
  wrapper(hex('0f40000001 00 0203 0600000001')), Buffer.alloc(0)];
const broken = (i) => new Promise((resolve) => {
  const socket = net.connect(house.port, '127.0.0.1');
  socket.on('connect', () => socket.end(kinds[i % kinds.length]));
  socket.on('error', () => {});
  socket.on('close', resolve);
  socket.resume();
});

async function flood(n) {
  let next = 0;
  await Promise.all(Array.from({ length: 64 }, async () => {
    while (next < n) await broken(next++);
  }));
}

test('fifty thousand broken sessions leave memory as it was', async () => {
  keepTalking(good);
  await good.frame();
  await flood(5000);
  const pids = house.children().filter((c) => c.duty === 'listener').map((c) => c.pid);
  const before_ = pids.map(rssKb);
  await flood(45000);
  const grown = pids.map((p, i) => rssKb(p) - before_[i]);
  assert.ok(grown.every((kb) => kb < 4096), `grown by ${grown} kB`);
  // What of them was kept is another matter: see exchange.
  await until(() => house.sql("select sum(times)::int as n from session_fault where reason <> 'not_logged'")[0].n === 50000, 20000);
  assert.ok(house.faults().filter((f) => f.reason !== 'not_logged').length <= 10, 'five reasons, in one or two slots of ten minutes');
});
