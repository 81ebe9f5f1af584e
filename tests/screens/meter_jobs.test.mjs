// «Обновление ПО» and «Смена IP»: jobs for meters, from the form to the
// commands that wait for a session.
import assert from 'node:assert/strict';
import net from 'node:net';
import test, { after, before } from 'node:test';
import { directory, errorsOf, headsOf, noticesOf, toastOf } from '../lib/directory.mjs';
import { signIn } from '../lib/site.mjs';
import { startStack } from '../lib/stack.mjs';
import { addOperator } from '../lib/visitor.mjs';

let stack;
let admin;
let meters;
const TYPE = 'СГ-Лазурь G4';
before(async () => {
  stack = await startStack({ programs: 'web', meters: 30 });
  addOperator(stack, 'keeper', 'admin');
  admin = await signIn(stack, 'keeper');
  stack.exec(`insert into meter (serial, meter_type_id, firmware)
    select n::text, (select id from meter_type where name = '${TYPE}'), case when n % 2 = 0 then '1.20' else '1.30' end
      from generate_series(1500001, 1500010) n;
    insert into meter (serial, meter_type_id, firmware)
      select '1500011', id, '1.20' from meter_type where name = 'СГ-Лазурь G4-К'`);
  meters = Object.fromEntries(stack.sql("select serial, id from meter where serial like '15000__'").map((m) => [m.serial, m.id]));
});
after(async () => { if (stack) await stack.stop(); });

async function sendForm(path, fields, file) {
  await admin.get(path);
  const body = new FormData();
  for (const [name, value] of Object.entries({ csrf: admin.csrf, ...fields })) body.append(name, value);
  if (file) body.append('file', new Blob([file.bytes]), file.name);
  const answer = await admin.ask(path, { method: 'POST', body });
  const list = answer.status === 303 ? await admin.get(answer.location) : null;
  return { status: answer.status, html: answer.html, errors: errorsOf(answer.html), done: list && toastOf(list.html), notices: noticesOf(answer.html) };
}
const image = { name: 'g4-1.31.bin', bytes: Buffer.alloc(300000, 7) };
const firmware = (fields, file = image) => sendForm('/admin/firmware/new',
  { name: 'Обновить G4', numbers: '1500001-1500011', present: '1.20', type: TYPE, confirm: '11', ...fields }, file);
const addresses = (fields, file) => sendForm('/admin/addresses/new',
  { name: 'Переезд', address: 'meters.example.ru', port: '4059', password: 'zavod-secret', ...fields }, file);
const waiting = (kind) => stack.sql(`select m.serial, c.parameters, c.sealed is not null as sealed, c.job_id from command c
  join meter m on m.id = c.meter_id where c.kind = '${kind}' and c.state = 'queued' order by 1`);
const log = (action) => stack.sql(`select note from audit_log where action = '${action}' order by id desc limit 1`)[0].note;
const clear = () => stack.exec('delete from command; delete from meter_job');

test('GC-207 GC-208 GC-209 a firmware job gives a command to meters of that number, type and version, and to no other', async () => {
  assert.equal((await firmware({})).done, 'Добавлено задание Обновить G4');
  assert.deepEqual(waiting('firmware').map((c) => c.serial), ['1500002', '1500004', '1500006', '1500008', '1500010']);
  const page = await admin.get('/admin/firmware');
  assert.deepEqual(headsOf(page.html).slice(0, 6), ['Задание', 'Серийный номер', 'Версия', 'Тип ПО', 'Файл ПО', 'Счётчик выполнений']);
  const [row] = await directory(admin, '/admin/firmware').rows('');
  assert.deepEqual(row.slice(0, 6), ['Обновить G4', '1500001-1500011', '1.20', TYPE, 'g4-1.31.bin', '0']);
  assert.equal(log('Добавлено задание на обновление ПО'), 'Обновить G4');
  assert.equal(stack.sql('select sum(octet_length(bytes))::int as n from firmware_piece')[0].n, 300000);
  assert.equal(stack.sql('select count(*)::int as n from upload')[0].n, 0);
});

