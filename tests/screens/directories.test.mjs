// «Филиалы» and «Тарифы»: the lists and forms of the administration.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { directory, headsOf, rangeOf } from '../lib/directory.mjs';
import { signIn } from '../lib/site.mjs';
import { startStack } from '../lib/stack.mjs';
import { addOperator } from '../lib/visitor.mjs';

let stack;
let admin;
let branches;
let tariffs;
before(async () => {
  stack = await startStack({ programs: 'web', meters: 40 });
  addOperator(stack, 'keeper', 'admin');
  admin = await signIn(stack, 'keeper');
  branches = directory(admin, '/admin/branches');
  tariffs = directory(admin, '/admin/tariffs');
});
after(async () => { if (stack) await stack.stop(); });

const log = (action) => stack.sql(`select operator_login, note from audit_log where action = '${action}' order by id desc limit 1`)[0];
const bank = { bank: 'ПАО Сбербанк', account: '40702810900000000001', bic: '044525225', corr: '30101810400000000225', inn: '7707083893' };

test('GC-157 branches are listed with short and full name, account and САУПГ Id', async () => {
  const page = await branches.page('');
  assert.deepEqual(headsOf(page.html), ['Филиал', 'Полное наименование', 'Расчетный счет', 'САУПГ Id']);
  const count = stack.sql('select count(*)::int as n from branch')[0].n;
  assert.equal(rangeOf(page.html), `Записи с 1 до ${count} из ${count} записей`);
});

test('GC-158 a branch is added with all its fields, found again in the form, changed, and each step stands in the log', async () => {
  const added = await branches.add({ name: 'Пробный', full: 'Филиал «Пробный» <АО>', ...bank, account: '', saupg: '7700' });
  assert.equal(added.done, 'Сохранён филиал Пробный');
  assert.deepEqual(log('Добавлен филиал'), { operator_login: 'keeper', note: 'Пробный' });
  const [row] = await branches.rows('?q=Пробный');
  assert.deepEqual([...row], ['Пробный', 'Филиал «Пробный» <АО>', '', '7700']);
  const form = await branches.form(`/${row.id}/edit`);
  assert.equal(form.bank, 'ПАО Сбербанк');
  assert.equal(form.bic, '044525225');
  assert.equal((await branches.edit(row.id, { full: 'Филиал Пробный' })).done, 'Сохранён филиал Пробный');
  assert.deepEqual(log('Изменён филиал'), { operator_login: 'keeper', note: 'Пробный' });
  assert.equal((await branches.rows('?q=Пробный'))[0][1], 'Филиал Пробный');
});

test('GC-041 an empty mandatory field is named, what was typed stays, and nothing is saved', async () => {
  const answer = await branches.add({ name: '', full: 'Без имени', bank: 'Банк' });
  assert.equal(answer.status, 422);
  assert.deepEqual(Object.keys(answer.errors), ['name']);
  assert.match(answer.html, /<a href="#f-name"[^>]*>Филиал: Заполните поле<\/a>/, 'the list on top says which field');
  assert.match(answer.html, /value="Без имени"/);
  assert.match(answer.html, /\*?Помеченные поля обязательны для ввода/);
  assert.equal(stack.sql("select 1 from branch where full_name = 'Без имени'").length, 0);
});

test('GC-159 GC-160 a name and a САУПГ Id are given once', async () => {
  assert.deepEqual((await branches.add({ name: 'Пробный', full: 'x' })).errors, { name: 'Филиал с таким названием уже есть' });
  assert.deepEqual((await branches.add({ name: 'Другой', full: 'x', saupg: '7700' })).errors, { saupg: 'Этот идентификатор уже у другого филиала' });
  assert.ok((await branches.add({ name: 'Другой', full: 'x', saupg: 'семь' })).errors.saupg);
  assert.equal((await branches.add({ name: 'Другой', full: 'x' })).done, 'Сохранён филиал Другой');
  assert.equal((await branches.add({ name: 'Третий', full: 'x' })).done, 'Сохранён филиал Третий');
});

test('GC-161 wrong check digits of bank details are told beside their fields', async () => {
  const { errors } = await branches.add({ name: 'Четвёртый', full: 'x', ...bank, inn: '7707083894', account: '40702810900000000002', kpp: '12' });
  assert.deepEqual(Object.keys(errors).sort(), ['account', 'inn', 'kpp']);
});

test('two administrators at one branch: the second is told that it has changed, and nothing of his is saved', async () => {
  const [row] = await branches.rows('?q=Третий');
  const form = await branches.form(`/${row.id}/edit`);
  await branches.edit(row.id, { full: 'первый был' });
  const answer = await branches.edit(row.id, { full: 'второй', version: form.version });
  assert.equal(answer.status, 409);
  assert.match(answer.notices.join(), /изменил другой сотрудник/);
  assert.equal((await branches.rows('?q=Третий'))[0][1], 'первый был');
});

test('GC-162 GC-043 a branch is deleted after a question with numbers; its subscribers stay without one', async () => {
  const [row] = await branches.rows('?q=Другой');
  stack.exec(`insert into subscriber (branch_id, account, address) values (${row.id}, 'b-1', 'дом 1')`);
  const question = await branches.page(`/${row.id}/delete`);
  assert.match(question.html, /Абонентов<\/dt><dd>1<\/dd>/);
  assert.equal(stack.sql(`select 1 from branch where id = ${row.id}`).length, 1);
  assert.equal((await branches.remove(row.id)).done, 'Удалён филиал Другой');
  assert.deepEqual(stack.sql("select branch_id from subscriber where account = 'b-1'"), [{ branch_id: null }]);
  assert.deepEqual(log('Удалён филиал'), { operator_login: 'keeper', note: 'Другой' });
  assert.equal((await admin.get(`/admin/branches/${row.id}/edit`)).status, 404);
});

