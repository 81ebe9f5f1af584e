// tools/stack and nginx.conf: what starts also stops, and survives being killed.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { freePort, root, startStack } from '../lib/stack.mjs';

let stack;
before(async () => { stack = await startStack({ programs: ['operator', 'nginx'], meters: 40, fresh: true }); });
after(() => stack.stop());

function get(where, headers = {}) {
  return new Promise((resolve, reject) => {
    http.get(stack.http + where, { headers, agent: false }, (res) => {
      let body = '';
      res.setEncoding('utf8').on('data', (d) => { body += d; });
      res.on('end', () => resolve({ status: res.statusCode, headers: res.headers, body }));
    }).on('error', reject);
  });
}

// Living processes whose folder is inside the installation.
function processes() {
  const home = fs.realpathSync(stack.var);
  return fs.readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
    try {
      const cwd = fs.readlinkSync(`/proc/${pid}/cwd`);
      return cwd === home || cwd.startsWith(`${home}/`);
    } catch {
      return false;
    }
  });
}

async function until(what, condition) {
  for (let i = 0; i < 600; i++) {
    if (await condition()) return;
    await new Promise((r) => setTimeout(r, 50));
  }
  assert.fail(`never: ${what}`);
}

test('every answer carries the content policy and its request number', async () => {
  const { headers } = await get('/sign-in');
  assert.match(headers['content-security-policy'], /default-src 'none'; script-src 'self';/);
  assert.doesNotMatch(headers['content-security-policy'], /unsafe/);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['x-frame-options'], 'DENY');
  assert.match(headers['x-request-id'], /^[0-9a-f]{32}$/);
  assert.doesNotMatch(headers.server || '', /\d/);
});

test('a file asked for with its version is kept for a year, without it asked for again', async () => {
  const kept = await get('/static/favicon.svg?v=1');
  assert.equal(kept.status, 200);
  assert.match(kept.headers['cache-control'], /max-age=31536000/);
  assert.match(kept.headers['content-security-policy'], /default-src 'none'/);
  assert.match((await get('/static/favicon.svg')).headers['cache-control'], /no-cache/);
});

test('nothing beside static files is served from disk', async () => {
  for (const where of ['/static/../templates/layout.cst', '/static/%2e%2e/templates/layout.cst',
    '/templates/layout.cst', '/build/meter-listener', '/nginx.conf']) {
    const { status, body } = await get(where);
    assert.ok([303, 400, 404].includes(status), `${where}: ${status}`);
    assert.doesNotMatch(body, /<\?cs/);
  }
});

test('a form larger than a megabyte is refused before a program sees it', async () => {
  const status = await new Promise((resolve, reject) => {
    const req = http.request(`${stack.http}/sign-in`, { method: 'POST', agent: false,
      headers: { 'content-length': 1024 * 1024 + 1 } }, (res) => { resolve(res.statusCode); req.destroy(); });
    req.on('error', reject);
    req.write('a');
  });
  assert.equal(status, 413);
});

test('the log has the path of a request and not what was searched for', async () => {
  await get('/meters?search=0123456789');
  const file = path.join(stack.var, 'log/access.log');
  await until('a line in the log', () => fs.readFileSync(file, 'utf8').includes(' /meters '));
  assert.doesNotMatch(fs.readFileSync(file, 'utf8'), /0123456789/);
});

test('while a program is away its page says so and tries again', async () => {
  stack.run('stop', 'operator');
  const { status, headers } = await get('/');
  assert.equal(status, 503);
  assert.equal(headers['cache-control'], 'no-store');
  assert.match(headers['content-security-policy'], /default-src 'none'/);
  stack.run('start', 'operator');
  assert.equal((await get('/sign-in')).status, 200);
});

test('what is secret is readable by its owner alone', () => {
  const folder = path.join(stack.var, 'secret');
  assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
  const names = fs.readdirSync(folder);
  assert.ok(names.includes('secret.key') && names.includes('pgpass-web'));
  for (const name of names) assert.equal(fs.statSync(path.join(folder, name)).mode & 0o777, 0o600, name);
  assert.match(fs.readFileSync(path.join(folder, 'secret.key'), 'utf8'), /^[0-9a-f]{64}\n$/);
});

