// «Протокол работы»: search by time, operator and action, flags, files, and the
// plans of its statements over a log of 300,000 lines.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { xlsxRows } from '../lib/documents.mjs';
import { root, startStack } from '../lib/stack.mjs';
import { Visitor, addOperator } from '../lib/visitor.mjs';

const LINES = 300000;
let stack;
let admin;
before(async () => {
  stack = await startStack({ programs: 'web', meters: 20, fresh: true });
  admin = new Visitor(stack, { address: '127.0.8.1' });
  await admin.signIn(addOperator(stack, 'log-reader', 'admin'));
  stack.exec(`insert into audit_log (at, operator_login, action, note, address) values
      ('2026-03-01 00:00:00+03', 'log-ann', 'Начало работы оператора', 'вход с компьютера 77.88.8.8', '77.88.8.8'),
      ('2026-03-01 23:59:59.999+03', 'log-bob', 'Закрыть клапан', 'прибор №77', '77.88.8.8'),
      ('2026-03-02 00:00:00+03', 'log-ann', 'Открыть клапан', 'прибор №78 <b>', null),
      ('2026-03-02 12:00:00+03', 'log-ann', 'Начало работы оператора', 'вход с компьютера 10.1.2.3', '10.1.2.3'),
      ('2026-03-03 12:00:00+03', 'log-bob', 'Начало работы оператора', 'вход с компьютера 2001:67c:2e8:22::c100:68b', '2001:67c:2e8:22::c100:68b');
    insert into audit_log (at, operator_login, action, note)
      select timestamptz '2020-01-01' + n * interval '5 minutes', 'bulk' || n % 50, 'Действие ' || n % 20, 'прибор №' || n
        from generate_series(1, ${LINES}) n;
    analyze audit_log`);
});
after(async () => { if (stack) await stack.stop(); });

const plain = (html) => html.replace(/<[^>]+>/g, '').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('\u202f', ' ').trim();
const cells = (text) => [...text.match(/<tbody>([\s\S]*?)<\/tbody>/)[1].matchAll(/<tr[\s\S]*?<\/tr>/g)]
  .map((r) => [...r[0].matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map((c) => c[1]));
const ask = async (fields) => (await admin.get(`/admin/log?${new URLSearchParams(fields)}`)).text;
const times = async (fields) => cells(await ask({ q: 'log-', sort: 'at', ...fields })).map((r) => plain(r[0]).slice(0, 16));
const range = (text) => plain(text.match(/<p class="range"[^>]*>([\s\S]*?)<\/p>/)[1]);
const notOurs = (fields) => ask({ sort: 'at', from: '2026-03-01', to: '2026-03-31', ...fields });

test('the log is searched by days, the last one whole', async () => {
  assert.deepEqual(cells(await notOurs({ to: '2026-03-01' })).map((r) => plain(r[1])), ['log-ann', 'log-bob']);
  assert.deepEqual(await times({ from: '2026-03-02', to: '2026-03-02' }), ['02-03-2026 00:00', '02-03-2026 12:00']);
  assert.deepEqual(await times({ from: '2026-03-03', to: '2026-03-31' }), ['03-03-2026 12:00']);
  assert.equal(cells(await ask({ from: '2026-03-04', to: '2026-03-31' })).length, 0);
});

test('the log is searched by operator, by action, and by both with days and text', async () => {
  assert.equal(cells(await ask({ login: 'log-ann' })).length, 3);
  assert.deepEqual(await times({ login: 'log-ann', action: 'Начало работы оператора' }), ['01-03-2026 00:00', '02-03-2026 12:00']);
  assert.deepEqual(await times({ action: 'Закрыть клапан' }), ['01-03-2026 23:59']);
  const one = await ask({ login: 'log-ann', action: 'Начало работы оператора', from: '2026-03-02', q: '10.1' });
  assert.equal(cells(one).length, 1);
  assert.match(range(one), /^Записи с 1 до 1 из 1 записей \(отфильтровано из 10 000 записей\)$/);
  assert.equal(cells(await ask({ login: 'log-a' })).length, 0, 'an operator is named whole');
});

test('what was asked for stays in the form, in the links of the headers and pages, and in the files', async () => {
  const text = await ask({ login: 'bulk1', action: 'Действие 1', from: '2020-01-02', to: '2022-01-01', q: 'прибор', size: '10' });
  assert.match(text, /name="from"[^>]*value="2020-01-02"/);
  assert.match(text, /name="to"[^>]*value="2022-01-01"/);
  assert.match(text, /name="login"[^>]*value="bulk1"/);
  assert.match(text, /<option value="Действие 1" selected>/);
  for (const link of [/<th[^>]*><a href="([^"]+)"/, /rel="next"/, /href="(\/admin\/log\.csv[^"]*)"/, /href="(\/admin\/log\.xlsx[^"]*)"/]) {
    assert.match(text, link);
  }
  const next = new URL(text.match(/<a class="page-link" href="([^"]+)"[^>]*rel="next"/)[1].replaceAll('&amp;', '&'), 'http://x').searchParams;
  assert.deepEqual(['login', 'action', 'from', 'to', 'q', 'size', 'page'].map((k) => next.get(k)),
    ['bulk1', 'Действие 1', '2020-01-02', '2022-01-01', 'прибор', '10', '2']);
  const csv = text.match(/href="(\/admin\/log\.csv[^"]*)"/)[1].replaceAll('&amp;', '&');
  const lines = (await admin.get(csv)).text.trimEnd().split('\r\n').slice(1);
  assert.ok(lines.length > 10);
  for (const line of lines) assert.match(line, /;bulk1;Действие 1;прибор №\d+$/);
});

