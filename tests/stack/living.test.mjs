// tools/stack beside what already runs: programs, ports and histories go on.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { once } from 'node:events';
import { startSim } from '../lib/sim.mjs';
import { freePort, root, startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

const SIM = 'period=1s linger=100ms retry=100ms fault_garbage=0';
let stack;
before(async () => {
  stack = await startStack({ programs: 'all', meters: 40, fresh: true, env: { LAZUR_SIM_OPTIONS: SIM } });
});
after(() => stack.stop());

function status(where = '/sign-in') {
  return new Promise((resolve, reject) => {
    http.get(stack.http + where, { agent: false }, (res) => { res.resume(); resolve(res.statusCode); }).on('error', reject);
  });
}

async function until(what, condition) {
  for (let i = 0; i < 600; i++) {
    if (await condition()) return;
    await new Promise((r) => setTimeout(r, 50));
  }
  assert.fail(`never: ${what}`);
}

function spawned(args, env = stack.env, program = 'tools/stack') {
  const p = spawn(path.isAbsolute(program) ? program : path.join(root, program), args,
    { env, cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  p.text = '';
  for (const s of [p.stdout, p.stderr]) s.setEncoding('utf8').on('data', (d) => { p.text += d; });
  return p;
}

// Supervisors of this installation's program: their parent is another program.
function running(program) {
  const home = fs.realpathSync(stack.var);
  const of = (pid) => {
    try {
      if (fs.readlinkSync(`/proc/${pid}/cwd`) !== home) return null;
      const name = path.basename(fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]);
      return { name, parent: fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[1], pid };
    } catch {
      return null;
    }
  };
  const all = fs.readdirSync('/proc').filter((p) => /^\d+$/.test(p)).map(of).filter((p) => p && p.name === program);
  return all.filter((p) => !all.some((q) => q.pid === p.parent));
}

const workersOf = (pid) => fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);

test('starting what runs changes nothing and leaves the site reachable', async () => {
  const names = ['operator', 'admin', 'security', 'nginx', 'listener'];
  const was = names.map((n) => stack.pid(n));
  stack.run('start', 'operator');
  assert.equal(await status(), 200);
  stack.run('start');
  assert.deepEqual(names.map((n) => stack.pid(n)), was);
  assert.equal(await status(), 200);
  assert.equal(stack.tool(['status']).status, 0);
});

test('a program that lost its socket is told of by status, and start brings it back', async () => {
  const was = stack.pid('operator');
  fs.unlinkSync(path.join(stack.var, 'run/operator.sock'));
  const told = stack.tool(['status']);
  assert.notEqual(told.status, 0);
  assert.match(told.stdout, /^operator +\d+ +runs, but does not answer$/m);
  stack.run('start', 'operator');
  assert.notEqual(stack.pid('operator'), was);
  assert.equal(stack.tool(['status']).status, 0);
  assert.equal(await status(), 200);
});

test('several who start one program at the same moment start it once', async () => {
  stack.run('stop', 'operator');
  const all = [1, 2, 3, 4].map(() => spawned(['start', 'operator']));
  const codes = (await Promise.all(all.map((p) => once(p, 'exit')))).map(([code]) => code);
  assert.deepEqual(codes, [0, 0, 0, 0], all.map((p) => p.text).join(''));
  assert.equal(running('operator').length, 1);
  assert.equal(await status(), 200);
});

test('ports that were chosen once hold for commands that do not name them', async () => {
  const plain = Object.fromEntries(Object.entries(stack.env)
    .filter(([k]) => !k.startsWith('LAZUR_') || k === 'LAZUR_VAR' || k === 'LAZUR_BUILD'));
  const tool = (args, env = plain) => {
    const r = spawnSync(path.join(root, 'tools/stack'), args, { env, encoding: 'utf8' });
    assert.equal(r.status, 0, r.stdout + r.stderr);
  };
  const heard = (port) => new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
    socket.on('error', () => resolve(false));
  });
  tool(['stop', 'listener']);
  tool(['start', 'listener']);
  assert.ok(await heard(stack.meterPort));
  tool(['stop', 'nginx']);
  tool(['start', 'nginx']);
  assert.equal(await status(), 200);
  tool(['status']);

  const other = await freePort(); // named again, it wins, and is kept
  tool(['stop', 'listener']);
  tool(['start', 'listener'], { ...plain, LAZUR_METER_PORT: String(other) });
  assert.ok(await heard(other));
  tool(['stop', 'listener']);
  tool(['start', 'listener']);
  assert.ok(await heard(other) && !(await heard(stack.meterPort)));
  tool(['stop', 'listener']);
  tool(['start', 'listener'], stack.env);
});