test('GC-129 the tab tells how many jobs stand', async () => {
  assert.match((await admin.get('/admin/branches')).html, /Обновление ПО <span class="count">\(1\)/);
  clear();
  assert.doesNotMatch((await admin.get('/admin/branches')).html, /class="count"/);
});

test('GC-209 a meter that first calls later, and one whose version changes, get the job then; one that no longer fits loses it', async () => {
  await firmware({});
  stack.exec(`update meter set firmware = '1.20' where id = ${meters['1500001']}`);
  stack.exec(`update meter set firmware = '1.31' where id = ${meters['1500002']}`);
  assert.deepEqual(waiting('firmware').map((c) => c.serial), ['1500001', '1500004', '1500006', '1500008', '1500010']);
  await firmware({ name: 'Будущие', numbers: '1777*', confirm: '0' });
  stack.exec(`insert into meter (serial, meter_type_id, firmware) select '17771', id, '1.20' from meter_type where name = '${TYPE}'`);
  assert.ok(waiting('firmware').some((c) => c.serial === '17771'));
});

test('GC-211 executions are counted; who still has the old version is asked again', async () => {
  stack.exec(`update command set state = 'executed', executed_at = now() where meter_id = ${meters['1500004']} and kind = 'firmware'`);
  const row = (await directory(admin, '/admin/firmware').rows('')).find((r) => r[0] === 'Обновить G4');
  assert.equal(row[5], '1');
  assert.ok(waiting('firmware').some((c) => c.serial === '1500004'));
  stack.exec(`update meter set firmware = '1.31' where id = ${meters['1500004']}`);
  assert.ok(!waiting('firmware').some((c) => c.serial === '1500004'));
});

test('GC-214 a deleted job is not executed any more, and what was done stays counted nowhere', async () => {
  const list = directory(admin, '/admin/firmware');
  const row = (await list.rows('')).find((r) => r[0] === 'Обновить G4');
  assert.match((await list.page(`/${row.id}/delete`)).html, /Ждут сеанса связи/);
  assert.equal((await list.remove(row.id)).done, 'Удалено задание Обновить G4');
  assert.deepEqual(waiting('firmware').filter((c) => c.job_id === Number(row.id)), []);
  assert.equal(log('Удалено задание на обновление ПО'), 'Обновить G4');
  clear();
});

test('GC-210 how large a firmware may be is said beside its field before it is sent', async () => {
  const { html } = await admin.get('/admin/firmware/new');
  assert.match(html, /<input[^>]*type="file"[^>]*data-max="4194304"/);
  assert.match(html, /id="f-file-hint">Не больше 4 МБ</);
});

test('GC-041 GC-200 GC-210 every field is asked for; a wrong number, type or file makes no job and is told beside its field', async () => {
  assert.deepEqual(Object.keys((await firmware({ name: '', numbers: '', present: '', type: '' }, null)).errors).sort(),
    ['file', 'name', 'numbers', 'present', 'type']);
  assert.match((await firmware({ numbers: '15,,16' })).errors.numbers, /запят/);
  assert.ok((await firmware({ type: 'Утюг' })).errors.type);
  for (const [name, bytes] of [['a.zip', 'PK\x03\x04xxxx'], ['a.pdf', '%PDF-1.7'], ['empty.bin', '']]) {
    assert.ok((await firmware({}, { name, bytes: Buffer.from(bytes, 'latin1') })).errors.file, name);
  }
  assert.match((await firmware({}, { name: 'big.bin', bytes: Buffer.alloc(4 * 1024 * 1024 + 1) })).errors.file, /4 МБ/);
  assert.match((await firmware({ confirm: '3' })).errors.confirm, /Подходит приборов: 11\. Чтобы подтвердить, введите 11/);
  assert.equal(stack.sql('select count(*)::int as n from meter_job')[0].n, 0);
  assert.equal(stack.sql('select count(*)::int as n from upload')[0].n, 0, 'a refused file is not kept');
});

