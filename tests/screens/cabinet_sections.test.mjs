// The sections of the cabinet: what each shows and changes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { enter, insert, letterOf, lines, meterAdd, noticeCount, noticesOf, panels, smsOf, subscriberAdd, table } from '../lib/cabinet.mjs';
import { codesOf, saved } from '../lib/documents.mjs';
import { plain } from '../lib/site.mjs';
import { startStack } from '../lib/stack.mjs';

const bank = { full_name: 'АО «Газ-Сервис»', bank: 'ПАО «Банк»', bic: '049905902', account: '40702810600000007101',
  corr_account: '30101810000000000902', inn: '9900012012', kpp: '990101001' };

let stack; let branch; let tariff; let ivan; let site; let meter; let module_;
const one = (sql) => stack.sql(sql)[0];
const person = async (email, data = {}) => {
  const id = subscriberAdd(stack, { email, branch_id: branch, tariff_id: tariff, ...data });
  return { id, site: await enter(stack, email) };
};
before(async () => {
  stack = await startStack({ meters: 10, programs: ['operator', 'admin', 'cabinet', 'nginx'] });
  branch = insert(stack, 'branch', { name: 'Клин', ...bank });
  tariff = insert(stack, 'tariff', { name: 'Население', price_kopecks_per_1000_m3: 436400, description: 'Плита и колонка' });
  ivan = subscriberAdd(stack, { email: 'ivan@example.ru', first_name: 'Иван Иванович', last_name: 'Иванов', phone: '+7(903)000-00-00',
    account: '0012345', branch_id: branch, tariff_id: tariff, calculates_balance: true, balance_kopecks: -12345 });
  meter = meterAdd(stack, { serial: '099200000001', owner: ivan, last_at: '2026-03-04 05:06:07+03', volume_dm3: 12345678, temperature_mk: 288150, valve: 2 });
  module_ = meterAdd(stack, { serial: '099200000002', owner: ivan, model: 'Адаптер Лазурь-И', last_at: '2026-03-05 00:00:00+03', volume_dm3: 5000 });
  stack.exec(`insert into attached_meter (meter_id, attached_type_id, serial, corrects_temperature, corrects_pressure, detects_tamper)
    values (${module_}, (select id from attached_type where name = 'ВК-G4Т'), '777888', false, false, false)`);
  site = await enter(stack, 'ivan@example.ru');
});
after(() => stack?.stop());

// ---- the house ----

test('GC-299 the sections stand in the panel in their order, and the header has help and the exit', async () => {
  const { html } = await site.get('/cabinet/profile');
  const nav = /<nav id="menu"[\s\S]*?<\/nav>/.exec(html)[0];
  assert.deepEqual([...nav.matchAll(/<li>[\s\S]*?<\/li>/g)].map((m) => plain(m[0])),
    ['Профиль', 'Мои счётчики', 'Платежи', 'Уведомления', 'Журнал', 'Настройки', 'Справка', 'Выйти']);
  const header = /<header class="top">[\s\S]*?<\/header>/.exec(html)[0];
  assert.match(header, /href="\/cabinet\/help#profile"/);
  assert.match(header, /action="\/cabinet\/sign-out"/);
  for (const [, address] of nav.matchAll(/href="([^"]+)"/g)) assert.equal((await site.get(address)).status, 200, address);
});

test('GC-300 the next sign-in begins with the section of the last visit, from any browser', async () => {
  for (const section of ['meters', 'log', 'settings', 'payments']) {
    await site.get(`/cabinet/${section}`);
    await site.get('/cabinet/help');
    assert.equal((await site.get('/cabinet/')).location, `/cabinet/${section}`);
    const other = await enter(stack, 'ivan@example.ru');
    assert.equal(other.landed, `/cabinet/${section}`);
  }
});

test('GC-301 moments are DD-MM-YYYY HH:MM in the zone of the utility, named, each with its ISO for the reader\'s clock', async () => {
  const { html } = await site.get('/cabinet/meters');
  assert.match(html, /<time datetime="2026-03-04T05:06:07\+03:00" data-local>04-03-2026 05:06<\/time>/);
  assert.match(plain(html), /Время указано в часовом поясе поставщика: MSK, UTC\+03:00\./);
});

test('the pages are in English too, with nothing left in Russian but data', async () => {
  const { site: english } = await person('english@example.ru');
  await english.post('/cabinet/look', { language: 'en', back: '/cabinet/profile' });
  for (const s of ['profile', 'meters', 'notifications', 'log', 'settings', 'help', 'email', 'phone']) {
    const { html } = await english.get(`/cabinet/${s}`);
    const main = /<main[\s\S]*<\/main>/.exec(html)[0].replace(/<button[^>]*value="ru"[\s\S]*?<\/button>/, '')
      .replaceAll(bank.full_name, '').replaceAll(bank.bank, '').replace(/Население|Плита и колонка|г\. Клин, ул\. Мира, 5-12/g, '');
    assert.doesNotMatch(plain(main), /[а-яё]/i, s);
  }
});