test('a kept setting is text and never a command', () => {
  const file = path.join(stack.var, 'etc/stack.env');
  const kept = fs.readFileSync(file);
  const trace = path.join(stack.var, 'run/trace');
  try {
    fs.writeFileSync(file, `LAZUR_HTTP_PORT=a[$(touch ${trace})]\nPATH=/nowhere\n$(touch ${trace})\n`);
    const env = { ...stack.env };
    delete env.LAZUR_HTTP_PORT;
    const r = spawnSync(path.join(root, 'tools/stack'), ['status'], { env, encoding: 'utf8' });
    assert.match(r.stderr, /LAZUR_HTTP_PORT must be a number/);
    assert.ok(!fs.existsSync(trace));
  } finally {
    fs.writeFileSync(file, kept);
  }
});

test('every line that programs log begins with its moment in UTC', () => {
  const line = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [a-z-]+\[\d+\] \S/;
  for (const name of ['operator', 'listener']) {
    const lines = stack.log(name).split('\n').filter(Boolean);
    assert.ok(lines.length > 0);
    for (const l of lines) assert.match(l, line);
    const at = Date.parse(lines.at(-1).split(' ')[0]);
    assert.ok(Math.abs(Date.now() - at) < 600e3, lines.at(-1));
  }
});

test('a taken port stops make run before anything is built', async () => {
  const taken = net.createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const build = path.join(stack.folder, 'never');
  try {
    const p = spawned(['run', `BUILD=${build}`], { ...stack.env, LAZUR_VAR: path.join(stack.folder, 'other'),
      LAZUR_HTTP_PORT: String(taken.address().port) }, '/usr/bin/make');
    assert.notEqual((await once(p, 'close'))[0], 0);
    assert.match(p.text, new RegExp(`port ${taken.address().port} is taken.*LAZUR_HTTP_PORT=\\d+ make run`));
    assert.ok(!fs.existsSync(build));
  } finally {
    taken.close();
  }
});

test('the histories of seeded meters go on: no count falls after a live session', async () => {
  stack.run('start', 'sim');
  const [{ n }] = stack.sql(`select count(*)::int as n from meter_state where last_at > now() - interval '9 days'`);
  const live = `from reading where received_at > now() - interval '2 minutes'`;
  await until('each of them has called twice', () => stack.sql(`select count(*)::int as n from
    (select meter_id ${live} group by 1 having count(*) > 1) m`)[0].n >= Math.min(n, 30));
  assert.deepEqual(stack.sql(`select * from (
    select m.serial, r.at, r.working_h, lag(working_h) over w as hours_before, r.tamper_h, lag(tamper_h) over w as tamper_before,
           coalesce(volume_dm3, energy_wh) as volume, lag(coalesce(volume_dm3, energy_wh)) over w as volume_before,
           battery_permille, lag(battery_permille) over w as charge_before
      from reading r join meter m on m.id = r.meter_id window w as (partition by meter_id order by at)) h
    where working_h < hours_before or volume < volume_before or battery_permille > charge_before
       or tamper_h < tamper_before`), []);
  assert.deepEqual(stack.sql(`select * from (
    select m.serial, a.day, volume_dm3 - lag(volume_dm3) over w as used, day - lag(day) over w as days
      from archive_daily a join meter m on m.id = a.meter_id window w as (partition by meter_id order by day)) d
    where used not between 0 and 15000 * days`), [], 'archives go on as well: no home uses 15 m3 in a day');
});

