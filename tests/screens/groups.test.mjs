// «Группы приборов»: who is in, who is seen by whom.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { directory, headsOf, rowsOf, toastOf } from '../lib/directory.mjs';
import { plain, signIn } from '../lib/site.mjs';
import { startStack } from '../lib/stack.mjs';
import { addOperator } from '../lib/visitor.mjs';

let stack;
let admin;
let groups;
let meters;
before(async () => {
  stack = await startStack({ programs: 'web', meters: 60 });
  addOperator(stack, 'keeper', 'admin');
  admin = await signIn(stack, 'keeper');
  groups = directory(admin, '/admin/groups');
  meters = stack.sql(`select m.id, m.serial, s.address, s.full_name, s.branch_id from meter m
    join subscriber s on s.id = m.subscriber_id order by m.serial limit 8`);
  stack.exec('delete from meter_group');
});
after(async () => { if (stack) await stack.stop(); });

const find = async (name) => (await groups.rows(`?q=${encodeURIComponent(name)}`)).find((r) => r[0] === name);
const log = (action) => stack.sql(`select note from audit_log where action = '${action}' order by id desc limit 1`)[0].note;
const members = (id) => stack.sql(`select meter_id from meter_group_member where group_id = ${id} order by 1`).map((m) => m.meter_id);
const post = async (path, pairs) => {
  await admin.get('/admin/groups');
  const answer = await admin.ask(path, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams([['csrf', admin.csrf], ...pairs]).toString() });
  return answer.status === 303 ? { ...answer, done: toastOf((await admin.get(answer.location)).html) } : answer;
};

test('GC-203 a group is added with a branch and a balance meter; a name is given once; both may stay empty', async () => {
  const [branch] = stack.sql(`select id, name from branch where id = ${meters[0].branch_id}`);
  assert.equal((await groups.add({ name: 'Дом 7', branch: String(branch.id), balance: meters[0].serial })).done, 'Сохранена группа Дом 7');
  assert.equal((await groups.add({ name: 'Улица' })).done, 'Сохранена группа Улица');
  assert.deepEqual((await groups.add({ name: 'Улица' })).errors, { name: 'Группа с таким названием уже есть' });
  assert.deepEqual((await groups.add({ name: 'Х', balance: '000' })).errors, { balance: 'Прибора с таким номером нет' });
  assert.deepEqual((await groups.add({ name: 'Х', branch: '99999' })).errors, { branch: 'Этого филиала больше нет: выберите другой' });
  assert.deepEqual(Object.keys((await groups.add({ name: '' })).errors), ['name']);
  const page = await groups.page('');
  assert.deepEqual(headsOf(page.html), ['Балансная группа', 'Филиал', 'Серийный номер', 'Тип', '#']);
  const row = await find('Дом 7');
  assert.deepEqual([row[1], row[2], row[4]], [branch.name, meters[0].serial, '0']);
  assert.equal((await find('Улица'))[1], '(все)');
  assert.equal(log('Добавлена группа приборов'), 'Улица');
});

test('GC-203 the field of the balance meter suggests meters by number, address and name', async () => {
  for (const term of [meters[1].serial.slice(-5), meters[1].address.slice(0, 12), meters[1].full_name.split(' ')[0]]) {
    const { html } = await admin.get(`/admin/meter-options?field=balance&balance=${encodeURIComponent(term)}`);
    assert.match(html, /<option value="\d+">/, term);
  }
  const { html } = await admin.get(`/admin/meter-options?field=balance&balance=${meters[1].serial}`);
  assert.equal(html.trim(), `<option value="${meters[1].serial}">${meters[1].address.replaceAll('"', '&quot;')}</option>`);
});

