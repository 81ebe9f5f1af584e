'use strict';
// Connections that say nothing, and such as stopped in the middle of a push:
// the resident memory of each beyond that of the listener without them, and
// whether others are still served.

const s = require('./stack.js');
const table = require('./table.js');

const N = Number(process.env.LAZUR_BENCH_IDLE || 20000);

async function heldMemory(port, part) {
  const root = s.pidOf('listener');
  const base = s.proc.memory(root);
  const holder = await s.hold('dlms', port, { idle: N, part });
  await s.sleep(1000);
  const full = s.proc.memory(root);
  const served = await s.client('dlms', port, { inflight: 8, count: 500 });
  const there = s.sockets(port, '01');
  await s.end(holder);
  await s.sleep(1000);
  return { each: (full.rss - base.rss) / N, base: base.rss, full: full.rss, after: s.proc.memory(root).rss, served, there };
}

module.exports = async function idle() {
  const port = s.env.LAZUR_METER_PORT;
  const mib = (n) => (n / 1048576).toFixed(1);
  s.stack('stop', 'listener');
  s.stack('start', 'listener');
  await s.client('dlms', port, { inflight: 64, count: 2000 });
  const rows = [];
  for (const [what, part] of [['silent', 0], ['in the middle of a push', 40]]) {
    const m = await heldMemory(port, part);
    rows.push([`${N} ${what}`, m.there, mib(m.base), mib(m.full), m.each.toFixed(0), mib(m.after), m.served.p99_ms.toFixed(1)]);
    table.target(`memory of an idle connection, ${what}`, '< 8192 bytes', `${m.each.toFixed(0)} bytes, ${m.there} held`,
      m.each < 8192 && m.there >= N && m.served.failed === 0);
  }
  table.print('Idle connections, resident memory of the listener\'s processes',
    ['', 'held', 'before MiB', 'with them MiB', 'bytes each', 'after MiB', 'p99 ms of others meanwhile'], rows);
};
