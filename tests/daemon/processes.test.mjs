// The parent and its children: killed, stopped, told to read their settings
// again; and what each of them may not do.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { dateTime, Meter, push } from '../lib/dlms.mjs';
import { alive, sleep, startListener, until } from '../lib/listener.mjs';
import { freePort } from '../lib/stack.mjs';

let house;
before(async () => { house = await startListener({ grace: '3s' }); });
after(() => house?.end());

let serial = 740000000000;
async function heard(port = house.port) {
  const m = await Meter.call(port);
  m.send(push({ serial: String(++serial), volume: 1 }));
  const f = await m.frame();
  m.hangUp();
  return f?.tag === 0x10;
}

const status = (pid, name) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1];
const duties = () => house.children().map((c) => c.duty).sort().join(' ');
const sockets = (pid) => fs.readdirSync(`/proc/${pid}/fd`).map((fd) => {
  try {
    return fs.readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return '';
  }
});

// Inodes of TCP sockets that listen on the port.
function listeningInodes(port) {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return fs.readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)
    .map((l) => l.trim().split(/\s+/))
    .filter((f) => f[1]?.endsWith(wanted) && f[3] === '0A').map((f) => `socket:[${f[9]}]`);
}

test('each duty is a process of its own', () => {
  assert.equal(duties(), 'listener listener notifier watcher worker');
});

test('children give up what they never need', () => {
  const listening = listeningInodes(house.port);
  assert.equal(listening.length, 2, 'a socket for each listener');
  for (const { pid, duty } of house.children()) {
    assert.equal(status(pid, 'NoNewPrivs'), '1', duty);
    assert.equal(status(pid, 'Seccomp'), '2', duty);
    if (process.getuid() === 0) {
      const uids = status(pid, 'Uid').split('\t').map(Number);
      assert.ok(uids.every((u) => u !== 0), `${duty} is not root`);
    }
    const holds = sockets(pid).filter((s) => listening.includes(s)).length;
    assert.equal(holds, duty === 'listener' ? 1 : 0, `${duty} and the meters' sockets`);
  }
});

test('a child is told the settings of its duty only, and not by its command line or environment', () => {
  const words = { listener: ['lazur_notifier', 'lazur_worker'], notifier: ['lazur_listener', 'lazur_worker'], worker: ['lazur_listener', 'lazur_notifier', 'secret.key'], watcher: ['lazur_listener', 'lazur_notifier', 'secret.key'] };
  for (const { pid, duty } of house.children()) {
    const open = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8') + fs.readFileSync(`/proc/${pid}/environ`, 'utf8');
    for (const word of ['passfile', ...words[duty]]) assert.ok(!open.includes(word), `${duty}: ${word}`);
    // The heap of the child holds its own settings and nobody else's.
    const heap = /^([0-9a-f]+)-([0-9a-f]+) .*\[heap\]$/m.exec(fs.readFileSync(`/proc/${pid}/maps`, 'utf8'));
    if (!heap || process.getuid() !== 0) continue;
    const [from, to] = [parseInt(heap[1], 16), parseInt(heap[2], 16)];
    const memory = Buffer.alloc(to - from);
    const fd = fs.openSync(`/proc/${pid}/mem`, 'r');
    fs.readSync(fd, memory, 0, memory.length, from);
    fs.closeSync(fd);
    assert.ok(memory.includes(`lazur_${duty === 'watcher' ? 'worker' : duty}`), `${duty} knows its own database`);
    for (const word of words[duty]) assert.ok(!memory.includes(word), `${duty} was told of ${word}`);
  }
});

test('a child that is killed is replaced', async () => {
  for (const duty of ['listener', 'notifier', 'worker', 'watcher']) {
    const victim = house.children().find((c) => c.duty === duty).pid;
    process.kill(victim, 'SIGKILL');
    await until(() => !alive(victim));
    await until(() => duties() === 'listener listener notifier watcher worker');
  }
  for (let i = 0; i < 8; i++) assert.ok(await heard());
});

