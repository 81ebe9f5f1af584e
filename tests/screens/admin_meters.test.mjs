// «Приборы учёта»: the list of all meters and what is asked of them.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { directory, errorsOf, fieldsOf, headsOf, noticesOf, rangeOf, rowsOf } from '../lib/directory.mjs';
import { plain, signIn } from '../lib/site.mjs';
import { startStack } from '../lib/stack.mjs';
import { addOperator } from '../lib/visitor.mjs';

let stack;
let admin;
let meters;
const one = (sql) => stack.sql(sql)[0];
const log = (action) => one(`select operator_login, note from audit_log where action = '${action}' order by id desc limit 1`);
const idOf = (serial) => Number(one(`select id from meter where serial = '${serial}'`).id);
const commands = (kind, where = 'true') => stack.sql(`select m.serial, c.state, c.parameters, c.note, c.operator_login as by
  from command c join meter m on m.id = c.meter_id where c.kind = '${kind}' and ${where} order by m.serial, c.id`);

before(async () => {
  stack = await startStack({ programs: 'web', meters: 40, days: 3 });
  addOperator(stack, 'keeper', 'admin');
  addOperator(stack, 'second', 'admin');
  stack.exec(`
    insert into meter_type (name, medium, manufacturer) values ('Пустой', 'water', 'x');
    insert into meter (serial, meter_type_id, firmware, registered_at)
      select s, (select id from meter_type where name = 'СГ-Лазурь G4'), '1.' || right(s, 1), '2026-01-01'::timestamptz + (i || ' days')::interval
        from unnest('{1500001,1500022,1500023,1500060,16000,160001,1600012,170001,1700012}'::text[]) with ordinality x (s, i);
    insert into meter (serial, meter_type_id) select '190000' || i, (select id from meter_type where name = 'Пустой') from generate_series(1, 2) i;
    insert into meter (serial, meter_type_id) select '50200' || i, (select id from meter_type where name = 'Адаптер Лазурь-И') from generate_series(1, 3) i;
  `);
  admin = await signIn(stack, 'keeper');
  meters = directory(admin, '/admin/meters');
});
after(async () => { if (stack) await stack.stop(); });

const selected = async (serial) => (await meters.page(`?q=${serial}&id=${idOf(serial)}`)).html;
// Buttons of the toolbar: word -> address, or why it is off.
function buttonsOf(html) {
  const bar = html.match(/<div class="actions" id="actions">([\s\S]*?)<form class="bulk"/)[1];
  const out = {};
  for (const [, href, text] of bar.matchAll(/<a class="btn[^"]*" href="([^"]*)"[^>]*>([\s\S]*?)<\/a>/g)) out[plain(text)] = href.replace(/&amp;/g, '&');
  for (const [, why, text] of bar.matchAll(/<button type="button"[^>]*disabled title="([^"]*)">([\s\S]*?)<\/button>/g)) out[plain(text)] = `! ${why}`;
  return out;
}
// A form sent, its question answered with a number: the last answer.
async function ordered(path, fields, number) {
  const answer = await meters.send(path, fields);
  if (number === undefined) return answer;
  assert.equal(answer.status, 428);
  const body = new URLSearchParams({ ...fieldsOf(answer.html), number });
  const last = await admin.ask(`/admin/meters${path}`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: body.toString() });
  return { ...last, errors: errorsOf(last.html), notices: noticesOf(last.html) };
}

test('GC-173 all meters of all branches are listed with their columns, period in words, and counted by the counters', async () => {
  const page = await meters.page('?size=100');
  assert.deepEqual(headsOf(page.html), ['Серийный номер', 'Тип', 'Версия', 'Дата регистрации', 'Последнее подключение', 'Руст.абс', 'Период подключения', 'Филиал', 'Смена IP']);
  const count = one('select count(*)::int as n from meter').n;
  assert.equal(rangeOf(page.html), `Записи с 1 до ${count} из ${count} записей`);
  const [row] = await meters.rows('?q=1500001');
  assert.deepEqual([...row], ['1500001', 'СГ-Лазурь G4', '1.1', '02-01-2026 00:00:00', '', '760.0', 'Раз в месяц, 1-го числа, с 00:00 до 06:00', '', '']);
  stack.exec("update meter set branch_id = null where serial = '1500001'; delete from operator_branch where operator_id = (select id from operator where login = 'keeper')");
  assert.equal((await meters.rows('?size=100')).length, count, 'whatever branches the administrator has');
});

