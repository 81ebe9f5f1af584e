// The account of a subscriber from the main window: accruals and corrections,
// their rules, and the history with its download.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { csvRows, decode, meterRows, operatorAdd, plain, ranges, signIn } from '../lib/site.mjs';
import { emptyLog, startStack } from '../lib/stack.mjs';

let stack; let branch; let site; let id; let subscriber; let alone; let nameless;

const added = (statement) => Number(stack.exec(statement).trim());
const operations = () => stack.sql(`select kind, amount_kopecks, balance_kopecks, document, note, operator_login
  from account_operation where subscriber_id = ${subscriber} order by id`);
const kopecks = () => stack.sql(`select balance_kopecks from subscriber where id = ${subscriber}`)[0].balance_kopecks;
const meterAdd = (serial, owner) => added(`insert into meter (serial, meter_type_id, subscriber_id)
  values ('${serial}', (select id from meter_type where name = 'СГ-Лазурь G4-К'), ${owner}) returning id`);

before(async () => {
  stack = await startStack({ meters: 20, programs: ['operator', 'nginx'] });
  branch = added("insert into branch (name) values ('Филиал счетов') returning id");
  for (const [login, role] of [['a-control', 'control'], ['a-second', 'control'], ['a-viewer', 'view'], ['a-admin', 'admin'], ['a-other', 'control']]) {
    operatorAdd(stack, login, role, login === 'a-other' ? [] : [branch], role === 'admin');
  }
  subscriber = added(`insert into subscriber (branch_id, tariff_id, account, full_name, address, calculates_balance)
    values (${branch}, 1, '000000002035', 'Ким <Анна>', 'ул. Мира, 5', true) returning id`);
  nameless = added(`insert into subscriber (branch_id, address) values (${branch}, 'ул. Мира, 6') returning id`);
  id = meterAdd('890001', subscriber);
  alone = meterAdd('890002', 'null');
  stack.exec(`insert into meter (serial, meter_type_id, subscriber_id) values ('890003', (select id from meter_type where name = 'СГ-Лазурь G4-К'), ${nameless})`);
  site = await signIn(stack, 'a-control');
});

after(() => stack?.stop());

beforeEach(() => {
  stack.exec(`delete from account_operation where subscriber_id = ${subscriber};
    update subscriber set balance_kopecks = 0, balance_carry = 0 where id = ${subscriber};
    ${emptyLog("operator_login like 'a-%'")}`);
});

// A field of the dialog's form, as it would be sent.
const hidden = (html, name) => decode(new RegExp(`<section [\\s\\S]*?name="${name}"[^>]* value="([^"]*)"`).exec(html)?.[1] ?? '');
const ask = (who = site, meter = id) => who.get(`/meters/${meter}/account`);
// Opens the dialog and sends it; fields replace what is there.
async function send(fields = {}, who = site, meter = id) {
  const { html } = await ask(who, meter);
  const form = { kind: 'accrual', amount: '23', document: '000000107', note: '',
    subscriber: hidden(html, 'subscriber'), nonce: hidden(html, 'nonce'), ...fields };
  return who.post(`/meters/${meter}/account`, form);
}
const wrong = (html) => Object.fromEntries([...html.matchAll(/<p class="field-error" id="f-(\w+)-error">([\s\S]*?)<\/p>/g)]
  .map((m) => [m[1], plain(m[2])]));
