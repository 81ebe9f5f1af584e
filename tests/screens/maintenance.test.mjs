// The site while the database is away, and the life of the web programs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { root, startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';

let stack;
let v;
before(async () => {
  stack = await startStack({ programs: 'web', meters: 10, fresh: true, env: { LAZUR_WEB_WORKERS: '3' } });
  v = new Visitor(stack);
  await v.signIn('viewer');
});
after(async () => { if (stack) await stack.stop(); });

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
const children = (pid) => fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
async function until(what, holds, ms = 10000) {
  const end = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > end) assert.fail(`${what} did not come true in ${ms} ms`);
    await pause(50);
  }
}

test('without the database the maintenance page stands where the form or the page would (GC-008)', async () => {
  stack.run('db-stop', 'immediate');
  for (const address of ['/sign-in', '/help', '/meters']) {
    const { status, text, headers } = await v.get(address);
    assert.equal(status, 503, address);
    assert.equal(headers['retry-after'], '60');
    assert.match(text, /Система временно не доступна/);
    assert.match(text, /Технические работы/);
    assert.match(text, /Извините, но в настоящий момент на сервере выполняются технические работы\. Попробуйте зайти немного позже\./);
    assert.doesNotMatch(text, /name="password"/);
  }
});

test('the maintenance page asks again by itself once a minute, for the page that was wanted (GC-009)', async () => {
  const { text } = await v.get('/help?x=1&y=2');
  const refresh = text.match(/<meta http-equiv="refresh" content="60;\s*url=([^"]*)">/);
  assert.equal(refresh[1], '/help?x=1&amp;y=2');
  const posted = await v.post('/alive');
  assert.equal(posted.status, 503);
  assert.match(posted.text, /content="60;\s*url=\/"/, 'what was posted is not repeated');
});

test('when the database is back the next try goes on, with the session that there was (GC-009)', async () => {
  stack.run('db-start');
  await until('every worker is back', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => v.get('/help')));
    return answers.every((a) => a.status === 200);
  });
});

test('a restart of the database between two requests is not noticed', async () => {
  for (let i = 0; i < 12; i++) assert.equal((await v.get('/help')).status, 200);
  stack.run('restart-db');
  for (let i = 0; i < 12; i++) assert.equal((await v.get('/help')).status, 200, `request ${i}`);
});

test('a worker that is killed is replaced, and the others serve meanwhile', async () => {
  const parent = stack.pid('operator');
  const victims = children(parent);
  assert.equal(victims.length, 3);
  process.kill(victims[0], 'SIGKILL');
  for (let i = 0; i < 6; i++) assert.equal((await v.get('/help')).status, 200);
  await until('three workers serve again', () => {
    const now = children(parent);
    return now.length === 3 && !now.includes(victims[0]);
  });
});

test('SIGHUP replaces every worker, and no request is lost meanwhile', async () => {
  const parent = stack.pid('operator');
  const old = children(parent);
  let going = true;
  const statuses = [];
  const client = (async () => { while (going) statuses.push((await v.get('/help')).status); })();
  process.kill(parent, 'SIGHUP');
  await until('every worker is a new one', () => children(parent).every((p) => !old.includes(p)));
  await pause(300);
  going = false;
  await client;
  assert.ok(statuses.length > 0);
  assert.deepEqual([...new Set(statuses)], [200]);
  assert.equal(stack.pid('operator'), parent);
});

test('a stop lets a download that is on its way finish', async () => {
  stack.exec(`insert into audit_log (operator_login, action, note)
    select 'stop', 'x', repeat('y', 200) || n from generate_series(1, 100000) n`);
  const admin = new Visitor(stack, { address: '127.0.8.1' });
  await admin.signIn('admin');
  const download = admin.get('/admin/log.csv?q=stop&sort=at');
  await pause(50);
  process.kill(stack.pid('admin'), 'SIGTERM');
  const { text } = await download;
  assert.match(text.trimEnd(), /y100000$/);
  await until('the program has ended', () => stack.pid('admin') === null);
  stack.run('start', 'admin');
});

test('while a program is away, what is asked of it and what is sent to it is answered by the maintenance page (GC-008)', async () => {
  for (const [program, address] of [['admin', '/admin/branches/new'], ['operator', '/meters']]) {
    stack.run('stop', program);
    for (const answer of [await v.get(address), await v.post(address, { name: 'x' })]) {
      assert.equal(answer.status, 503, `${program}: ${address}`);
      assert.match(answer.text, /http-equiv="refresh"|Технические работы|обслуживание/i);
    }
    stack.run('start', program);
  }
});

test('a download that breaks off is cut, so that nobody takes it for whole', async () => {
  stack.exec(`insert into audit_log (operator_login, action, note)
    select 'cut', 'x', repeat('y', 2000) || n from generate_series(1, 200000) n`);
  const admin = new Visitor(stack, { address: '127.0.8.2' });
  await admin.signIn('admin');
  const download = admin.get('/admin/log.csv?sort=at');
  const settled = download.then((a) => `whole, ${a.status}`, (e) => e.code || e.message);
  await until('the backend of the download was ended', () => stack.exec(`select count(pg_terminate_backend(pid)) > 0
    from pg_stat_activity where query like '%from audit_log%' and state = 'active' and usename = 'lazur_admin'`, 'postgres').trim() === 't');
  // Nothing had been sent yet: an error page. Otherwise the connection is cut.
  assert.match(await settled, /^(ECONNRESET|whole, 503)$/);
  assert.equal((await admin.get('/help')).status, 200);
});

test('programs check templates and statements with -c, and say what is wrong', () => {
  const program = path.join(stack.build, 'cgi-bin/operator');
  const run = (templates) => execFileSync(program, ['-c', '-d', stack.conninfo('web'), '-t', templates], { encoding: 'utf8', stdio: 'pipe' });
  run(path.join(root, 'templates'));
  const broken = path.join(stack.folder, 'templates');
  fs.cpSync(path.join(root, 'templates'), broken, { recursive: true });
  fs.appendFileSync(path.join(broken, 'web/help.cst'), '<?cs if:x ?>');
  assert.throws(() => run(broken), (e) => e.status === 1 && /web\/help\.cst/.test(e.stderr));
  assert.throws(() => execFileSync(program, ['-x'], { stdio: 'pipe' }), (e) => e.status === 2 && /usage: operator/.test(e.stderr.toString()));
});