test('GC-209 GC-218 a job that no meter in the system fits says so before it is saved, and is kept for later ones when 0 is typed', async () => {
  const told = /не подходит ни одному прибору.*Чтобы подтвердить, введите 0/;
  for (const fields of [{ present: '9.99', confirm: '11' }, { numbers: '1888*', confirm: '' }, { numbers: '1500011', confirm: '' }]) {
    assert.match((await firmware(fields)).errors.confirm, told, JSON.stringify(fields));
  }
  assert.match((await addresses({ numbers: '999002' })).errors.confirm, told);
  assert.equal(stack.sql('select count(*)::int as n from meter_job')[0].n, 0);
  assert.equal((await firmware({ present: '9.99', confirm: '0' })).done, 'Добавлено задание Обновить G4');
  assert.equal((await addresses({ numbers: '999002', confirm: '0' })).done, 'Добавлено задание Переезд');
  assert.equal((await firmware({ numbers: '*', confirm: String(stack.sql('select count(*)::int as n from meter')[0].n) })).done, 'Добавлено задание Обновить G4');
  clear();
});

test('GC-215 GC-216 GC-218 an address job by text gives commands now, and to meters that are not in the system yet', async () => {
  assert.equal((await addresses({ numbers: '1500001,1500002,999001', confirm: '2' })).done, 'Добавлено задание Переезд');
  assert.deepEqual(waiting('server_address').map((c) => [c.serial, c.parameters, c.sealed]), [
    ['1500001', { address: 'meters.example.ru', port: 4059 }, true], ['1500002', { address: 'meters.example.ru', port: 4059 }, true]]);
  stack.exec(`insert into meter (serial, meter_type_id) select '999001', id from meter_type where name = '${TYPE}'`);
  assert.equal(waiting('server_address').length, 3);
  const [row] = await directory(admin, '/admin/addresses').rows('');
  assert.deepEqual(row.slice(0, 4), ['Переезд', '1500001,1500002,999001', 'meters.example.ru:4059', '0']);
  assert.deepEqual(headsOf((await admin.get('/admin/addresses')).html).slice(0, 4), ['Задание', 'Серийный номер', 'IP:Port', 'Счётчик выполнений']);
});

test('GC-226 GC-244 the manufacturer\'s password is needed, sealed, and neither shown nor logged', async () => {
  assert.deepEqual(Object.keys((await addresses({ numbers: '1500001', password: '' })).errors), ['password']);
  const kept = stack.sql('select j::text as j from meter_job j')[0].j + stack.sql('select string_agg(a::text, $$ $$) as a from audit_log a')[0].a;
  assert.doesNotMatch(kept, /zavod-secret/);
  assert.doesNotMatch((await addresses({ numbers: 'x' })).html, /zavod-secret/);
  assert.equal(log('Добавлено задание на смену адреса сервера'), 'Переезд');
});

test('GC-217 numbers or a file: both and none are refused', async () => {
  assert.match((await addresses({ numbers: '' })).errors.numbers, /Укажите номера приборов или выберите файл/);
  assert.match((await addresses({ numbers: '1500001' }, { name: 'a.csv', bytes: '1500001' })).errors.numbers, /что-то одно/);
});

test('GC-219 a CSV of either separator names meters by its first column', async () => {
  clear();
  assert.equal((await addresses({ confirm: '2' }, { name: 'a.csv', bytes: '1500001;Иванов\r\n1500003;x\r\n' })).done, 'Добавлено задание Переезд');
  assert.equal((await addresses({}, { name: 'b.csv', bytes: '1500005,x,y\n' })).done, 'Добавлено задание Переезд');
  assert.deepEqual(waiting('server_address').map((c) => c.serial), ['1500001', '1500003', '1500005']);
  const rows = await directory(admin, '/admin/addresses').rows('?sort=at');
  assert.deepEqual(rows.map((r) => r[1]), ['из файла: 2', 'из файла: 1']);
  clear();
});

