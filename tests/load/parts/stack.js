'use strict';
// The installation that is measured: private, large, and stopped at the end.

const fs = require('node:fs');
const path = require('node:path');
const { execFileSync, spawn, spawnSync } = require('node:child_process');
const readline = require('node:readline');
const proc = require('./proc.js');

const ROOT = path.resolve(__dirname, '../../..');
const BUILD = process.env.LAZUR_BUILD || path.join(ROOT, 'build');
const SQL = path.join(ROOT, 'tests/load/sql');
const STACK = path.join(ROOT, 'tools/stack');
const METERS = Number(process.env.LAZUR_BENCH_METERS || 200000);

const env = {
  ...process.env,
  LAZUR_VAR: process.env.LAZUR_BENCH_VAR || '/var/tmp/lazur-bench',
  LAZUR_BUILD: BUILD,
  LAZUR_PG_PORT: process.env.LAZUR_PG_PORT || '27432',
  LAZUR_HTTP_PORT: process.env.LAZUR_HTTP_PORT || '27480',
  LAZUR_METER_PORT: process.env.LAZUR_METER_PORT || '27459',
};
const VAR = env.LAZUR_VAR;
const BARE_PORT = String(Number(env.LAZUR_METER_PORT) + 1);

const stack = (...args) =>
  execFileSync(STACK, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const conninfo = (role) => stack('conninfo', role).trim();
const built = (name) => fs.existsSync(path.join(BUILD, name));

function psql(args, role = 'owner') {
  return execFileSync('psql', [conninfo(role), '-X', '-q', '-v', 'ON_ERROR_STOP=1', ...args],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], cwd: '/' }).trim();
}
const query = (sql, role) => psql(['-At', '-F', '\t', '-c', sql], role);
const number = (sql, role) => Number(query(sql, role));
const script = (name, ...vars) => psql([...vars.flatMap((v) => ['-v', v]), '-f', path.join(SQL, name)]);

const checkpoint = () => query('checkpoint', 'postgres');
const lsn = () => number("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')");
const postmaster = () => Number(fs.readFileSync(path.join(VAR, 'pg/postmaster.pid'), 'utf8').split('\n')[0]);
const pidOf = (name) => Number(fs.readFileSync(path.join(VAR, `run/${name}.proc`), 'utf8').split(' ')[0]);
const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });

// A database of its own for each run: figures of a table that has been beaten
// for an hour are another table's.
function prepare() {
  const began = Date.now();
  if (path.resolve(VAR) === path.join(ROOT, 'var')) throw new Error('LAZUR_BENCH_VAR is the folder of make run');
  stack('stop');
  stack('reset');
  script('seed.sql', `meters=${METERS}`);
  script('bare_schema.sql');
  checkpoint();
  console.log(`${METERS} meters with 5 readings each, twice (ours and bare): ${((Date.now() - began) / 1000).toFixed(0)} s`);
}

// ---- processes that this driver starts itself ----

const started = [];
function launch(name, args, options = {}) {
  const child = spawn(path.join(BUILD, name), args, { stdio: ['pipe', 'pipe', 'inherit'], cwd: ROOT, ...options });
  started.push(child);
  child.on('exit', () => { child.ended = true; });
  return child;
}

function end(child) {
  if (child.ended) return Promise.resolve();
  return new Promise((done) => {
    child.on('exit', done);
    child.stdin.end();
    child.kill('SIGTERM');
  });
}

const firstLine = (child) => new Promise((done, failed) => {
  child.on('exit', (code) => failed(new Error(`${child.spawnfile} ended: ${code}`)));
  readline.createInterface({ input: child.stdout }).once('line', done);
});

async function listens(port) {
  for (let i = 0; i < 200; i++) {
    if (sockets(port, '0A') > 0) return;
    await sleep(50);
  }
  throw new Error(`nobody listens on port ${port}`);
}

// Sockets at a port, by the kernel's state: 01 established, 0A listening.
function sockets(port, state) {
  const hex = `:${Number(port).toString(16).toUpperCase().padStart(4, '0')}`;
  return fs.readFileSync('/proc/net/tcp', 'latin1').split('\n').map((l) => l.trim().split(/\s+/))
    .filter((f) => f.length > 3 && f[1].endsWith(hex) && f[3] === state).length;
}
const listeners = () => sockets(env.LAZUR_METER_PORT, '0A'); // one for each child

async function bareListener(children) {
  const child = launch('load/bare_listener',
    [BARE_PORT, String(children), conninfo('owner'), path.join(SQL, 'bare_ingest.sql')]);
  await listens(BARE_PORT);
  await sleep(300);
  return child;
}