test('GC-183 every stored period is shown in words', async () => {
  const words = { monthly: 'Раз в месяц, 1-го числа, с 00:00 до 06:00', weekly: 'Раз в неделю, по понедельникам, с 00:00 до 06:00',
    daily: 'Каждый день с 00:00 до 01:00', twice_monthly: 'Два раза в конце каждого месяца, с 00:00 до 06:00',
    thrice_monthly: 'Три раза в месяц: 1, 22 и 26-го числа', every_12h: 'Через 12 часов', hourly: 'Через час', minutes: 'Период передачи в минутах: 95' };
  for (const [period, text] of Object.entries(words)) {
    stack.exec(`update meter set period = '${period}', period_minutes = ${period === 'minutes' ? 95 : 'null'} where serial = '1500001'`);
    assert.equal((await meters.rows('?q=1500001'))[0][6], text);
  }
  stack.exec("update meter set period = 'monthly', period_minutes = null where serial = '1500001'");
});

test('GC-036 the list is sorted by each column both ways, the same under a filter', async () => {
  stack.exec(`update meter_state set received_at = '2026-05-01'::timestamptz - meter_id * interval '1 hour' where meter_id % 3 = 0;
    update meter set pressure_set_pa = 80000 + id % 5 where meter_type_id = (select id from meter_type where name = 'СГ-Лазурь G4')`);
  const all = stack.sql(`select m.id::text, m.serial, t.name as type, m.firmware as version, m.registered_at::text as registered, s.received_at::text as last,
      case when t.has_pressure then m.pressure_set_pa end as pressure, array_position(array['hourly','every_12h','daily','weekly','thrice_monthly','twice_monthly','monthly','minutes'], m.period) * 100000 + coalesce(m.period_minutes, 0) as period,
      b.name as branch, row_number() over (order by t.name collate "ru-x-icu") as type_at, dense_rank() over (order by b.name collate "ru-x-icu") as branch_at, 0 as address
    from meter m join meter_type t on t.id = m.meter_type_id join meter_state s on s.meter_id = m.id left join branch b on b.id = m.branch_id`);
  const by = Object.fromEntries(all.map((m) => [m.id, m]));
  const rank = { type: new Map([...new Set([...all].sort((a, b) => a.type_at - b.type_at).map((m) => m.type))].map((t, i) => [t, i])) };
  const key = { serial: (m) => m.serial, type: (m) => rank.type.get(m.type), version: (m) => m.version, registered: (m) => m.registered, last: (m) => m.last,
    pressure: (m) => m.pressure, period: (m) => m.period, branch: (m) => (m.branch === null ? null : m.branch_at), address: (m) => m.address };
  for (const filter of ['', '&q=0*,1*,5*', '&q=00']) {
    for (const [column, of] of Object.entries(key)) {
      for (const sign of [1, -1]) {
        const rows = await meters.rows(`?size=100&sort=${sign < 0 ? '-' : ''}${column}${filter}`);
        assert.ok(rows.length > 10 || filter !== '', `${column}${filter}: ${rows.length}`);
        const keys = rows.map((r) => of(by[r.id]));
        const known = keys.filter((k) => k !== null);
        assert.deepEqual(keys.slice(0, known.length), known, `${column}: what is empty stands last`);
        for (let i = 1; i < known.length; i += 1) assert.ok(sign * (known[i - 1] < known[i] ? -1 : Number(known[i - 1] > known[i])) <= 0, `${column} ${sign}: ${known[i - 1]}, ${known[i]}`);
        assert.equal(new Set(rows.map((r) => r.id)).size, rows.length, `${column}: each once`);
      }
    }
  }
  assert.equal((await admin.get('/admin/meters?sort=evil')).status, 422);
});

test('pages of each order join without a gap', async () => {
  for (const sort of ['type', '-pressure', 'period', '-branch', 'address', 'last']) {
    const whole = (await meters.rows(`?size=50&sort=${sort}`)).map((r) => r.id).slice(0, 20);
    const parts = [];
    for (const page of [1, 2]) parts.push(...(await meters.rows(`?size=10&page=${page}&sort=${sort}`)).map((r) => r.id));
    assert.deepEqual(parts, whole, sort);
  }
});

test('GC-037 the search takes parts of numbers, masks, lists and ranges', async () => {
  const found = async (q) => (await meters.rows(`?size=100&q=${encodeURIComponent(q)}`)).map((r) => r[0]).sort();
  assert.deepEqual(await found('16000*'), ['160001', '1600012']);
  assert.deepEqual(await found('17000?'), ['170001']);
  assert.deepEqual(await found('1500001,1500022-1500060'), ['1500001', '1500022', '1500023', '1500060']);
  assert.deepEqual(await found('0002'), (await found('0002')).filter((s) => s.includes('0002')));
  assert.ok((await found('15')).every((s) => s.startsWith('15') || s.includes('◀')));
  assert.deepEqual(await found('%%%'), []);
  const about = async (q) => plain((await meters.page(`?q=${encodeURIComponent(q)}`)).html.match(/<div class="empty">([\s\S]*?)<\/div>/)[1]);
  assert.match(await about('15*-16'), /Номер 1, «15\*-16»: В диапазоне не бывает «\*» и «\?»/);
  assert.match(await about('15,,16'), /Номер 2: Пусто между запятыми/);
  assert.match(await about('%%%'), /Ничего не найдено|не нашлось|нет/i);
  const page = await meters.page('?q=16000*');
  assert.match(rangeOf(page.html), /^Записи с 1 до 2 из 2 записей \(отфильтровано из \d+ записей\)$/);
});

