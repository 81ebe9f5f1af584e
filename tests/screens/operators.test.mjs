// «Операторы»: who may work; nobody locks himself out.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { directory, headsOf, noticesOf, rowsOf } from '../lib/directory.mjs';
import { Site, signIn } from '../lib/site.mjs';
import { startStack } from '../lib/stack.mjs';
import { addOperator } from '../lib/visitor.mjs';

let stack;
let admin;
let operators;
before(async () => {
  stack = await startStack({ programs: 'web', meters: 40 });
  addOperator(stack, 'keeper', 'admin');
  admin = await signIn(stack, 'keeper');
  operators = directory(admin, '/admin/operators');
});
after(async () => { if (stack) await stack.stop(); });

const row = async (login) => (await operators.rows(`?q=${login}`)).find((r) => r[0] === login);
const log = (action) => stack.sql(`select operator_login, note from audit_log where action = '${action}' order by id desc limit 1`)[0];
const branches = () => stack.sql('select id::text from branch order by id').map((b) => b.id);
const enters = async (login, password) => {
  const site = new Site(stack);
  await site.get('/sign-in');
  return (await site.post('/sign-in', { login, password })).status === 303 ? site : null;
};

test('GC-163 operators are listed; a plus after the rights is access to meters without a branch', async () => {
  const page = await operators.page('?size=100');
  assert.deepEqual(headsOf(page.html), ['Login', 'Имя', 'Фамилия', 'EMail', 'Доступ', 'SOAP', 'Последний вход', 'Отключён']);
  const rows = rowsOf(page.html);
  assert.equal(rows.find((r) => r[0] === 'keeper')[4], 'Администратор +');
  assert.equal(rows.find((r) => r[0] === 'viewer')[4], 'Просмотр данных');
});

test('GC-164 GC-169 an operator is added with all fields, works within them, and a change of rights applies at once', async () => {
  const [first, second] = branches();
  const added = await operators.add({ login: 'ivanova', password: 'длинный пароль', role: 'control', branches: [first, second],
    branchless: '1', soap: '1', first: 'Анна', last: 'Иванова', email: 'ivanova@example.ru' });
  assert.equal(added.done, 'Сохранён оператор ivanova');
  assert.deepEqual(log('Добавлен оператор'), { operator_login: 'keeper', note: 'ivanova' });
  assert.deepEqual((await row('ivanova')).slice(0, 6), ['ivanova', 'Анна', 'Иванова', 'ivanova@example.ru', 'Просмотр данных и управление клапаном +', 'Да']);
  const site = await enters('ivanova', 'длинный пароль');
  assert.ok(site);
  assert.equal((await site.get('/admin/operators')).status, 403);
  const form = await operators.form(`/${(await row('ivanova')).id}/edit`);
  assert.deepEqual([form.branches].flat().sort(), [first, second].sort());
  assert.equal(form.password, '');
  await operators.edit((await row('ivanova')).id, { role: 'view', branches: [first], branchless: null });
  const meter = stack.sql('select id from meter m where exists (select from meter_type t where t.id = meter_type_id and has_valve) limit 1')[0];
  assert.equal((await site.get(`/meters/${meter.id}/valve`)).status, 403);
  assert.ok(await enters('ivanova', 'длинный пароль'), 'an empty password field leaves the password');
  assert.match(log('Изменён оператор').note, /^ivanova, права: control -> view$/);
});

test('GC-165 a login is given once; case makes another', async () => {
  assert.deepEqual((await operators.add({ login: 'ivanova', password: 'x1234567', role: 'view', branches: branches()[0] })).errors, { login: 'Оператор с таким именем уже есть' });
  assert.equal((await operators.add({ login: 'Ivanova', password: 'x1234567', role: 'view', branches: branches()[0] })).done, 'Сохранён оператор Ivanova');
});

test('GC-041 name, password, rights and a branch are asked for; GC-166 a short password is advised against and taken', async () => {
  assert.deepEqual(Object.keys((await operators.add({ login: '', password: '', role: 'king' })).errors).sort(), ['branches', 'login', 'password', 'role']);
  const { html } = await operators.page('/new');
  for (const field of ['Имя пользователя', 'Пароль', 'Права доступа', 'Доступ к данным филиалов']) assert.match(html, new RegExp(`>${field}<span class="star"`));
  assert.match((await operators.add({ login: 'short', password: '123', role: 'view', branches: branches()[0] })).done, /короче 6 символов.*short/);
  assert.ok(await enters('short', '123'));
});

test('GC-164 a security officer without name or e-mail is saved with a warning', async () => {
  assert.match((await operators.add({ login: 'guard', password: 'guard-1234', role: 'security', branches: branches()[0] })).done, /Сотруднику СБ нужны имя, фамилия и EMail/);
});

test('GC-167 a new operator with an address gets a letter with his login and without the password', async () => {
  await operators.add({ login: 'lettered', password: 'тайна-тайн', role: 'view', branches: branches()[0], email: 'lettered@example.ru' });
  const [letter] = stack.sql("select m::text as whole from outbox_mail m where recipient = 'lettered@example.ru'");
  assert.match(letter.whole, /lettered/);
  assert.doesNotMatch(letter.whole, /тайна/);
});

