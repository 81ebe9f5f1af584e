'use strict';
// Durable sessions a second: connect, push, commit, confirm, close; our
// listener and the bare one in turn, with the same client.

const s = require('./stack.js');
const table = require('./table.js');

const CASES = [64, 512];

// Processor time of a run, split by who spent it, in us for a session.
async function measured(root, kind, port, options) {
  const before = [s.proc.cpuSeconds(root), s.proc.cpuSeconds(s.postmaster())];
  const r = await s.client(kind, port, options);
  const after = [s.proc.cpuSeconds(root), s.proc.cpuSeconds(s.postmaster())];
  const each = (i) => (after[i] - before[i]) * 1e6 / r.confirmed;
  return { ...r, listener_us: each(0), postgres_us: each(1) };
}

// Of the meters of this measurement: nobody else's call counts.
const rowsOf = (schema) => s.number(`select count(*) from ${schema}.reading where meter_id <= ${s.METERS}`);

function line(name, inflight, v) {
  const of = (key, digits) => table.spread(v.map((r) => r[key]), digits);
  return [name, inflight, of('per_s'), of('p50_ms', 1), of('p99_ms', 1),
    of('listener_us', 1), of('postgres_us', 1), of('cpu_us', 1)];
}

module.exports = async function listener(rounds) {
  const port = s.env.LAZUR_METER_PORT;
  s.stack('start', 'listener');
  const ours = s.pidOf('listener');
  const bare = await s.bareListener(s.listeners());
  const sides = [
    { name: 'bare', kind: 'bare', port: s.BARE_PORT, pid: bare.pid, schema: 'bare', rounds: {} },
    { name: 'ours', kind: 'dlms', port, pid: ours, schema: 'public', rounds: {} },
  ];

  for (const side of sides) {
    side.rows = rowsOf(side.schema);
    side.confirmed = (await s.client(side.kind, side.port, { inflight: 512, seconds: rounds.seconds })).confirmed;
  }
  for (let round = 0; round < rounds.n; round++) {
    for (const inflight of CASES) {
      for (const side of round % 2 ? [...sides].reverse() : sides) {
        const r = await measured(side.pid, side.kind, side.port, { inflight, seconds: rounds.seconds });
        (side.rounds[inflight] ||= []).push(r);
        side.confirmed += r.confirmed;
        if (r.failed) throw new Error(`${side.name}: ${r.failed} sessions of ${r.begun} were not confirmed`);
      }
    }
  }
  table.print(`Durable sessions, ${rounds.n} rounds of ${rounds.seconds} s in turn, ${s.listeners()} children each, push of ${sides[1].rounds[512][0].push_bytes} bytes (min / median / max)`,
    ['', 'in flight', 'sessions/s', 'p50 ms', 'p99 ms', 'listener us', 'PostgreSQL us', 'client us'],
    CASES.flatMap((n) => sides.map((side) => line(side.name, n, side.rounds[n]))));

  for (const n of CASES) {
    const ratios = sides[1].rounds[n].map((r, i) => r.per_s / sides[0].rounds[n][i].per_s);
    console.log(`ours / bare with ${n} in flight: ${table.spread(ratios, 2)}`);
    if (n === 512) {
      table.target('listener, sessions/s beside the bare one, 512 in flight', '>= 0.70',
        table.median(ratios).toFixed(2), table.median(ratios) >= 0.7);
    }
  }

  // Half of what it can bear, begun by the clock and not by its answers.
  const rate = Math.round(table.median(sides[1].rounds[512].map((r) => r.per_s)) / 2);
  const half = [];
  for (const side of sides) {
    const r = await measured(side.pid, side.kind, side.port, { inflight: 8192, rate, seconds: rounds.seconds * 2 });
    side.confirmed += r.confirmed;
    half.push([side.name, rate, r.per_s, r.p50_ms.toFixed(2), r.p99_ms.toFixed(2), r.max_ms.toFixed(1), r.due_p99_ms.toFixed(2)]);
    if (side.name === 'ours') {
      table.target('listener, p99 from the last byte to the confirmation at half load', '< 100 ms',
        `${r.p99_ms.toFixed(1)} ms`, r.p99_ms < 100 && r.failed === 0);
    }
  }
  table.print('Half of that load, open loop', ['', 'begun/s', 'confirmed/s', 'p50 ms', 'p99 ms', 'max ms', 'p99 ms since it was due'], half);

  const stored = sides.map((side) => [side.name, side.confirmed, rowsOf(side.schema) - side.rows]);
  table.print('What was confirmed is stored', ['', 'confirmed', 'rows more'], stored);
  table.target('every confirmed session is a row, and no row more', 'equal',
    stored.map((r) => r[1] - r[2]).join(', '), stored.every((r) => r[1] === r[2]));
  await s.end(bare);
};