const listed = (html) => [.../<ul class="error-list">([\s\S]*?)<\/ul>/.exec(html)?.[1].matchAll(/href="#f-(\w+)"/g) ?? []].map((m) => m[1]);
const balanceShown = async (who = site) => meterRows((await who.get('/meters?q=890001')).html)[0].balance;
function table(html) {
  const found = /<table class="grid payments">([\s\S]*?)<\/table>/.exec(html)[1];
  const cells = (row, tag) => [...row.matchAll(new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`, 'g'))].map((m) => plain(m[1]));
  const [head, body] = found.split('</thead>');
  return { head: cells(head, 'th'), rows: [...body.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map((m) => cells(m[1], 'td')) };
}
const payments = (query = '') => site.get(`/meters/${id}/payments${query}`);
// A debit as a session makes it, through the function the listener calls.
const debit = (fromAt, fromDm3, toAt, toDm3) => stack.exec(`delete from meter_charge where meter_id = ${id};
  insert into meter_charge values (${id}, '${fromAt}', ${fromDm3});
  select account_charge(array[${id}::bigint], array['${toAt}'::timestamptz], array[now()], array[${toDm3}::bigint])`);

test('GC-096 the dialog has its title with the account, its fields, and the balance of now', async () => {
  stack.exec(`update subscriber set balance_kopecks = -123456 where id = ${subscriber}`);
  const { status, html } = await ask();
  assert.equal(status, 200);
  const text = plain(html);
  assert.ok(text.includes("Начисление средств абоненту '000000002035'"));
  for (const part of ['Ким <Анна>', 'ул. Мира, 5', '-1 234.56 ₽', 'Финансовая операция*', 'Начисление', 'Корректировка', 'Сумма, ₽*',
    'Документ*', 'Примечание', '*Помеченные поля обязательны для ввода', 'Ok', 'Отмена']) assert.ok(text.includes(part), part);
  assert.match(html, /<input type="radio" name="kind" value="accrual"[^>]* checked>/);
  assert.ok(!html.includes('<Анна>'), 'names are escaped');
});

test('GC-096 a subscriber without a number is «Без номера (#id)», and told that his balance is not calculated', async () => {
  const meter = stack.sql("select id from meter where serial = '890003'")[0].id;
  const text = plain((await ask(site, meter)).html);
  assert.ok(text.includes(`Начисление средств абоненту 'Без номера (#${nameless})'`));
  assert.ok(text.includes('выключено «Вычислять баланс»'));
  assert.ok(plain((await site.get(`/meters/${meter}/payments`)).html).includes(`История платежей абонента 'Без номера (#${nameless})'`));
});

test('GC-098 GC-049 an accrual changes the balance of the table and of the history by exactly the amount, and stands in the log', async () => {
  assert.equal(await balanceShown(), '0.00');
  const answer = await send({ amount: '1 234,50', note: 'касса', back: '/meters?q=890001&size=25' });
  assert.equal(answer.status, 303);
  assert.equal(answer.location, '/meters?q=890001&size=25&done=accrual');
  assert.equal(await balanceShown(), '1 234.50');
  assert.deepEqual(operations(), [{ kind: 'accrual', amount_kopecks: 123450, balance_kopecks: 123450, document: '000000107', note: 'касса', operator_login: 'a-control' }]);
  assert.equal(table((await payments()).html).rows[0][4], '1 234.50');
  const log = stack.sql("select action, note, address from audit_log where operator_login = 'a-control' and action like 'Начисление%'");
  assert.deepEqual(log, [{ action: 'Начисление средств', note: 'счёт 000000002035: 1234.50 руб., документ 000000107', address: '127.0.0.1' }]);
});

test('after an accrual the window says so with the new balance', async () => {
  const { location } = await send();
  const toast = /id="done"[\s\S]*?<\/div><\/div>/.exec((await site.get(location)).html)[0];
  assert.equal(plain(toast.replace(/^[^>]*>/, '').replace(/<\/?p>/g, ' ')), 'Начисление записано · 000000002035 Баланс: 23.00 ₽');
});

test('GC-097 a correction takes both signs; an accrual only what is above zero; nobody takes zero', async () => {
  assert.equal((await send({ kind: 'correction', amount: '-70,41' })).status, 303);
  assert.equal((await send({ kind: 'correction', amount: '+0.41' })).status, 303);
  assert.equal(kopecks(), -7000);
  assert.equal(await balanceShown(), '-70.00');
  for (const [fields, said] of [
    [{ amount: '-1' }, 'Начисление бывает только больше нуля; чтобы уменьшить баланс, выберите «Корректировка»'],
    [{ amount: '0' }, 'Сумма не может быть нулевой'],
    [{ amount: '-0,00', kind: 'correction' }, 'Сумма не может быть нулевой'],
  ]) {
    const answer = await send(fields);
    assert.equal(answer.status, 422);
    assert.deepEqual(wrong(answer.html), { amount: said });
  }
  assert.equal(kopecks(), -7000);
});

test('GC-041 what is wrong is said beside its field and listed above, what was typed stays, nothing is saved', async () => {
  const cases = [
    [{ amount: '' }, { amount: 'Введите сумму' }],
    [{ amount: 'сто' }, { amount: 'Сумма — это число, например 1500 или 1500,50' }],
    [{ amount: '1.234' }, { amount: 'Копеек не больше двух знаков: 1500,50' }],
    [{ amount: '100000000,01' }, { amount: 'Сумма не может быть больше 100 000 000,00 ₽: проверьте, нет ли лишних цифр' }],
    [{ document: ' ' }, { document: 'Введите номер документа' }],
    [{ document: 'я'.repeat(65) }, { document: 'Номер документа не длиннее 64 знаков' }],
    [{ note: 'я'.repeat(501) }, { note: 'Примечание не длиннее 500 знаков' }],
    [{ kind: '' }, { kind: 'Выберите операцию: начисление или корректировка' }],
    [{ kind: 'debit' }, { kind: 'Выберите операцию: начисление или корректировка' }],
    [{ amount: '5,', document: '' }, { amount: 'Сумма — это число, например 1500 или 1500,50', document: 'Введите номер документа' }],
  ];
  for (const [fields, said] of cases) {
    const answer = await send({ note: 'моё', ...fields });
    assert.equal(answer.status, 422, JSON.stringify(fields));
    assert.deepEqual(wrong(answer.html), said);
    assert.deepEqual(listed(answer.html), Object.keys(said));
    assert.equal(hidden(answer.html, 'note'), fields.note ?? 'моё');
  }
  assert.deepEqual(operations(), []);
  const limits = await send({ amount: '100000000', document: 'я'.repeat(64), note: 'я'.repeat(500) });
  assert.equal(limits.status, 303);
});

test('a second click on Ok is one operation; the same form with another amount is refused in words', async () => {
  const { html } = await ask();
  const form = { kind: 'accrual', amount: '23', document: '7', note: '', subscriber: hidden(html, 'subscriber'), nonce: hidden(html, 'nonce') };
  const both = await Promise.all([1, 2].map(() => site.post(`/meters/${id}/account`, form)));
  assert.deepEqual(both.map((a) => a.status), [303, 303]);
  assert.equal(kopecks(), 2300);
  const other = await site.post(`/meters/${id}/account`, { ...form, amount: '24' });
  assert.equal(other.status, 409);
  assert.match(plain(other.html), /Эта форма уже отправлена, операция по ней записана/);
  assert.equal(operations().length, 1);
});

test('a corrected form is taken after a refusal, once', async () => {
  const refused = await send({ amount: 'x' });
  const form = { kind: 'accrual', amount: '5', document: '7', subscriber: hidden(refused.html, 'subscriber'), nonce: hidden(refused.html, 'nonce') };
  assert.equal((await site.post(`/meters/${id}/account`, form)).status, 303);
  assert.equal(kopecks(), 500);
});

test('two operators on one account at once: both amounts count', async () => {
  const second = await signIn(stack, 'a-second');
  const forms = await Promise.all([site, second, site, second].map(async (who) => [who, (await ask(who)).html]));
  const answers = await Promise.all(forms.map(([who, html], i) => who.post(`/meters/${id}/account`, {
    kind: i % 2 ? 'correction' : 'accrual', amount: `${i + 1}`, document: `д${i}`, subscriber: hidden(html, 'subscriber'), nonce: hidden(html, 'nonce') })));
  assert.deepEqual(answers.map((a) => a.status), [303, 303, 303, 303]);
  assert.equal(kopecks(), 1000);
  let running = 0;
  for (const o of operations()) assert.equal(o.balance_kopecks, running += o.amount_kopecks);
});

test('a subscriber deleted, or a meter given to another, while the dialog was open: nothing is written, and it is said', async () => {
  const gone = added(`insert into subscriber (branch_id, account, address) values (${branch}, 'G1', 'x') returning id`);
  const meter = meterAdd('890009', gone);
  const { html } = await ask(site, meter);
  const form = { kind: 'accrual', amount: '5', document: '7', subscriber: hidden(html, 'subscriber'), nonce: hidden(html, 'nonce') };
  stack.exec(`update meter set subscriber_id = ${subscriber} where id = ${meter}`);
  const given = await site.post(`/meters/${meter}/account`, form);
  assert.equal(given.status, 409);
  assert.match(plain(given.html), /абонента удалили или счётчик передали другому\. Ничего не записано/);
  stack.exec(`update meter set subscriber_id = ${gone} where id = ${meter}; delete from subscriber where id = ${gone}`);
  // Of no branch now, the meter itself is out of this operator's sight; an administrator sees it.
  assert.equal((await site.post(`/meters/${meter}/account`, form)).status, 404);
  const admin = await signIn(stack, 'a-admin');
  await admin.get('/help');
  const answer = await admin.post(`/meters/${meter}/account`, form);
  assert.equal(answer.status, 409);
  assert.match(plain(answer.html), /абонента удалили/);
  assert.equal(stack.sql(`select * from account_operation where subscriber_id = ${gone}`).length, 0);
  stack.exec(`delete from meter where id = ${meter}`);
});

test('GC-099 GC-027 GC-029 control and administrators may; GC-026 GC-033 a viewer sees why not, and is refused when asking directly', async () => {
  const admin = await signIn(stack, 'a-admin');
  assert.equal((await send({}, admin)).status, 303);
  assert.equal((await send()).status, 303);
  assert.deepEqual(operations().map((o) => o.operator_login), ['a-admin', 'a-control']);
  const viewer = await signIn(stack, 'a-viewer');
  const window_ = (await viewer.get(`/meters?meter=${id}`)).html;
  assert.match(window_, /disabled[^>]*title="Ваша роль не даёт права менять счета абонентов"/);
  assert.doesNotMatch(window_, /\/account\?/);
  assert.match(window_, new RegExp(`href="/meters/${id}/payments\\?`), 'the history is his to read');
  assert.equal((await viewer.get(`/meters/${id}/account`)).status, 403);
  const { html } = await ask();
  const form = { kind: 'accrual', amount: '5', document: '7', subscriber: hidden(html, 'subscriber'), nonce: hidden(html, 'nonce') };
  assert.equal((await viewer.post(`/meters/${id}/account`, form)).status, 403);
  assert.equal((await site.post(`/meters/${id}/account`, { ...form, csrf: 'x' })).status, 403);
  assert.equal(operations().length, 2);
});

test('GC-031 the account of another branch is not there', async () => {
  const other = await signIn(stack, 'a-other');
  for (const path of ['account', 'payments', 'payments.csv']) assert.equal((await other.get(`/meters/${id}/${path}`)).status, 404, path);
  await other.get('/help');
  const answer = await other.post(`/meters/${id}/account`, { kind: 'accrual', amount: '5', document: '7', subscriber, nonce: 'a'.repeat(32) });
  assert.equal(answer.status, 404);
  assert.deepEqual(operations(), []);
});

test('a meter without a subscriber has no account: the buttons say so', async () => {
  const admin = await signIn(stack, 'a-admin');
  const page = (await admin.get(`/meters?meter=${alone}`)).html;
  for (const word of ['Начислить', 'История счёта']) {
    assert.match(page, new RegExp(`disabled title="Счётчик не привязан к абоненту">(<svg[^>]*>.{0,120}</svg>)?<span>${word}<`), word);
  }
  assert.match(plain(page), /Счётчик не привязан к абоненту/);
  assert.match(plain((await ask(admin, alone)).html), /Счётчик не привязан к абоненту: начислять некому/);
  assert.equal((await admin.get(`/meters/${alone}/payments`)).status, 404);
});

test('what no page of ours sends is refused', async () => {
  for (const fields of [{ nonce: '' }, { nonce: 'z'.repeat(32) }, { nonce: 'a'.repeat(33) }, { subscriber: '-1' }, { subscriber: 'x' }]) {
    assert.equal((await send(fields)).status, 422, JSON.stringify(fields));
  }
  assert.deepEqual(operations(), []);
});

test('GC-093 GC-100 GC-101 the history has its columns, the newest first, and the descriptions of the manual', async () => {
  stack.exec('update tariff_price set price_kopecks_per_1000_m3 = 0 where tariff_id = 1');
  debit('2016-03-22 22:56:58+03', 94449, '2016-04-08 04:47:02+03', 95561);
  await send();
  await send({ kind: 'correction', amount: '-3', document: "акт '5'", note: 'ошибка <кассы>' });
  stack.exec('update tariff_price set price_kopecks_per_1000_m3 = 436400 where tariff_id = 1');
  debit('2016-04-08 04:47:02+03', 1000, '2016-04-09 04:47:02+03', 1029);
  const page = await payments();
  assert.ok(plain(page.html).includes("История платежей абонента '000000002035'"));
  const shown = table(page.html);
  assert.deepEqual(shown.head, ['Дата', 'Операция', 'Сумма, руб.', 'Описание', 'Баланс, руб.']);
  assert.deepEqual(shown.rows.map((r) => r.slice(1)), [
    ['Списание', '0.13', 'за потребление 0.029м³ с 08-04-2016 04:47:02 по 09-04-2016 04:47:02 по тарифу 4364.00, счетчик №890001, начальные показания 1.000м³, конечные показания 1.029м³', '19.87'],
    ['Корректировка', '-3.00', "по платежному документу 'акт '5'', ошибка <кассы>", '20.00'],
    ['Начисление', '23.00', "по платежному документу '000000107'", '23.00'],
    ['Списание', '0.00', 'за потребление 1.112м³ с 22-03-2016 22:56:58 по 08-04-2016 04:47:02 по тарифу 0.00, счетчик №890001, начальные показания 94.449м³, конечные показания 95.561м³', '0.00']]);
  for (const [at] of shown.rows) assert.match(at, /^\d\d-\d\d-\d{4} \d\d:\d\d:\d\d$/);
  assert.ok(plain(page.html).includes('Закрыть'));
  assert.equal(ranges(page.html)[0], 'Записи с 1 до 4 из 4 записей');
});

test('GC-038 GC-039 the history goes by pages of ten, other sizes can be chosen, a page past the end is the last', async () => {
  assert.match(plain((await payments()).html), /Записи отсутствуют/);
  stack.exec(`insert into account_operation (subscriber_id, kind, amount_kopecks, balance_kopecks, document, operator_login)
    select ${subscriber}, 'accrual', i, i, 'д' || i, 'x' from generate_series(1, 23) i`);
  const first = await payments();
  assert.equal(ranges(first.html)[0], 'Записи с 1 до 10 из 23 записей');
  assert.equal(table(first.html).rows[0][3], "по платежному документу 'д23'");
  const last = await payments('?page=3');
  assert.deepEqual(table(last.html).rows.map((r) => r[2]), ['0.03', '0.02', '0.01']);
  assert.equal(ranges((await payments('?page=99')).html)[0], 'Записи с 21 до 23 из 23 записей');
  assert.equal(table((await payments('?size=25')).html).rows.length, 23);
  assert.equal((await payments('?size=7')).status, 422);
  const size = /href="(\/meters\/\d+\/payments\?[^"]*size=25)"/.exec(first.html);
  assert.equal(table((await site.get(decode(size[1]))).html).rows.length, 23);
});

