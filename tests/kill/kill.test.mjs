// Under load, every process of the product is killed at random, again and
// again; then the meters and the database must agree.
//
// LAZUR_KILLS, LAZUR_KILL_SEED and LAZUR_KILL_RATE change the run.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';

import { startSim, sleep, until } from '../lib/sim.mjs';
import { startStack } from '../lib/stack.mjs';
import { compareCommands, compareOrders, compareReadings, readTruth } from './truth.mjs';

const KILLS = Number(process.env.LAZUR_KILLS || 52);
const RATE = Number(process.env.LAZUR_KILL_RATE || 400);
const SEED = Number(process.env.LAZUR_KILL_SEED || 20261120);
const METERS = 600;
const COMMANDS_AT_ONCE = 8;
const COMMAND_PAUSE_MS = 100;

// mulberry32: the same seed, the same victims.
let state = SEED >>> 0;
function chance() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const pick = (list) => list[Math.floor(chance() * list.length)];

// ---- victims ----

function statOf(pid) {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { alive: state !== 'Z', parent: Number(parent) };
  } catch {
    return { alive: false, parent: 0 };
  }
}

const childrenOf = (parent) => fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  .map(Number).filter((pid) => {
    const stat = statOf(pid);
    return stat.alive && stat.parent === parent;
  });

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

function portIsFree(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => { socket.destroy(); resolve(false); });
    socket.on('error', () => resolve(true));
  });
}

const LISTENER_BACKENDS = `select pid from pg_stat_activity
  where usename = 'lazur_listener' and backend_type = 'client backend'`;

// Each kills one process (or the cluster), and starts again what nobody else
// would; false when there was nothing to kill.
const victims = {
  async child(stack) {
    const parent = stack.pid('listener');
    const pids = parent ? childrenOf(parent) : [];
    return pids.length > 0 && kill(pick(pids));
  },
  async parent(stack) {
    const parent = stack.pid('listener');
    if (!parent) return false;
    const orphans = childrenOf(parent);
    if (!kill(parent)) return false;
    await until(async () => !orphans.some((pid) => statOf(pid).alive) && portIsFree(stack.meterPort), 20000);
    stack.run('start', 'listener');
    return true;
  },
  async backend(stack) {
    let pids = [];
    try {
      pids = stack.sql(LISTENER_BACKENDS, 'postgres').map((r) => r.pid);
    } catch {
      // The cluster is recovering from the last one.
    }
    return pids.length > 0 && kill(pick(pids));
  },
  async postmaster(stack) {
    stack.run('restart-db');
    return true;
  },
};
const LOTS = [...Array(8).fill('child'), ...Array(3).fill('parent'), ...Array(9).fill('backend'),
  ...Array(2).fill('postmaster')];

async function killAround(stack, killed) {
  let misses = 0;
  while (killed.total < KILLS) {
    await sleep(250 + chance() * 650);
    const victim = pick(LOTS);
    if (await victims[victim](stack)) {
      killed[victim] = (killed[victim] || 0) + 1;
      killed.total++;
    } else if (++misses > KILLS * 3) {
      throw new Error(`nothing left to kill after ${JSON.stringify(killed)}`);
    }
  }
}

// ---- an operator who cannot make up his mind ----

const AS_OPERATOR = `select set_config('app.role', 'control', true), set_config('app.login', 'operator', true),
  set_config('app.branches', '{}', true), set_config('app.branchless', 'on', true);`;

// One transaction of a few statements; the database may be away.
function give(conninfo, asked) {
  return new Promise((resolve) => {
    const psql = spawn('psql', [conninfo, '-X', '-q', '-v', 'ON_ERROR_STOP=1'], { stdio: ['pipe', 'ignore', 'ignore'] });
    psql.on('close', (code) => resolve(code === 0));
    psql.stdin.on('error', () => {});
    psql.stdin.end(`begin; ${asked.join('\n')}\ncommit;\n`);
  });
}

async function operate(stack, serials, given, isOver) {
  const conninfo = stack.conninfo('web');
  while (!isOver()) {
    const commands = Array.from({ length: COMMANDS_AT_ONCE }, () => `select command_queue(id,
      'valve_${chance() < 0.5 ? 'close' : 'open'}', '127.0.0.1') from meter where serial = '${pick(serials)}';`);
    if (await give(conninfo, [AS_OPERATOR, ...commands])) given.batches++;
    else given.refused++;
    await sleep(COMMAND_PAUSE_MS);
  }
}

