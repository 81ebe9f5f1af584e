'use strict';
// The log of operators: linking it, and verifying it beside PostgreSQL alone
// handing out the same rows (COPY), in turn.

const path = require('node:path');
const { spawnSync } = require('node:child_process');
const s = require('./stack.js');
const table = require('./table.js');

const ROWS = Number(process.env.LAZUR_BENCH_LOG || 200000);

function seed() {
  s.query(`insert into audit_log (at, operator_login, action, note, address)
    select now() - n * interval '1 second', 'operator' || n % 40,
           (array['Закрыть клапан', 'Открыть клапан', 'Начало работы оператора', 'Изменена настройка системы'])[1 + n % 4],
           case n % 4 when 2 then 'вход с компьютера 95.24.' || n % 250 || '.7' else 'прибор №' || n end,
           case n % 4 when 2 then ('95.24.' || n % 250 || '.7')::inet end
      from generate_series(${ROWS}, 1, -1) n`);
}

// Seconds; what it says goes nowhere.
function timed(command, args) {
  const began = performance.now();
  const r = spawnSync('bash', ['-c', '"$@" >/dev/null', 'bash', command, ...args], { encoding: 'utf8', cwd: '/' });
  if (r.status !== 0) throw new Error(`${command}: ${r.stdout}${r.stderr}`);
  return (performance.now() - began) / 1000;
}

// What the verifier holds while it runs, looked at until it is over.
function peak(args) {
  const out = spawnSync('bash', ['-c', `"$@" >/dev/null & p=$!; m=0
    while [ -r /proc/$p/status ]; do
      r=$(awk '/VmHWM/ { print $2 }' /proc/$p/status 2>/dev/null); [ "\${r:-0}" -gt $m ] && m=$r
      sleep 0.05
    done; wait $p && echo $m`, 'bash', ...args], { encoding: 'utf8', cwd: '/' });
  return Number(out.stdout.trim()) / 1024;
}

module.exports = async function audit(rounds) {
  seed();
  let linked = 0;
  const sealing = performance.now();
  for (let n = 1; n > 0;) {
    n = s.number('select audit_seal(10000)', 'worker');
    linked += n;
  }
  const sealed = linked / ((performance.now() - sealing) / 1000);
  s.query('vacuum analyze audit_log, audit_chain, audit_waiting', 'postgres');

  const owner = s.conninfo('owner');
  const tool = path.join(s.BUILD, 'lazur-audit-verify');
  const rows = s.number('select count(*) from audit_chain');
  const copy = [];
  const ours = [];
  for (let i = 0; i <= rounds.n; i++) {
    const c = timed('psql', [owner, '-X', '-q', '-c', 'copy audit_log to stdout']);
    const o = timed(tool, ['-d', owner]);
    if (i === 0) continue; // warm
    copy.push(rows / c / 1000);
    ours.push(rows / o / 1000);
  }
  table.print(`The log of operators, ${rows} rows, thousand rows/s (min / median / max)`, ['', 'k rows/s'], [
    ['PostgreSQL alone, COPY audit_log to nowhere', table.spread(copy)],
    ['lazur-audit-verify: two tables joined, every row hashed', table.spread(ours)],
    ['audit_seal, 10,000 rows a call', (sealed / 1000).toFixed(1)],
  ]);
  const rate = table.median(ours);
  table.target('verification of the log, thousand rows/s', '>= 150', rate.toFixed(0), rate >= 150);
  const memory = peak([tool, '-d', owner]);
  table.target('the verifier\'s resident memory, MiB', '< 16', memory.toFixed(1), memory > 0 && memory < 16);
  console.log(`a million rows at this rate: ${(1000 / rate).toFixed(1)} s`);
};