// ---- «Профиль» ----

test('GC-302 «Профиль» has its four panels with all that belongs into each', async () => {
  const found = panels((await site.get('/cabinet/profile')).html);
  const personal = lines(found['Личные данные']);
  assert.equal(personal['Имя, отчество'], 'Иван Иванович');
  assert.equal(personal['Фамилия'], 'Иванов');
  assert.equal(personal['Адрес'], 'г. Клин, ул. Мира, 5-12');
  assert.match(personal['Электронная почта'], /^ivan@example\.ru\s*Изменить$/);
  assert.match(personal['Мобильный телефон'], /^\+7\(903\)000-00-00\s*Изменить$/);
  assert.match(plain(found['Баланс счёта']), /-123\.45 ₽/);
  assert.deepEqual(lines(found['Тариф']), { Наименование: 'Население', Величина: '4 364.00 ₽/1000м³', Описание: 'Плита и колонка' });
  assert.deepEqual(lines(found['Платёжные реквизиты']), { 'Наименование филиала': 'АО «Газ-Сервис»', 'Номер договора': '0012345',
    Банк: 'ПАО «Банк»', 'Расчётный счёт': bank.account, БИК: bank.bic, 'Корреспондентский счёт': bank.corr_account, ИНН: bank.inn });
});

test('the first screen has the debt in words, the last reading with its time and the valve', async () => {
  const found = panels((await site.get('/cabinet/profile')).html);
  assert.match(plain(found['Баланс счёта']), /Задолженность 123\.45 ₽/);
  assert.doesNotMatch(plain(found['Баланс счёта']), /Хватит/);
  assert.deepEqual(lines(found['СГ-Лазурь G4-К №099200000001']),
    { Показания: '12 345.678 м³', 'Последний сеанс связи': '04-03-2026 05:06', 'Запорный клапан': 'Клапан закрыт' });
});

test('«хватит примерно до» is said when four weeks of debits bear it, and how it is counted', async () => {
  const { id, site: reader } = await person('saver@example.ru', { calculates_balance: true, balance_kopecks: 60000 });
  const debit = (from, to) => stack.exec(`insert into account_operation (subscriber_id, kind, amount_kopecks, balance_kopecks, meter_id, serial,
      from_at, to_at, from_dm3, to_dm3, price_kopecks_per_1000_m3)
    values (${id}, 'debit', 15000, 60000, ${meter}, 'x', now() - interval '${from} days 1 hour', now() - interval '${to} days', 0, 34374, 436400)`);
  const balance = async () => plain(panels((await reader.get('/cabinet/profile')).html)['Баланс счёта']);
  debit(25, 10);
  assert.doesNotMatch(await balance(), /Хватит/, 'fifteen days say nothing');
  debit(10, 0);
  debit(60, 25);
  // 450 roubles in 60 days, 600 are left: 80 days.
  const until = new Date(Date.now() + 80 * 86400e3).toLocaleDateString('ru-RU', { timeZone: 'Europe/Moscow', day: 'numeric', month: 'long' });
  const said = await balance();
  assert.ok(said.includes(`Хватит примерно до ${until}`), said);
  assert.match(said, /показания: 60\. За них списано 450\.00 ₽, в среднем за день — 7\.50 ₽/);
  stack.exec(`update subscriber set balance_kopecks = 0 where id = ${id}`);
  assert.doesNotMatch(await balance(), /Хватит/);
});

test('the receipt is a PDF with the code of the payment, and a branch without bank details says so', async () => {
  const answer = await site.get('/cabinet/receipt');
  assert.equal(answer.headers.get('content-type'), 'application/pdf');
  const [code] = codesOf(saved(answer).path);
  assert.equal(saved(answer).name, 'Квитанция.pdf');
  assert.match(code, /PersonalAcc=40702810600000007101/);
  assert.match(code, /Sum=12345\|/);
  assert.match(code, /PersAcc=0012345/i);
  const { site: other } = await person('nobank@example.ru', { branch_id: insert(stack, 'branch', { name: 'Без банка' }) });
  const refused = await other.get('/cabinet/receipt');
  assert.equal(refused.status, 422);
  assert.match(plain(refused.html), /Квитанцию сейчас не составить/);
});

// ---- e-mail ----

