// Documents made by the worker: killed, stopped, cancelled, without the right
// any more; what comes out is whole and comes out once.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { pagesOf, zipped } from '../lib/documents.mjs';
import { alive, startListener, until } from '../lib/listener.mjs';
import { csvRows } from '../lib/site.mjs';
import { folder } from '../report/samples.mjs';

const METERS = 1400;
const DAYS = 31;
let house; let branches;

const worker = () => house.children().find((c) => c.duty === 'worker')?.pid;
const job = (id) => house.sql(`select j.*, (select count(*) from job_chunk c where c.job_id = j.id)::int as chunks,
  (select sum(octet_length(bytes)) from job_chunk c where c.job_id = j.id)::int as bytes from job j where id = ${id}`)[0];
const over = (id) => until(() => !['queued', 'running'].includes(job(id).state), 90000);

// As the site does it: in the name of an operator, with the words of his language.
function ask(login, parameters, kind = 'daily', branch = branches) {
  const names = fs.readFileSync(new URL('../../lib/document/words.c', import.meta.url), 'utf8')
    .match(/"(\w+\.\w+)"/g).map((n) => JSON.parse(n));
  const words = JSON.stringify(Object.fromEntries(names.map((n) => [n, n])));
  const all = { from: '2026-03-01', to: '2026-03-31', format: 'csv', charset: 'cp866', ...parameters };
  return Number(house.stack.exec(`begin;
    select set_config('app.branches', '{${branch.join(',')}}', true), set_config('app.role', 'view', true),
      set_config('app.login', '${login}', true), set_config('app.branchless', '', true) \\g /dev/null
    select job_ask('${kind}', '${JSON.stringify(all)}', '${words}', 'Отчёт ${kind}', '127.0.0.1');
    commit;`, 'web').trim().split('\n').pop());
}

// Puts the pieces together.
function fileOf(id) {
  const { state, file_name: name, size, chunks, bytes } = job(id);
  assert.equal(state, 'done');
  assert.equal(bytes, Number(size));
  const rows = house.sql(`select no, encode(bytes, 'hex') as hex, octet_length(bytes) as n from job_chunk where job_id = ${id} order by no`);
  assert.deepEqual(rows.map((r) => r.no), [...Array(chunks).keys()]);
  assert.ok(rows.slice(0, -1).every((r) => r.n === 262144), 'only the last one is shorter');
  const file = `${folder}/job-${id}.${name.split('.').pop()}`;
  fs.writeFileSync(file, Buffer.concat(rows.map((r) => Buffer.from(r.hex, 'hex'))));
  return { name, file, bytes: fs.readFileSync(file) };
}

// Every day of every meter of these branches, once and in order.
function isWhole(id, meters = METERS) {
  const rows = csvRows(fileOf(id).bytes).slice(1, -1);
  assert.equal(rows.length, meters * DAYS);
  const keys = rows.map((r) => `${r[1]} ${r[2]}`);
  assert.equal(new Set(keys).size, keys.length);
  assert.deepEqual(keys, [...keys].sort());
}

// Writing a piece takes a while, so that something can happen meanwhile.
const slowly = (seconds) => house.exec(`drop trigger if exists slow on job_chunk;
  create or replace function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(${seconds}); return new; end $$;
  create trigger slow before insert on job_chunk for each row execute function slow()`);
const quickly = () => house.exec('drop trigger if exists slow on job_chunk');
const halfway = (id) => until(() => { const j = job(id); return j.state === 'running' && j.chunks >= 2; });

before(async () => {
  house = await startListener({ job_poll: '50ms', job_lease: '2s', worker_period: '1s', listeners: 1 });
  house.exec(`
    insert into branch (name) values ('Первый'), ('Второй');
    insert into operator (login, password_hash, role) values ('заказчик', 'x', 'view');
    insert into operator_branch select o.id, b.id from operator o, branch b;
    insert into subscriber (branch_id, account, address) select id, 'a' || id, 'г. Клин' from branch;
    insert into meter (serial, meter_type_id, subscriber_id)
      select '06' || lpad(i::text, 10, '0'), (select min(id) from meter_type), (select min(id) + i % 2 from subscriber)
        from generate_series(1, ${METERS}) i;
    insert into archive_daily (meter_id, day, at, volume_dm3, delta_dm3)
      select m.id, d, d + interval '10 hours', 1000 * m.id, 1000 from meter m, generate_series('2026-03-01'::date, '2026-03-31', '1 day') d`);
  branches = house.sql('select id from branch order by id').map((r) => r.id);
});
after(() => house?.end());

test('a worker killed in the middle: another makes the document from the start, once and whole', async () => {
  slowly(0.3);
  const id = ask('заказчик', {});
  await halfway(id);
  const victim = worker();
  process.kill(victim, 'SIGKILL');
  await until(() => !alive(victim));
  quickly();
  await over(id);
  isWhole(id);
  assert.equal(job(id).attempts, 2);
  assert.equal(house.log().filter((l) => l.includes(`job=${id} done`)).length, 1);
});