test('the list as CSV and XLSX has the rows of the filter', async () => {
  const lines = await meters.csv('?q=1500022,1500023&sort=-serial');
  assert.equal(lines[0], 'Серийный номер;Тип;Версия;Дата регистрации;Последнее подключение;Руст.абс;Период подключения;Филиал;Смена IP');
  assert.deepEqual(lines.slice(1).map((l) => l.split(';')[0].replace(/"/g, '')), ['1500023', '1500022']);
  const xlsx = await admin.get('/admin/meters.csv?q=16000*&format=xlsx');
  assert.equal(xlsx.bytes.subarray(0, 2).toString(), 'PK');
});

test('GC-176 GC-185 GC-187 buttons follow the type of the selected meter and say why they are off', async () => {
  const none = buttonsOf((await meters.page('')).html);
  assert.equal(none['Смена пароля'], '! Выберите строку таблицы');
  assert.match(none['Период'], /^\/admin\/meters\/period\?serials=&/);
  const gas = buttonsOf(await selected('1500001'));
  const id = idOf('1500001');
  assert.match(gas['Период'], /serials=1500001&/);
  assert.match(gas['Синхронизация показаний'], new RegExp(`^/admin/meters/${id}/sync`));
  assert.equal(gas['Счётчик'], '! Прибор этого типа не поддерживает такую операцию');
  assert.match(gas.IP, /^\/admin\/addresses\/new\?serials=1500001&/);
  assert.match(gas['ПО'], /^\/admin\/firmware\/new\?serials=1500001&/);
  assert.equal(gas['Координаты'], `/meters/${id}/map`);
  const empty = buttonsOf(await selected('1900001'));
  for (const name of ['Период', 'Смена пароля', 'Синхронизация показаний', 'Счётчик', 'Рабс', 'ПО']) assert.match(empty[name], /^! Прибор этого типа/, name);
  assert.match(buttonsOf(await selected('502001'))['Счётчик'], /\/attached/);
  for (const what of ['password', 'sync', 'attached']) {
    assert.equal((await admin.get(`/admin/meters/${idOf('1900001')}/${what}`)).status, 422, what);
    assert.equal((await admin.post(`/admin/meters/${idOf('1900001')}/${what}`, { volume: '1', sure: '1', serial: '1', type: '1' })).status, 422, what);
  }
  assert.equal(one(`select count(*)::int as n from command where meter_id = ${idOf('1900001')}`).n, 0);
});

test('GC-177 GC-178 GC-181 each period of the dialog can be ordered, and is shown by name in the history of commands', async () => {
  const form = await meters.page('/period?serials=1500001');
  assert.match(form.html, /<h1[^>]*>Установка периода передачи данных</);
  assert.match(form.html, /Номер прибора/);
  const labels = [...form.html.matchAll(/name="period" value="(\w+)"[^>]*> <span>([^<]*)</g)].map((m) => [m[1], m[2]]);
  assert.deepEqual(labels, [['monthly', 'Раз в месяц, 1-го числа, с 00:00 до 06:00'], ['twice_monthly', 'Два раза в конце каждого месяца, с 00:00 до 06:00'],
    ['weekly', 'Раз в неделю, по понедельникам, с 00:00 до 06:00'], ['daily', 'Каждый день с 00:00 до 01:00'],
    ['every_12h', 'Через 12 часов'], ['hourly', 'Через час'], ['minutes', 'Иначе (укажите значение)']]);
  for (const [period, text] of labels) {
    const answer = await ordered('/period', { serials: '1500001', period, minutes: period === 'minutes' ? '95' : '' });
    assert.match(answer.done, /Период будет передан при очередном сеансе связи, приборов: 1/);
    const open = commands('period', "m.serial = '1500001' and c.state = 'queued'");
    assert.equal(open.length, 1, 'one waits, the others are replaced');
    assert.deepEqual(open[0].parameters, period === 'minutes' ? { period, minutes: 95 } : { period });
    const shown = period === 'minutes' ? 'Период передачи в минутах: 95' : text;
    const [row] = rowsOf(await selected('1500001'), 'slist');
    assert.deepEqual(row.slice(1), ['Установка периода передачи данных', shown, 'Ждёт сеанса связи', '', 'keeper']);
    assert.deepEqual(log('Установка периода передачи данных'), { operator_login: 'keeper', note: `приборы: 1500001 (1), ${shown}` });
  }
  assert.deepEqual(headsOf((await selected('1500001')).split('id="slist"')[1]).slice(0, 3), ['Время', 'Команда', 'Примечание']);
  const html = await selected('1500001');
  assert.match(html, /История команд управления прибором:/);
  const file = await admin.get(html.split('id="slist"')[1].match(/href="(\/admin\/commands\.csv[^"]*)"/)[1].replace(/&amp;/g, '&'));
  const lines = file.bytes.toString('utf8').trim().split('\r\n');
  assert.equal(lines.length, 1 + labels.length);
  assert.match(lines[1], /Установка периода передачи данных;Период передачи в минутах: 95;Ждёт сеанса связи;;keeper$/);
});

test('GC-178 the dialog of the period begins with what the named meter has now; of several or of none nothing is chosen', async () => {
  const chosen = async (serials) => fieldsOf((await meters.page(`/period?serials=${serials}`)).html);
  stack.exec("update meter set period = 'weekly' where serial = '1500001'; update meter set period = 'minutes', period_minutes = 95 where serial = '1500022'");
  assert.equal((await chosen('1500001')).period, 'weekly');
  assert.deepEqual([(await chosen('1500022')).period, (await chosen('1500022')).minutes], ['minutes', '95']);
  for (const serials of ['1500001,1500022', '150000*', '', '7777777']) assert.equal((await chosen(serials)).period, undefined, serials);
  stack.exec("update meter set period = 'monthly', period_minutes = null where serial in ('1500001', '1500022')");
});

test('GC-181 minutes are a whole number from 1 to 65535, and must be filled', async () => {
  const before = commands('period').length;
  for (const minutes of ['', '0', '65536', '-5', '1.5', 'час']) {
    const answer = await meters.send('/period', { serials: '1500001', period: 'minutes', minutes });
    assert.equal(answer.status, 422);
    assert.deepEqual(Object.keys(answer.errors), ['minutes'], minutes);
  }
  assert.deepEqual(Object.keys((await meters.send('/period', { serials: '1500001', period: 'never' })).errors), ['period']);
  assert.equal(commands('period').length, before);
  assert.match((await ordered('/period', { serials: '1500001', period: 'minutes', minutes: '65535' })).done, /приборов: 1/);
});

test('GC-200 an order with a mistake in its expression is refused with words, and nothing is applied', async () => {
  const before = one('select count(*)::int as n from command').n;
  for (const serials of ['', '1500001,,1500022', '15*-16', '1500060-1500022', '1500001;1500022', 'abc']) {
    for (const [path, fields] of [['/period', { period: 'daily' }], ['/pressure', { pressure: '750' }]]) {
      const answer = await meters.send(path, { serials, ...fields });
      assert.equal(answer.status, 422);
      assert.deepEqual(Object.keys(answer.errors), ['serials'], serials);
    }
  }
  assert.match((await meters.send('/period', { serials: '999999', period: 'daily' })).errors.serials, /Ни один зарегистрированный прибор не подходит/);
  assert.match((await meters.send('/period', { serials: '1900001', period: 'daily' })).errors.serials, /не поддерживают/);
  assert.equal(one('select count(*)::int as n from command').n, before);
});

test('GC-182 GC-201 a mass order names its meters, asks for their number, and reaches exactly those', async () => {
  stack.exec('delete from command');
  const serials = '1500022-1500060,16000*,17000?,190000?';
  const asked = await meters.send('/period', { serials, period: 'weekly' });
  assert.equal(asked.status, 428);
  const facts = Object.fromEntries([...asked.html.matchAll(/<dt>([^<]*)<\/dt><dd>([^<]*)<\/dd>/g)].map((m) => [m[1], m[2]]));
  assert.equal(facts['Подходит приборов'], '8');
  assert.equal(facts['Получат команду'], '6');
  assert.match(asked.notices.join(), /Остальные приборы не поддерживают/);
  assert.equal(commands('period').length, 0, 'nothing is done before the number');
  for (const number of ['', '8', '5', 'x']) {
    const refused = await ordered('/period', { serials, period: 'weekly' }, number);
    assert.equal(refused.status, 422, number);
    assert.ok(refused.errors.number, number);
  }
  assert.equal(commands('period').length, 0);
  const done = await ordered('/period', { serials, period: 'weekly' }, '6');
  assert.equal(done.status, 303);
  assert.deepEqual(commands('period').map((c) => [c.serial, c.state, c.parameters.period, c.by]),
    ['1500022', '1500023', '1500060', '160001', '1600012', '170001'].map((s) => [s, 'queued', 'weekly', 'keeper']));
  assert.equal(log('Установка периода передачи данных').note, `приборы: ${serials} (6), Раз в неделю, по понедельникам, с 00:00 до 06:00`);
});

test('GC-201 two administrators: a later order replaces an earlier one of its kind, and only that', async () => {
  const second = directory(await signIn(stack, 'second'), '/admin/meters');
  await second.send('/period', { serials: '1500022', period: 'hourly' });
  assert.deepEqual(commands('period', "m.serial = '1500022'").map((c) => [c.state, c.by]), [['superseded', 'keeper'], ['queued', 'second']]);
  assert.deepEqual(commands('period', "m.serial = '1500023'").map((c) => c.state), ['queued']);
  await meters.send('/pressure', { serials: '1500022', pressure: '750' });
  assert.deepEqual(commands('period', "m.serial = '1500022' and c.state = 'queued'").length, 1);
});

test('GC-192 GC-193 pressure is taken from 563 to 789 with one decimal, 760 is the factory value', async () => {
  const form = await meters.page('/pressure?serials=1500001');
  assert.match(form.html, /<h1[^>]*>Установка абсолютного давления газа</);
  assert.match(noticesOf(form.html).join(), /ВНИМАНИЕ!.*корректирующего коэффициента/);
  for (const [pressure, pa] of [['563', 75060], ['789', 105191], ['760', 101325], ['748,5', 99792], ['748.5', 99792]]) {
    assert.match((await ordered('/pressure', { serials: '1500001', pressure })).done, /приборов: 1/, pressure);
    assert.deepEqual(commands('pressure', "m.serial = '1500001' and c.state = 'queued'")[0].parameters, { pressure_pa: pa });
  }
  assert.equal(log('Установка абсолютного давления газа').note, 'приборы: 1500001 (1), 748.5 мм рт.ст.');
  assert.equal(rowsOf(await selected('1500001'), 'slist')[0][2], '748.5 мм рт.ст.');
  const before = commands('pressure').length;
  for (const [pressure, text] of [['562.9', /от 563 до 789/], ['789,1', /от 563 до 789/], ['760.05', /одного знака/], ['много', /Введите число/], ['', /Заполните/]]) {
    const answer = await meters.send('/pressure', { serials: '1500001', pressure });
    assert.equal(answer.status, 422);
    assert.match(answer.errors.pressure, text, pressure);
  }
  assert.equal(commands('pressure').length, before);
  stack.exec("update meter set pressure_set_pa = 99792 where serial = '1500001'");
  assert.equal((await meters.rows('?q=1500001'))[0][5], '748.5', '«Руст.абс» shows it');
});

test('GC-194 the pressure is also shown in kPa, bar, mmH2O and atm, by the server', async () => {
  const cells = (html) => [...html.matchAll(/<td class="num">([^<]*)<\/td>/g)].map((m) => m[1]);
  assert.deepEqual(cells((await meters.page('/pressure')).html), ['760.0', '101.325', '1.013', '10332.3', '1.000']);
  assert.deepEqual(cells((await meters.page('/pressure/units?pressure=563')).html), ['563.0', '75.060', '0.751', '7654.0', '0.741']);
  assert.deepEqual(cells((await meters.page('/pressure/units?pressure=100')).html), []);
});

test('GC-184 a change of the radio password is ordered sealed; until delivery the old one is shown', async () => {
  const { serial, id } = one(`select m.id, m.serial from meter m join meter_secret k on k.identity = m.serial join meter_type t on t.id = m.meter_type_id
    where t.has_radio and m.branch_id is not null order by m.serial limit 1`);
  const sealed = one(`select encode(sealed, 'hex') as s from meter_secret where identity = '${serial}'`).s;
  const answer = await meters.send(`/${id}/password`, {});
  assert.match(answer.done, new RegExp(`Пароль сменится при очередном сеансе связи, прибор ${serial}`));
  const command = one(`select state, parameters, note, octet_length(sealed) as len from command where meter_id = ${id} and kind = 'radio_password'`);
  // version, nonce, "radio=" and eight digits with an end of line, tag
  assert.deepEqual(command, { state: 'queued', parameters: {}, note: '', len: 1 + 12 + 15 + 16 });
  assert.equal(one(`select encode(sealed, 'hex') as s from meter_secret where identity = '${serial}'`).s, sealed);
  assert.deepEqual(log('Смена пароля'), { operator_login: 'keeper', note: `прибор №${serial}` });
  await meters.send(`/${id}/password`, {});
  const two = stack.sql(`select encode(sealed, 'hex') as s from command where meter_id = ${id} and kind = 'radio_password'`);
  assert.notEqual(two[0].s, two[1].s);
});

test('GC-185 GC-186 a synchronisation shows the steps, asks once more with both readings, and is logged', async () => {
  const id = idOf('1500001');
  stack.exec(`update meter_state set volume_dm3 = 1500 where meter_id = ${id}`);
  const form = await meters.page(`/${id}/sync`);
  assert.match(form.html, /Показания механического отсчётного устройства, м³:/);
  assert.deepEqual([...form.html.matchAll(/<li>([^<]*)<\/li>/g)].map((m) => m[1]).filter((t) => /вентил|показани|сеанс/i.test(t)).length, 6);
  for (const volume of ['', '-1', '1,2345', 'x', '9999999999']) {
    assert.deepEqual(Object.keys((await meters.send(`/${id}/sync`, { volume })).errors), ['volume'], volume);
  }
  const asked = await meters.send(`/${id}/sync`, { volume: '1,234' });
  assert.equal(asked.status, 428);
  assert.match(asked.html, /Показания на сервере, м³<\/dt><dd>1.500<\/dd>/);
  assert.match(asked.html, /Станут показания, м³<\/dt><dd>1.234<\/dd>/);
  assert.match(asked.html, /Разница, м³<\/dt><dd>-0.266<\/dd>/);
  assert.equal(commands('sync_reading').length, 0);
  const done = await admin.post(`/admin/meters/${id}/sync`, fieldsOf(asked.html));
  assert.equal(done.status, 303);
  assert.deepEqual(commands('sync_reading')[0].parameters, { volume_dm3: 1234 });
  assert.deepEqual(log('Синхронизация показаний'), { operator_login: 'keeper', note: 'прибор №1500001, 1.234 м³' });
});

test('GC-175 a command that waits is taken back once; one that the meter has is not', async () => {
  await meters.send('/period', { serials: '1500060', period: 'hourly' });
  const id = one(`select max(id) as id from command where meter_id = ${idOf('1500060')}`).id;
  const html = (await meters.page(`?q=1500060&id=${idOf('1500060')}&sid=${id}`)).html;
  assert.match(html, new RegExp(`href="/admin/commands/${id}/cancel\\?back=`));
  const back = directory(admin, '/admin/commands');
  const answer = await back.send(`/${id}/cancel`, {});
  assert.equal(answer.status, 303);
  assert.equal(one(`select state from command where id = ${id}`).state, 'cancelled');
  assert.match(log('Отмена команды').note, /^прибор №1500060: установка периода передачи данных, Через час$/);
  assert.equal((await admin.post(`/admin/commands/${id}/cancel`)).status, 409);
  stack.exec(`update command set state = 'waiting' where id = ${id}`);
  assert.equal((await admin.post(`/admin/commands/${id}/cancel`)).status, 409, 'what the security officer decides is his (GC-030)');
  stack.exec(`update command set state = 'sent' where id = ${id}`);
  assert.match((await meters.page(`?q=1500060&id=${idOf('1500060')}&sid=${id}`)).html, /disabled title="Команду уже нельзя отменить/);
  assert.equal((await admin.get('/admin/commands/999999999/cancel')).status, 404);
});

test('GC-174 why a meter refused a command is told in its history and in the file of it', async () => {
  await meters.send('/period', { serials: '1500060', period: 'daily' });
  const id = one(`select max(id) as id from command where meter_id = ${idOf('1500060')}`).id;
  stack.exec(`update command set state = 'refused', refusal = 'read-write-denied' where id = ${id}`);
  assert.equal(rowsOf(await selected('1500060'), 'slist')[0][3], 'Прибор отказал: read-write-denied');
  const file = await admin.get(`/admin/commands.csv?id=${idOf('1500060')}`);
  assert.match(file.bytes.toString('utf8'), /;Прибор отказал: read-write-denied;/);
});

const attach = (serial, fields) => meters.send(`/${idOf(serial)}/attached`, fields);
const typeId = (name) => String(one(`select id from attached_type where name = '${name}'`).id);

test('GC-187 an external meter is attached with its settings; the type tells its maker and connection', async () => {
  const form = await meters.page(`/${idOf('502001')}/attached`);
  for (const label of ['Настройка подключенного счетчика', 'Серийный номер подключенного счетчика', 'Тип счетчика', 'Коррекция по температуре', 'Коррекция по давлению', 'Контроль попыток саботажа']) assert.match(form.html, new RegExp(label));
  const about = plain((await meters.page(`/attached?type=${typeId('NPMT G1.6')}`)).html);
  assert.match(about, /Счетчик газа NPMT G1\.6 производства ЗАО «Газдевайс»\. Возможность контроля попыток саботажа измерений\. Подключение через импульсный адаптер с поддержкой цепи NAMUR, с весом импульса 0\.010 м³\/имп/);
  assert.deepEqual(Object.keys((await attach('502001', { serial: '', type: '' })).errors).sort(), ['serial', 'type']);
  const done = await attach('502001', { serial: '123456', type: typeId('NPMT G1.6'), temperature: '1', tamper: '1' });
  assert.match(done.done, /502001/);
  assert.deepEqual(one('select serial, corrects_temperature as t, corrects_pressure as p, detects_tamper as s from attached_meter'), { serial: '123456', t: true, p: false, s: true });
  assert.deepEqual(log('Настройка подключенного счетчика'), { operator_login: 'keeper', note: 'прибор №502001: NPMT G1.6 №123456, коррекция по температуре, контроль попыток саботажа' });
});

test('GC-191 the serial has two parts, and either of them finds the device', async () => {
  for (const q of ['502001', '123456', '12345?', '12*', '345', '12']) {
    const rows = await meters.rows(`?size=100&q=${encodeURIComponent(q)}`);
    assert.equal(rows.filter((r) => r[0] === '502001 ◀ 123456').length, 1, q);
  }
});

test('GC-188 the same type and serial cannot hang twice', async () => {
  const answer = await attach('502002', { serial: '123456', type: typeId('NPMT G1.6') });
  assert.equal(answer.status, 422);
  assert.match(answer.errors.serial, /уже подключен к прибору 502001/);
  assert.match((await attach('502002', { serial: '123456', type: typeId('NPM G4') })).done, /502002/);
});

test('GC-189 a built-in corrector cannot be switched off, tamper control cannot be set without support', async () => {
  await attach('502003', { serial: '77', type: typeId('ЕК270 (корректор)'), temperature: null, pressure: null });
  assert.deepEqual(one("select corrects_temperature as t, corrects_pressure as p from attached_meter where serial = '77'"), { t: true, p: true });
  const part = (await meters.page(`/attached?type=${typeId('ВК-G4Т')}&tamper=1`)).html;
  assert.match(part, /name="temperature" value="1" checked disabled/);
  assert.match(part, /name="pressure" value="1">/);
  assert.match(part, /name="tamper" value="1" disabled/);
  const refused = await attach('502003', { serial: '77', type: typeId('ВК-G4Т'), tamper: '1' });
  assert.deepEqual(Object.keys(refused.errors), ['tamper']);
  assert.throws(() => stack.exec("update attached_meter set detects_tamper = true, attached_type_id = (select id from attached_type where name = 'ВК-G4Т') where serial = '77'"), /LZ422/);
});

test('two administrators at one attached meter: the second is told, and nothing of his is saved', async () => {
  const form = await meters.form(`/${idOf('502003')}/attached`);
  await attach('502003', { serial: '78', type: typeId('ЕК270 (корректор)') });
  const answer = await attach('502003', { serial: '79', type: typeId('ЕК270 (корректор)'), version: form.version });
  assert.equal(answer.status, 409);
  assert.equal(one(`select serial from attached_meter where meter_id = ${idOf('502003')}`).serial, '78');
  const gone = await attach('502003', { forget: '1' });
  assert.match(gone.done, /снят/);
  assert.equal(stack.sql(`select 1 from attached_meter where meter_id = ${idOf('502003')}`).length, 0);
});

test('GC-195 deletion tells in numbers what goes, and takes all of it', async () => {
  const { id, serial, subscriber } = one(`select m.id, m.serial, m.subscriber_id as subscriber from meter m
    where m.subscriber_id is not null and exists (select from reading r where r.meter_id = m.id) order by m.id limit 1`);
  stack.exec(`insert into archive_hourly (meter_id, at) values (${id}, '2026-03-01'), (${id}, '1999-03-01');
    insert into register_value (meter_id, at, no) values (${id}, '2026-03-01', 1);
    insert into command (meter_id, kind, operator_login) values (${id}, 'clock', 'x')`);
  const counted = one(`select (select count(*)::int from reading where meter_id = ${id}) as r,
    (select count(*)::int from archive_daily where meter_id = ${id}) + 2 as a, (select count(*)::int from command where meter_id = ${id}) as c`);
  const operations = one(`select count(*)::int as n from account_operation where subscriber_id = ${subscriber}`).n;
  const all = one('select count(*)::int as n from meter').n;
  const question = await meters.page(`/${id}/delete`);
  const facts = Object.fromEntries([...question.html.matchAll(/<dt>([^<]*)<\/dt><dd>([^<]*)<\/dd>/g)].map((m) => [m[1], plain(m[2])]));
  assert.equal(facts['Сеансов связи'].replace(/\D/g, ''), String(counted.r));
  assert.equal(facts['Архивных записей'].replace(/\D/g, ''), String(counted.a));
  assert.equal(facts['Команд'], String(counted.c));
  const stale = await meters.remove(id, { version: '1' });
  assert.equal(stale.status, 409);
  assert.equal((await meters.remove(id)).done, `Удалён прибор ${serial}`);
  for (const table of ['reading', 'register_value', 'archive_daily', 'archive_hourly', 'command', 'meter_state', 'meter_identity', 'register']) {
    assert.equal(stack.sql(`select 1 from ${table} where meter_id = ${id}`).length, 0, table);
  }
  assert.equal(one('select sum(n)::int as n from meter_count').n, all - 1);
  assert.equal(one(`select count(*)::int as n from account_operation where subscriber_id = ${subscriber}`).n, operations, 'debits stay');
  assert.deepEqual(log('Удаление прибора учёта'), { operator_login: 'keeper', note: `прибор №${serial}` });
  assert.equal((await admin.get(`/admin/meters/${id}/delete`)).status, 404);
  // It calls again: it is registered anew, and has nothing of its past.
  stack.exec(`select meter_register('{${serial}}', '{${serial}}', '{СГ-Лазурь G4}', '{СГ-Лазурь G4}', '{1.0}')`, 'listener');
  const anew = one(`select m.id, m.subscriber_id, (select count(*)::int from reading r where r.meter_id = m.id) as n from meter m where serial = '${serial}'`);
  assert.notEqual(anew.id, id);
  assert.deepEqual([anew.subscriber_id, anew.n], [null, 0]);
});

test('GC-195 several ticked meters are deleted after their number is typed', async () => {
  const ids = ['1700012', '16000'].map(idOf);
  const body = (extra = []) => new URLSearchParams([['csrf', admin.csrf], ...ids.map((i) => ['ids', i]), ...extra]).toString();
  const post = (extra) => admin.ask('/admin/meters/delete', { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: body(extra) });
  const asked = await post();
  assert.equal(asked.status, 200);
  assert.match(asked.html, /Серийные номера<\/dt><dd>16000, 1700012<\/dd>/);
  assert.equal((await post([['number', '3']])).status, 422);
  assert.equal(stack.sql(`select 1 from meter where id in (${ids})`).length, 2);
  assert.equal((await post([['number', '2']])).status, 303);
  assert.equal(stack.sql(`select 1 from meter where id in (${ids})`).length, 0);
  assert.equal(log('Удаление прибора учёта').note.replace(/[^:]*: /, '').split(' (')[1], '2)');
  assert.equal((await post([['number', '2']])).status, 422, 'a second click finds none of them');
  assert.equal((await admin.post('/admin/meters/delete', { ids: 'x' })).status, 422);
});

test('the database lets only an administrator order, attach, search, take back and delete', () => {
  const id = idOf('1500001');
  const calls = [`fleet_delete('{${id}}', null, null)`, `attached_put(${idOf('502003')}, 0, 1, '5', false, false, false, null)`,
    'command_take_back(1, null)', "fleet_named('{}', '{}', '{}', '{*}', 'period')", "order_ask('period', '{}', '', '{}', '{}', '{}', '{*}', '{}', '')",
    "fleet_search('infix', '%1%', null, null, null, null, null, null, 5)"];
  for (const call of calls) {
    for (const role of ['view', 'control', 'security', '']) {
      assert.throws(() => stack.exec(`begin; select set_config('app.role', '${role}', true); select ${call}; commit;`, 'admin'), /LZ403/, `${role}: ${call}`);
    }
    assert.throws(() => stack.exec(`begin; select set_config('app.role', 'admin', true); select ${call}; commit;`, 'web'), /42501/, call);
  }
  const seen = (role, settings) => stack.exec(`begin; ${settings} select count(*) from attached_meter; rollback;`, role).trim().split('\n').at(-1);
  assert.equal(seen('web', ''), '0');
  assert.notEqual(seen('admin', "select set_config('app.role', 'admin', true) \\g /dev/null\n"), '0');
  assert.throws(() => stack.exec('insert into attached_meter select 1, 1, 1, true, true, true', 'admin'), /42501/);
});

test('nobody but an administrator opens the section', async () => {
  for (const login of ['viewer', 'operator', 'security']) {
    const site = await signIn(stack, login);
    for (const path of ['/admin/meters', '/admin/meters/period', `/admin/meters/${idOf('1500001')}/delete`]) assert.equal((await site.get(path)).status, 403, `${login} ${path}`);
  }
});

test('the screen speaks English too, and its forms open the help', async () => {
  admin.cookies.set('lang', 'en');
  const page = await meters.page(`?q=1500001&id=${idOf('1500001')}`);
  assert.match(page.html, /<h1>Meters<\/h1>/);
  assert.match(plain(page.html), /Commands of the meter:/);
  for (const path of ['/period', '/pressure', `/${idOf('1500001')}/sync`, `/${idOf('1500001')}/password`, `/${idOf('502001')}/attached`, `/${idOf('1500001')}/delete`]) {
    const { html } = await meters.page(path);
    assert.doesNotMatch(plain(html.match(/<section class="ask-card"[\s\S]*<\/section>/)[0].replace(/<option[\s\S]*?<\/option>/g, '').replace(/<dd>[\s\S]*?<\/dd>/g, '').replace(/«[^»]*»|ЗАО/g, '')), /[а-я]{4}/i, path);
    assert.match(html, /href="\/help#fleet"/, path);
  }
  admin.cookies.delete('lang');
});
