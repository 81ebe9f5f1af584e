// «Абоненты»: the list, the form, deleting, meters bound and released.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { directory, errorsOf, fieldsOf, headsOf, noticesOf, rangeOf, rowsOf, toastOf } from '../lib/directory.mjs';
import { plain, signIn } from '../lib/site.mjs';
import { root, startStack } from '../lib/stack.mjs';
import { addOperator } from '../lib/visitor.mjs';

const ADDRESS = '/admin/subscribers';
let stack;
let admin;
let people;
let branch;
let other;
let tariff;
before(async () => {
  stack = await startStack({ programs: 'web', meters: 60, days: 10 });
  addOperator(stack, 'keeper', 'admin', 'none');
  admin = await signIn(stack, 'keeper');
  people = directory(admin, ADDRESS);
  [branch, other] = stack.sql('select id, name from branch order by name limit 2');
  [tariff] = stack.sql('select id, name from tariff order by name limit 1');
});
after(async () => { if (stack) await stack.stop(); });

const one = (query) => stack.sql(query)[0];
const log = (action) => one(`select operator_login, note from audit_log where action = '${action}' order by id desc limit 1`);
const person = (fields) => ({ address: 'ул. Проверочная, 1', branch: branch.id, tariff: tariff.id, ...fields });
const add = async (fields) => {
  const answer = await people.add(person(fields));
  assert.equal(answer.status, 303, JSON.stringify(answer.errors));
  return one(`select * from subscriber where account = '${fields.account}'`);
};
let serials = 0;
function freeMeter() {
  const serial = `77000${String(serials += 1).padStart(4, '0')}`;
  stack.exec(`insert into meter (serial, meter_type_id) select '${serial}', min(id) from meter_type where has_valve`);
  return one(`select id, serial from meter where serial = '${serial}'`);
}
const post = (path, fields) => {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) for (const v of [value].flat()) body.append(name, v);
  return admin.ask(path, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: body.toString() });
};
const csrf = async () => fieldsOf((await people.page('/new')).html).csrf;
const selected = async (id, more = '') => (await people.page(`?id=${id}${more}`)).html;
const meters = (html) => rowsOf(html, 'slist');

// A session of the database beside ours, until its text is done.
function beside(text) {
  const child = spawn(path.join(root, 'tools/stack'), ['psql', 'owner', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-f', '-'],
    { env: { ...stack.env, PGAPPNAME: 'beside' }, stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (d) => { said += d; });
  child.stdin.end(`set application_name = 'beside';\n${text}`);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, said })));
}
const besideIs = (state) => stack.sql(`select 1 from pg_stat_activity where application_name = 'beside' and ${state}`).length > 0;
async function until(holds) {
  for (let i = 0; i < 200 && !holds(); i += 1) await new Promise((r) => { setTimeout(r, 50); });
  assert.ok(holds());
}

test('GC-129 the administration opens with the subscribers', async () => {
  const answer = await admin.ask('/admin/');
  assert.equal(answer.status, 303);
  assert.equal(answer.location, ADDRESS);
});

test('GC-131 subscribers are listed with their nine columns, and the whole is counted', async () => {
  const { html } = await people.page('');
  assert.deepEqual(headsOf(html), ['Счет', 'Адрес', 'Имя', 'Фамилия', 'Телефон', 'EMail', 'Тариф', 'Филиал', 'Индикация']);
  const { n } = one('select count(*)::int as n from subscriber');
  assert.equal(rangeOf(html), `Записи с 1 до ${Math.min(25, n)} из ${n} записей`);
  assert.match(html, /href="\/admin\/import"/);
});