// Beside him an administrator sets pressures and synchronises readings.
const AS_ADMIN = "select set_config('app.role', 'admin', true), set_config('app.login', 'admin', true);";
async function administrate(stack, given, isOver) {
  const conninfo = stack.conninfo('owner');
  const serials = stack.sql(`select m.serial from meter m join meter_type t on t.id = m.meter_type_id
    where t.has_pressure order by 1`).map((r) => r.serial);
  while (!isOver()) {
    const orders = Array.from({ length: 4 }, () => (chance() < 0.5
      ? `select meter_order(array_agg(id), 'pressure', '{"pressure_pa": ${76000 + Math.floor(chance() * 29000)}}', null, '')
          from meter where serial = '${pick(serials)}';`
      : `select meter_order(array_agg(id), 'sync_reading', '{"volume_dm3": ${Math.floor(chance() * 9e6)}}', null, '')
          from meter where serial = '${pick(serials)}';`));
    if (await give(conninfo, [AS_ADMIN, ...orders])) given.orders++;
    await sleep(COMMAND_PAUSE_MS * 2);
  }
}

// ---- those who are told of alarms ----

// Every fourth meter is some subscriber's, who wants SMS of it. Nobody calls
// meanwhile, so that it is clear which sessions came after it.
function listeners(stack) {
  stack.exec(`update parameter set value = 'on' where name = 'sms_enabled';
    insert into subscriber (account, address, email, phone, cabinet_allowed)
      select 'kill' || n, 'a', 'kill' || n || '@example.org', '+79030000000', true from generate_series(1, 50) n;
    insert into cabinet_account (subscriber_id, password_hash, wants_sms) select id, 'x', true from subscriber;
    update meter m set subscriber_id = s.id from subscriber s where m.id % 4 = 0 and s.account = 'kill' || 1 + m.id % 50;`);
}

// Beginnings of states in the order of meter time, of readings that came after
// a meter was bound, and how often its subscriber was told of them.
const ALARMS = `select m.serial, k.reason, count(*) filter (where r.status & k.mark <> 0 and r.was & k.mark = 0)::int as begun,
    coalesce((select sum(n.times) from notification n where n.meter_id = m.id and n.reason = k.reason), 0)::int as told,
    (select count(*) from outbox_sms o where o.kind = k.reason and o."values"->>'serial' = m.serial)::int as texted
  from meter m cross join (values (1, 'tamper'), (4, 'case_opened'), (128, 'reverse_flow')) k (mark, reason)
  join (select meter_id, status, at, coalesce(lag(status) over (partition by meter_id order by at), 0) as was,
               received_at from reading) r on r.meter_id = m.id
 where m.subscriber_id is not null and r.received_at > (select min(registered_at) from cabinet_account)
 group by m.id, m.serial, k.reason`;
const compareAlarms = (rows) => ({
  faults: rows.filter((r) => r.told !== r.begun || r.texted !== r.begun)
    .map((r) => `${r.serial} ${r.reason}: begun ${r.begun} times, told ${r.told}, texted ${r.texted}`),
  counts: { alarms: rows.reduce((n, r) => n + r.begun, 0) },
});

// ---- what the database says ----

const ALL_READINGS = `select m.serial, extract(epoch from r.at)::bigint as at,
    coalesce(r.volume_dm3, r.energy_wh) as volume, r.status, r.valve
  from reading r left join meter m on m.id = r.meter_id`;
const ALL_COMMANDS = `select c.id, m.serial, c.kind, c.state,
    (extract(epoch from c.submitted_at) * 1000000)::bigint as submitted_us,
    (extract(epoch from c.sent_at) * 1000000)::bigint as sent_us,
    (extract(epoch from c.executed_at) * 1000000)::bigint as executed_us, c.superseded_by
  from command c join meter m on m.id = c.meter_id where c.slot = 'valve'`;
const ALL_ORDERS = `select c.id, m.serial, c.kind, c.state, m.pressure_set_pa as pressure_pa,
    coalesce(c.parameters->>'pressure_pa', c.parameters->>'volume_dm3')::bigint as value,
    (extract(epoch from c.sent_at) * 1000000)::bigint as sent_us
  from command c join meter m on m.id = c.meter_id where c.slot <> 'valve'`;

// From the heap, not from an index that a crash might have spoilt.
function fromHeap(stack, query) {
  const out = stack.exec(`set enable_indexscan = off; set enable_indexonlyscan = off; set enable_bitmapscan = off;
    select coalesce(json_agg(t), '[]') from (${query}) t;`);
  return JSON.parse(out);
}

const waiting = (stack) => stack.sql(`select count(*)::int as n from command where state in ('queued', 'sent')`)[0].n;

async function callAll(sim) {
  const { started } = await sim.stat();
  await sim.order('callall');
  await until(async () => {
    const now = await sim.stat();
    return now.started >= started + METERS && now.pending === 0 && now.in_flight === 0;
  }, 20000);
}

