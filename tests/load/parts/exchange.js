'use strict';
// What the exchange log costs: our listener with it and without, in turn.

const s = require('./stack.js');
const table = require('./table.js');
const { run } = require('./listener.js');

const SWITCH_MS = 3000; // a listener without it asks every two seconds

async function keep(days) {
  s.query(`update parameter set value = '${days}' where name = 'exchange_days'`);
  await new Promise((resolve) => setTimeout(resolve, SWITCH_MS));
}

const logged = () => s.number('select count(*) from exchange');

module.exports = async function exchange(rounds) {
  s.stack('start', 'listener');
  const side = { name: 'ours', kind: 'dlms', port: s.env.LAZUR_METER_PORT, pid: s.pidOf('listener'), confirmed: 0 };
  const results = { with: [], without: [] };
  const wal = { with: [], without: [] };
  await run(side, { inflight: 512, seconds: rounds.seconds });
  const began = logged();
  let confirmed = 0;
  for (let round = 0; round < rounds.n; round++) {
    for (const how of round % 2 ? ['without', 'with'] : ['with', 'without']) {
      await keep(how === 'with' ? 7 : 0);
      const before = s.lsn();
      const r = await run(side, { inflight: 512, seconds: rounds.seconds });
      await new Promise((resolve) => setTimeout(resolve, 1000));
      wal[how].push((s.lsn() - before) / r.confirmed);
      results[how].push(r);
      if (how === 'with') confirmed += r.confirmed;
    }
  }
  await keep(7);
  const line = (how) => {
    const of = (key, digits) => table.spread(results[how].map((r) => r[key]), digits);
    return [how, of('per_s'), of('p50_ms', 1), of('p99_ms', 1), of('listener', 1), of('postgres', 1), table.spread(wal[how])];
  };
  table.print(`With the exchange log and without, 512 in flight, ${rounds.n} rounds of ${rounds.seconds} s in turn (min / median / max)`,
    ['', 'sessions/s', 'p50 ms', 'p99 ms', 'listener us', 'PostgreSQL us', 'WAL bytes'], ['with', 'without'].map(line));
  const share = table.median(results.with.map((r, i) => r.per_s / results.without[i].per_s));
  table.target('listener with the exchange log, sessions/s beside itself without', '>= 0.90', share.toFixed(3), share >= 0.9);
  const lost = s.number("select coalesce(sum(times), 0) from session_fault where reason = 'not_logged'");
  console.log(`sessions confirmed ${confirmed}, in the log ${logged() - began} more, not logged for want of room ${lost}`);
};
