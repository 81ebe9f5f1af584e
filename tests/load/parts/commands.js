'use strict';
// Sessions with one command each (a valve is closed: association, action, its
// state, release) beside sessions without; and the memory of a session that is
// open with its command on.

const s = require('./stack.js');
const table = require('./table.js');

const COUNT = Number(process.env.LAZUR_BENCH_COMMANDS || 10000);
const OPEN = 4000;
const STRIDE = 7919; // as load_client walks over its meters
let from = 0;

// A command for each meter of the next sessions.
function order(count) {
  s.query(`delete from command;
    insert into command (meter_id, kind, operator_login)
    select m.id, 'valve_close', 'bench' from generate_series(${from}, ${from + count - 1}) k
      join meter m on m.serial = 'BENCH' || lpad((k::bigint * ${STRIDE} % ${s.METERS})::text, 8, '0')`);
}

async function run(obey, count, inflight) {
  const pids = [s.pidOf('listener'), s.postmaster()];
  const before = pids.map(s.proc.cpuSeconds);
  const r = await s.client('dlms', s.env.LAZUR_METER_PORT, { inflight, count, obey, from });
  const after = pids.map(s.proc.cpuSeconds);
  from += count;
  return { ...r, us: after.reduce((sum, v, i) => sum + v - before[i], 0) * 1e6 / Math.max(1, r.confirmed) };
}

async function memory() {
  const root = s.pidOf('listener');
  const base = s.proc.memory(root);
  order(OPEN);
  const child = s.launch('load/load_client', ['dlms', s.env.LAZUR_METER_PORT, `meters=${s.METERS}`,
    `from=${from}`, `inflight=${OPEN}`, `count=${OPEN}`, 'obey=2']);
  await s.sleep(6000);
  const open = s.sockets(s.env.LAZUR_METER_PORT, '01');
  const each = (s.proc.memory(root).rss - base.rss) / OPEN;
  await s.end(child);
  from += OPEN;
  return { open, each };
}

module.exports = async function commands(rounds) {
  s.stack('start', 'listener');
  const sides = { without: [], with: [] };
  await run(0, COUNT, 512);
  for (let round = 0; round < rounds.n; round++) {
    sides.without.push(await run(0, COUNT, 512));
    order(COUNT);
    sides.with.push(await run(1, COUNT, 512));
  }
  const done = s.number("select count(*) from command where state = 'executed'");
  const of = (side, key, digits = 0) => table.spread(sides[side].map((r) => r[key]), digits);
  table.print(`Sessions with a command each beside sessions without, ${COUNT} each, 512 in flight (min / median / max)`,
    ['', 'sessions/s', 'p50 ms', 'p99 ms', 'listener and PostgreSQL us'],
    ['without', 'with'].map((k) => [k, of(k, 'per_s'), of(k, 'p50_ms', 1), of(k, 'p99_ms', 1), of(k, 'us', 1)]));
  table.target('each command of the last round is executed', String(COUNT), String(done), done === COUNT);
  const m = await memory();
  table.target('memory of a session open with its command on', '< 32768 bytes', `${m.each.toFixed(0)} bytes, ${m.open} open`,
    m.each < 32768 && m.open >= OPEN);
};