test('GC-132 a subscriber is added with all fields; leading zeros of the account stay, and the log names the account only', async () => {
  const answer = await people.add(person({ account: '000123', first: 'Пётр Ильич', last: 'Чайковский', phone: '+7 (912) 345-67-89',
    email: 'Petr@Example.ru', calculates: '1', shows: '1', cabinet: '1' }));
  assert.equal(answer.done, 'Сохранён абонент 000123');
  assert.deepEqual(one(`select address, branch_id, tariff_id, first_name, last_name, full_name, phone, email,
      calculates_balance, shows_balance, cabinet_allowed, balance_kopecks::int as balance from subscriber where account = '000123'`), {
    address: 'ул. Проверочная, 1', branch_id: branch.id, tariff_id: tariff.id, first_name: 'Пётр Ильич', last_name: 'Чайковский',
    full_name: 'Чайковский Пётр Ильич', phone: '+7 (912) 345-67-89', email: 'Petr@Example.ru',
    calculates_balance: true, shows_balance: true, cabinet_allowed: true, balance: 0,
  });
  assert.deepEqual(log('Добавлен абонент'), { operator_login: 'keeper', note: 'счёт 000123' });
  const [row] = await people.rows('?q=000123');
  assert.deepEqual([...row], ['000123', 'ул. Проверочная, 1', 'Пётр Ильич', 'Чайковский', '+7 (912) 345-67-89', 'Petr@Example.ru',
    tariff.name, branch.name, 'Да']);
  assert.match(answer.list.text || answer.list.html, /Приборы учёта абонента/, 'the new one is selected');
});

test('GC-041 GC-132 address, branch and tariff are mandatory; what was typed stays and nothing is saved', async () => {
  const { n } = one('select count(*)::int as n from subscriber');
  const answer = await people.add({ account: 'zz-1', address: ' ', branch: '', tariff: '', first: 'Только имя' });
  assert.equal(answer.status, 422);
  assert.deepEqual(Object.keys(answer.errors).sort(), ['address', 'branch', 'tariff']);
  assert.match(answer.html, /value="Только имя"/);
  assert.match(answer.html, /Помеченные поля обязательны для ввода/);
  assert.deepEqual((await people.add(person({ branch: '999999' }))).errors, { branch: 'Заполните поле' });
  assert.equal(one('select count(*)::int as n from subscriber').n, n);
});

test('GC-133 an e-mail and an account are given once, in whatever case; empty ones are no duplicates', async () => {
  assert.deepEqual((await people.add(person({ email: 'petr@EXAMPLE.RU' }))).errors, { email: 'Этот адрес уже есть у другого абонента' });
  assert.deepEqual((await people.add(person({ account: '000123' }))).errors, { account: 'Такой лицевой счет уже есть у другого абонента' });
  assert.equal((await people.add(person({ address: 'без номера 1' }))).status, 303);
  assert.equal((await people.add(person({ address: 'без номера 2' }))).status, 303);
  assert.ok((await people.add(person({ email: 'не адрес' }))).errors.email);
  assert.ok((await people.add(person({ phone: 'звоните' }))).errors.phone);
});

test('GC-133 the database keeps e-mails apart too', () => {
  assert.throws(() => stack.exec(`insert into subscriber (address, email) values ('x', 'PETR@example.ru')`), { code: '23505' });
});

test('GC-134 the cabinet is refused without an e-mail, by the form and by the database', async () => {
  assert.deepEqual((await people.add(person({ account: 'cab-1', cabinet: '1' }))).errors,
    { email: 'Для личного кабинета нужен адрес: он будет логином' });
  assert.throws(() => stack.exec(`insert into subscriber (address, cabinet_allowed) values ('x', true)`), { code: '23514' });
});

