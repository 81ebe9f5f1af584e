'use strict';
// The import of a table of subscribers through the site and the worker, beside
// COPY of the same rows into a bare table, in turn; and the worker's memory.
//
//   LAZUR_BENCH_IMPORT   rows (100000)

const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const s = require('./stack.js');
const table = require('./table.js');

const SITE = `http://127.0.0.1:${s.env.LAZUR_HTTP_PORT}`;
const ROWS = Number(process.env.LAZUR_BENCH_IMPORT || 100000);
const HEAD = ['Лицевой счет', 'Серийный номер', 'Адрес', 'Филиал', 'Тариф,руб/1000м3', 'Примечание', 'ФИО', 'Телефон'].join('\t');
const NAMES = ['Иванов Иван Иванович', 'Петрова Анна Сергеевна', 'Сидоров С.С.', 'Кузнецова Мария'];

// Of each round another subscriber for the same meters.
const line = (round, i) => [round * 100000000 + i, `77${String(i).padStart(8, '0')}`, `г. Клин, ул. Новая, д. ${i % 997}, кв. ${i}`,
  `Участок ${i % 20}`, 5000 + (i % 5), '', NAMES[i % 4], `+7 900 ${String(i).padStart(7, '0')}`].join('\t');

function write(file, round, head) {
  const out = fs.openSync(file, 'w');
  if (head) fs.writeSync(out, `${HEAD}\n`);
  for (let i = 0; i < ROWS; i += 1000) {
    let text = '';
    for (let k = i; k < i + 1000 && k < ROWS; k++) text += `${line(round, k)}\n`;
    fs.writeSync(out, text);
  }
  fs.closeSync(out);
}

// Texts that cells share, as Excel writes them: the harder of the two for memory.
function makeTable(text, xlsx) {
  const input = fs.openSync(text, 'r');
  execFileSync(path.join(s.BUILD, 'report/make_table'), [xlsx, 'shared', 'E'], { stdio: [input, 'inherit', 'inherit'] });
  fs.closeSync(input);
}

function copy(text) {
  s.query('drop table if exists bare_import; create table bare_import (account text, serial text, address text, branch text, price numeric, note text, name text, phone text)');
  const began = performance.now();
  s.psql(['-c', `\\copy bare_import from '${text}'`]);
  const ms = performance.now() - began;
  s.query('drop table bare_import');
  return ms;
}

async function signedIn() {
  const cookies = new Map();
  let csrf = '';
  const ask = async (where, body) => {
    const answer = await fetch(SITE + where, {
      method: body ? 'POST' : 'GET', body, redirect: 'manual',
      headers: { cookie: [...cookies].map(([k, v]) => `${k}=${v}`).join('; '), origin: SITE },
    });
    for (const set of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(set);
      cookies.set(name, value);
    }
    csrf = /name="csrf" value="([^"]*)"/.exec(await answer.text())?.[1] || csrf;
    return { status: answer.status, to: answer.headers.get('location') || '', csrf };
  };
  const password = `bench-${process.pid}-password`;
  execFileSync(path.join(s.ROOT, 'tools/stack'), ['operator-add', '--replace', 'bench-admin', 'admin'],
    { env: s.env, input: `${password}\n`, stdio: ['pipe', 'inherit', 'inherit'] });
  await ask('/sign-in');
  const { status } = await ask('/sign-in', new URLSearchParams({ csrf, login: 'bench-admin', password }));
  if (status !== 303) throw new Error(`signing in gave ${status}`);
  return ask;
}

async function importOnce(ask, xlsx, fields) {
  const form = new FormData();
  form.set('csrf', (await ask('/admin/import')).csrf);
  for (const [k, v] of Object.entries(fields)) form.set(k, v);
  form.set('file', new Blob([fs.readFileSync(xlsx)]), 'bench.xlsx');
  const { status, to } = await ask('/admin/import', form);
  if (status !== 303) throw new Error(`the import gave ${status}`);
  const id = Number(/(\d+)$/.exec(to)[1]);
  for (;;) {
    const state = s.query(`select state from job where id = ${id}`);
    if (state === 'done') break;
    if (state !== 'queued' && state !== 'running') throw new Error(`job ${id} is ${state}`);
    await s.sleep(100);
  }
  const [ms, rows] = s.query(`select extract(epoch from j.finished_at - j.started_at) * 1000, r.rows from job j join import_report r on r.job_id = j.id where j.id = ${id}`).split('\t').map(Number);
  if (rows !== ROWS) throw new Error(`${rows} rows of ${ROWS}`);
  return ms;
}

const worker = () => s.proc.tree(s.pidOf('listener'))
  .find((pid) => fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0')[2] === 'worker');
const peak = () => Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${worker()}/status`, 'utf8'))[1]) / 1024;

module.exports = async function imports(rounds) {
  const text = path.join(s.VAR, 'import.tsv');
  const xlsx = path.join(s.VAR, 'import.xlsx');
  const runs = { copy: [], first: [], again: [], trial: [] };

  s.stack('start', 'operator', 'admin', 'nginx', 'listener');
  s.query(`insert into meter (serial, meter_type_id) select '77' || lpad(i::text, 8, '0'), (select min(id) from meter_type)
    from generate_series(0, ${ROWS - 1}) i`);
  s.query('vacuum analyze meter, meter_state', 'postgres');
  const ask = await signedIn();
  for (let round = 1; round <= Math.min(rounds.n, 3); round++) {
    write(text, round, true);
    makeTable(text, xlsx);
    write(text, round, false);
    runs.copy.push(copy(text));
    runs.trial.push(await importOnce(ask, xlsx, { trial: '1' }));
    runs.first.push(await importOnce(ask, xlsx, {}));
    runs.again.push(await importOnce(ask, xlsx, {}));
  }
  const rate = (ms) => ROWS / ms * 1000;
  const beside = (list) => table.median(list.map((ms, i) => runs.copy[i] / ms)).toFixed(3);
  table.print(`A table of ${ROWS} subscribers (${(fs.statSync(xlsx).size / 1e6).toFixed(1)} MB of XLSX), rows/s (min / median / max)`,
    ['', 'rows/s', 'beside COPY'], [
      ['COPY of the same rows into a bare table', table.spread(runs.copy.map(rate)), '1'],
      ['trial: all is added and bound, and taken back', table.spread(runs.trial.map(rate)), beside(runs.trial)],
      ['import: all is added and bound', table.spread(runs.first.map(rate)), beside(runs.first)],
      ['the same again: nothing differs', table.spread(runs.again.map(rate)), beside(runs.again)],
    ]);
  table.target('peak of the worker\'s resident memory, MiB', '< 64', peak().toFixed(1), peak() < 64);
  fs.rmSync(text);
  fs.rmSync(xlsx);
};
