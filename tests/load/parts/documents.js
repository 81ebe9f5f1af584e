'use strict';
// Daily reports: one meter through the site, a group of 5,000 by the worker
// beside PostgreSQL alone streaming the same rows, in turn; and the worker's
// memory after all formats and receipts.

const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const s = require('./stack.js');
const table = require('./table.js');

const SITE = `http://127.0.0.1:${s.env.LAZUR_HTTP_PORT}`;
const GROUP = 5000;
const FROM = '2026-10-01';
const TO = '2026-10-31';

// Every fourth meter has a record of each day; the group is every tenth of them.
function seed() {
  s.query(`insert into archive_daily (meter_id, day, at, volume_dm3, delta_dm3, temperature_mk, pressure_pa)
    select m.id, d, d + interval '10 hours', 1000000 + m.id, 700 + m.id % 300, 291150, 103421
      from meter m, generate_series('${FROM}'::date, '${TO}', '1 day') d where m.id % 4 = 0`);
  s.query(`insert into meter_group (name) values ('bench');
    insert into meter_group_member select (select max(id) from meter_group), id from meter
      where id % 4 = 0 order by hashint8(id) limit ${GROUP}`);
  s.query(`update branch set full_name = name, inn = '9900012012', account = '40702810600000007101',
    bic = '049905902', bank = 'Банк', corr_account = '30101810000000000902' where id = (select min(id) from branch)`);
  s.query('vacuum analyze archive_daily, meter_group_member, meter_group, branch', 'postgres');
  return s.number('select max(id) from meter_group');
}

class Person {
  constructor() { this.cookies = new Map(); }