test('what waits in the queue of a killed listener is heard by the next', async () => {
  const victims = house.children().filter((c) => c.duty === 'listener');
  victims.forEach((c) => process.kill(c.pid, 'SIGSTOP'));
  const waiting = await Promise.all(Array.from({ length: 20 }, async (_, i) => {
    const m = await Meter.call(house.port);
    return m.send(push({ serial: `7410000000${10 + i}`, volume: 1 }));
  }));
  victims.forEach((c) => process.kill(c.pid, 'SIGKILL'));
  for (const m of waiting) {
    assert.equal((await m.frame())?.tag, 0x10);
    m.hangUp();
  }
});

test('an unconfirmed push whose listener is killed before the commit is not closed in order', async () => {
  const lock = await house.lockReadings();
  const meters = await Promise.all(Array.from({ length: 6 }, async (_, i) => {
    const m = await Meter.call(house.port);
    return m.send(push({ serial: `7415000000${10 + i}`, volume: 1 }, { confirmed: false }));
  }));
  await sleep(300);
  house.children().filter((c) => c.duty === 'listener').forEach((c) => process.kill(c.pid, 'SIGKILL'));
  assert.deepEqual(await Promise.all(meters.map((m) => m.closed)), Array(6).fill('reset'), 'they will send it again');
  lock.release();
  await until(() => duties() === 'listener listener notifier watcher worker');
});

test('a child that dies at once is tried again more and more slowly', async () => {
  house.clearLog();
  const victim = () => house.children().find((c) => c.duty === 'worker')?.pid;
  const began = Date.now();
  for (let i = 0; i < 5; i++) {
    const pid = await until(victim);
    process.kill(pid, 'SIGKILL');
    await until(() => !alive(pid));
  }
  await until(victim);
  assert.ok(Date.now() - began > 700, 'pauses of 0, 0.1, 0.2, 0.4 s ...');
  assert.ok(await heard(), 'meters do not notice');
});

test('new settings are taken over while sessions go on', async () => {
  const before_ = house.children().map((c) => c.pid);
  const running = await Promise.all(Array.from({ length: 10 }, () => Meter.call(house.port)));
  for (const [i, m] of running.entries()) {
    m.send(push({ serial: `7420000000${10 + i}`, volume: 1 }).subarray(0, 20));
  }
  await sleep(100);
  let stop = false;
  let failures = 0;
  const stream = (async () => {
    while (!stop) if (!(await heard().catch(() => false))) failures++;
  })();
  house.reload({ idle: '7s' });
  await until(() => house.children().filter((c) => !before_.includes(c.pid)).length === 5);
  await sleep(500);
  for (const [i, m] of running.entries()) {
    m.send(push({ serial: `7420000000${10 + i}`, volume: 1 }).subarray(20));
    assert.equal((await m.frame())?.tag, 0x10, 'begun with the old listener, and finished by it');
    m.hangUp();
  }
  stop = true;
  await stream;
  assert.equal(failures, 0, 'not one session was lost meanwhile');
  await until(() => house.children().every((c) => !before_.includes(c.pid)));
  assert.equal(duties(), 'listener listener notifier watcher worker');
});

test('a port of its own can be moved by a reload', async () => {
  const old = house.port;
  const moved = await freePort();
  house.reload({ listen_port: moved, listeners: 3 });
  await until(() => duties() === 'listener listener listener notifier watcher worker');
  assert.ok(await heard(moved));
  await until(() => listeningInodes(old).length === 0);
  house.reload({ listen_port: old, listeners: 2 });
  await until(() => duties() === 'listener listener notifier watcher worker' && listeningInodes(old).length === 2);
  assert.ok(await heard());
});