test('GC-303 a new address is the login from then on; another\'s and a broken one are refused beside the field', async () => {
  const { id, site: reader } = await person('old@example.ru');
  const page = (await reader.get('/cabinet/email')).html;
  for (const said of ['Изменение адреса электронной почты', 'Введите новый адрес электронной почты', 'вы не сможете войти в личный кабинет!', 'Изменить адрес почты']) {
    assert.ok(plain(page).includes(said), said);
  }
  for (const [email, said] of [['IVAN@example.ru', /Этот адрес уже указан у другого абонента/], ['no address', /не похоже на адрес/],
    ['a@b', /не похоже/], ['', /не похоже/], ['x@y.ru\n', /не похоже/], ['<b>@x.ru', /не похоже/]]) {
    const answer = await reader.post('/cabinet/email', { email });
    assert.equal(answer.status, 422, email);
    assert.match(/<p class="field-error"[\s\S]*?<\/p>/.exec(answer.html)[0], said, email);
  }
  assert.equal((await reader.post('/cabinet/email', { email: 'new-one@example.ru' })).location, '/cabinet/profile?done=email');
  assert.equal((await reader.get('/cabinet/profile')).status, 200, 'he stays where he is');
  await enter(stack, 'new-one@example.ru');
  await assert.rejects(enter(stack, 'old@example.ru'));
  assert.deepEqual(one(`select kind, note from cabinet_event where subscriber_id = ${id} and kind = 'email'`), { kind: 'email', note: 'new-one@example.ru' });
  stack.exec('delete from cabinet_attempt');
});

test('GC-304 where the administrator wants it, the code sent to the new address comes first: five attempts, ten minutes', async () => {
  const { id, site: reader } = await person('coded@example.ru');
  stack.exec("update parameter set value = 'on' where name = 'confirm_email'");
  const address = () => one(`select email from subscriber where id = ${id}`).email;
  const asked = await reader.post('/cabinet/email', { email: 'coded-new@example.ru' });
  assert.match(plain(asked.html), /Код подтверждения отправлен: coded-new@example\.ru/);
  const { code } = letterOf(stack, 'email_code', 'coded-new@example.ru');
  assert.match(code, /^\d{6}$/);
  assert.equal(address(), 'coded@example.ru');
  const wrong = String((Number(code) + 1) % 1e6).padStart(6, '0');
  for (let i = 0; i < 4; i++) assert.match(plain((await reader.post('/cabinet/email/code', { code: wrong })).html), /Код неверный/);
  assert.match(plain((await reader.post('/cabinet/email/code', { code: wrong })).html), /Код больше не действует/);
  assert.equal((await reader.post('/cabinet/email/code', { code })).status, 422, 'the right one is too late');
  assert.equal(address(), 'coded@example.ru');

  await reader.post('/cabinet/email', { email: 'coded-new@example.ru' });
  const second = letterOf(stack, 'email_code', 'coded-new@example.ru').code;
  stack.exec(`update cabinet_code set sent_at = now() - interval '10 minutes 1 second' where subscriber_id = ${id}`);
  assert.equal((await reader.post('/cabinet/email/code', { code: second })).status, 422);
  await reader.post('/cabinet/email', { email: 'coded-new@example.ru' });
  const third = letterOf(stack, 'email_code', 'coded-new@example.ru').code;
  assert.equal((await reader.post('/cabinet/email/code', { code: third })).location, '/cabinet/profile?done=email');
  assert.equal(address(), 'coded-new@example.ru');
  assert.equal((await reader.post('/cabinet/email/code', { code: third })).status, 422, 'a code works once');
  stack.exec("update parameter set value = 'off' where name = 'confirm_email'");
});

test('codes are sent five times a day at most, so that nobody is written to without end', async () => {
  const { site: reader } = await person('many@example.ru');
  stack.exec("update parameter set value = 'on' where name = 'confirm_email'");
  for (let i = 0; i < 5; i++) assert.equal((await reader.post('/cabinet/email', { email: `many${i}@example.ru` })).status, 200);
  assert.match(plain((await reader.post('/cabinet/email', { email: 'many9@example.ru' })).html), /попробуйте завтра/);
  stack.exec("update parameter set value = 'off' where name = 'confirm_email'");
});

// ---- telephone ----

const phone = (operator, number, country = '7') => ({ country, operator, number });

