// «Мои загрузки»: what an operator sees of his jobs, and what nobody else sees.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import { after, before, test } from 'node:test';

import { finished, jobOf, jobRows, saved } from '../lib/documents.mjs';
import { csvRows, operatorAdd, plain, signIn } from '../lib/site.mjs';
import { startStack } from '../lib/stack.mjs';

let stack; let branch; let site; let neighbour;

const added = (statement) => Number(stack.exec(statement).trim());
const ask = (who, fields = {}) => who.post('/reports/daily', { group: '', from: '2026-03-01', to: '2026-03-31', format: 'csv', ...fields });
const worker = (what) => stack.run(what, 'listener');

before(async () => {
  stack = await startStack({ meters: 20, programs: ['operator', 'nginx'] });
  branch = added("insert into branch (name) values ('Филиал загрузок') returning id");
  operatorAdd(stack, 'd-viewer', 'view', [branch]);
  operatorAdd(stack, 'd-other', 'view', [branch]);
  site = await signIn(stack, 'd-viewer');
  neighbour = await signIn(stack, 'd-other');
  await site.get('/help');
  await neighbour.get('/help');
  stack.exec(`
    with s as (insert into subscriber (branch_id, account, address) values (${branch}, '00777', 'г. Клин') returning id)
    insert into meter (serial, meter_type_id, subscriber_id)
      select '05' || lpad(i::text, 10, '0'), (select min(id) from meter_type), s.id from s, generate_series(1, 300) i;
    insert into archive_daily (meter_id, day, at, volume_dm3, delta_dm3)
      select m.id, d, d + interval '10 hours', 1000 * m.id, 1000 from meter m, generate_series('2026-03-01'::date, '2026-03-31', '1 day') d
       where m.branch_id = ${branch}`);
});

after(() => stack?.stop());

test('a report over many meters is a job: the list tells it waits, and asking twice is one job', async () => {
  const id = jobOf(await ask(site));
  assert.equal(jobOf(await ask(site)), id, 'two clicks');
  const page = await site.get(`/downloads?new=${id}`);
  const [job, ...rest] = jobRows(page.html);
  assert.deepEqual(rest, []);
  assert.equal(job.state, 'queued');
  assert.equal(job.word, 'в очереди');
  assert.equal(job.title, 'Посуточный отчёт Все счётчики 01-03-2026 – 31-03-2026');
  assert.equal(job.current, true);
  assert.match((await site.get('/downloads/bell')).html, /готовится документов: <\/span>1</);
});

test('the worker makes it while the operator is away, and after signing in again it is there, whole', async () => {
  await site.post('/sign-out');
  worker('start');
  const back = await signIn(stack, 'd-viewer');
  site.cookies = back.cookies;
  await site.get('/help');
  for (const end = Date.now() + 30000; !/bell-ready/.test((await site.get('/downloads/bell')).html);) assert.ok(Date.now() < end);
  const page = await site.get('/downloads');
  assert.match(page.html, /<span class="badge">новый<\/span>/);
  assert.doesNotMatch((await site.get('/downloads/bell')).html, /bell-ready/, 'who has looked is not told again');
  const file = saved(await site.get(jobRows(page.html)[0].file));
  assert.equal(file.name, 'Посуточный отчёт Все счётчики 01-03-2026 – 31-03-2026.csv');
  const rows = csvRows(file.bytes);
  assert.equal(rows.length, 1 + 300 * 31 + 1);
  assert.equal(new Set(rows.slice(1, -1).map((r) => `${r[1]} ${r[2]}`)).size, 300 * 31, 'each day of each meter once');
});

test('the living part answers 204 while nothing changes, and in full when something did', async () => {
  const live = () => site.get('/downloads').then((p) => /hx-get="(\/downloads\/live\?v=\w+&amp;new=)"/.exec(p.html)[1].replace('&amp;', '&'));
  const address = await live();
  assert.equal((await site.get(address, { 'lazur-background': '1' })).status, 204);
  const id = jobOf(await ask(site, { to: '2026-03-30' }));
  const part = await site.get(address, { 'lazur-background': '1' });
  assert.equal(part.status, 200);
  assert.match(part.html, /^\s*<div id="jobs"/);
  await finished(site, id);
});

test('what an operator asked for is his: others neither see, fetch, cancel nor delete it', async () => {
  const [job] = jobRows((await site.get('/downloads')).html);
  assert.deepEqual(jobRows((await neighbour.get('/downloads')).html), []);
  assert.equal((await neighbour.get(`/downloads/${job.id}/file`)).status, 404);
  assert.equal((await neighbour.post(`/downloads/${job.id}/cancel`)).status, 404);
  assert.equal((await neighbour.post(`/downloads/${job.id}/delete`)).status, 404);
  assert.equal((await site.get(job.file)).status, 200);
  assert.equal((await site.get('/downloads/999999/file')).status, 404);
});

