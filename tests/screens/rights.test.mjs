// Every address, every role, asked for directly: the menu is not the fence.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { root, startStack } from '../lib/stack.mjs';
import { Visitor, addOperator } from '../lib/visitor.mjs';

let stack;
const people = {};
const roles = ['view', 'control', 'security', 'admin'];
before(async () => {
  stack = await startStack({ programs: 'web', meters: 20 });
  for (const [i, role] of roles.entries()) {
    people[role] = new Visitor(stack, { address: `127.0.5.${i + 1}` });
    const answer = await people[role].signIn(addOperator(stack, `rights-${role}`, role));
    assert.equal(answer.status, 303);
  }
});
after(async () => { if (stack) await stack.stop(); });

const meters = ['view', 'control', 'admin'];
const contract = {
  'GET /': roles,
  'GET /help': roles,
  'GET /sign-in': 'anybody',
  'POST /sign-in': 'anybody',
  'POST /look': 'anybody',
  'POST /sign-out': roles,
  'POST /alive': roles,
  'GET /meters': meters,
  'GET /meters/live': meters,
  'GET /meters.csv': meters,
  'GET /meters/{id}/sessions.csv': meters,
  'GET /meters/{id}/commands.csv': meters,
  'GET /meters/{id}/archive.csv': meters,
  'GET /meters/{id}/events.csv': meters,
  'GET /meters/{id}/valve': ['control', 'admin'],
  'POST /meters/{id}/valve': ['control', 'admin'],
  'GET /meters/{id}/account': ['control', 'admin'],
  'POST /meters/{id}/account': ['control', 'admin'],
  'GET /meters/{id}/payments': meters,
  'GET /meters/{id}/payments.csv': meters,
  'GET /meters/{id}/note': meters,
  'POST /meters/{id}/note': ['admin'],
  'GET /meters/{id}/radio': ['control', 'admin'],
  'GET /meters/{id}/receipt': meters,
  'GET /meters/{id}/chart': meters,
  'GET /meters/{id}/chart.json': meters,
  'GET /meters/{id}/chart.csv': meters,
  'GET /meters/{id}/map': meters,
  'POST /meters/{id}/map': ['admin'],
  'GET /map': meters,
  'GET /map/squares.json': meters,
  'GET /map/square.json': meters,
  'POST /columns': meters,
  'GET /receipts': meters,
  'POST /receipts': meters,
  'GET /reports/daily': meters,
  'POST /reports/daily': meters,
  'GET /reports/balance': meters,
  'POST /reports/balance': meters,
  'GET /downloads': meters,
  'GET /downloads/live': meters,
  'GET /downloads/bell': meters,
  'GET /downloads/{id}/file': meters,
  'POST /downloads/{id}/cancel': meters,
  'POST /downloads/{id}/delete': meters,
  'GET /admin': ['admin'],
  'GET /admin/': ['admin'],
  'GET /admin/subscribers': ['admin'],
  'GET /admin/subscribers.csv': ['admin'],
  'GET /admin/subscribers/new': ['admin'],
  'POST /admin/subscribers/new': ['admin'],
  'POST /admin/subscribers/{id}/cabinet': ['admin'],
  'POST /admin/subscribers/delete': ['admin'],
  'POST /admin/subscribers/delete/sure': ['admin'],
  'GET /admin/subscribers/{id}/edit': ['admin'],
  'POST /admin/subscribers/{id}/edit': ['admin'],
  'GET /admin/subscribers/{id}/delete': ['admin'],
  'POST /admin/subscribers/{id}/delete': ['admin'],
  'GET /admin/subscribers/{id}/bind': ['admin'],
  'POST /admin/subscribers/{id}/bind': ['admin'],
  'GET /admin/subscribers/{id}/unbind': ['admin'],
  'POST /admin/subscribers/{id}/unbind': ['admin'],
  'GET /admin/messages': ['admin'],
  'GET /admin/messages.csv': ['admin'],
  'GET /admin/messages/{id}/again': ['admin'],
  'POST /admin/messages/{id}/again': ['admin'],
  'GET /admin/faults': ['admin'],
  'GET /admin/faults.csv': ['admin'],
  'GET /admin/exchange': ['admin'],
  'GET /admin/exchange.csv': ['admin'],
  'GET /admin/exchange/{id}/text': ['admin'],
  'GET /admin/serials': ['admin'],
  'POST /admin/serials': ['admin'],
  'GET /admin/log': ['admin'],
  'GET /admin/parameters': ['admin'],
  'POST /admin/parameters': ['admin'],
  'GET /admin/parameters/test': ['admin'],
  'POST /admin/parameters/test': ['admin'],
  'GET /admin/parameters/test/live': ['admin'],
  'GET /admin/statistics': ['admin'],
  'GET /admin/statistics.json': ['admin'],
  'GET /metrics': 'anybody', // of the addresses that the web server lets in
  'GET /admin/log.csv': ['admin'],
  'GET /admin/log.xlsx': ['admin'],
  'GET /admin/branches': ['admin'],
  'GET /admin/branches.csv': ['admin'],
  'GET /admin/branches/new': ['admin'],
  'POST /admin/branches/new': ['admin'],
  'GET /admin/branches/{id}/edit': ['admin'],
  'POST /admin/branches/{id}/edit': ['admin'],
  'GET /admin/branches/{id}/delete': ['admin'],
  'POST /admin/branches/{id}/delete': ['admin'],
  'GET /admin/operators': ['admin'],
  'GET /admin/operators.csv': ['admin'],
  'GET /admin/operators/new': ['admin'],
  'POST /admin/operators/new': ['admin'],
  'GET /admin/operators/{id}/edit': ['admin'],
  'POST /admin/operators/{id}/edit': ['admin'],
  'GET /admin/operators/{id}/delete': ['admin'],
  'POST /admin/operators/{id}/delete': ['admin'],
  'GET /admin/operators/{id}/sessions': ['admin'],
  'POST /admin/operators/{id}/sessions': ['admin'],
  'GET /admin/tariffs': ['admin'],
  'GET /admin/tariffs.csv': ['admin'],
  'GET /admin/tariffs/new': ['admin'],
  'POST /admin/tariffs/new': ['admin'],
  'GET /admin/tariffs/{id}/edit': ['admin'],
  'POST /admin/tariffs/{id}/edit': ['admin'],
  'GET /admin/tariffs/{id}/delete': ['admin'],
  'POST /admin/tariffs/{id}/delete': ['admin'],
  'GET /admin/meters': ['admin'],
  'GET /admin/meters.csv': ['admin'],
  'GET /admin/meters/period': ['admin'],
  'POST /admin/meters/period': ['admin'],
  'GET /admin/meters/pressure': ['admin'],
  'POST /admin/meters/pressure': ['admin'],
  'GET /admin/meters/pressure/units': ['admin'],
  'GET /admin/meters/{id}/password': ['admin'],
  'POST /admin/meters/{id}/password': ['admin'],
  'GET /admin/meters/keys-import': ['admin'],
  'POST /admin/meters/keys-import': ['admin'],
  'GET /admin/meters/{id}/keys': ['admin'],
  'GET /admin/meters/{id}/keys/show': ['admin'],
  'POST /admin/meters/{id}/keys/show': ['admin'],
  'GET /admin/meters/{id}/keys/set': ['admin'],
  'POST /admin/meters/{id}/keys/set': ['admin'],
  'GET /admin/meters/{id}/keys/remove': ['admin'],
  'POST /admin/meters/{id}/keys/remove': ['admin'],
  'GET /admin/meters/{id}/keys/plain': ['admin'],
  'POST /admin/meters/{id}/keys/plain': ['admin'],
  'GET /admin/meters/{id}/keys/rotate': ['admin'],
  'POST /admin/meters/{id}/keys/rotate': ['admin'],
  'GET /admin/meters/{id}/keys/withdraw': ['admin'],
  'POST /admin/meters/{id}/keys/withdraw': ['admin'],
  'GET /admin/meters/{id}/keys/again': ['admin'],
  'POST /admin/meters/{id}/keys/again': ['admin'],
  'GET /admin/meters/{id}/sync': ['admin'],
  'POST /admin/meters/{id}/sync': ['admin'],
  'GET /admin/meters/attached': ['admin'],
  'GET /admin/meters/{id}/attached': ['admin'],
  'POST /admin/meters/{id}/attached': ['admin'],
  'GET /admin/meters/{id}/delete': ['admin'],
  'POST /admin/meters/{id}/delete': ['admin'],
  'POST /admin/meters/delete': ['admin'],
  'GET /admin/commands.csv': ['admin'],
  'GET /admin/commands/{id}/cancel': ['admin'],
  'POST /admin/commands/{id}/cancel': ['admin'],
  'GET /admin/import': ['admin'],
  'POST /admin/import': ['admin'],
  'GET /admin/imports/{id}': ['admin'],
  'GET /admin/imports/{id}/live': ['admin'],
  'POST /admin/imports/{id}/cancel': ['admin'],
  'GET /admin/imports/{id}/problems.csv': ['admin'],
  'GET /admin/groups': ['admin'],
  'GET /admin/groups.csv': ['admin'],
  'GET /admin/groups/{id}/members.csv': ['admin'],
  'GET /admin/groups/new': ['admin'],
  'POST /admin/groups/new': ['admin'],
  'GET /admin/groups/{id}/edit': ['admin'],
  'POST /admin/groups/{id}/edit': ['admin'],
  'GET /admin/groups/{id}/delete': ['admin'],
  'POST /admin/groups/{id}/delete': ['admin'],
  'GET /admin/groups/{id}/add': ['admin'],
  'POST /admin/groups/{id}/add': ['admin'],
  'GET /admin/groups/{id}/serials': ['admin'],
  'POST /admin/groups/{id}/serials': ['admin'],
  'POST /admin/groups/{id}/drop': ['admin'],
  'GET /admin/meter-options': ['admin'],
  'GET /admin/firmware': ['admin'],
  'GET /admin/firmware.csv': ['admin'],
  'GET /admin/firmware/new': ['admin'],
  'POST /admin/firmware/new': ['admin'],
  'GET /admin/firmware/{id}/delete': ['admin'],
  'POST /admin/firmware/{id}/delete': ['admin'],
  'GET /admin/addresses': ['admin'],
  'GET /admin/addresses.csv': ['admin'],
  'GET /admin/addresses/new': ['admin'],
  'POST /admin/addresses/new': ['admin'],
  'GET /admin/addresses/{id}/delete': ['admin'],
  'POST /admin/addresses/{id}/delete': ['admin'],
  'GET /security': ['security'],
  'GET /security/': ['security'],
};