test('GC-305 a number is given by its template: country, operator code, number', async () => {
  const { id, site: reader } = await person('phone@example.ru');
  const { html } = await reader.get('/cabinet/phone');
  assert.match(html, /<input id="country"[^>]*value="7"/);
  assert.match(html, /<input id="operator"[^>]*placeholder="903"/);
  assert.match(html, /<input id="number"[^>]*placeholder="111-11-11"/);
  assert.match(html, />Изменить номер телефона<\/button>/);
  for (const bad of [phone('90', '1111111'), phone('903', '111111'), phone('903', '11111111'), phone('', ''), phone('903', '11x1111'), phone('903', '1111111', '')]) {
    const answer = await reader.post('/cabinet/phone', bad);
    assert.equal(answer.status, 422, JSON.stringify(bad));
    assert.match(plain(answer.html), /Введите номер полностью/);
  }
  assert.equal((await reader.post('/cabinet/phone', phone('903', '111-11-11'))).location, '/cabinet/profile?done=phone');
  assert.equal(one(`select phone from subscriber where id = ${id}`).phone, '+7(903)111-11-11');
  assert.equal((await reader.post('/cabinet/phone', phone('29', '1234567', '+375'))).status, 303);
  assert.equal(one(`select phone from subscriber where id = ${id}`).phone, '+375(29)1234567');
});

test('GC-306 where the administrator wants it, a code by SMS to the new number comes first', async () => {
  const { id, site: reader } = await person('sms@example.ru');
  stack.exec("update parameter set value = 'on' where name = 'confirm_phone'");
  await reader.post('/cabinet/phone', phone('903', '2222222'));
  const sent = smsOf(stack, 'phone_code');
  assert.equal(sent.phone, '+79032222222');
  assert.equal(one(`select phone from subscriber where id = ${id}`).phone, '');
  assert.equal((await reader.post('/cabinet/phone/code', { code: '' })).status, 422);
  assert.equal((await reader.post('/cabinet/phone/code', { code: sent.v.code })).status, 303);
  assert.equal(one(`select phone from subscriber where id = ${id}`).phone, '+7(903)222-22-22');
  stack.exec("update parameter set value = 'off' where name = 'confirm_phone'");
});

test('GC-307 three changes in 24 hours; then the button is grey and the server refuses', async () => {
  const { id, site: reader } = await person('thrice@example.ru');
  for (let i = 1; i <= 3; i++) assert.equal((await reader.post('/cabinet/phone', phone('903', `333333${i}`))).status, 303);
  assert.match((await reader.get('/cabinet/profile')).html, /<button class="btn btn-quiet" type="button" disabled aria-label="Изменить номер телефона"/);
  assert.equal((await reader.post('/cabinet/phone', phone('903', '3333334'))).status, 422);
  assert.equal(one(`select phone from subscriber where id = ${id}`).phone, '+7(903)333-33-33');
  stack.exec(`update cabinet_phone_change set at = at - interval '24 hours 1 second' where subscriber_id = ${id}`);
  assert.equal((await reader.post('/cabinet/phone', phone('903', '3333334'))).status, 303);
});

// ---- «Мои счётчики» ----

test('GC-308 a panel for each meter headed by type and number, the module before ◀ and what hangs on it', async () => {
  const found = Object.keys(panels((await site.get('/cabinet/meters')).html));
  assert.deepEqual(found, ['СГ-Лазурь G4-К №099200000001', 'Адаптер Лазурь-И №099200000002 ◀ ВК-G4Т №777888']);
});

test('GC-309 reading, gas temperature, date and time of the last session', async () => {
  const found = lines(panels((await site.get('/cabinet/meters')).html)['СГ-Лазурь G4-К №099200000001']);
  assert.equal(found['Показания'], '12 345.678 м³');
  assert.equal(found['Температура газа'], '15.0 °C');
  assert.equal(found['Последний сеанс связи'], '04-03-2026 05:06');
});

test('GC-310 the valve in words; «Закрыт(разрешен)» is closed; no field without a valve', async () => {
  const valve = async () => lines(panels((await site.get('/cabinet/meters')).html)['СГ-Лазурь G4-К №099200000001'])['Запорный клапан'];
  for (const [state, said] of [[0, /^Клапан закрыт$/], [1, /^Клапан открыт$/], [2, /^Клапан закрыт$/], [3, /^Клапан неисправен.*обслуживает ваш счётчик/]]) {
    stack.exec(`update meter_state set valve = ${state} where meter_id = ${meter}`);
    assert.match(await valve(), said);
  }
  const attached = panels((await site.get('/cabinet/meters')).html)['Адаптер Лазурь-И №099200000002 ◀ ВК-G4Т №777888'];
  assert.ok(!('Запорный клапан' in lines(attached)));
});