// One run of the client; its counters walk on, so that no meter speaks twice
// in a second.
let walked = Math.floor(Math.random() * METERS);
async function client(kind, port, options = {}) {
  const child = launch('load/load_client', [kind, port, `meters=${METERS}`, `from=${walked}`,
    ...Object.entries(options).map(([k, v]) => `${k}=${v}`)]);
  const ended = new Promise((done) => { child.on('exit', done); });
  const result = JSON.parse(await firstLine(child));
  await ended;
  walked = (walked + result.begun) % 2000000000;
  return result;
}

function hold(kind, port, options) {
  const child = launch('load/load_client', [kind, port, `meters=${METERS}`,
    ...Object.entries(options).map(([k, v]) => `${k}=${v}`)]);
  return firstLine(child).then(() => child);
}

async function finish() {
  for (const child of started) await end(child);
  try {
    stack('stop');
  } catch (e) {
    console.error(String(e));
  }
}

// ---- the machine ----

function firstMatch(file, re) {
  const m = re.exec(fs.readFileSync(file, 'utf8'));
  return m ? m[1].trim() : '?';
}

function version(command, ...args) {
  const r = spawnSync(command, args, { encoding: 'utf8' });
  return r.error ? 'none' : `${r.stdout}${r.stderr}`.trim().split('\n')[0];
}

// The time of one durable write of 8 kB.
function flushUs() {
  const file = path.join(VAR, 'flush.tmp');
  const r = spawnSync('dd', ['if=/dev/zero', `of=${file}`, 'bs=8k', 'count=300', 'oflag=dsync'], { encoding: 'utf8' });
  fs.rmSync(file, { force: true });
  const m = /, ([0-9.e-]+) s,/.exec(r.stderr);
  return m ? (Number(m[1]) * 1e6 / 300).toFixed(0) : '?';
}

// Processor seconds: of everything on the machine, and of what is measured.
function machineSeconds() {
  const ticks = fs.readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/).slice(1, 9).map(Number);
  const idle = ticks[3] + ticks[4];
  return { all: ticks.reduce((a, b) => a + b, 0) / 100, busy: (ticks.reduce((a, b) => a + b, 0) - idle) / 100 };
}

function ourSeconds() {
  const pids = [process.pid, postmaster()];
  for (const name of ['listener', 'operator', 'nginx']) {
    try {
      pids.push(pidOf(name));
    } catch {
      // it does not run
    }
  }
  return new Map(pids.map((pid) => [pid, proc.cpuSeconds(pid)]));
}

// What share of the processors others used while a part was measured: above a
// tenth, believe the ratios of processor time before those of throughput.
async function others(part) {
  const before = { ...machineSeconds(), ours: ourSeconds() };
  await part();
  const after = machineSeconds();
  let theirs = after.busy - before.busy;
  for (const [pid, seconds] of ourSeconds()) theirs -= seconds - (before.ours.get(pid) || 0);
  return Math.max(0, theirs / (after.all - before.all));
}

function machine() {
  const pg = query("select current_setting('server_version') || ', shared_buffers ' || current_setting('shared_buffers') || ', wal_compression ' || current_setting('wal_compression') || ', fsync ' || current_setting('fsync')");
  console.log([
    `date        ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    `processor   ${firstMatch('/proc/cpuinfo', /model name\s*:\s*(.*)/)}, ${require('node:os').cpus().length} cores`,
    `memory      ${(Number(firstMatch('/proc/meminfo', /MemTotal:\s+(\d+)/)) / 1048576).toFixed(1)} GiB`,
    `kernel      ${firstMatch('/proc/sys/kernel/osrelease', /(.*)/)}`,
    `load now    ${firstMatch('/proc/loadavg', /^(\S+ \S+ \S+)/)}`,
    `disk        ${flushUs()} us for a durable write of 8 kB`,
    `PostgreSQL  ${pg}`,
    `web server  ${version('nginx', '-v')}`,
    `driver      node ${process.version}, ${version('wrk', '-v').split(' [')[0]}`,
  ].join('\n'));
}

module.exports = {
  ROOT, BUILD, VAR, METERS, BARE_PORT, SQL, env, stack, conninfo, built, sockets, listeners, psql, query, number, script,
  checkpoint, lsn, postmaster, pidOf, sleep, prepare, launch, end, firstLine, listens, bareListener,
  client, hold, finish, machine, others, proc,
};