test('GC-135 the same form opens with the current values, checks alike and changes them', async () => {
  const it = await add({ account: 'edit-1', first: 'Анна', shows: '1' });
  const form = await people.form(`/${it.id}/edit`);
  assert.deepEqual([form.account, form.address, form.branch, form.tariff, form.first, form.shows, form.calculates],
    ['edit-1', 'ул. Проверочная, 1', String(branch.id), String(tariff.id), 'Анна', '1', undefined]);
  const order = [...(await people.page('/new')).html.matchAll(/<(?:input|select)[^>]* id="f-([a-z]+)"/g)].map((f) => f[1]);
  assert.deepEqual(order, ['account', 'address', 'branch', 'tariff', 'first', 'last', 'phone', 'email', 'calculates', 'shows', 'cabinet']);
  assert.deepEqual(Object.keys((await people.edit(it.id, { address: '' })).errors), ['address']);
  assert.deepEqual(Object.keys((await people.edit(it.id, { email: 'PETR@example.ru' })).errors), ['email']);
  const answer = await people.edit(it.id, { account: '', first: '', last: 'Ким', branch: other.id, shows: null });
  assert.equal(answer.done, 'Сохранён абонент ул. Проверочная, 1');
  assert.deepEqual(one(`select account, full_name, branch_id, shows_balance from subscriber where id = ${it.id}`),
    { account: null, full_name: 'Ким', branch_id: other.id, shows_balance: false });
  assert.equal(log('Изменён абонент').operator_login, 'keeper');
});

test('his own e-mail and account are no duplicates of themselves', async () => {
  const it = await add({ account: 'self-1', email: 'self@example.ru' });
  assert.equal((await people.edit(it.id, { email: 'SELF@example.ru' })).status, 303);
});

test('two administrators at one subscriber: the second is told, nothing of his is saved; a debit between is no change', async () => {
  const it = await add({ account: 'two-1' });
  const form = await people.form(`/${it.id}/edit`);
  stack.exec(`update subscriber set balance_kopecks = balance_kopecks - 500 where id = ${it.id}`);
  assert.equal((await people.edit(it.id, { first: 'первый', version: form.version })).status, 303);
  const late = await people.edit(it.id, { first: 'второй', version: form.version });
  assert.equal(late.status, 409);
  assert.match(late.notices.join(), /изменил другой сотрудник/);
  assert.match(late.html, new RegExp(`<option value="${branch.id}" selected>`), 'the drop-downs are still there');
  assert.equal(one(`select first_name from subscriber where id = ${it.id}`).first_name, 'первый');
  assert.equal((await people.remove(it.id, { version: form.version })).status, 409);
  assert.ok(one(`select 1 as here from subscriber where id = ${it.id}`));
});

test('«Вычислять баланс» switched in the midst of a batch of sessions waits for it; nobody sees a deadlock', async () => {
  const it = await add({ account: 'lock-1' });
  const m = freeMeter();
  stack.exec(`update meter set subscriber_id = ${it.id} where id = ${m.id}`);
  // The order of a batch: the state of the meter, then its subscriber.
  const batch = beside(`begin; select from meter_state where meter_id = ${m.id} for update; select pg_sleep(1.5);
    select from subscriber where id = ${it.id} for no key update; update subscriber set balance_kopecks = -7 where id = ${it.id}; commit;`);
  await until(() => besideIs(`wait_event = 'PgSleep'`));
  const answer = await people.edit(it.id, { calculates: '1', branch: other.id });
  assert.equal(answer.status, 303);
  assert.deepEqual(await batch, { code: 0, said: '' });
  assert.deepEqual(one(`select s.calculates_balance, s.balance_kopecks::int as b, x.charges, x.branch_id from subscriber s
    join meter m on m.subscriber_id = s.id join meter_state x on x.meter_id = m.id where s.id = ${it.id}`),
  { calculates_balance: true, b: -7, charges: true, branch_id: other.id });
});