test('GC-170 a deleted operator is out at once, his lines stay, his login can be given again', async () => {
  const site = await enters('short', '123');
  await operators.remove((await row('short')).id);
  assert.equal((await site.get('/meters')).status, 303);
  assert.equal(await enters('short', '123'), null);
  assert.deepEqual(log('Удалён оператор'), { operator_login: 'keeper', note: 'short' });
  assert.equal(stack.sql("select 1 from audit_log where operator_login = 'short' and action = 'Начало работы оператора'").length > 0, true);
  assert.equal((await operators.add({ login: 'short', password: 'longer-now', role: 'view', branches: branches()[0] })).done, 'Сохранён оператор short');
});

test('a disabled operator is out at once and cannot sign in; enabled again he can', async () => {
  const site = await enters('short', 'longer-now');
  const { id } = await row('short');
  await operators.edit(id, { disabled: '1' });
  assert.equal((await site.get('/meters')).status, 303);
  assert.equal(await enters('short', 'longer-now'), null);
  await operators.edit(id, { disabled: null });
  assert.ok(await enters('short', 'longer-now'));
});

test('open sessions of an operator are listed and ended; a new password ends them too', async () => {
  const { id } = await row('Ivanova');
  const site = await enters('Ivanova', 'x1234567');
  const page = await operators.page(`?id=${id}`);
  assert.deepEqual(rowsOf(page.html, 'slist').map((r) => r[0]), ['127.0.0.1']);
  assert.equal((await operators.send(`/${id}/sessions`, {})).done, 'Завершены сеансы оператора Ivanova');
  assert.equal((await site.get('/meters')).status, 303);
  const again = await enters('Ivanova', 'x1234567');
  await operators.edit(id, { password: 'y1234567' });
  assert.equal((await again.get('/meters')).status, 303);
  assert.ok(await enters('Ivanova', 'y1234567'));
});

test('an administrator can neither delete, disable, demote nor rename himself, and the last one stays', async () => {
  const { id } = await row('keeper');
  for (const change of [{ disabled: '1' }, { role: 'view', branches: branches()[0] }, { login: 'other' }]) {
    const answer = await operators.edit(id, change);
    assert.equal(answer.status, 422);
    assert.match(answer.notices.join(), /последний администратор должен остаться/);
  }
  const refused = await operators.remove(id);
  assert.match(refused.notices.join(), /последний администратор должен остаться/);
  assert.match(refused.html, /<h1[^>]*>Удалить оператора\?/);
  assert.doesNotMatch(refused.html.match(/<form class="desk-form[\s\S]*?<\/form>/)[0], /type="submit"/, 'nothing is left to press but «Отмена»');
  assert.equal((await row('keeper'))[4], 'Администратор +');
});

test('two administrators at one operator: the second is told, and nothing of his is saved', async () => {
  const { id } = await row('ivanova');
  const form = await operators.form(`/${id}/edit`);
  await operators.edit(id, { last: 'Петрова' });
  const late = await operators.edit(id, { last: 'Сидорова', version: form.version });
  assert.equal(late.status, 409);
  assert.match(noticesOf(late.html).join(), /изменил другой сотрудник/);
  assert.equal((await row('ivanova'))[2], 'Петрова');
});

test('the database itself keeps operators from everybody but an administrator', () => {
  const put = "select operator_put(null, null, 'evil', 'x', 'admin', '{}', true, true, false, '', '', '', null)";
  assert.throws(() => stack.exec(`begin; select set_config('app.role', 'control', true); ${put}; commit`, 'admin'), /LZ403/);
  assert.throws(() => stack.exec(`begin; select set_config('app.role', 'admin', true); ${put}; commit`, 'web'), /permission denied/);
  assert.throws(() => stack.exec("update operator set role = 'admin' where login = 'viewer'", 'admin'), /permission denied/);
  assert.throws(() => stack.exec("insert into operator_branch values (1, 1)", 'admin'), /permission denied/);
});

test('GC-168 a branch that was deleted while the form was filled in is told beside the branches, and nothing is saved', async () => {
  stack.exec("insert into branch (name, full_name) values ('Недолгий', 'x')");
  const gone = stack.sql("select id::text from branch where name = 'Недолгий'")[0].id;
  const { id } = await row('ivanova');
  const form = await operators.form(`/${id}/edit`);
  stack.exec(`delete from branch where id = ${gone}`);
  const answer = await operators.edit(id, { version: form.version, branches: [branches()[0], gone] });
  assert.equal(answer.status, 422);
  assert.match(answer.errors.branches, /Отмеченного филиала больше нет/);
  assert.deepEqual(stack.sql(`select branch_id::text as id from operator_branch where operator_id = ${id}`).map((b) => b.id), [branches()[0]]);
  assert.match(answer.html, new RegExp(`name="branches" value="${branches()[0]}" checked`), 'the others stay ticked');
  assert.equal((await operators.add({ login: 'late', password: 'x1234567', role: 'view', branches: gone })).errors.branches, answer.errors.branches);
});

test('without a single branch the box of branches says what to do first', async () => {
  stack.exec('update subscriber set branch_id = null; update meter set branch_id = null; delete from branch');
  const { html } = await operators.page('/new');
  assert.match(html, /Доступ к данным филиалов[\s\S]*?Филиалов пока нет\. Добавьте филиал на вкладке «Филиалы»/);
});
