'use strict';
// Durable sessions a second: connect, push, commit, confirm, close; our
// listener and the bare one in turn, with the same client.

const s = require('./stack.js');
const table = require('./table.js');

const CASES = [64, 512];

// Of the meters of this measurement: nobody else's call counts.
const rowsOf = (schema) => s.number(`select count(*) from ${schema}.reading where meter_id <= ${s.METERS}`);

// One run of the client against a side, with the processor time of each
// program in us for a session.
async function run(side, options) {
  const before = [s.proc.cpuSeconds(side.pid), s.proc.cpuSeconds(s.postmaster())];
  const r = await s.client(side.kind, side.port, options);
  const after = [s.proc.cpuSeconds(side.pid), s.proc.cpuSeconds(s.postmaster())];
  const [listener, postgres] = after.map((v, i) => (v - before[i]) * 1e6 / r.confirmed);
  side.confirmed += r.confirmed;
  if (r.failed) throw new Error(`${side.name}: ${r.failed} sessions of ${r.begun} were not confirmed`);
  return { ...r, listener, postgres, all: listener + postgres };
}

async function inTurn(sides, rounds) {
  for (const side of sides) await run(side, { inflight: 512, seconds: rounds.seconds });
  for (let round = 0; round < rounds.n; round++) {
    for (const inflight of CASES) {
      for (const side of round % 2 ? [...sides].reverse() : sides) {
        (side.rounds[inflight] ||= []).push(await run(side, { inflight, seconds: rounds.seconds }));
      }
    }
  }
}

function printRounds(sides, rounds) {
  const line = (side, inflight) => {
    const of = (key, digits) => table.spread(side.rounds[inflight].map((r) => r[key]), digits);
    return [side.name, inflight, of('per_s'), of('p50_ms', 1), of('p99_ms', 1),
      of('listener', 1), of('postgres', 1), of('cpu_us', 1)];
  };
  const push = sides[1].rounds[CASES[0]][0].push_bytes;
  table.print(`Durable sessions, ${rounds.n} rounds of ${rounds.seconds} s in turn, ${s.listeners()} children each, `
    + `push of ${push} bytes (min / median / max)`,
  ['', 'in flight', 'sessions/s', 'p50 ms', 'p99 ms', 'listener us', 'PostgreSQL us', 'client us'],
  CASES.flatMap((n) => sides.map((side) => line(side, n))));
}

function compare([bare, ours]) {
  for (const n of CASES) {
    const ratio = (key) => ours.rounds[n].map((r, i) => r[key] / bare.rounds[n][i][key]);
    console.log(`ours / bare with ${n} in flight: sessions/s ${table.spread(ratio('per_s'), 2)}, `
      + `processor time ${table.spread(ratio('all'), 2)}, p99 ${table.spread(ratio('p99_ms'), 2)}`);
  }
  const most = table.median(ours.rounds[512].map((r, i) => r.per_s / bare.rounds[512][i].per_s));
  table.target('listener, sessions/s beside the bare one, 512 in flight', '>= 0.70', most.toFixed(2), most >= 0.7);
}

// Half of what ours can bear, begun by the clock and not by the answers.
async function halfLoad(sides, rounds) {
  const rate = Math.round(table.median(sides[1].rounds[512].map((r) => r.per_s)) / 2);
  for (let round = 0; round < rounds.n; round++) {
    for (const side of round % 2 ? [...sides].reverse() : sides) {
      (side.rounds.half ||= []).push(await run(side, { inflight: 8192, rate, seconds: rounds.seconds }));
    }
  }
  const line = (side) => {
    const of = (key, digits) => table.spread(side.rounds.half.map((r) => r[key]), digits);
    return [side.name, rate, of('per_s'), of('p50_ms', 2), of('p99_ms', 1), of('due_p99_ms', 1)];
  };
  table.print('Half of that load, open loop, in turn (min / median / max)',
    ['', 'begun/s', 'confirmed/s', 'p50 ms', 'p99 ms', 'p99 ms since it was due'], sides.map(line));
  const p99 = table.median(sides[1].rounds.half.map((r) => r.p99_ms));
  table.target('listener, p99 from the last byte to the confirmation at half load', '< 100 ms', `${p99.toFixed(1)} ms`, p99 < 100);
}

function compareStored(sides) {
  const lines = sides.map((side) => [side.name, side.confirmed, rowsOf(side.schema) - side.rows]);
  table.print('What was confirmed is stored', ['', 'confirmed', 'rows more'], lines);
  table.target('every confirmed session is a row, and no row more', 'equal',
    lines.map((l) => l[2] - l[1]).join(', '), lines.every((l) => l[1] === l[2]));
}

module.exports = async function listener(rounds) {
  s.stack('start', 'listener');
  const bare = await s.bareListener(s.listeners());
  const side = (name, kind, port, pid, schema) =>
    ({ name, kind, port, pid, schema, rows: rowsOf(schema), confirmed: 0, rounds: {} });
  const sides = [
    side('bare', 'bare', s.BARE_PORT, bare.pid, 'bare'),
    side('ours', 'dlms', s.env.LAZUR_METER_PORT, s.pidOf('listener'), 'public'),
  ];
  await inTurn(sides, rounds);
  printRounds(sides, rounds);
  compare(sides);
  await halfLoad(sides, rounds);
  compareStored(sides);
  await s.end(bare);
};
module.exports.run = run;