for (const [id, about, bytes, why] of [
  ['GC-220', 'of a wrong format', '"1500001\n1500002', /кавыч|формат/i],
  ['GC-221', 'with something else than digits', '1500001\n15A0002\n', /Строка 2, «15A0002»/],
  ['GC-222', 'with a number that is not registered', '1500001\n7654321\n', /Строка 2, «7654321»/],
  ['GC-223', 'with a number twice', '1500001\n1500002\n1500001\n', /Строка 3, «1500001»/],
]) {
  test(`${id} a file ${about} is refused with the reason and its line, and no job is made`, async () => {
    assert.match((await addresses({ confirm: '3' }, { name: 'a.csv', bytes })).errors.file, why);
    assert.equal(stack.sql('select count(*)::int as n from meter_job')[0].n, 0);
  });
}

test('GC-224 an IP address or a domain name and a port of 1 to 65535 are taken', async () => {
  for (const address of ['http://x.ru', 'a b', '-x.ru', 'x..ru', 'имя.рф']) assert.ok((await addresses({ numbers: '1500001', address })).errors.address, address);
  for (const port of ['0', '65536', 'порт', '']) assert.ok((await addresses({ numbers: '1500001', port })).errors.port, port);
  for (const address of ['178.45.23.15', 'www.mnppsaturn.ru']) assert.equal((await addresses({ numbers: '1500001', address, port: '65535' })).done, 'Добавлено задание Переезд');
  clear();
});

test('GC-225 «Проверить адрес» really connects; without an answer nothing is saved', async () => {
  const server = net.createServer((c) => c.end()).listen(0, '127.0.0.1');
  await new Promise((ready) => { server.once('listening', ready); });
  const { port } = server.address();
  const called = new Promise((ok) => { server.once('connection', ok); });
  assert.equal((await addresses({ numbers: '1500001', address: '127.0.0.1', port: String(port), check: '1' })).done, 'Добавлено задание Переезд');
  await called;
  await new Promise((closed) => { server.close(closed); });
  clear();
  assert.match((await addresses({ numbers: '1500001', address: '127.0.0.1', port: String(port), check: '1' })).errors.address, /никто не отвечает/);
  assert.equal(stack.sql('select count(*)::int as n from meter_job')[0].n, 0);
});

test('GC-227 a meter that still calls here after the change is told again, once for each session', async () => {
  await addresses({ numbers: '1500001' });
  stack.exec(`update command set state = 'executed', executed_at = now() where kind = 'server_address' and state = 'queued'`);
  assert.equal(waiting('server_address').length, 1);
  assert.equal((await directory(admin, '/admin/addresses').rows(''))[0][3], '1');
});

test('GC-228 a deleted address job cancels what waits', async () => {
  const list = directory(admin, '/admin/addresses');
  const [row] = await list.rows('');
  assert.equal((await list.remove(row.id)).done, 'Удалено задание Переезд');
  assert.deepEqual(waiting('server_address'), []);
  assert.equal(log('Удалено задание на смену адреса сервера'), 'Переезд');
  assert.equal((await admin.get(`/admin/addresses/${row.id}/delete`)).status, 404);
});

test('the buttons of a meter open the forms with its number filled in', async () => {
  for (const kind of ['firmware', 'addresses']) assert.match((await admin.get(`/admin/${kind}/new?serials=1500001`)).html, />\s*1500001<\/textarea>/);
});

test('the database keeps jobs from everybody but an administrator, and the password from everybody', () => {
  const settings = "select set_config('app.role', 'control', true);";
  assert.throws(() => stack.exec(`begin; ${settings} insert into meter_job (kind, name, address, port, made_by) values ('server_address', 'x', 'x', 1, 'x'); commit`, 'admin'), /42501/);
  assert.throws(() => stack.exec('select sealed from meter_job', 'admin'), /permission denied/);
  assert.throws(() => stack.exec('select * from meter_job', 'web'), /permission denied/);
});