test('servers do not run as root', () => {
  for (const pid of processes()) {
    assert.notEqual(fs.statSync(`/proc/${pid}`).uid, 0, fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  }
});

test('a database role has a password, and no door without it', () => {
  const ask = (conninfo) => spawnSync('psql', [conninfo, '-wAtc', 'select 1'], { encoding: 'utf8' });
  assert.equal(ask(stack.conninfo('web')).stdout, '1\n');
  assert.match(ask(stack.conninfo('web').replace(/passfile=\S+/, 'passfile=/dev/null')).stderr, /no password supplied/);
  const hba = fs.readFileSync(path.join(stack.var, 'pg/pg_hba.conf'), 'utf8');
  assert.doesNotMatch(hba, /^[^#].*\b(trust|peer|ident)\s*$/m);
});

test('PostgreSQL killed as by a power cut comes back with what was committed', () => {
  stack.exec(`insert into audit_log (operator_login, action) values ('a', 'before the cut')`);
  const old = stack.pid('db');
  stack.run('restart-db');
  assert.notEqual(stack.pid('db'), old);
  assert.equal(stack.sql(`select count(*)::int as n from audit_log where action = 'before the cut'`)[0].n, 1);
  assert.equal(stack.sql(`select current_setting('fsync') || current_setting('full_page_writes')
    || current_setting('synchronous_commit') as s`)[0].s, 'ononon');
});

test('a killed program is seen as stopped and starts again', async () => {
  const old = stack.pid('operator');
  process.kill(old, 'SIGKILL');
  await until('it is seen as dead', () => stack.pid('operator') === null);
  stack.run('stop', 'operator');
  stack.run('start', 'operator');
  assert.ok(stack.pid('operator'));
  assert.notEqual(stack.pid('operator'), old);
  assert.equal((await get('/sign-in')).status, 200);
});

test('nginx is found by a user whose path has no folder for administrators', async () => {
  stack.run('stop', 'nginx');
  const r = spawnSync(path.join(root, 'tools/stack'), ['start', 'nginx'], {
    env: { ...stack.env, PATH: '/usr/local/bin:/usr/bin:/bin' }, encoding: 'utf8',
  });
  assert.equal(r.status, 0, r.stderr);
  assert.equal((await get('/sign-in')).status, 200);
});

test('a taken port is named with the setting that moves it', async () => {
  const other = await startStack({ programs: 'db', fresh: true, env: { LAZUR_HTTP_PORT: String(stack.httpPort) } });
  try {
    assert.throws(() => other.run('start', 'nginx'), (e) =>
      e.message.includes(`port ${stack.httpPort} is taken`) && e.message.includes('LAZUR_HTTP_PORT='));
  } finally {
    await other.stop();
  }
});

test('an operator is added with a password of eight characters at least', () => {
  const add = (login, password) => stack.tool(['operator-add', login, 'view', '1,2'], `${password}\n`);
  assert.notEqual(add('short', '1234567').status, 0);
  const { status, stdout } = add('ivanova', 'long enough');
  assert.deepEqual([status, stdout], [0, 'ivanova: added\n']);
  assert.deepEqual(stack.sql(`select role, left(password_hash, 4) as hash, array_agg(branch_id order by branch_id) as b
    from operator join operator_branch on operator_id = id where login = 'ivanova' group by 1, 2`),
  [{ role: 'view', hash: '$y$j', b: [1, 2] }]);
});

test('an operator who is there is changed only by who says so', () => {
  const add = (...args) => stack.tool(['operator-add', ...args], 'another password\n');
  const she = () => stack.sql(`select role, password_hash, array_agg(branch_id order by branch_id) as b
    from operator join operator_branch on operator_id = id where login = 'petrova' group by 1, 2`)[0];
  assert.equal(add('petrova', 'view', '1').status, 0);
  const was = she();
  const refused = add('petrova', 'security');
  assert.notEqual(refused.status, 0);
  assert.match(refused.stderr, /petrova is there already/);
  assert.deepEqual(she(), was);
  const { status, stdout } = add('--replace', 'petrova', 'security', '2,3');
  assert.deepEqual([status, stdout], [0, 'petrova: changed\n']);
  assert.deepEqual([she().role, she().b], ['security', [2, 3]]);
  assert.notEqual(she().password_hash, was.password_hash);
});

test('a second run of the same installation is refused, and a killed one is cleaned up by the next', async () => {
  const env = { ...stack.env, LAZUR_PROGRESS_SECONDS: '1' };
  const run = () => {
    const p = spawn(path.join(root, 'tools/stack'), ['run'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    p.text = '';
    for (const s of [p.stdout, p.stderr]) s.setEncoding('utf8').on('data', (d) => { p.text += d; });
    return p;
  };
  const first = run();
  await until('it runs', () => / sessions stored in 1 s/.test(first.text));
  assert.match(first.text, new RegExp(`http://127.0.0.1:${stack.httpPort}/`));
  assert.match(first.text, /security .* security/);

  const second = run();
  assert.notEqual((await once(second, 'exit'))[0], 0);
  assert.match(second.text, /already running/);
  const before = stack.pid('operator');

  first.kill('SIGKILL');
  await once(first, 'exit');
  const third = run();
  await until('it runs again', () => / sessions stored in 1 s/.test(third.text));
  assert.notEqual(stack.pid('operator'), before);
  assert.ok(!fs.existsSync(`/proc/${before}`) || /\) Z/.test(fs.readFileSync(`/proc/${before}/stat`, 'utf8')));

  third.kill('SIGTERM');
  await once(third, 'exit');
  assert.deepEqual(processes(), []);
});

test('stop leaves no process, whatever was killed before', async () => {
  stack.run('start', 'operator', 'nginx');
  for (const name of ['operator', 'nginx']) process.kill(stack.pid(name), 'SIGKILL');
  stack.run('stop');
  await until('all of them end', () => processes().length === 0);
});

test('a folder hidden from the servers becomes a link to one that they can enter', async () => {
  const hidden = fs.mkdtempSync(path.join(os.tmpdir(), 'lazur-hidden-')); // mode 700
  const env = { ...stack.env, LAZUR_VAR: path.join(hidden, 'var'), LAZUR_HTTP_PORT: String(await freePort()) };
  const tool = (...args) => spawnSync(path.join(root, 'tools/stack'), args, { env, encoding: 'utf8' });
  try {
    const { status, stdout, stderr } = tool('migrate');
    assert.equal(status, 0, stderr);
    const real = fs.realpathSync(env.LAZUR_VAR);
    if (process.getuid() === 0) assert.match(stdout, new RegExp(`${env.LAZUR_VAR} is a link to ${real}`));
    assert.equal(tool('psql', '-Atc', 'select count(*) > 0 from schema_version').stdout.trim(), 't');
  } finally {
    tool('stop');
    fs.rmSync(fs.realpathSync(env.LAZUR_VAR), { recursive: true });
    fs.rmSync(hidden, { recursive: true });
  }
});

// The port is free again when the file ends.
test('a stopped installation frees its ports', async () => {
  assert.notEqual(await freePort(), stack.httpPort);
  await assert.rejects(get('/'));
});