// Who has the right is told that there is none of this number.
const noneThere = (route) => route === 'GET /downloads/{id}/file' || /^\w+ \/admin\/.*\{id\}/.test(route);

// The site maps as they stand in the programs.
const served = ['operator', 'admin', 'security'].flatMap((program) => {
  const text = fs.readFileSync(path.join(root, 'cgi-bin', program, 'main.c'), 'utf8');
  return [...text.matchAll(/\{\s*"(GET|POST)",\s*"([^"]+)"/g)].map((m) => `${m[1]} ${m[2]}`);
});

const isRefusal = (answer) => answer.status === 403 && /Сюда нет доступа/.test(answer.text);
// A change is asked for without its token: who has the right gets as far as
// being told that the page is stale, and nothing is changed.
const ask = (v, route) => {
  const [method, where] = route.split(' ');
  const address = where.replace('{id}', String(stack.sql('select min(m.id) as id from meter m join meter_type t on t.id = m.meter_type_id where t.has_valve')[0].id));
  return method === 'GET' ? v.get(address) : v.post(address, { csrf: '' });
};

test('the contract of rights names every address that is served, and no other', () => {
  assert.deepEqual([...served].sort(), Object.keys(contract).sort());
});

for (const [role, about] of [
  ['view', '«Просмотр данных» only views meters (GC-026)'],
  ['control', '«Просмотр данных и управление клапаном» views meters and gives valve commands (GC-027)'],
  ['security', '«Сотрудник СБ филиала» has the security desk and nothing else (GC-028)'],
  ['admin', '«Администратор» has everything but the security desk (GC-029, GC-030)'],
]) {
  test(`${about}, also when asked directly (GC-034)`, async () => {
    for (const [route, allowed] of Object.entries(contract)) {
      const answer = await ask(people[role], route);
      const may = allowed === 'anybody' || allowed.includes(role);
      assert.equal(isRefusal(answer), !may, `${role} ${route}: ${answer.status}`);
      if (may) assert.ok(answer.status < 404 || answer.status === 422 || (noneThere(route) && answer.status === 404), `${role} ${route}: ${answer.status}`);
    }
  });
}

test('nobody without a session reaches anything but the sign-in form (GC-034)', async () => {
  for (const [route, allowed] of Object.entries(contract)) {
    const answer = await ask(new Visitor(stack, { address: '127.0.5.9' }), route);
    if (allowed === 'anybody') assert.notEqual(answer.status, 303, route);
    else assert.match(answer.to, /^\/sign-in\?back=/, route);
  }
});

test('an operator has exactly one of the four roles (GC-025)', () => {
  const [{ labels }] = stack.sql(`select array_agg(enumlabel order by enumsortorder) as labels
    from pg_enum where enumtypid = 'operator_role'::regtype`);
  assert.deepEqual(labels, roles);
  const [{ is_nullable: nullable }] = stack.sql(`select is_nullable from information_schema.columns
    where table_name = 'operator' and column_name = 'role'`);
  assert.equal(nullable, 'NO');
});

test('a refusal is logged with who asked for what', async () => {
  await people.view.get('/admin/faults?q=x');
  const [line] = stack.sql(`select action, note, host(address) as address from audit_log
    where operator_login = 'rights-view' order by id desc limit 1`);
  assert.deepEqual(line, { action: 'Отказано в доступе', note: 'GET /admin/faults', address: '127.0.5.1' });
});

test('the refusal says what to do next and keeps the way home', async () => {
  const { text } = await people.view.get('/admin/');
  assert.match(text, /обратитесь к администратору/);
  assert.match(text, /<a[^>]*href="\/"[^>]*>.*На главную/);
});

test('only an administrator is offered «Администрирование», and he can go to the readings and back (GC-020)', async () => {
  for (const role of roles) {
    const { text } = await people[role].get('/help');
    assert.equal(/href="\/admin\/"/.test(text), role === 'admin', role);
    assert.equal(/href="\/meters"/.test(text), role !== 'security', role);
    assert.equal(/href="\/security\/"/.test(text), role === 'security', role);
  }
  assert.match((await people.admin.get('/meters')).text, /<a href="\/admin\/"/);
  assert.match((await people.admin.get('/admin/faults')).text, /<a href="\/meters"/);
});

test('the officer\'s desk has «Помощь», «Выход», his name, no other section, and says honestly that it is empty (GC-285)', async () => {
  const { text } = await people.security.get('/security/');
  assert.match(text, /Помощь/);
  assert.match(text, /Выход/);
  assert.match(text, /rights-security/);
  assert.match(text, /Команд на подтверждение нет/);
  const nav = text.match(/<nav class="bar-nav"[\s\S]*?<\/nav>/)[0];
  assert.deepEqual([...nav.matchAll(/<a [^>]*href="([^"]+)"/g)].map((m) => m[1]), ['/security/']);
});

test('«Помощь» is in the readings, in administration and at the officer\'s desk (GC-010)', async () => {
  for (const [role, address] of [['view', '/meters'], ['admin', '/admin/faults'], ['security', '/security/']]) {
    assert.match((await people[role].get(address)).text, /href="\/help#\w+"[^>]*>.*Помощь/, address);
    assert.equal((await people[role].get('/help')).status, 200, role);
  }
});

test('an operator who is deleted is out at once, on his next click (GC-170)', async () => {
  const v = new Visitor(stack, { address: '127.0.5.20' });
  await v.signIn(addOperator(stack, 'rights-gone', 'view'));
  assert.equal((await v.get('/help')).status, 200);
  stack.exec(`delete from operator where login = 'rights-gone'`);
  assert.equal((await v.get('/help')).status, 303);
});

test('a role that is taken away is gone on the next click', async () => {
  const v = new Visitor(stack, { address: '127.0.5.21' });
  await v.signIn(addOperator(stack, 'rights-demoted', 'admin'));
  assert.equal((await v.get('/admin/log')).status, 200);
  stack.exec(`update operator set role = 'view' where login = 'rights-demoted'`);
  assert.equal((await v.get('/admin/log')).status, 403);
});

test('the database itself shows the log and broken sessions to administrators only', () => {
  for (const role of roles) {
    const seen = (table) => stack.exec(`begin; select set_config('app.role', '${role}', true) \\g /dev/null
      select count(*) > 0 from ${table}; rollback`, 'web').trim();
    stack.exec(`insert into session_fault (reason, address, slot_at, first_at, last_at)
      values ('bad_data', '10.0.0.1', '2020-01-01', '2020-01-01', '2020-01-01') on conflict do nothing`);
    assert.equal(seen('audit_log'), role === 'admin' ? 't' : 'f', role);
    assert.equal(seen('session_fault'), role === 'admin' ? 't' : 'f', role);
  }
});

test('the site cannot rewrite or erase the log (GC-241)', () => {
  for (const change of ['update audit_log set note = \'\'', 'delete from audit_log', 'truncate audit_log']) {
    assert.throws(() => stack.exec(change, 'web'), { code: '42501' }, change);
  }
});