test('a worker killed again and again gives up after five attempts, and nothing of the file is left', async () => {
  const id = ask('заказчик', { to: '2026-03-30' });
  await over(id);
  house.exec(`update job set state = 'running', claim = gen_random_uuid(), attempts = 5, lease_until = now(),
    finished_at = null, file_name = null where id = ${id}`);
  await over(id);
  await until(() => job(id).chunks === 0);
  assert.deepEqual([job(id).state, job(id).error], ['failed', 'broken']);
});

test('a cancelled document stops, leaves nothing behind and does not come back; the next one is made', async () => {
  slowly(0.3);
  const id = ask('заказчик', { to: '2026-03-29' });
  await halfway(id);
  const next = ask('заказчик', { to: '2026-03-01' });
  house.stack.exec(`begin; select set_config('app.login', 'заказчик', true) \\g /dev/null
    update job set state = 'cancelled', finished_at = now(), claim = null where id = ${id}; commit`, 'web');
  quickly();
  await over(next);
  assert.deepEqual([job(id).state, job(id).chunks, job(next).state], ['cancelled', 0, 'done']);
});

test('told to stop, the worker hands the document back at once, and the next one makes it', async () => {
  slowly(0.3);
  const id = ask('заказчик', { to: '2026-03-31', charset: 'cp1251' });
  await halfway(id);
  await house.stop();
  assert.equal(job(id).state, 'queued');
  quickly();
  await house.start();
  await over(id);
  isWhole(id);
  assert.equal(job(id).attempts, 1);
});

test('a document is about what its operator saw when he asked and still sees when it is made', async () => {
  await house.stop();
  const narrow = ask('заказчик', {}, 'daily', [branches[0]]);
  const wide = ask('заказчик', { charset: 'x' });
  house.exec(`delete from operator_branch where branch_id = ${branches[0]}`);
  await house.start();
  await over(wide);
  assert.equal(csvRows(fileOf(narrow).bytes).length, 2, 'a heading and a count: he may not see that branch any more');
  const rows = csvRows(fileOf(wide).bytes).slice(1, -1);
  assert.equal(rows.length, METERS / 2 * DAYS);
  const own = new Set(house.sql(`select serial from meter where branch_id = ${branches[1]}`).map((r) => r.serial));
  assert.ok(rows.every((r) => own.has(r[1])));
  house.exec(`insert into operator_branch select o.id, ${branches[0]} from operator o`);
});

test('an operator who may have no documents any more gets none', async () => {
  await house.stop();
  const id = ask('заказчик', { charset: 'y' });
  house.exec("update operator set role = 'security'");
  await house.start();
  await over(id);
  house.exec("update operator set role = 'view'");
  assert.deepEqual([job(id).state, job(id).error, job(id).chunks], ['failed', 'rights', 0]);
});

test('a report of more than 500 pages comes out as several PDF files in a ZIP, and no row is lost between them', async () => {
  const id = ask('заказчик', { format: 'pdf' });
  await over(id);
  const { name, file } = fileOf(id);
  assert.equal(name, 'Отчёт daily.zip');
  assert.equal(job(id).media_type, 'application/zip');
  const parts = zipped(file);
  assert.deepEqual(parts.map((p) => p.name), ['Отчёт daily 1.pdf', 'Отчёт daily 2.pdf']);
  const pages = parts.flatMap((p) => pagesOf(p.path));
  assert.ok(pages.length > 500);
  assert.match(pages[500], /Doc\.Page 501/, 'numbers go on');
  assert.equal(pages.join('').match(/\b06\d{10}\b/g).length, METERS * DAYS);
});

test('the worker stays small, and leaves no files behind, its own or a dead one\'s', async () => {
  const pid = worker();
  const peak = Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
  assert.ok(house.stack.build.endsWith('-asan') || peak < 65536, `${peak} KiB`);
  assert.deepEqual(fs.readdirSync(`/tmp/lazur-worker-${pid}`), []);
  fs.mkdirSync('/tmp/lazur-worker-4194303'); // beyond the numbers that processes get here
  fs.chmodSync('/tmp/lazur-worker-4194303', 0o777);
  const { uid, gid } = fs.statSync(`/tmp/lazur-worker-${pid}`);
  fs.chownSync('/tmp/lazur-worker-4194303', uid, gid);
  process.kill(pid, 'SIGKILL');
  await until(() => worker() && worker() !== pid && fs.existsSync(`/tmp/lazur-worker-${worker()}`));
  assert.ok(!fs.existsSync(`/tmp/lazur-worker-${pid}`));
  assert.ok(!fs.existsSync('/tmp/lazur-worker-4194303'));
});

test('results are kept for as many days as the settings say', async () => {
  const [{ old, young }] = house.sql(`select min(id) as old, max(id) as young from job where state = 'done'`);
  house.exec(`update job set finished_at = now() - interval '8 days' where id = ${old};
    update job set finished_at = now() - interval '6 days' where id = ${young}`);
  await until(() => job(old) === undefined, 20000);
  assert.equal(job(young).state, 'done');
  assert.deepEqual(house.sql(`select count(*)::int as n from job_chunk where job_id = ${old}`), [{ n: 0 }]);
});