test('GC-102 the history is downloaded as CSV, with the same columns and words', async () => {
  stack.exec('update tariff_price set price_kopecks_per_1000_m3 = 436400 where tariff_id = 1');
  await send({ amount: '1234,5', note: 'с "кавычками"; и точкой' });
  debit('2016-04-08 04:47:02+03', 1000, '2016-04-09 04:47:02+03', 1029);
  const href = /href="([^"]*payments\.csv)"/.exec((await payments()).html)[1];
  const answer = await site.get(href);
  assert.match(answer.headers.get('content-type'), /^text\/csv/);
  assert.match(decodeURIComponent(answer.headers.get('content-disposition')), /История платежей 000000002035 \d\d-\d\d-\d{4}\.csv/);
  const rows = csvRows(answer.bytes);
  assert.deepEqual(rows[0], ['Дата', 'Операция', 'Сумма, руб.', 'Описание', 'Баланс, руб.']);
  assert.deepEqual(rows.slice(1).map((r) => r.slice(1)), [
    ['Списание', '0,13', 'за потребление 0.029м³ с 08-04-2016 04:47:02 по 09-04-2016 04:47:02 по тарифу 4364.00, счетчик №890001, начальные показания 1.000м³, конечные показания 1.029м³', '1234,37'],
    ['Начисление', '1234,50', "по платежному документу '000000107', с \"кавычками\"; и точкой", '1234,50']]);
});