// Everything unconfirmed is sent again, every waiting command is fetched, and
// a last call of each meter says how its valve stands.
async function settle(stack, sim) {
  await until(async () => !(await portIsFree(stack.meterPort)), 20000);
  await sim.order('calm');
  await sim.order('drain');
  await until(async () => (await sim.stat()).pending === 0, 30000);
  for (let round = 0; round < 6 && (round === 0 || waiting(stack) > 0); round++) await callAll(sim);
  await sleep(1000); // buttons that are still to be pressed
  await callAll(sim);
}

// Valves as the meters know them and as the operator sees them.
async function compareValves(stack, sim) {
  const known = new Map((await sim.order('dump')).map((l) => [l.split(' ')[0], /valve=(\S+)/.exec(l)[1]]));
  const seen = stack.sql(`select m.serial, s.valve from meter m join meter_state s on s.meter_id = m.id`);
  return seen.filter((r) => (r.valve === null ? '-' : String(r.valve)) !== known.get(r.serial))
    .map((r) => `${r.serial}: meter ${known.get(r.serial)}, operator sees ${r.valve}`);
}

test('no kill of any process loses, doubles or invents a reading, a command or an alarm', { timeout: 180000 + KILLS * 12000 }, async (t) => {
  const stack = await startStack({ programs: 'db', fresh: true, env: { LAZUR_SHARED_BUFFERS: '64MB' } });
  t.after(() => stack.stop());
  stack.run('start', 'listener');
  const sim = await startSim({
    port: stack.meterPort, meters: METERS, rate: RATE, seed: SEED, concurrency: 400, speed: 20000,
    confirm_timeout: '4s', linger: '300ms', retry: '200ms', retry_max: '1500ms', press: '300ms',
    fault_drop_early: 10, fault_drop_unheard: 30, fault_drop_late: 30, fault_duplicate: 20, fault_repeat: 20,
    fault_slow: 3, fault_garbage: 5, fault_tamper: 20, fault_cover: 10, fault_reverse: 10,
  });
  t.after(() => sim.stop());

  // Meters register themselves; those with a valve can then be commanded.
  await until(() => stack.sql('select count(*)::int as n from meter')[0].n === METERS, 30000);
  const serials = stack.sql(`select m.serial from meter m join meter_type t on t.id = m.meter_type_id
    where t.has_valve order by 1`).map((r) => r.serial);
  assert.ok(serials.length > METERS / 4);
  await sim.order('drain');
  await until(async () => { const now = await sim.stat(); return now.pending === 0 && now.in_flight === 0; }, 20000);
  listeners(stack);
  await sim.order('resume');

  const killed = { total: 0 };
  const given = { batches: 0, refused: 0, orders: 0 };
  const began = Date.now();
  let over = false;
  const people = [operate(stack, serials, given, () => over), administrate(stack, given, () => over)];
  try {
    await killAround(stack, killed);
  } finally {
    over = true;
    await Promise.all(people);
  }
  const seconds = (Date.now() - began) / 1000;
  await settle(stack, sim);

  const truth = readTruth(sim.truth().join('\n'));
  const readings = compareReadings(truth, fromHeap(stack, ALL_READINGS));
  const commands = compareCommands(truth, fromHeap(stack, ALL_COMMANDS));
  const orders = compareOrders(truth, fromHeap(stack, ALL_ORDERS));
  const alarms = compareAlarms(stack.sql(ALARMS));
  assert.ok(alarms.counts.alarms > 20);
  const valves = await compareValves(stack, sim);
  const stat = await sim.stat();
  const report = { killed, seconds: Math.round(seconds), ...readings.counts, ...commands.counts, ...orders.counts, ...alarms.counts, ...given,
    sessions: stat.started, failed: stat.failed, mismatched: stat.mismatched };
  t.diagnostic(JSON.stringify(report));
  const faults = [...readings.faults, ...commands.faults, ...orders.faults, ...alarms.faults, ...valves];
  if (faults.length > 0 && process.env.LAZUR_KILL_KEEP) {
    fs.cpSync(sim.folder, process.env.LAZUR_KILL_KEEP, { recursive: true });
    fs.writeFileSync(path.join(process.env.LAZUR_KILL_KEEP, 'commands.json'), JSON.stringify(fromHeap(stack, ALL_COMMANDS)));
    fs.writeFileSync(path.join(process.env.LAZUR_KILL_KEEP, 'listener.log'), stack.log('listener'));
  }
  assert.ok(faults.length === 0, `${faults.length} faults:\n${faults.slice(0, 20).join('\n')}`);
  assert.equal(stat.mismatched, 0);
  assert.equal(killed.total, KILLS);
  assert.ok(readings.counts.confirmed > 20 * KILLS, 'the load was too small to prove anything');
  assert.ok(commands.counts.actions > KILLS / 2, 'too few commands to prove anything');
  assert.ok(orders.counts.writes > KILLS / 2, 'too few orders to prove anything');
});