test('GC-311 a column for each month, interpolated at month ends, said to be approximate, and the same as a table', async () => {
  const { id, site: reader } = await person('months@example.ru');
  const it = meterAdd(stack, { serial: '099200000011', owner: id });
  const reading = (at, dm3) => stack.exec(`insert into reading (meter_id, at, received_at, volume_dm3) values (${it}, '${at}+03', now(), ${dm3})`);
  // 310 m3 between the middles of January and February: 10 m3 a day.
  reading('2026-01-01 00:00', 0);
  reading('2026-01-16 00:00', 150000);
  reading('2026-02-16 00:00', 460000);
  reading('2026-04-16 00:00', 1050000);
  const panel = panels((await reader.get('/cabinet/meters')).html)['СГ-Лазурь G4-К №099200000011'];
  assert.deepEqual(table(panel), { head: ['Месяц', 'Потребление, м³', 'Пояснение'], rows: [
    ['Январь 2026', '310.000', '—'], ['Февраль 2026', '280.000', '—'], ['Март 2026', '310.000', 'рассчитано приблизительно'],
    ['Апрель 2026', '150.000', 'месяц не полностью']] });
  assert.match(plain(panel), /Данные ориентировочные.*Для расчётов за газ не служат/);
  const columns = [...panel.matchAll(/<rect class="column( estimated)?"[^>]*height="(\d+)"/g)].map((m) => [Number(m[2]), Boolean(m[1])]);
  assert.deepEqual(columns, [[160, false], [144, false], [160, true], [77, false]]);
  assert.deepEqual([...panel.matchAll(/<text class="of-month"[^>]*>([^<]*)</g)].map((m) => m[1]), ['янв', 'фев', 'март', 'апр']);
});

test('a year at most is drawn, and what the meter showed while it was another\'s is not', async () => {
  const { id, site: reader } = await person('heir@example.ru');
  const it = meterAdd(stack, { serial: '099200000012', owner: ivan });
  for (let m = 1; m <= 16; m++) {
    stack.exec(`insert into reading (meter_id, at, received_at, volume_dm3)
      values (${it}, timestamptz '2025-01-01 00:00+03' + interval '${m} months', now(), ${m * 10000})`);
  }
  const months = async (who) => [...(await who.get('/cabinet/meters')).html.split('099200000012').at(-1).matchAll(/<th scope="row">([^<]+)</g)].map((m) => m[1]);
  assert.equal((await months(site)).length, 12);
  stack.exec(`update meter set subscriber_id = ${id} where id = ${it}`);
  assert.deepEqual(await months(reader), []);
  assert.doesNotMatch((await reader.post('/cabinet/export')).html, /volume_m3/);
  stack.exec(`delete from meter where id = ${it}`);
});

// ---- «Платежи» ----

test('GC-312 the last hundred operations, newest first, each with its full description', async () => {
  const { id, site: reader } = await person('payer@example.ru', { calculates_balance: true });
  stack.exec(`insert into account_operation (subscriber_id, at, kind, amount_kopecks, balance_kopecks, document, operator_login)
      select ${id}, timestamptz '2026-01-01 12:00+03' + n * interval '1 hour', 'accrual', n, n, 'д-' || n, 'x' from generate_series(1, 105) n;
    insert into account_operation (subscriber_id, at, kind, amount_kopecks, balance_kopecks, meter_id, serial, from_at, to_at, from_dm3, to_dm3, price_kopecks_per_1000_m3)
      values (${id}, '2026-02-06 15:39+03', 'debit', 13, -7060, ${meter}, '0002008', '2026-02-06 15:37+03', '2026-02-06 15:39+03', 32681, 32710, 436400);
    insert into account_operation (subscriber_id, at, kind, amount_kopecks, balance_kopecks, document, note, operator_login)
      values (${id}, '2026-02-07 10:00+03', 'correction', -500, -7560, '77', 'пересчёт <b>', 'secret-operator')`);
  const { html } = await reader.get('/cabinet/payments');
  const { head, rows } = table(html);
  assert.deepEqual(head, ['Время', 'Операция', 'Сумма, ₽', 'Описание', 'Баланс, ₽']);
  assert.equal(rows.length, 100);
  assert.deepEqual(rows[0], ['07-02-2026 10:00', 'Корректировка', '-5.00', "По платёжному документу '77', пересчёт <b>", '-75.60']);
  assert.deepEqual(rows[1], ['06-02-2026 15:39', 'Списание', '0.13', 'За потребление 0.029м³ с 06-02-2026 15:37 по 06-02-2026 15:39 '
    + 'по тарифу 4364.00₽/1000м³. Счётчик №0002008: начальные показания 32.681м³, конечные показания 32.710м³', '-70.60']);
  assert.deepEqual(rows[2].slice(1), ['Начисление', '1.05', "По платёжному документу 'д-105'", '1.05']);
  assert.doesNotMatch(html, /secret-operator/);
});

test('GC-313 without the calculation of a balance there is no section «Платежи», in the menu or by its address', async () => {
  const { site: reader } = await person('nocount@example.ru');
  assert.doesNotMatch((await reader.get('/cabinet/profile')).html, /\/cabinet\/payments/);
  assert.match(plain((await reader.get('/cabinet/profile')).html), /Баланс для вашего счёта не вычисляется/);
  assert.equal((await reader.get('/cabinet/payments')).status, 404);
});