test('the operators and the actions of the log are offered, and one that is not there stays chosen', async () => {
  const text = await ask({ action: 'Такого не было', login: 'nobody' });
  const logins = [...text.match(/<datalist id="logins">([\s\S]*?)<\/datalist>/)[1].matchAll(/value="([^"]*)"/g)].map((m) => m[1]);
  assert.ok(['log-ann', 'log-bob', 'bulk0', 'bulk49', 'nobody'].every((l) => logins.includes(l)));
  assert.equal(new Set(logins).size, logins.length);
  assert.match(text, /<option value="Действие 19">/);
  assert.match(text, /<option value="Такого не было" selected>/);
  assert.match(text, /<a [^>]*href="\/admin\/log"[^>]*>.*Сбросить/);
  assert.doesNotMatch(await ask({}), /Сбросить/);
});

test('a day that is none, and an order that is none, are refused', async () => {
  for (const bad of ['from=2026-02-30', 'to=yesterday', 'sort=note', 'sort=--at']) {
    assert.equal((await admin.get(`/admin/log?${bad}`)).status, 422, bad);
  }
});

test('the flag of the country stands beside the address of whoever signed in, a private one has none (GC-243, GC-245)', async () => {
  const rows = cells(await notOurs({}));
  assert.match(rows[0][3], /^вход с компьютера 77\.88\.8\.8 <img class="flag" src="(\/static\/vendor\/flags\/RU\.svg\?v=\w+)"[^>]* loading="lazy" alt="Россия" title="Россия">$/);
  assert.doesNotMatch(rows[1][3], /<img/, 'only a signing in tells where from');
  assert.equal(plain(rows[3][3]), 'вход с компьютера 10.1.2.3');
  assert.doesNotMatch(rows[3][3], /<img/);
  assert.match(rows[4][3], /alt="Нидерланды"/);
  const picture = await admin.get(rows[0][3].match(/src="([^"]+)"/)[1]);
  assert.equal(picture.status, 200);
  assert.equal(picture.headers['content-type'], 'image/svg+xml');
});

test('the country is named in the language of the reader (GC-245)', async () => {
  const { text } = await admin.get('/admin/log?q=log-&from=2026-03-01&to=2026-03-31&sort=at', { Cookie: [...admin.cookies].map(([k, v]) => `${k}=${v}`).join('; ') + '; lang=en' });
  assert.match(text, /alt="Russia"/);
  assert.match(text, /alt="Netherlands"/);
});

test('every flag that may be shown has a picture and a name in both languages', () => {
  const codes = (l) => fs.readFileSync(path.join(root, `templates/lang/countries.${l}.hdf`), 'utf8').match(/[A-Z]{2}(?= = )/g);
  assert.deepEqual(codes('ru'), codes('en'));
  assert.ok(codes('ru').length > 240);
  for (const code of codes('ru')) assert.ok(fs.existsSync(path.join(root, `static/vendor/flags/${code}.svg`)), code);
});

test('without the file of countries the log has no flags, is told of once, and works', async () => {
  const bare = `${stack.var}/app/countries.mmdb`;
  const real = fs.readlinkSync(bare);
  try {
    fs.rmSync(bare);
    fs.writeFileSync(bare, 'this is no base of countries');
    stack.run('stop', 'admin');
    // The settings are written anew by "start": the file is named by the caller.
    execFileSync(path.join(root, 'tools/stack'), ['start', 'admin'], { env: { ...stack.env, LAZUR_COUNTRIES: path.join(root, 'Makefile') } });
    const rows = cells(await notOurs({}));
    assert.equal(plain(rows[0][3]), 'вход с компьютера 77.88.8.8');
    assert.doesNotMatch(rows[0][3], /<img/);
    assert.equal(stack.log('admin').match(/no flags of countries/g).length, 1);
  } finally {
    stack.run('stop', 'admin');
    stack.run('start', 'admin');
    assert.equal(fs.readlinkSync(bare), real);
  }
});