test('an electricity meter is heard, stored and shown with its four tariffs', async () => {
  const serial = '590000000001';
  const sim = await startSim({ port: stack.meterPort, meters: 1, first_serial: serial, model: 'ЭС-Лазурь 4Т', period: '1h' });
  let said;
  try {
    await sim.order(`call ${serial}`);
    await until('it is stored', () => stack.sql(`select from register r join meter m on m.id = r.meter_id where m.serial = '${serial}'`).length >= 7);
    said = sim.truth().map((l) => l.split(' ')).find((f) => f[0] === 'S');
  } finally {
    await sim.stop();
  }
  const wh = Number(said[3]);
  const stored = stack.sql(`select r.logical_name as name, r.last_value::int as wh from register r join meter m on m.id = r.meter_id
    where m.serial = '${serial}' and r.logical_name like '1.0.1.8.%' order by 1`);
  assert.deepEqual(stored.map((r) => r.name), [1, 2, 3, 4].map((t) => `1.0.1.8.${t}.255`));
  assert.equal(stored.reduce((sum, r) => sum + r.wh, 0), wh, 'the tariffs add up to what the meter counted');
  const [{ id, main }] = stack.sql(`select m.id, s.energy_wh::int as main from meter m join meter_state s on s.meter_id = m.id
    where m.serial = '${serial}'`);
  stack.exec(`update meter set branch_id = (select min(id) from branch) where id = ${id}`);
  assert.equal(main, wh);
  const site = new Visitor(stack);
  await site.signIn('operator');
  const page = await site.get(`/meters?q=${serial}&open=${id}`);
  const shown = [...page.text.matchAll(/<td>Активная энергия, потребление \(A\+\)(?:, тариф (\d))?<\/td><td class="code">1-0:1\.8\.(\d)<\/td><td class="num">([\d\s ]+)<\/td><td>Wh</g)]
    .map((m) => [m[1] ?? '0', m[2], Number(m[3].replace(/\D/g, ''))]);
  assert.deepEqual(shown, [['0', '0', wh], ...stored.map((r, i) => [String(i + 1), String(i + 1), r.wh])]);
});

test('a simulated meter calls when it is asked to', async () => {
  stack.run('stop', 'sim');
  const slow = { ...stack.env, LAZUR_SIM_OPTIONS: 'period=24h' };
  const tool = (...args) => spawnSync(path.join(root, 'tools/stack'), args, { env: slow, encoding: 'utf8' });
  assert.equal(tool('start', 'sim').status, 0);
  const [{ serial, id }] = stack.sql(`select m.serial, m.id from meter m join meter_state s on s.meter_id = m.id
    where last_at > now() - interval '9 days' and energy_wh is null order by id limit 1`);
  const count = () => stack.sql(`select count(*)::int as n from reading where meter_id = ${id}`)[0].n;
  await until('the simulator takes orders', () => tool('call', serial).status === 0);
  const was = count();
  assert.equal(tool('call', serial).stdout, `${serial} calls now\n`);
  await until('it has called', () => count() > was);
  assert.notEqual(tool('call', '1').status, 0);
  assert.notEqual(tool('call').status, 0);
  stack.run('stop', 'sim');
  assert.match(tool('call', serial).stderr, /the simulator does not run/);
});

test('run tells how often meters call, and of every program and child that dies', async () => {
  const env = { ...stack.env, LAZUR_PROGRESS_SECONDS: '1', LAZUR_SIM_OPTIONS: '' };
  const p = spawned(['run'], env);
  try {
    await until('it runs', () => / sessions stored in 1 s/.test(p.text));
    assert.match(p.text, /the simulated meters call every 5 minutes/);
    assert.match(p.text, /tools\/stack call SERIAL/);

    process.kill(workersOf(stack.pid('operator'))[0], 'SIGKILL');
    await until('a worker is told of', () => /a child of operator has died and is started again: operator\[\d+\] .*signal=9/.test(p.text));
    process.kill(workersOf(stack.pid('listener'))[0], 'SIGKILL');
    await until('a listener is told of', () => /a child of listener has died and is started again: .*killed by signal 9/.test(p.text));

    process.kill(stack.pid('security'), 'SIGKILL');
    await until('a program is told of', () => /security has died .*starting it again/.test(p.text));
    await until('and that it is back', () => /security runs again/.test(p.text));
    assert.ok(stack.pid('security'));

    fs.unlinkSync(path.join(stack.var, 'run/admin.sock'));
    await until('a lost socket is noticed', () => /admin runs, but its socket does not answer/.test(p.text));
    await until('and it is back', () => /admin runs again/.test(p.text));
    assert.equal(stack.tool(['status']).status, 0);
  } finally {
    p.kill('SIGTERM');
    await once(p, 'exit');
  }
});