// ---- «Уведомления» ----

const raise = (subscriber, reason, it, times = 1, first = '2026-03-01 10:00+03', last = first) => stack.exec(`insert into notification
  (subscriber_id, reason, meter_id, times, first_at, last_at) values (${subscriber}, '${reason}', ${it}, ${times}, '${first}', '${last}')`);

test('GC-317 each of the six reasons has its words and its severity', async () => {
  const { id, site: reader } = await person('reasons@example.ru');
  const it = meterAdd(stack, { serial: '099200000021', owner: id });
  for (const [reason, title, severity] of [['gas_alarm', 'Срабатывание датчика газа', 3], ['tamper', 'К счётчику поднесён магнит', 3],
    ['case_opened', 'Открыт корпус счётчика', 3], ['flow_excess', 'Превышение допустимого расхода газа', 2],
    ['reverse_flow', 'Реверс газа', 2], ['button', 'Нажата кнопка передачи данных', 1]]) {
    stack.exec(`delete from notification where subscriber_id = ${id}`);
    raise(id, reason, it);
    const [notice] = noticesOf((await reader.get('/cabinet/notifications')).html);
    assert.deepEqual([notice.title, notice.severity], [title, severity], reason);
  }
});

test('GC-314, GC-316 the count stands beside «Уведомления»; the more serious come first, red, yellow, blue', async () => {
  const { id, site: reader } = await person('order@example.ru');
  const it = meterAdd(stack, { serial: '099200000022', owner: id });
  assert.equal(noticeCount((await reader.get('/cabinet/profile')).html), 0);
  for (const reason of ['button', 'flow_excess', 'gas_alarm']) raise(id, reason, it);
  const { html } = await reader.get('/cabinet/notifications');
  assert.deepEqual(noticesOf(html).map((n) => n.severity), [3, 2, 1]);
  assert.equal(noticeCount(html), 3);
  assert.equal(noticeCount((await reader.get('/cabinet/profile')).html), 3);
});

test('GC-318 meters with number, count and time or range; a single meter without its number', async () => {
  const { id, site: reader } = await person('content@example.ru');
  const first = meterAdd(stack, { serial: '099200000031', owner: id });
  raise(id, 'tamper', first, 1, '2026-03-01 10:00+03');
  const seen = async () => noticesOf((await reader.get('/cabinet/notifications')).html)[0].meters;
  assert.deepEqual(await seen(), ['1 событие, 01-03-2026 10:00']);
  const second = meterAdd(stack, { serial: '099200000032', owner: id });
  raise(id, 'tamper', second, 22, '2026-03-01 10:00+03', '2026-03-02 11:30+03');
  assert.deepEqual(await seen(), ['№099200000031: 1 событие, 01-03-2026 10:00',
    '№099200000032: 22 события, с 01-03-2026 10:00 по 02-03-2026 11:30']);
});

test('GC-319 confirmed, a notification is gone and logged, the count drops, the meter hears nothing; it returns when its reason does', async () => {
  const { id, site: reader } = await person('confirm@example.ru');
  const it = meterAdd(stack, { serial: '099200000041', owner: id });
  raise(id, 'case_opened', it);
  raise(id, 'button', it);
  const commands = one(`select count(*)::int as n from command`).n;
  const [notice] = noticesOf((await reader.get('/cabinet/notifications')).html);
  const press = () => reader.post('/cabinet/notifications/confirm', { reason: 'case_opened', shown: notice.shown });
  assert.equal((await press()).location, '/cabinet/notifications');
  const { html } = await reader.get('/cabinet/notifications');
  assert.deepEqual(noticesOf(html).map((n) => n.title), ['Нажата кнопка передачи данных']);
  assert.equal(noticeCount(html), 1);
  assert.deepEqual(table((await reader.get('/cabinet/log')).html).rows[0].slice(1, 2), ['Подтверждение уведомления в личном кабинете']);
  assert.match(table((await reader.get('/cabinet/log')).html).rows[0][2], /^Уведомление: «Открыт корпус счётчика»/);
  await press();
  assert.equal(one(`select count(*)::int as n from cabinet_event where subscriber_id = ${id} and kind = 'notification'`).n, 1, 'once');
  raise(id, 'case_opened', it, 1, '2026-03-03 10:00+03');
  assert.equal(noticesOf((await reader.get('/cabinet/notifications')).html).length, 2);
  assert.equal(one(`select count(*)::int as n from command`).n, commands);
});

