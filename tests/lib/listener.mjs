// A meter-listener of its own for a test file, over a database of its own.
//
//   const house = await startListener({ first_byte: '300ms' });   settings
//   await startListener({}, { archives: true })   archives are fetched too
//   await startListener({}, { asks: true })       journals are, clocks corrected
//   house.port; house.sql('select ...'); house.exec('...')
//   house.log()               all lines so far
//   house.children()          [{ pid, duty }]
//   house.restart({ ... })    other settings; house.reload({ ... }) by SIGHUP
//   await house.stop()        the daemon; await house.end() the database too
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, startStack } from './stack.mjs';

export { sleep };

// Asks again until the answer is true.
export async function until(what, ms = 10000) {
  const end = Date.now() + ms;
  for (;;) {
    const got = await what();
    if (got) return got;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await sleep(20);
  }
}

export function alive(pid) {
  try {
    // A zombie has ended, whoever still has to hear of it.
    return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

export function childrenOf(pid) {
  let text = '';
  try {
    text = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  } catch {
    return [];
  }
  return text.trim().split(' ').filter(Boolean).map(Number).flatMap((child) => {
    try {
      const words = fs.readFileSync(`/proc/${child}/cmdline`, 'utf8').split('\0');
      return words[1] === '--duty' ? [{ pid: child, duty: words[2] }] : [];
    } catch {
      return [];
    }
  });
}

export async function startListener(settings = {}, { archives = false, asks = false, ...stackOptions } = {}) {
  const stack = await startStack({ programs: 'db', fresh: true, ...stackOptions });
  // A session ends with what the meter has pushed, unless a test is about more.
  if (!archives) stack.exec("update parameter set value = 'off' where name = 'daily_archives'");
  if (!asks) stack.exec("update parameter set value = 'off' where name = 'event_logs'; update parameter set value = '0' where name = 'clock_limit_s'");
  const program = path.join(stack.build, 'meter-listener');
  const conf = path.join(stack.folder, 'listener.conf');
  const logFile = path.join(stack.folder, 'listener.log');
  const base = {
    listen_address: '127.0.0.1',
    listen_port: await freePort(),
    listeners: 2,
    listener_db: stack.conninfo('listener'),
    notifier_db: stack.conninfo('notifier'),
    worker_db: stack.conninfo('worker'),
    key_file: path.join(stack.var, 'secret/secret.key'),
    user: process.getuid() === 0 ? 'www-data' : '',
  };
  let now = { ...base, ...settings };
  const write = () => fs.writeFileSync(conf, Object.entries(now).map(([k, v]) => `${k} = ${v}\n`).join(''));

  const house = {
    stack,
    program,
    conf,
    get port() { return Number(now.listen_port); },
    sql: stack.sql,
    exec: stack.exec,
    log: () => (fs.existsSync(logFile) ? fs.readFileSync(logFile, 'utf8').split('\n').filter(Boolean) : []),
    clearLog: () => fs.truncateSync(logFile),
    children: () => childrenOf(house.pid),
    async start() {
      write();
      const log = fs.openSync(logFile, 'a');
      // A sanitized build must not keep what it has freed: memory is measured.
      const env = { ...process.env, ASAN_OPTIONS: 'quarantine_size_mb=1:thread_local_quarantine_size_kb=64' };
      const child = spawn(program, ['-c', conf], { env, stdio: ['ignore', log, log] });
      fs.closeSync(log);
      house.pid = child.pid;
      house.ended = new Promise((resolve) => { child.on('exit', (code, signal) => resolve({ code, signal })); });
      const ready = () => house.log().filter((l) => /ready pid=/.test(l)).length;
      const before = ready();
      let over = false;
      house.ended.then(() => { over = true; });
      await until(() => over || ready() >= before + Number(now.listeners) + 3, 60000);
      if (over) throw new Error(`meter-listener ended:\n${house.log().join('\n')}`);
    },
    signal: (name) => process.kill(house.pid, name),
    async stop() {
      if (house.pid && alive(house.pid)) house.signal('SIGTERM');
      return house.ended;
    },
    async restart(other = {}) {
      await house.stop();
      now = { ...base, ...settings, ...other };
      await house.start();
    },
    // Writes new settings and tells the parent.
    reload(other) {
      now = { ...now, ...other };
      write();
      house.signal('SIGHUP');
    },
    // As reload, and waits until only children of the new settings are left.
    async reloaded(other) {
      const old = house.children().map((c) => c.pid);
      house.reload(other);
      await until(() => old.every((pid) => !alive(pid)) && house.children().length >= 3, 30000);
    },
    forget(name) {
      now = { ...now };
      if (name in base) now[name] = base[name];
      else delete now[name];
    },
    check: (...args) => spawnSync(program, ['-c', conf, '-n', ...args], { encoding: 'utf8' }),
    secret(identity, text) {
      const r = spawnSync(path.join(stack.build, 'lazur-secret'),
        ['-d', stack.conninfo('owner'), '-k', base.key_file, 'set', identity], { input: text, encoding: 'utf8' });
      if (r.status !== 0) throw new Error(r.stderr);
    },
    // Nothing is committed until it is released.
    async lockReadings() {
      const psql = spawn('psql', [stack.conninfo('owner'), '-XAtq'], { stdio: ['pipe', 'pipe', 'inherit'] });
      psql.stdin.write("begin; lock table reading in exclusive mode; select 'held';\n");
      await new Promise((resolve) => { psql.stdout.once('data', resolve); });
      return { release: () => psql.stdin.end('rollback;\n') };
    },
    faults: () => stack.sql('select reason, host(address) as address, times, detail, encode(sample, \'hex\') as sample from session_fault order by id'),
    async end() {
      await house.stop();
      await stack.stop();
    },
  };
  await house.start();
  return house;
}