test('a deleted result is gone with its pieces', async () => {
  const [job] = jobRows((await site.get('/downloads')).html);
  assert.equal((await site.post(`/downloads/${job.id}/delete`)).location, '/downloads');
  assert.ok(!jobRows((await site.get('/downloads')).html).some((j) => j.id === job.id));
  assert.equal((await site.get(`/downloads/${job.id}/file`)).status, 404);
  assert.deepEqual(stack.sql(`select count(*)::int as n from job_chunk where job_id = ${job.id}`), [{ n: 0 }]);
});

test('a waiting job is cancelled at once, has no file and cannot be cancelled into anything else', async () => {
  worker('stop');
  const id = jobOf(await ask(site, { to: '2026-03-29' }));
  assert.equal((await site.post(`/downloads/${id}/delete`)).status, 409, 'not while it is on its way');
  assert.equal((await site.post(`/downloads/${id}/cancel`)).status, 303);
  assert.equal((await site.post(`/downloads/${id}/cancel`)).status, 303, 'twice is once');
  const [job] = jobRows((await site.get('/downloads')).html);
  assert.deepEqual([job.id, job.state, job.file], [id, 'cancelled', '']);
  assert.equal((await site.get(`/downloads/${id}/file`)).status, 404);
});

test('a running job shows a bar, a count and the time that is left', async () => {
  const id = jobOf(await ask(site, { to: '2026-03-28' }));
  stack.exec(`update job set state = 'running', claim = gen_random_uuid(), lease_until = now() + interval '1 hour',
    started_at = now() - interval '60 seconds', done = 100, total = 300 where id = ${id}`);
  const [job] = jobRows((await site.get('/downloads')).html);
  assert.deepEqual([job.word, job.percent, job.left], ['готовится', 33, '100 из 300, осталось примерно 2 мин']);
  stack.exec(`update job set state = 'cancelled', finished_at = now() where id = ${id}`);
});

test('at most ten jobs of an operator wait; the eleventh is refused with words', async () => {
  for (let day = 1; day <= 10; day++) jobOf(await ask(neighbour, { to: `2026-03-${String(day).padStart(2, '0')}` }));
  const refused = await ask(neighbour, { to: '2026-03-15' });
  assert.equal(refused.status, 422);
  assert.match(plain(refused.html), /Уже готовится десять документов/);
  jobOf(await ask(site, { to: '2026-03-15' }));
});

test('without the token of the page nothing is asked for, cancelled or deleted', async () => {
  const [job] = jobRows((await site.get('/downloads')).html);
  for (const path of ['/reports/daily', '/receipts', `/downloads/${job.id}/cancel`, `/downloads/${job.id}/delete`]) {
    assert.equal((await site.post(path, { csrf: '' })).status, 403, path);
  }
});

test('a large file goes out with flat memory, and exactly as it was stored', async () => {
  const [{ id }] = stack.sql(`select max(id) as id from job where operator_id = (select id from operator where login = 'd-viewer')`);
  stack.exec(`
    update job set state = 'done', finished_at = now(), claim = null, file_name = 'Большой.csv', media_type = 'text/csv',
      size = 262144 * 150 + 5 where id = ${id};
    insert into job_chunk select ${id}, n, decode(repeat(lpad(to_hex(n), 4, '0'), 131072), 'hex') from generate_series(0, 149) n;
    insert into job_chunk values (${id}, 150, 'конец'::text::bytea)`.replace("'конец'::text::bytea", "'\\x0102030405'"));
  const pids = () => fs.readFileSync(`/proc/${stack.pid('operator')}/task/${stack.pid('operator')}/children`, 'utf8').trim().split(' ');
  const peak = () => Math.max(...pids().map((p) => Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${p}/status`, 'utf8'))[1])));
  const before_ = peak();
  const answer = await site.get(`/downloads/${id}/file`);
  assert.equal(answer.bytes.length, 262144 * 150 + 5);
  for (let n = 0; n < 150; n++) {
    assert.equal(answer.bytes.readUInt16BE(n * 262144), n);
    assert.equal(answer.bytes.readUInt16BE((n + 1) * 262144 - 2), n);
  }
  assert.ok(peak() - before_ < 12288, `${before_} to ${peak()} KiB`);
});

test('a file that lost a piece breaks off, and is not taken for a whole one', async () => {
  const [{ id }] = stack.sql("select max(id) as id from job where file_name = 'Большой.csv'");
  stack.exec(`delete from job_chunk where job_id = ${id} and no = 120`);
  const cookie = [...site.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
  const got = await new Promise((resolve) => {
    const socket = net.connect(stack.httpPort, '127.0.0.1');
    let n = 0;
    socket.on('data', (b) => { n += b.length; });
    socket.on('close', () => resolve(n));
    socket.on('error', () => resolve(n));
    socket.write(`GET /downloads/${id}/file HTTP/1.1\r\nHost: x\r\nCookie: ${cookie}\r\nUser-Agent: test\r\n\r\n`);
  });
  assert.ok(got < 262144 * 150, `${got} bytes and a closed connection`);
});