test('GC-036 GC-037 lists sort by any column both ways and are searched; the order stands in the address', async () => {
  const names = (await branches.rows('?sort=name&size=100')).map((r) => r[0]);
  assert.deepEqual((await branches.rows('?sort=-name&size=100')).map((r) => r[0]), names.toReversed ? names.toReversed() : [...names].reverse());
  const page = await branches.page('?q=%25');
  assert.match(page.html, /Ничего не найдено|Записи отсутствуют/);
  assert.equal((await admin.get('/admin/branches?sort=evil')).status, 422);
  assert.match((await branches.page('?sort=name')).html, /aria-sort="ascending"/);
});

test('the list as CSV and XLSX has the rows of the filter in their order', async () => {
  const lines = await branches.csv('?q=Пробный');
  assert.deepEqual(lines, ['Филиал;Полное наименование;Расчетный счет;САУПГ Id', 'Пробный;Филиал Пробный;;"7700"']);
  const xlsx = await admin.get('/admin/branches.csv?q=Пробный&format=xlsx');
  assert.equal(xlsx.headers.get('content-type'), 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet');
  assert.equal(xlsx.bytes.subarray(0, 2).toString(), 'PK');
});

test('GC-171 tariffs are added, changed and deleted; 0.00 is a price; one in use is not deleted', async () => {
  assert.equal((await tariffs.add({ name: 'Без оплаты проверка', price: '0,00', description: 'для льгот' })).done, 'Сохранён тариф Без оплаты проверка');
  let [row] = await tariffs.rows('?q=Без оплаты проверка');
  assert.deepEqual(row.slice(0, 3), ['Без оплаты проверка', '0.00', 'для льгот']);
  assert.deepEqual((await tariffs.add({ name: 'Без оплаты проверка', price: '1' })).errors, { name: 'Тариф с таким названием уже есть' });
  assert.deepEqual(Object.keys((await tariffs.add({ name: 'x', price: '-1' })).errors), ['price']);
  assert.deepEqual(Object.keys((await tariffs.add({ name: 'x', price: '1,234' })).errors), ['price']);
  stack.exec(`insert into subscriber (branch_id, account, address, tariff_id) select min(id), 't-1', 'дом 1', ${row.id} from branch`);
  const refused = await tariffs.remove(row.id);
  assert.equal(refused.status, 409);
  assert.match(refused.notices.join(), /есть у абонентов/);
  stack.exec("delete from subscriber where account = 't-1'");
  assert.equal((await tariffs.remove(row.id)).done, 'Удалён тариф Без оплаты проверка');
  [row] = await tariffs.rows('?q=Без оплаты проверка').catch(() => []);
  assert.equal(row, undefined);
});

test('a tariff named 0, as an import makes it, is listed and looked for by its name', async () => {
  await tariffs.add({ name: '0', price: '0' });
  assert.deepEqual((await tariffs.rows('?q=')).filter((r) => r[1] === '0.00').map((r) => r[0]), ['0']);
  stack.exec("delete from tariff where name = '0'");
  assert.match((await admin.get('/admin/firmware?q=0')).html, /По запросу ничего не найдено/);
});

test('the cursor of a refused form stands at its first mistake', async () => {
  const { html } = await branches.add({ name: 'Новый', full: 'Полное', inn: 'x' });
  assert.deepEqual([...html.matchAll(/<input[^>]*name="(\w+)"[^>]*autofocus/g)].map((m) => m[1]), ['inn']);
});

test('GC-172 a new price begins at once or on a day to come, and the history of prices is kept', async () => {
  await tariffs.add({ name: 'Растущий', price: '5000' });
  const [{ id }] = await tariffs.rows('?q=Растущий');
  assert.equal((await tariffs.edit(id, { price: '6 250,40', next: '7000', begins: '2031-01-01' })).done, 'Сохранён тариф Растущий');
  assert.deepEqual(stack.sql(`select price_kopecks_per_1000_m3::int as p, valid_from <= now() as on from tariff_price where tariff_id = ${id} order by valid_from`),
    [{ p: 500000, on: true }, { p: 625040, on: true }, { p: 700000, on: false }]);
  const [row] = await tariffs.rows('?q=Растущий');
  assert.deepEqual(row.slice(1), ['6250.40', '', '7000.00', '01-01-2031']);
  assert.deepEqual(Object.keys((await tariffs.edit(id, { begins: '2020-01-01' })).errors), ['begins']);
  assert.deepEqual(Object.keys((await tariffs.edit(id, { begins: '' })).errors), ['begins']);
  await tariffs.edit(id, { next: '', begins: '' });
  assert.equal(stack.sql(`select 1 from tariff_price where tariff_id = ${id} and valid_from > now()`).length, 0);
  assert.match(log('Изменён тариф').note, /^Растущий, 6250\.40 руб\/1000м³$/);
});

test('the database lets only the administration write directories, and only for an administrator', () => {
  const denied = (role, settings) => assert.throws(() => stack.exec(`begin; ${settings}
    insert into branch (name, full_name) values ('чужой', 'x'); commit;`, role), /42501|row-level security|permission denied/);
  denied('web', "select set_config('app.role', 'admin', true);");
  denied('admin', "select set_config('app.role', 'control', true);");
  denied('admin', '');
});
