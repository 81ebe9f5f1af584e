// A private house for tests: its own folder, ports, database and programs.
//
//   const stack = await startStack({ meters: 200, programs: 'web' });
//   stack.http            'http://127.0.0.1:40211'
//   stack.meterPort       where meters call
//   stack.password        of the sign-ins admin, operator, viewer, security
//   stack.sql('select 1 as one')            [{ one: 1 }], as the owner
//   stack.sql('select 1 as one', 'web')     as lazur_web; also listener ...
//   stack.exec('update ...', 'web')         no rows; throws SqlError (.code)
//   stack.run('restart-db')                 tools/stack with any command; throws
//   stack.tool(['operator-add', ...], text) the same with an input, and its status
//   stack.pid('listener')                   of a program, null when it is down
//   await stack.stop()                      everything, and the folder is gone
//
// programs: 'db' (schema only), 'seeded' (and a city), 'web' (and operator,
// admin, security, nginx), 'all' (and meter-listener).
//
// With LAZUR_TEST_STACK=FOLDER several files share one stack of
// `node tests/lib/stack.mjs start`; stop() then leaves it running.
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const tool = path.join(root, 'tools/stack');
const PG_BIN = process.env.LAZUR_PG_BIN || '/usr/lib/postgresql/15/bin';
const PASSWORD = 'correct horse 1';

// The log of operators refuses to forget, its owner too: a test that begins
// with an empty one takes the guard away for a moment.
export const emptyLog = (where = 'true') => `alter table audit_log disable trigger user;
  delete from audit_log where ${where}; alter table audit_log enable trigger user;`;