test('the log downloads as XLSX with the same filter', async () => {
  const answer = await admin.get('/admin/log.xlsx?login=log-ann&sort=at');
  assert.equal(answer.status, 200);
  assert.match(answer.headers['content-disposition'], new RegExp(encodeURIComponent('Протокол работы.xlsx')));
  const file = path.join(stack.folder, 'log.xlsx');
  fs.writeFileSync(file, answer.bytes);
  const lines = xlsxRows(file).filter((l) => l.includes('log-ann'));
  assert.deepEqual(lines.map((l) => l.slice(1)), [
    ['log-ann', 'Начало работы оператора', 'вход с компьютера 77.88.8.8'],
    ['log-ann', 'Открыть клапан', 'прибор №78 <b>'],
    ['log-ann', 'Начало работы оператора', 'вход с компьютера 10.1.2.3']]);
  assert.match(String(lines[0][0]), /^2026-03-01[ T]00:00:00/);
});

// ---- plans ----

// A statement as it is sent, with its values in place of parameters.
function statement(name, values) {
  const c = execFileSync('awk', ['-v', 'out=c', '-f', path.join(root, 'sql/sql2c.awk'), ...['audit_page', 'audit_count'].map((n) => path.join(root, `sql/queries/${n}.sql`))], { encoding: 'utf8' });
  const entry = c.split(/\n(?= {4}\{ ")/).slice(1).find((e) => e.trimStart().startsWith(`{ "${name}"`));
  const sql = entry.match(/"(?:[^"\\]|\\.)*"/g).map((s) => JSON.parse(s)).slice(1).join('');
  return sql.replace(/\$(\d)/g, (_, n) => (values[n - 1] === null ? 'null' : `'${values[n - 1]}'`)).replace(/;\s*$/, '');
}

// Asked by the site's role in the name of an administrator: rows visited.
function plan(name, values) {
  const out = stack.exec(`begin; set local max_parallel_workers_per_gather = 0;
    select set_config('app.role', 'admin', true) \\g /dev/null
    explain (analyze, costs off, timing off, summary off, format json) ${statement(name, values)}; rollback`, 'web');
  const nodes = [];
  const walk = (p) => { nodes.push(p); (p.Plans || []).forEach(walk); };
  walk(JSON.parse(out)[0].Plan);
  return nodes;
}
const visited = (nodes) => nodes.filter((n) => /audit_log/.test(n['Relation Name']))
  .reduce((sum, n) => sum + (n['Actual Rows'] + (n['Rows Removed by Filter'] || 0)) * n['Actual Loops'], 0);

const page = (f = {}) => ['25', f.before || '0', f.from || '-infinity', f.to || 'infinity', f.login || '', f.action || '', f.term || '%%'];
const count = (f) => ['10001', null, ...page(f).slice(2)];

for (const order of ['at', 'login', 'action']) {
  for (const way of ['asc', 'desc']) {
    test(`the first page by ${order} ${way} reads a page of the index, not the log`, () => {
      assert.ok(visited(plan(`audit_page__${order}_${way}__anybody__any__all`, page())) <= 100);
    });
  }
}

test('counts stop at ten thousand', () => {
  const n = visited(plan('audit_count__anybody__any__all', count({})));
  assert.ok(n <= 10001, `${n} rows`);
});

test('an operator, an action, a range of days and a rare word are looked up by an index', () => {
  const rare = { term: '%прибор №299999%' };
  for (const [name, f, most] of [
    ['one__any__all', { login: 'log-ann' }, 100],
    ['anybody__one__all', { action: 'Закрыть клапан' }, 10000],
    ['anybody__any__all', { from: '2026-03-01', to: '2026-03-02' }, 100],
    ['one__one__all', { login: 'log-ann', action: 'Начало работы оператора' }, 10000],
    ['anybody__any__few', rare, 100],
    ['one__any__few', { ...rare, login: 'bulk49' }, 100],
  ]) {
    for (const order of ['at_desc', 'at_asc']) {
      const nodes = plan(`audit_page__${order}__${name}`, page(f));
      assert.ok(visited(nodes) <= most, `${name} ${order}: ${visited(nodes)} rows`);
    }
    assert.ok(visited(plan(`audit_count__${name}`, count(f))) <= 10001, `count ${name}`);
  }
});

test('the offered words are read by steps in an index', () => {
  const before_ = Number(stack.exec(`select idx_tup_read + seq_tup_read from (select coalesce(sum(idx_tup_read), 0) idx_tup_read from pg_stat_user_indexes where relname = 'audit_log') i, pg_stat_user_tables t where t.relname = 'audit_log'`));
  assert.ok(Number.isFinite(before_));
  const out = stack.exec(`begin; select set_config('app.role', 'admin', true) \\g /dev/null
    explain (analyze, buffers, costs off, timing off, summary off, format json) select * from audit_words('login', 500); rollback`, 'web');
  const { 'Shared Hit Blocks': hit, 'Shared Read Blocks': read } = JSON.parse(out)[0].Plan;
  assert.ok(hit + read < 1500, `${hit + read} pages for some 60 operators`);
});

test('days the wrong way round are named, not only found empty', async () => {
  const page = await admin.get('/admin/log?from=2026-03-03&to=2026-03-01');
  assert.match(plain(page.text), /Первый день позже последнего: поменяйте их местами/);
});