test('wrong settings are told and the old ones stay', async () => {
  const before_ = house.children().map((c) => c.pid);
  for (const [wrong, words] of [[{ idle: 'soon' }, /reload: .*listener.conf:\d+: .*; the old settings stay/],
    [{ nonsense: 1 }, /unknown setting "nonsense"; the old settings stay/],
    [{ worker_db: 'host=/nowhere' }, /worker_db: .*; the old settings stay/],
    [{ key_file: '/nowhere' }, /\/nowhere: .*; the old settings stay/]]) {
    house.clearLog();
    const kept = fs.readFileSync(house.conf);
    house.reload(wrong);
    await until(() => house.log().some((l) => words.test(l)));
    const [name] = Object.keys(wrong);
    fs.writeFileSync(house.conf, kept);
    house.forget(name);
  }
  assert.deepEqual(house.children().map((c) => c.pid), before_);
  assert.ok(await heard());
});

test('-n says whether settings and database are good, and starts nothing', () => {
  const good = house.check();
  assert.equal(good.status, 0, good.stderr);
  assert.match(good.stderr, /the settings are good/);
  for (const wrong of ['listener_db=', 'listen_port=70000', 'frame=20', 'nothing=1', 'listener_db=host=/nowhere']) {
    const r = house.check(wrong);
    assert.notEqual(r.status, 0, wrong);
    assert.match(r.stderr, /settings: invalid: |settings: io: /);
  }
});

test('-h explains every setting', () => {
  const r = spawnSync(house.program, ['-h'], { encoding: 'utf8' });
  assert.equal(r.status, 0);
  for (const name of ['listen_port', 'first_byte', 'key_file', 'notifier_db', 'meter_zone_minutes', 'grace']) {
    assert.match(r.stdout, new RegExp(`^  ${name} +\\S+ .*\\(.*\\)$`, 'm'));
  }
});

test('a stop finishes what was begun and then ends every process', async () => {
  const begun = await Meter.call(house.port);
  const telegram = push({ serial: '743000000001', volume: 1 });
  begun.send(telegram.subarray(0, 50));
  const idle = await Meter.call(house.port);
  idle.send(push({ serial: '743000000002', volume: 1 }));
  await idle.frame();
  await sleep(100);
  const pids = house.children().map((c) => c.pid);
  house.signal('SIGTERM');
  assert.equal(await idle.closed, 'end', 'one that waits for nothing is closed in order');
  idle.hangUp();
  await sleep(200);
  begun.send(telegram.subarray(50));
  assert.equal((await begun.frame())?.tag, 0x10);
  begun.hangUp();
  const end = await house.ended;
  assert.deepEqual(end, { code: 0, signal: null });
  assert.ok(pids.every((p) => !alive(p)));
  await house.start();
});

test('a stop while the database is away resets what waits unstored', async () => {
  const count = () => house.sql("select count(*)::int as n from meter where serial like '7435000000%'")[0].n;
  const readers = () => house.children().filter((c) => c.duty === 'listener');
  const known = await Promise.all(Array.from({ length: 3 }, async (_, i) => {
    const m = await Meter.call(house.port);
    m.send(push({ serial: `743500000${100 + i}`, volume: 1 }));
    await m.frame();
    return m;
  }));
  house.stack.run('db-stop', 'immediate');
  const waiting = await Promise.all(Array.from({ length: 12 }, async (_, i) => {
    const m = await Meter.call(house.port);
    return m.send(push({ serial: `7435000000${10 + i}`, volume: 1 }, { confirmed: false }));
  }));
  // Confirmed once, and unconfirmed now: its first push must not soften the end.
  known.forEach((m, i) => m.send(push({ serial: `743500000${100 + i}`, volume: 2 }, { confirmed: false })));
  // These end their side at once, as a meter that saves its battery.
  const ended = await Promise.all(Array.from({ length: 6 }, async (_, i) => {
    const m = await Meter.call(house.port);
    m.send(push({ serial: `7435000000${40 + i}`, volume: 1 }, { confirmed: false }));
    return m.hangUp();
  }));
  await sleep(400);
  assert.equal(readers().length, 2);
  house.signal('SIGTERM');
  const ends = await Promise.all([...waiting, ...known, ...ended].map((m) => m.closed));
  assert.deepEqual(ends, Array(21).fill('reset'), 'they will send it again');
  await house.ended;
  house.stack.run('db-start');
  assert.equal(count(), 0, 'and none of them is stored');
  await house.start();
});