test('who adds a subscriber does not wait for another who is adding one', async () => {
  const slow = beside(`begin; insert into subscriber (address, branch_id, tariff_id) values ('held', ${branch.id}, ${tariff.id}); select pg_sleep(20); rollback;`);
  await until(() => besideIs(`wait_event = 'PgSleep'`));
  assert.equal((await people.add(person({ account: 'quick-1' }))).status, 303);
  assert.ok(besideIs(`wait_event = 'PgSleep'`), 'the other is still at it');
  stack.exec(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'beside'`);
  await slow;
});

test('GC-036 every column sorts both ways', async () => {
  const columns = ['account', 'address', 'first', 'last', 'phone', 'email', 'tariff', 'branch', 'shows'];
  const sql = { account: 's.account', address: 's.address collate "ru-x-icu"', first: 's.first_name', last: 's.last_name',
    phone: 's.phone collate "C"', email: 'lower(s.email) collate "C"', tariff: 't.name collate "ru-x-icu"', branch: 'b.name collate "ru-x-icu"', shows: 's.shows_balance' };
  stack.exec(`update subscriber set branch_id = null, tariff_id = null where account = 'self-1'`);
  for (const column of columns) {
    for (const way of ['', 'desc']) {
      const want = stack.sql(`select s.id::text from subscriber s left join tariff t on t.id = s.tariff_id
        left join branch b on b.id = s.branch_id order by ${sql[column]} ${way}, s.id ${way}`).map((r) => r.id);
      const got = [];
      for (let page = 1; got.length < want.length; page += 1) {
        const part = (await people.rows(`?sort=${way ? '-' : ''}${column}&size=10&page=${page}`)).map((r) => r.id);
        assert.ok(part.length > 0, `${column} page ${page}`);
        got.push(...part);
      }
      assert.deepEqual(got, want, `${column} ${way}`);
    }
  }
  assert.equal((await admin.get(`${ADDRESS}?sort=balance`)).status, 422);
});

test('GC-037 a phrase is looked for in account, address, names, telephone and e-mail, in any case; clearing brings all back', async () => {
  const found = async (q) => (await people.rows(`?q=${encodeURIComponent(q)}`)).map((r) => r[0]);
  for (const q of ['00123', 'ЧАЙКОВ', 'пётр', 'чайковский пётр', '345-67', '9123456789', 'PETR@EX', '00']) {
    assert.ok((await found(q)).includes('000123'), q);
  }
  assert.ok((await found('проверочная, 1')).includes('000123'));
  for (const q of ['%', '_', '\\', "'", '00_23', 'zzzzzz']) assert.ok(!(await found(q)).includes('000123'), q);
  const page = (await people.page('?q=чайков')).html;
  const { n, fit } = one(`select count(*)::int as n, count(*) filter (where full_name ilike '%чайков%' or address ilike '%чайков%')::int as fit from subscriber`);
  assert.equal(rangeOf(page), `Записи с 1 до ${fit} из ${fit} записей (отфильтровано из ${n} записей)`);
  assert.match((await people.page('?q=zzzzzz')).html, /Записи отсутствуют/);
});

test('what is found sorts by any column', async () => {
  const names = (await people.rows('?q=проверочная&sort=-branch&size=100')).map((r) => r[7]);
  assert.ok(names.length > 3);
  assert.deepEqual(names.filter((n) => n), [...names].filter((n) => n).sort((a, b) => a.localeCompare(b, 'ru')).reverse());
});

test('the list as CSV and XLSX has the rows of the filter in their order', async () => {
  const lines = await people.csv('?q=9123456789&sort=tariff');
  assert.equal(lines[0].replaceAll('"', ''), 'Счет;Адрес;Имя;Фамилия;Телефон;EMail;Тариф;Филиал;Индикация');
  assert.equal(lines.length, 2);
  assert.match(lines[1].replaceAll('"', ''), /^000123;ул. Проверочная, 1;Пётр Ильич;Чайковский/);
  const all = await people.csv('?sort=-account');
  assert.equal(all.length, 1 + one('select count(*)::int as n from subscriber').n);
  const xlsx = await admin.get(`${ADDRESS}.csv?format=xlsx`);
  assert.equal(xlsx.bytes.subarray(0, 2).toString(), 'PK');
});

test('a name with markup is a name', async () => {
  const it = await add({ account: 'xss-1', first: '<script>alert(1)</script>', last: '"><img src=x onerror=1>' });
  for (const path of ['?q=xss-1', `?id=${it.id}`, `/${it.id}/edit`, `/${it.id}/delete`, `/${it.id}/bind`]) {
    const { html } = await people.page(path);
    assert.doesNotMatch(html, /<script>alert|<img src=x/, path);
  }
  assert.match((await people.page('?q=xss-1')).html, /&lt;script&gt;alert\(1\)/);
});

test('GC-138 GC-040 the meters of the selected subscriber stand under the list, with their last word', async () => {
  const [m] = stack.sql(`select m.id, m.serial, m.subscriber_id, t.name as model, x.volume_dm3 from meter m
    join meter_state x on x.meter_id = m.id join meter_type t on t.id = m.meter_type_id
    where m.subscriber_id is not null and x.volume_dm3 is not null and t.has_valve order by m.id limit 1`);
  const html = await selected(m.subscriber_id);
  assert.match(html, /<h2 id="their-meters-title">Приборы учёта абонента/);
  const row = meters(html).find((r) => r[0] === m.serial);
  assert.equal(row[1], m.model);
  assert.match(row[2], /^\d\d-\d\d-\d{4} \d\d:\d\d:\d\d$/);
  assert.equal(row[3], (m.volume_dm3 / 1000).toFixed(3));
  assert.match(row[4], /^(Открыт|Закрыт|Закрыт\(разрешен\)|Неисправен)$/);
  assert.doesNotMatch((await people.page('')).html, /their-meters/);
  assert.match((await people.page('')).html, /disabled title="Выберите строку таблицы"/);
});

test('GC-139 several free meters are bound at once; those of somebody are not offered', async () => {
  const it = await add({ account: 'bind-1', calculates: '1' });
  const [a, b] = [freeMeter(), freeMeter()];
  const offered = rowsOf((await people.page(`/${it.id}/bind?fq=77000`)).html, 'flist').map((r) => r[0]);
  assert.ok(offered.includes(a.serial) && offered.includes(b.serial));
  const taken = one('select serial from meter where subscriber_id is not null order by id limit 1').serial;
  assert.match((await people.page(`/${it.id}/bind?fq=${taken}`)).html, /Ничего не найдено|Записи отсутствуют/);
  const answer = await post(`${ADDRESS}/${it.id}/bind`, { csrf: await csrf(), ids: [a.id, b.id], back: `${ADDRESS}?id=${it.id}` });
  assert.equal(answer.status, 303);
  assert.deepEqual(meters(await selected(it.id)).map((r) => r[0]), [a.serial, b.serial]);
  assert.deepEqual(one(`select subscriber_id, branch_id, account from meter where id = ${a.id}`),
    { subscriber_id: it.id, branch_id: branch.id, account: 'bind-1' });
  assert.equal(one(`select charges from meter_state where meter_id = ${a.id}`).charges, true);
  assert.deepEqual(stack.sql(`select note from audit_log where action = 'Прибор привязан к абоненту' order by id desc limit 2`).map((r) => r.note),
    [`прибор №${b.serial}, счёт bind-1`, `прибор №${a.serial}, счёт bind-1`]);
});

test('GC-139 nothing ticked is told; a meter that somebody bound meanwhile makes the whole binding fail', async () => {
  const it = await add({ account: 'bind-2' });
  const empty = await post(`${ADDRESS}/${it.id}/bind`, { csrf: await csrf() });
  assert.equal(empty.status, 422);
  assert.match(noticesOf(empty.html).join(), /Отметьте хотя бы один счётчик/);
  const [a, b] = [freeMeter(), freeMeter()];
  stack.exec(`update meter set subscriber_id = (select id from subscriber where account = 'bind-1') where id = ${b.id}`);
  const late = await post(`${ADDRESS}/${it.id}/bind`, { csrf: await csrf(), ids: [a.id, b.id] });
  assert.equal(late.status, 409);
  assert.match(noticesOf(late.html).join(), /привязал или отвязал другой сотрудник/);
  assert.equal(one(`select subscriber_id from meter where id = ${a.id}`).subscriber_id, null);
});

test('GC-140 a meter is released after a question; its history stays with it', async () => {
  const it = await add({ account: 'free-1' });
  const m = freeMeter();
  stack.exec(`update meter set subscriber_id = ${it.id} where id = ${m.id};
    insert into reading (meter_id, at, received_at, volume_dm3) values (${m.id}, now(), now(), 5)`);
  const question = await people.page(`/${it.id}/unbind?meter=${m.id}`);
  assert.match(question.html, new RegExp(m.serial));
  assert.equal(one(`select subscriber_id from meter where id = ${m.id}`).subscriber_id, it.id);
  const answer = await people.send(`/${it.id}/unbind?meter=${m.id}`, {});
  assert.equal(answer.done, `Отвязан счётчик ${m.serial}`);
  assert.deepEqual(one(`select subscriber_id, branch_id, account from meter where id = ${m.id}`), { subscriber_id: null, branch_id: null, account: null });
  assert.equal(stack.sql(`select 1 from reading where meter_id = ${m.id}`).length, 1);
  assert.equal(log('Прибор отвязан от абонента').note, `прибор №${m.serial}, счёт free-1`);
  assert.equal((await admin.get(`${ADDRESS}/${it.id}/unbind?meter=${m.id}`)).status, 404);
  const again = await post(`${ADDRESS}/${it.id}/unbind`, { csrf: await csrf(), meter: m.id });
  assert.equal(again.status, 409);
});

test('GC-136 GC-137 GC-043 a subscriber goes after a question, with all his operations; meters, archives, sessions and commands stay', async () => {
  const [s] = stack.sql(`select s.id, s.account, m.id as meter, (select count(*)::int from account_operation o where o.subscriber_id = s.id) as operations
    from subscriber s join meter m on m.subscriber_id = s.id where exists (select from account_operation o where o.subscriber_id = s.id)
      and exists (select from archive_daily a where a.meter_id = m.id) order by s.id limit 1`);
  stack.exec(`insert into command (meter_id, kind, state, operator_login) values (${s.meter}, 'valve_close', 'executed', 'x')`);
  const kept = () => one(`select (select count(*)::int from reading where meter_id = ${s.meter}) as r,
    (select count(*)::int from archive_daily where meter_id = ${s.meter}) as a, (select count(*)::int from command where meter_id = ${s.meter}) as c`);
  const had = kept();
  const question = await people.page(`/${s.id}/delete`);
  assert.match(plain(question.html), new RegExp(`Операций по счёту исчезнет\\s*${s.operations}`));
  assert.match(plain(question.html), /Приборов учёта останется без абонента\s*1/);
  assert.equal(stack.sql(`select 1 from subscriber where id = ${s.id}`).length, 1, 'a question changes nothing');
  assert.equal((await people.remove(s.id)).done, `Удалён абонент ${s.account}`);
  assert.equal(stack.sql(`select 1 from subscriber where id = ${s.id}`).length, 0);
  assert.equal(stack.sql(`select 1 from account_operation where subscriber_id = ${s.id}`).length, 0);
  assert.deepEqual(kept(), had);
  assert.deepEqual(one(`select subscriber_id, branch_id, account from meter where id = ${s.meter}`), { subscriber_id: null, branch_id: null, account: null });
  assert.deepEqual(log('Удалён абонент'), { operator_login: 'keeper', note: `счёт ${s.account}` });
  assert.equal((await admin.get(`${ADDRESS}/${s.id}/edit`)).status, 404);
  const next = await add({ account: 'heir-1' });
  assert.equal((await post(`${ADDRESS}/${next.id}/bind`, { csrf: await csrf(), ids: s.meter })).status, 303, 'the meter can be bound to another');
});

test('ticked subscribers are deleted when their number is typed', async () => {
  const ids = [];
  for (const n of [1, 2, 3]) ids.push((await add({ account: `many-${n}` })).id);
  const token = await csrf();
  const question = await post(`${ADDRESS}/delete`, { csrf: token, ids });
  assert.equal(question.status, 200);
  assert.match(plain(question.html), /Абонентов\s*3/);
  const here = () => stack.sql(`select 1 from subscriber where account like 'many-%'`).length;
  assert.equal(here(), 3);
  const wrong = await post(`${ADDRESS}/delete/sure`, { csrf: token, ids, number: '2' });
  assert.equal(wrong.status, 422);
  assert.deepEqual(Object.keys(errorsOf(wrong.html)), ['number']);
  assert.equal(here(), 3);
  const done = await post(`${ADDRESS}/delete/sure`, { csrf: token, ids, number: '3' });
  assert.equal(done.status, 303);
  assert.equal(toastOf((await admin.get(done.location)).html), 'Удалено абонентов: 3');
  assert.equal(here(), 0);
  assert.equal(stack.sql(`select 1 from audit_log where action = 'Удалён абонент' and note like 'счёт many-%'`).length, 3);
  const nobody = await post(`${ADDRESS}/delete`, { csrf: token });
  assert.match(noticesOf(nobody.html).join(), /Ни один абонент не отмечен/);
});

test('GC-029 GC-035 an administrator of no branch keeps all subscribers here; the window of readings stays by his branches', async () => {
  assert.equal(stack.sql(`select 1 from operator_branch b join operator o on o.id = b.operator_id where o.login = 'keeper'`).length, 0);
  assert.ok((await people.rows('?size=100')).length > 20);
  const readings = await admin.get('/meters?size=100');
  const shown = [...readings.html.matchAll(/<tr id="m(\d+)"/g)].map((m) => Number(m[1]));
  assert.deepEqual(stack.sql(`select 1 from meter where id = any ('{${shown.join(',')}}') and branch_id is not null`), []);
});

test('only an administrator of the administration reaches subscribers in the database', () => {
  const as = (role, settings, query) => stack.exec(`begin; ${settings} ${query}; rollback`, role).trim();
  const set = (role) => `select set_config('app.role', '${role}', true) \\g /dev/null\n`;
  assert.equal(as('web', set('admin'), 'select count(*) from subscriber'), '0');
  assert.equal(as('admin', set('control'), 'select count(*) from subscriber'), '0');
  assert.equal(as('admin', '', 'select count(*) from subscriber'), '0');
  assert.notEqual(as('admin', set('admin'), 'select count(*) from subscriber'), '0');
  assert.equal(as('admin', set('control'), `select count(*) from subscriber_search('%000123%', 10)`), '0');
  assert.equal(as('admin', set('admin'), `select count(*) from subscriber_search('%000123%', 10)`), '1');
  assert.equal(as('admin', set('control'), `select count(*) from meter_free_search('%7%', 10)`), '0');
  assert.equal(as('admin', set('control'), 'select count(*) from subscriber_count'), '0');
  for (const call of [`subscribers_delete('{1}', null, null)`, `meters_bind(1, '{1}', null)`, `meter_unbind(1, 1, null)`, `subscriber_lock('{1}', '{}')`]) {
    assert.throws(() => as('admin', set('control'), `select ${call}`), { code: 'LZ403' }, call);
    assert.throws(() => as('web', set('admin'), `select ${call}`), { code: '42501' }, call);
  }
  assert.throws(() => as('admin', set('admin'), 'delete from subscriber'), { code: '42501' });
  assert.throws(() => as('admin', set('admin'), 'delete from account_operation'), { code: '42501' });
  assert.throws(() => as('web', set('admin'), `select count(*) from subscriber_search('%0%', 10)`), { code: '42501' });
});
