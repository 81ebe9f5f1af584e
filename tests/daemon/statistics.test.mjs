// meter-listener counts what it does and writes it down: connections, sessions,
// commits, its processes; nothing is lost when one of them dies.
import assert from 'node:assert/strict';
import os from 'node:os';
import { after, before, test } from 'node:test';
import { Meter, push } from '../lib/dlms.mjs';
import { sleep, startListener, until } from '../lib/listener.mjs';

let house;
before(async () => { house = await startListener({ statistics_period: '300ms' }); });
after(() => house?.end());

const host = () => house.sql('select host, counters, processes, processors from statistics_host')[0];
const newest = (column) => house.sql(`select ${column} as it from statistics_sample order by at desc limit 1`)[0].it;

test('a sample speaks of this host, its processors, load, disk and every process', async () => {
  const told = await until(host);
  assert.equal(told.host, os.hostname());
  assert.equal(told.processors, os.cpus().length);
  const duties = told.processes.map((p) => p.duty);
  for (const duty of ['parent', 'listener', 'notifier', 'worker', 'watcher']) assert.ok(duties.includes(duty), duty);
  const now = house.sql('select * from statistics_sample order by at desc limit 1')[0];
  assert.ok(now.disk_total_bytes > now.disk_free_bytes && now.disk_free_bytes > 0);
  assert.ok(Math.abs(now.la5_permille / 1000 - os.loadavg()[1] / os.cpus().length) < 0.2);
  const parent = await until(() => {
    const p = host().processes.find((x) => x.duty === 'parent');
    return p.memory_bytes > 1e6 && p;
  });
  assert.equal(parent.pid, house.pid);
  assert.match(parent.state, /^[RSD]$/);
});

test('connections are counted and those that are open shown, and the count survives the death of listeners', async () => {
  const [before_] = (await until(host)).counters;
  const lines = await Promise.all(Array.from({ length: 5 }, () => Meter.call(house.port)));
  await until(() => host().counters[0] === before_ + 5);
  await until(() => newest('connections') === 5);
  assert.ok(house.sql('select max(cons_millihz) as n from statistics_sample')[0].n > 0);
  const pids = host().processes.filter((p) => p.duty === 'listener').map((p) => p.pid);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await until(() => host().processes.filter((p) => p.duty === 'listener' && !pids.includes(p.pid) && p.restarts >= 1).length === pids.length);
  assert.equal(host().counters[0], before_ + 5, 'no connection is forgotten');
  await until(() => newest('connections') === 0);
  for (const m of lines) m.hangUp();
});

test('a session that is stored is counted once, with the time to its commit', async () => {
  const was = (await until(host)).counters;
  for (let i = 0; i < 3; i++) {
    const m = await Meter.call(house.port);
    m.send(push({ serial: `71000000000${i}`, volume: 5 }));
    assert.ok(await m.frame());
    m.hangUp();
  }
  const now = await until(() => host().counters[2] === was[2] + 3 && host().counters);
  assert.ok(now[3] > was[3]);
  assert.equal(now.slice(4).reduce((a, b) => a + b), now[2], 'every session is in one bucket');
  const [sample] = house.sql('select commit_p50_us, commit_p99_us from statistics_sample where commit_p99_us is not null order by at desc limit 1');
  assert.ok(sample.commit_p50_us > 0 && sample.commit_p99_us >= sample.commit_p50_us);
  await sleep(700);
  assert.equal(host().counters[2], now[2], 'and only once');
});

test('without the database nothing is lost: the next sample speaks of the whole time', async () => {
  const [before_] = (await until(host)).counters;
  house.stack.run('db-stop', 'fast');
  const m = await Meter.call(house.port);
  await sleep(1500);
  house.stack.run('db-start');
  const told = await until(() => host().counters[0] > before_ && host(), 30000);
  assert.equal(told.counters[0], before_ + 1);
  assert.ok(house.sql('select max(span_ms) as n from statistics_sample')[0].n >= 1200);
  m.hangUp();
});