  async ask(where, fields) {
    const body = fields && new URLSearchParams({ csrf: this.csrf || '', ...fields });
    const answer = await fetch(SITE + where, {
      method: fields ? 'POST' : 'GET', body, redirect: 'manual',
      headers: { cookie: [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; '), origin: SITE },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      this.cookies.set(name, value);
    }
    const bytes = Buffer.from(await answer.arrayBuffer());
    const csrf = /name="csrf" value="([^"]*)"/.exec(bytes.subarray(0, 65536).toString());
    if (csrf) this.csrf = csrf[1];
    return { status: answer.status, to: answer.headers.get('location') || '', bytes };
  }
}

async function signedIn() {
  const password = `bench-${process.pid}-password`;
  execFileSync(path.join(s.ROOT, 'tools/stack'), ['operator-add', '--replace', 'bench-reader', 'control'],
    { env: s.env, input: `${password}\n`, stdio: ['pipe', 'inherit', 'inherit'] });
  const person = new Person();
  await person.ask('/sign-in');
  const { status } = await person.ask('/sign-in', { login: 'bench-reader', password });
  if (status !== 303) throw new Error(`signing in gave ${status}`);
  await person.ask('/help');
  return person;
}

// The statement of the report, as text: its numbers in place of parameters.
function statement(group) {
  const file = fs.readFileSync(path.join(s.ROOT, 'sql/queries/daily_rows.sql'), 'utf8');
  const scope = /^-- variant scope group: (.*)$/m.exec(file)[1];
  return file.split('\n').filter((l) => !l.startsWith('--')).join('\n').replace('/*scope*/', scope)
    .replaceAll('$1', group).replaceAll('$2', `'${FROM}'::date`).replaceAll('$3', `'${TO}'::date`).replace(/;\s*$/, '');
}

const setup = `select set_config('app.branches', array(select id from branch)::text, true),
  set_config('app.branchless', '', true), set_config('app.role', 'control', true)`;

function bare(group, mode) {
  const text = execFileSync(path.join(s.BUILD, 'load/bare_stream'), [s.conninfo('worker'), setup, statement(group), mode], { encoding: 'utf8' });
  return JSON.parse(text);
}

const workerPid = () => s.proc.tree(s.pidOf('listener'))
  .find((pid) => fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0')[2] === 'worker');

async function job(person, fields, where = '/reports/daily') {
  const { status, to } = await person.ask(where, { from: FROM, to: TO, ...fields });
  if (status !== 303) throw new Error(`${where} gave ${status}`);
  const id = Number(/new=(\d+)/.exec(to)[1]);
  for (;;) {
    const [state, ms, size] = s.query(`select state, extract(epoch from finished_at - started_at) * 1000, size from job where id = ${id}`).split('\t');
    if (state === 'done') return { ms: Number(ms), size: Number(size) };
    if (state !== 'queued' && state !== 'running') throw new Error(`job ${id} is ${state}`);
    await s.sleep(50);
  }
}

// Wall time of each, and processor time of the site and PostgreSQL together.
async function oneMeter(person, n) {
  const ids = s.query(`select id from meter where id % 4 = 0 order by hashint8(id) limit ${n}`).split('\n');
  const pids = [s.pidOf('operator'), s.postmaster(), s.pidOf('nginx')];
  const spent = () => pids.reduce((sum, pid) => sum + s.proc.cpuSeconds(pid), 0) * 1000;
  const found = [];
  for (const format of ['csv', 'pdf', 'xlsx', 'dbf']) {
    const wall = [];
    const before = spent();
    for (const meter of ids) {
      const began = performance.now();
      const { status } = await person.ask('/reports/daily', { meter, from: FROM, to: TO, format });
      if (status !== 200) throw new Error(`a report gave ${status}`);
      wall.push(performance.now() - began);
    }
    found.push({ format, wall, cpu: (spent() - before) / n });
  }
  return found;
}

module.exports = async function documents(rounds) {
  s.stack('start', 'operator', 'nginx', 'listener');
  const group = seed();
  const person = await signedIn();

  await oneMeter(person, 5);
  const found = await oneMeter(person, 40);
  table.print('31-day report of one meter, ms: from the question to the last byte (min / median / max), and of processors',
    ['format', 'ms', 'site and PostgreSQL, processor ms'], found.map((f) => [f.format, table.spread(f.wall, 1), f.cpu.toFixed(1)]));
  const worst = Math.max(...found.map((f) => f.cpu));
  table.target('31-day report of one meter, ms of server time', '< 50', worst.toFixed(1), worst < 50);

  const runs = { copy: [], rows: [], ours: [] };
  let rows = 0;
  for (let i = 0; i <= rounds.n; i++) {
    const copy = bare(group, 'copy');
    const single = bare(group, 'rows');
    const ours = await job(person, { group, format: 'csv' });
    if (i === 0) continue; // warm
    rows = copy.rows;
    runs.copy.push(copy.ms);
    runs.rows.push(single.ms);
    runs.ours.push(ours.ms);
  }
  const rate = (ms) => rows / ms;
  table.print(`A group of ${GROUP} meters, ${rows} rows, thousand rows/s (min / median / max)`, ['', 'k rows/s'], [
    ['PostgreSQL alone, COPY to nowhere', table.spread(runs.copy.map(rate))],
    ['PostgreSQL alone, row by row', table.spread(runs.rows.map(rate))],
    ['the worker: CSV stored in pieces', table.spread(runs.ours.map(rate))],
  ]);
  const ratio = table.median(runs.ours.map((ms, i) => Math.min(runs.copy[i], runs.rows[i]) / ms));
  table.target('report of a group beside the faster of PostgreSQL alone', '>= 0.50', ratio.toFixed(2), ratio >= 0.5);

  const made = [];
  for (const format of ['dbf', 'xlsx', 'pdf']) made.push([format, await job(person, { group, format })]);
  made.push(['receipts of all', await job(person, {}, '/receipts')]);
  table.print(`Other documents of the worker (${GROUP} meters; receipts of one branch of twelve)`, ['', 'ms', 'MB'],
    made.map(([name, m]) => [name, m.ms.toFixed(0), (m.size / 1e6).toFixed(1)]));
  const peak = Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${workerPid()}/status`, 'utf8'))[1]) / 1024;
  table.target('peak of the worker\'s resident memory, MiB', '< 64', peak.toFixed(1), peak < 64);
};