test('GC-205 meters are found by serial, address or name, join by ticks, each once, and # follows', async () => {
  const { id } = await find('Дом 7');
  for (const term of [meters[2].serial, meters[2].address, meters[2].full_name]) {
    const page = await admin.get(`/admin/groups/${id}/add?q=${encodeURIComponent(term)}`);
    assert.ok(rowsOf(page.html).some((r) => r[0] === meters[2].serial), term);
  }
  const added = await post(`/admin/groups/${id}/add`, meters.slice(1, 4).map((m) => ['ids', m.id]));
  assert.equal(added.done, 'Добавлено приборов: 3');
  assert.equal((await post(`/admin/groups/${id}/add`, [['ids', meters[1].id]])).done, 'Добавлено приборов: 0');
  assert.deepEqual(members(id), meters.slice(1, 4).map((m) => m.id).sort((a, b) => a - b));
  assert.equal((await find('Дом 7'))[4], '3');
  assert.equal(log('Изменён состав группы'), 'Дом 7: +3');
  const page = await admin.get(`/admin/groups/${id}/add?q=${meters[2].serial}`);
  assert.equal(rowsOf(page.html).some((r) => r[0] === meters[2].serial), false, 'who is in is not offered');
});

test('GC-202 «Балансный счётчик» stands over its number and its type', async () => {
  const page = await groups.page('');
  const [over, own] = /<thead>(.*?)<\/thead>/s.exec(page.html)[1].split('</tr>');
  assert.match(over, /<td colspan="2"><\/td><th scope="colgroup" colspan="2">Балансный счётчик<\/th><td colspan="1">/);
  assert.deepEqual([...own.matchAll(/<span>([^<]*)<\/span>/g)].map((m) => m[1]),
    ['Балансная группа', 'Филиал', 'Серийный номер', 'Тип', '#']);
});

test('GC-202 the selected group shows its meters with number, type, address and name', async () => {
  const { id } = await find('Дом 7');
  const page = await groups.page(`?id=${id}`);
  assert.match(plain(page.html), /Состав группы: Дом 7/);
  const row = rowsOf(page.html, 'slist').find((r) => r[0] === meters[1].serial);
  assert.deepEqual([row[2], row[3]], [plain(meters[1].address), meters[1].full_name]);
});

test('meters join by an expression over numbers, and a wrong one joins nobody', async () => {
  const { id } = await find('Улица');
  const wrong = await groups.send(`/${id}/serials`, { numbers: `${meters[0].serial},,5` });
  assert.equal(wrong.status, 422);
  assert.deepEqual(members(id), []);
  const done = await groups.send(`/${id}/serials`, { numbers: `${meters[4].serial}, ${meters[5].serial.slice(0, -1)}?` });
  assert.match(done.done, /^Добавлено приборов: \d+$/);
  const named = stack.sql(`select count(*)::int as n from meter where serial = '${meters[4].serial}' or serial like '${meters[5].serial.slice(0, -1)}_'`)[0].n;
  assert.equal(members(id).length, named);
});

test('GC-206 a meter leaves its group and # follows; a deleted group leaves the meters', async () => {
  const { id } = await find('Дом 7');
  assert.equal((await post(`/admin/groups/${id}/drop`, [['ids', meters[1].id]])).done, 'Убрано приборов: 1');
  assert.equal((await find('Дом 7'))[4], '2');
  assert.match((await groups.page(`/${id}/delete`)).html, /Приборов<\/dt><dd>2<\/dd>/);
  assert.equal((await groups.remove(id)).done, 'Удалена группа Дом 7');
  assert.equal(stack.sql(`select count(*)::int as n from meter where id in (${meters.map((m) => m.id).join()})`)[0].n, meters.length);
  assert.equal(log('Удалена группа приборов'), 'Дом 7');
});

test('GC-204 a group of a branch is offered only to operators of that branch, one of all to everybody', async () => {
  const [mine, other] = stack.sql('select id from branch order by id limit 2');
  await groups.add({ name: 'Чужая', branch: String(other.id) });
  addOperator(stack, 'narrow', 'view', 'none');
  stack.exec(`insert into operator_branch select id, ${mine.id} from operator where login = 'narrow'`);
  const { html } = await (await signIn(stack, 'narrow')).get('/reports/balance');
  assert.match(html, /Улица/);
  assert.doesNotMatch(html, /Чужая/);
  assert.match((await admin.get('/reports/balance')).html, /Чужая/);
});

test('two administrators at one group: the second is told, and nothing of his is saved', async () => {
  const { id } = await find('Улица');
  const form = await groups.form(`/${id}/edit`);
  await groups.edit(id, { name: 'Улица Мира' });
  assert.equal((await groups.edit(id, { name: 'Улица Лесная', version: form.version })).status, 409);
  assert.ok(await find('Улица Мира'));
});