test('what happened after the page was shown is not confirmed with it', async () => {
  const { id, site: reader } = await person('later@example.ru');
  const it = meterAdd(stack, { serial: '099200000042', owner: id });
  raise(id, 'tamper', it);
  const [notice] = noticesOf((await reader.get('/cabinet/notifications')).html);
  stack.exec(`update notification set times = 2, last_at = '2026-03-05 10:00+03' where subscriber_id = ${id}`);
  await reader.post('/cabinet/notifications/confirm', { reason: 'tamper', shown: notice.shown });
  assert.equal(noticesOf((await reader.get('/cabinet/notifications')).html).length, 1);
});

test('GC-319 one subscriber confirms nothing of another\'s', async () => {
  const { id } = await person('victim@example.ru');
  raise(id, 'tamper', meterAdd(stack, { serial: '099200000043', owner: id }));
  await site.post('/cabinet/notifications/confirm', { reason: 'tamper', shown: '9000000000000000' });
  assert.equal(one(`select confirmed_at from notification where subscriber_id = ${id}`).confirmed_at, null);
});

// ---- «Журнал» ----

test('GC-320 «Журнал событий»: time, event, note, the last hundred, and a line that tells how many', async () => {
  const { id, site: reader } = await person('log@example.ru');
  const page = async () => (await reader.get('/cabinet/log')).html;
  assert.match(await page(), /<h1>Журнал событий<\/h1>/);
  assert.deepEqual(table(await page()).head, ['Время', 'Событие', 'Примечание']);
  assert.match(plain(await page()), /В таблице показано 1 последнее событие/);
  const events = (n) => stack.exec(`insert into cabinet_event (subscriber_id, kind, note, address) select ${id}, 'phone', 'n' || g, '127.0.0.1' from generate_series(1, ${n}) g`);
  events(3);
  assert.match(plain(await page()), /В таблице показаны 4 последних события/);
  events(120);
  assert.equal(table(await page()).rows.length, 100);
  assert.match(plain(await page()), /В таблице показаны 100 последних событий/);
  assert.match(table(await page()).rows[0][2], /^n120 /);
});