export class SqlError extends Error {
  constructor(text) {
    super(text.trim());
    this.code = (/ERROR:\s+([0-9A-Z]{5}):/.exec(text) || [])[1] || '';
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

// Below the ports that the kernel gives to outgoing connections, which could
// take this one before its server does.
export async function freePort() {
  for (;;) {
    const port = 12000 + Math.floor(Math.random() * 20000);
    if (await isFree(port)) return port;
  }
}

function runTool(env, args, input) {
  return spawnSync(tool, args, { env, input, encoding: 'utf8', maxBuffer: 1 << 28 });
}

function mustRun(env, args) {
  const r = runTool(env, args);
  if (r.status !== 0) throw new Error(`tools/stack ${args.join(' ')}:\n${r.stdout}${r.stderr}`);
  return r.stdout;
}

function handle(folder, facts, own) {
  const env = { ...process.env, ...facts.env };
  let down = false;

  // PostgreSQL's own psql, asked without the detours of tools/stack: a test asks often.
  const known = {};
  const psql = (text, role) => {
    known[role] ||= mustRun(env, ['conninfo', role]).trim();
    const r = spawnSync(path.join(PG_BIN, 'psql'), [known[role], '-X', '-q', '-A', '-t',
      '-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=verbose', '-f', '-'],
    { env, input: text, encoding: 'utf8', maxBuffer: 1 << 28 });
    if (r.status !== 0) throw new SqlError(r.stderr);
    return r.stdout;
  };
  const stack = {
    folder,
    env,
    var: facts.env.LAZUR_VAR,
    build: facts.env.LAZUR_BUILD,
    http: `http://127.0.0.1:${facts.env.LAZUR_HTTP_PORT}`,
    httpPort: Number(facts.env.LAZUR_HTTP_PORT),
    meterPort: Number(facts.env.LAZUR_METER_PORT),
    password: PASSWORD,
    sql: (query, role = 'owner') =>
      JSON.parse(psql(`select coalesce(json_agg(row_), '[]') from (${query.replace(/;\s*$/, '')}) row_`, role)),
    exec: (text, role = 'owner') => psql(text, role),
    run: (...args) => mustRun(env, args),
    tool: (args, input) => runTool(env, args, input), // { status, stdout, stderr }
    conninfo: (role) => mustRun(env, ['conninfo', role]).trim(),
    pid(name) {
      const line = runTool(env, ['status']).stdout.split('\n').find((l) => l.startsWith(`${name} `));
      const found = line && Number(line.split(/\s+/)[1]);
      return found || null;
    },
    log: (name) => fs.readFileSync(path.join(stack.var, 'log', `${name}.log`), 'utf8'),
    async stop() {
      if (!own || down) return;
      down = true;
      tearDown(folder, env);
    },
  };
  if (own) process.once('exit', () => stack.stop());
  return stack;
}

function tearDown(folder, env) {
  runTool(env, ['stop']);
  const real = fs.existsSync(env.LAZUR_VAR) ? fs.realpathSync(env.LAZUR_VAR) : folder;
  fs.rmSync(real, { recursive: true, force: true });
  fs.rmSync(folder, { recursive: true, force: true });
}

// What a killed test run left behind: folders whose maker is no more.
function sweep() {
  for (const name of fs.readdirSync(os.tmpdir())) {
    if (!/^lazur-test-/.test(name)) continue;
    const folder = path.join(os.tmpdir(), name);
    let facts;
    try {
      if (fs.statSync(folder).uid !== process.getuid()) continue;
      facts = JSON.parse(fs.readFileSync(path.join(folder, 'stack.json'), 'utf8'));
    } catch {
      continue;
    }
    if (facts.owner && !fs.existsSync(`/proc/${facts.owner}`)) {
      tearDown(folder, { ...process.env, ...facts.env });
    }
  }
}

async function makeFacts(folder, options) {
  const env = {
    LAZUR_VAR: path.join(folder, 'var'),
    LAZUR_BUILD: process.env.LAZUR_BUILD || path.join(root, 'build'),
    LAZUR_HTTP_PORT: String(await freePort()),
    LAZUR_METER_PORT: String(await freePort()),
    LAZUR_SHARED_BUFFERS: '96MB',
    LAZUR_PG_CONNECTIONS: '100',
    LAZUR_WEB_WORKERS: '4',
    LAZUR_DEMO_PASSWORD: PASSWORD,
    LAZUR_TZ: 'Europe/Moscow',
    ...options.env,
  };
  return { owner: options.owner === undefined ? process.pid : options.owner, env };
}

// A cluster with the schema in it, made once for each state of the schema and
// of what makes clusters; a private house begins as its copy.
function templateOf(env) {
  const parts = ['sql/schema', 'tools/stack.d'].flatMap((f) => fs.readdirSync(path.join(root, f)).sort().map((n) => path.join(root, f, n)));
  const sum = crypto.createHash('sha256').update(`${env.LAZUR_SHARED_BUFFERS} ${process.getuid()} ${new Date().getUTCMonth()}`);
  for (const file of [tool, ...parts]) sum.update(fs.readFileSync(file));
  const folder = path.join(os.tmpdir(), `lazur-template-${sum.digest('hex').slice(0, 16)}`);
  if (fs.existsSync(folder)) return folder;
  const making = fs.mkdtempSync(path.join(os.tmpdir(), 'lazur-making-'));
  fs.chmodSync(making, 0o755);
  const own = { ...env, LAZUR_VAR: path.join(making, 'var') };
  mustRun(own, ['migrate']);
  mustRun(own, ['stop', 'db']);
  for (const name of fs.readdirSync(os.tmpdir())) { // of older states; another run may be at a younger one
    const other = path.join(os.tmpdir(), name);
    if (/^lazur-template-/.test(name) && Date.now() - fs.statSync(other).mtimeMs > 3600000) fs.rmSync(other, { recursive: true, force: true });
  }
  try {
    fs.renameSync(making, folder);
  } catch {
    fs.rmSync(making, { recursive: true, force: true }); // another was faster
  }
  return folder;
}

// Another run that is over takes the template away: then it is made once more.
function beginWithCopy(env, again = true) {
  const from = path.join(templateOf(env), 'var');
  fs.mkdirSync(env.LAZUR_VAR, { recursive: true });
  for (const part of ['pg', 'secret']) {
    const r = spawnSync('cp', ['-a', path.join(from, part), path.join(env.LAZUR_VAR, part)], { encoding: 'utf8' });
    if (r.status === 0) continue;
    if (!again) throw new Error(`the copy of a cluster: ${r.stderr}`);
    fs.rmSync(env.LAZUR_VAR, { recursive: true, force: true });
    beginWithCopy(env, false);
    return;
  }
  const made = fs.statSync(from);
  fs.chownSync(env.LAZUR_VAR, made.uid, made.gid);
}

function bringUp(env, { meters = 60, subscribers, branches = 4, days = 3, programs = 'all', scratch = false }) {
  if (!scratch) beginWithCopy(env);
  mustRun(env, ['migrate']);
  if (programs === 'db') return;
  mustRun(env, ['seed', '--meters', String(meters), '--subscribers',
    String(subscribers === undefined ? meters : subscribers), '--branches', String(branches),
    '--days', String(days)]);
  if (programs === 'seeded') return;
  const names = Array.isArray(programs) ? programs
    : ['operator', 'admin', 'security', 'nginx', ...(programs === 'all' ? ['listener'] : [])];
  mustRun(env, ['start', ...names]);
}

export async function startStack(options = {}) {
  const shared = process.env.LAZUR_TEST_STACK;
  if (shared && !options.fresh) {
    return handle(shared, JSON.parse(fs.readFileSync(path.join(shared, 'stack.json'), 'utf8')), false);
  }
  sweep();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lazur-test-'));
  fs.chmodSync(folder, 0o755); // the servers run as somebody else under root
  const facts = await makeFacts(folder, options);
  fs.writeFileSync(path.join(folder, 'stack.json'), JSON.stringify(facts), { mode: 0o600 });
  try {
    bringUp({ ...process.env, ...facts.env }, options);
  } catch (e) {
    tearDown(folder, { ...process.env, ...facts.env });
    throw e;
  }
  return handle(folder, facts, true);
}

// node tests/lib/stack.mjs start | stop FOLDER
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv[2] === 'start') {
    delete process.env.LAZUR_TEST_STACK;
    const stack = await startStack({ owner: 0 });
    process.stdout.write(`${stack.folder}\n`, () => process.reallyExit(0));
  } else if (process.argv[2] === 'stop') {
    const folder = process.argv[3];
    const facts = JSON.parse(fs.readFileSync(path.join(folder, 'stack.json'), 'utf8'));
    tearDown(folder, { ...process.env, ...facts.env });
  } else {
    process.stderr.write('usage: stack.mjs start | stop FOLDER\n');
    process.exit(2);
  }
}
