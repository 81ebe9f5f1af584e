// The whole fleet at once, and a database that cannot keep up with it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Meter, push } from '../lib/dlms.mjs';
import { sleep, startListener, until } from '../lib/listener.mjs';

const settings = { listeners: 1, statistics_period: '200ms', admit_wait: '2s', database_wait: '60s' };
let house;
before(async () => {
  house = await startListener(settings);
  house.exec(`create table pace (s float8); insert into pace values (0); grant select on pace to lazur_listener;
    create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep((select s from pace)); return new; end $$;
    create trigger slow before insert on reading for each row execute function slow()`);
});
after(() => house?.end());
beforeEach(async () => {
  pace(0.001);
  await until(() => lately() === 0);
  house.exec('delete from session_fault; delete from reading; delete from meter');
});

// How long each reading takes.
const pace = (s) => house.exec(`update pace set s = ${s}`);
const lately = () => house.sql('select backlog::int as n from statistics_sample order by at desc limit 1')[0]?.n;
const meters = () => house.sql('select count(*)::int as n from reading')[0].n;
const counters = () => house.sql('select counters from statistics_host')[0].counters.map(Number);
const backlog = () => house.sql('select coalesce(max(backlog), 0)::int as n from statistics_sample')[0].n;

function fleet(n, ...more) {
  const sim = spawn(path.join(house.stack.build, 'meter-sim'), [`port=${house.port}`, `meters=${n}`, `concurrency=${n}`, 'once=on',
    'tries=100', 'retry=500ms', 'retry_max=2s', 'linger=100ms', 'sources=4', 'quiet=on', ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  sim.stdout.on('data', (d) => { said += d; });
  return new Promise((resolve) => { sim.on('exit', (code) => resolve({ code, said })); });
}

test('a fleet that comes at once is taken in at the rate of the database, and none is lost', async () => {
  const [{ pid }] = house.children().filter((c) => c.duty === 'listener');
  const open = () => fs.readdirSync(`/proc/${pid}/fd`).length;
  let most = 0;
  const over = fleet(3600);
  let done = false;
  over.then(() => { done = true; });
  while (!done) {
    most = Math.max(most, open());
    await sleep(20);
  }
  const { code, said } = await over;
  assert.equal(code, 0, said);
  assert.match(said, /pending=0/);
  assert.equal(meters(), 3600);
  assert.ok(most < 3000, `${most} descriptors: the others wait at the door`);
  assert.deepEqual(house.faults(), [], 'nobody is turned away');
  assert.equal(counters()[19], 0);
  assert.ok(counters()[18] >= 1000, 'the doors were shut, and it is counted');
  assert.ok(backlog() > 300, `${backlog()} were seen to wait`);
  await until(() => lately() === 0);
});

test('meters that hang up while they wait come again, and each reading is stored once', async () => {
  pace(0.006);
  const { code, said } = await fleet(500, 'confirm_timeout=2s', 'retry_max=10s', 'hang_up=on');
  assert.equal(code, 0, said);
  assert.equal(meters(), 500);
  assert.equal(house.sql('select count(*)::int as n from (select distinct meter_id from reading) x')[0].n, 500);
});

test('a queue that is full turns the next away, and says so', async () => {
  await house.reloaded({ queue_max: 20 });
  pace(0.1);
  // Connected while there was room: what they send now finds none.
  const all = await Promise.all(Array.from({ length: 60 }, () => Meter.call(house.port)));
  await sleep(9000);
  const ends = all.map((m, i) => { m.send(push({ serial: `66${i}`, volume: 1 })); return m.frame(); });
  const heard = (await Promise.all(ends)).filter(Boolean).length;
  all.forEach((m) => m.vanish());
  assert.ok(heard >= 20 && heard < 60, `${heard} were confirmed`);
  const told = await until(() => house.faults().find((f) => f.reason === 'queue_full'));
  assert.equal(Number(told.times), 60 - heard);
  await until(() => counters()[19] === 60 - heard);
  assert.equal(meters(), heard, 'what was confirmed is stored, and nothing else');
});

test('who comes while the database is away waits at the door, and is served when it is back', async () => {
  await house.reloaded({ queue_max: 50000 });
  pace(0);
  house.stack.run('db-stop', 'immediate');
  const over = fleet(400, 'confirm_timeout=60s');
  await sleep(2500);
  house.stack.run('db-start');
  const { code, said } = await over;
  assert.equal(code, 0, said);
  assert.equal(meters(), 400);
  assert.deepEqual(house.faults(), []);
});