test('a stop does not wait longer than the grace time', async () => {
  const slow = await Meter.call(house.port);
  slow.send(push({ serial: '743000000003', volume: 1 }).subarray(0, 50));
  await sleep(100);
  const began = Date.now();
  await house.stop();
  const took = Date.now() - began;
  assert.ok(took > 2500 && took < 7000, `${took} ms`);
  await slow.closed;
  slow.hangUp();
  await house.start();
});

test('children end with a parent that is killed', async () => {
  const pids = house.children().map((c) => c.pid);
  house.signal('SIGKILL');
  await house.ended;
  await until(() => pids.every((p) => !alive(p)));
  assert.equal(listeningInodes(house.port).length, 0);
  await house.start();
  assert.ok(await heard());
});

test('children that are killed at any moment lose nothing acknowledged and double nothing', async () => {
  const acknowledged = new Set();
  const sent = new Set();
  let stop = false;
  const meter = async (no) => {
    for (let n = 0; !stop; n++) {
      const at = new Date(Date.UTC(2026, 0, 1) + n * 1000);
      const telegram = push({ serial: `7440000000${no}`, volume: n, at: dateTime(at) });
      for (let ok = false; !ok && !stop;) {
        const m = await Meter.call(house.port).catch(() => null);
        if (m === null) continue;
        sent.add(`${no}/${n}`);
        m.send(telegram);
        ok = (await m.frame())?.tag === 0x10;
        m.hangUp();
      }
      if (!stop) acknowledged.add(`${no}/${n}`);
    }
  };
  const meters = Array.from({ length: 16 }, (_, i) => meter(10 + i));
  for (let i = 0; i < 12; i++) {
    await sleep(120);
    const listeners = house.children().filter((c) => c.duty === 'listener');
    if (listeners.length > 0) process.kill(listeners[i % listeners.length].pid, 'SIGKILL');
  }
  const confirmed = acknowledged.size;
  await until(() => acknowledged.size > confirmed + 50, 60000); // those that came again do their work
  stop = true;
  await Promise.all(meters);
  const stored = house.sql(`select substr(m.serial, 11) || '/' || r.volume_dm3 as it, count(*)::int as n
    from reading r join meter m on m.id = r.meter_id where m.serial like '7440000000__' group by 1`);
  const rows = new Map(stored.map((r) => [r.it, r.n]));
  assert.deepEqual([...acknowledged].filter((a) => !rows.has(a)), [], 'nothing acknowledged is lost');
  assert.deepEqual(stored.filter((r) => r.n > 1), [], 'nothing is doubled');
  assert.deepEqual(stored.filter((r) => !sent.has(r.it)), []);
});

test('an idle connection costs next to nothing', async () => {
  const listeners = () => house.children().filter((c) => c.duty === 'listener');
  const rss = () => listeners().reduce((sum, { pid }) => sum + Number(status(pid, 'VmRSS').split(' ')[0]), 0);
  // Those that were killed are there again, and have begun to listen.
  await until(() => duties() === 'listener listener notifier watcher worker' && listeners().every((c) => Number(status(c.pid, 'Seccomp')) === 2));
  for (let i = 0; i < 8; i++) assert.ok(await heard());
  const before_ = rss();
  const idle = [];
  for (let i = 0; i < 3000; i += 100) {
    idle.push(...await Promise.all(Array.from({ length: 100 }, () => Meter.call(house.port))));
  }
  await sleep(300);
  const each = (rss() - before_) * 1024 / idle.length;
  idle.forEach((m) => m.vanish());
  assert.ok(each < 1024, `${each} bytes for each`);
});