test('GC-321 sign-in with browser, version and address; new e-mail; new number; confirmation with its reason', async () => {
  const { id } = await person('events@example.ru');
  const reader = await enter(stack, 'events@example.ru', { headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:54.0) Gecko/20100101 Firefox/54.0' } });
  await reader.post('/cabinet/phone', phone('903', '1111111'));
  await reader.post('/cabinet/email', { email: 'events-2@example.ru' });
  raise(id, 'reverse_flow', meterAdd(stack, { serial: '099200000051', owner: id }));
  await reader.post('/cabinet/notifications/confirm', { reason: 'reverse_flow', shown: '9000000000000000' });
  const rows = table((await reader.get('/cabinet/log')).html).rows.map((r) => r.slice(1));
  assert.deepEqual(rows.slice(0, 4), [
    ['Подтверждение уведомления в личном кабинете', 'Уведомление: «Реверс газа» Firefox 54.0 с адреса 127.0.0.1'],
    ['Изменение адреса электронной почты', 'events-2@example.ru Firefox 54.0 с адреса 127.0.0.1'],
    ['Изменение номера телефона', '+7(903)111-11-11 Firefox 54.0 с адреса 127.0.0.1'],
    ['Вход в личный кабинет абонента', 'Firefox 54.0 с адреса 127.0.0.1'],
  ]);
  const names = { 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 YaBrowser/24.1.2.3 Safari/537.36': 'Yandex 24.1',
    'Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Mobile Safari/537.36': 'Chrome 119.0',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Mobile/15E148 Safari/604.1': 'Safari 17.2',
    'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210.61': 'Edge 120.0',
    'Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko': 'Internet Explorer 11.0', 'curl/8': 'Неизвестный браузер' };
  for (const [agent, name] of Object.entries(names)) {
    const other = await enter(stack, 'events-2@example.ru', { headers: { 'user-agent': agent } });
    assert.equal(table((await other.get('/cabinet/log')).html).rows[0][2], `${name} с адреса 127.0.0.1`);
  }
});

// ---- «Настройки» ----

test('GC-322 the chosen scheme, «Синяя полночь» or the high-contrast one, holds at any computer after signing in', async () => {
  const { site: reader } = await person('schemes@example.ru');
  const page = (await reader.get('/cabinet/settings')).html;
  for (const said of ['Цветовая схема', 'Синяя полночь', 'Высокая контрастность, для слабовидящих']) assert.ok(plain(page).includes(said), said);
  for (const [scheme, sheet] of [['midnight', 'midnight'], ['contrast', 'contrast'], ['dark', 'dark'], ['light', '']]) {
    assert.equal((await reader.post('/cabinet/settings', { scheme })).status, 303);
    const other = await enter(stack, 'schemes@example.ru');
    const { html } = await other.get('/cabinet/profile');
    assert.match(html, new RegExp(`<html lang="ru" data-theme="${scheme}">`));
    if (sheet) assert.match(html, new RegExp(`<link rel="stylesheet" href="/static/vendor/${sheet}\\.css`));
  }
  assert.equal((await reader.post('/cabinet/settings', { scheme: 'pink' })).status, 422);
});

test('before signing in, high contrast is one press away', async () => {
  const { Site } = await import('../lib/site.mjs');
  const stranger = new Site(stack);
  assert.match((await stranger.get('/cabinet/sign-in')).html, /name="scheme" value="contrast"[\s\S]*?Высокий контраст/);
  assert.equal((await stranger.post('/cabinet/look', { scheme: 'contrast', back: '/cabinet/sign-in' })).location, '/cabinet/sign-in');
  assert.match((await stranger.get('/cabinet/sign-in')).html, /data-theme="contrast"/);
  assert.equal((await stranger.post('/cabinet/look', { scheme: 'auto', back: 'https://evil.example/' })).location, '/cabinet/');
});

test('GC-323 SMS is switched here, with the hint about the number; the box is absent when the administrator sends none', async () => {
  const { id, site: reader } = await person('wants@example.ru');
  const wants = () => one(`select wants_sms from cabinet_account where subscriber_id = ${id}`).wants_sms;
  stack.exec("update parameter set value = 'on' where name = 'sms_enabled'");
  const text = plain((await reader.get('/cabinet/settings')).html);
  for (const said of ['Получать уведомления SMS', 'Получать SMS уведомления', 'При появлении новых важных уведомлений вам будет отправлена SMS.',
    'Проверьте, что в разделе «Профиль» указан правильный номер вашего мобильного телефона']) assert.ok(text.includes(said), said);
  await reader.post('/cabinet/settings', { scheme: 'auto', sms: '1' });
  assert.equal(wants(), true);
  assert.match((await reader.get('/cabinet/settings')).html, /id="sms" name="sms" value="1" checked/);
  stack.exec("update parameter set value = 'off' where name = 'sms_enabled'");
  assert.doesNotMatch((await reader.get('/cabinet/settings')).html, /name="sms"/);
  await reader.post('/cabinet/settings', { scheme: 'light' });
  assert.equal(wants(), true, 'the wish stays');
  stack.exec("update parameter set value = 'on' where name = 'sms_enabled'");
  await reader.post('/cabinet/settings', { scheme: 'light' });
  assert.equal(wants(), false);
  stack.exec("update parameter set value = 'off' where name = 'sms_enabled'");
});

test('his own data as a file: everything that is kept of him, and the event that he took it', async () => {
  const { id, site: reader } = await person('export@example.ru', { account: 'exp-1', first_name: 'Пётр', calculates_balance: true, balance_kopecks: 150 });
  const it = meterAdd(stack, { serial: '099200000061', owner: id });
  stack.exec(`insert into reading (meter_id, at, received_at, volume_dm3, temperature_mk) values (${it}, '2026-03-01 10:00+03', now(), 1234, 288150);
    insert into account_operation (subscriber_id, kind, amount_kopecks, balance_kopecks, document, operator_login) values (${id}, 'accrual', 150, 150, 'д', 'kassir')`);
  raise(id, 'tamper', it);
  const answer = await reader.post('/cabinet/export');
  assert.match(answer.headers.get('content-disposition'), /attachment/);
  assert.match(answer.headers.get('content-type'), /application\/json/);
  const data = JSON.parse(answer.html);
  assert.equal(data.subscriber.first_name, 'Пётр');
  assert.equal(data.subscriber.balance_rub, 1.5);
  assert.equal(data.meters[0].readings[0].volume_m3, 1.234);
  assert.equal(data.meters[0].readings[0].temperature_c, 15);
  assert.equal(data.operations[0].amount_rub, 1.5);
  assert.equal(data.notifications[0].reason, 'tamper');
  assert.deepEqual(data.events.map((e) => e.kind), ['signed_in', 'export']);
  assert.doesNotMatch(answer.html, /kassir|password|hash/);
});

// ---- «Справка» ----

test('the help is open to everybody, in both languages, with a place for every section', async () => {
  const { html } = await site.get('/cabinet/help');
  const ids = new Set([...html.matchAll(/<section class="card" id="([\w-]+)"/g)].map((m) => m[1]));
  for (const s of ['profile', 'meters', 'payments', 'notifications', 'log', 'settings', 'email', 'recovery']) {
    const [, place] = /class="top-item" href="\/cabinet\/help#([\w-]+)"/.exec((await site.get(`/cabinet/${s}`)).html);
    assert.ok(ids.has(place), `${s}: #${place}`);
  }
});