test('a document that a spreadsheet would take for a formula stays text', async () => {
  await send({ document: '=1+1', note: '@x' });
  const [, row] = csvRows((await site.get(`/meters/${id}/payments.csv`)).bytes);
  assert.match(row[3], /^по платежному документу '=1\+1'/);
});

test('a history of a hundred thousand operations is downloaded whole and its page is quick to count', async () => {
  stack.exec(`insert into account_operation (subscriber_id, kind, amount_kopecks, balance_kopecks, document, operator_login)
    select ${subscriber}, 'accrual', i, i, 'д' || i, 'x' from generate_series(1, 100000) i; analyze account_operation`);
  assert.equal(ranges((await payments()).html)[0], 'Записи с 1 до 10 из более 10 000 записей');
  assert.equal(csvRows((await site.get(`/meters/${id}/payments.csv`)).bytes).length, 100001);
});

test('the buttons stand in the order of the manual, and lead back to the window as it was', async () => {
  const page = (await site.get(`/meters?q=890001&meter=${id}`)).html;
  const bar = /<div class="actions" id="actions">([\s\S]*?)<\/div>/.exec(page)[1];
  const words = [...bar.matchAll(/<(?:a|button)[^>]*class="btn[^>]*>([\s\S]*?)<\/(?:a|button)>/g)].map((m) => plain(m[1]));
  const ours = ['Открыть клапан', 'Закрыть клапан', 'Пароль радиоканала', 'Начислить', 'История счёта', 'Примечания'];
  assert.deepEqual(words.filter((w) => ours.includes(w)), ours);
  const href = decode(new RegExp(`href="(/meters/${id}/account\\?[^"]*)"`).exec(bar)[1]);
  assert.equal(hidden((await site.get(href)).html, 'back'), `/meters?q=890001&meter=${id}`);
  const none = (await site.get('/meters')).html;
  assert.equal([...none.matchAll(/disabled title="Выберите счётчик в таблице"/g)].length >= ours.length, true);
});

test('in English the account speaks English, with a decimal point', async () => {
  const english = await signIn(stack, 'a-second');
  english.cookies.set('lang', 'en');
  await send();
  stack.exec('update tariff_price set price_kopecks_per_1000_m3 = 436400 where tariff_id = 1');
  debit('2016-04-08 04:47:02+03', 1000, '2016-04-09 04:47:02+03', 1029);
  const page = (await english.get(`/meters/${id}/payments`)).html;
  assert.doesNotMatch(plain(/<section[\s\S]*<\/section>/.exec(page)[0]), /[а-яё]/i);
  assert.match(table(page).rows[0][3], /^for consumption of 0\.029m³ from 08-04-2016 04:47:02 to/);
  assert.equal(csvRows((await english.get(`/meters/${id}/payments.csv`)).bytes)[1][2], '0.13');
  assert.doesNotMatch(plain(/<section[\s\S]*<\/section>/.exec((await ask(english)).html)[0].replace(/Ким|Анна|ул\. Мира/g, '')), /[а-яё]/i);
});
