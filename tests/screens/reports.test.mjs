// The daily report and the balance report, from the form to a file that other
// programs read.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { dbfRows, pagesOf, saved, xlsxRows } from '../lib/documents.mjs';
import { csvRows, operatorAdd, plain, signIn } from '../lib/site.mjs';
import { startStack } from '../lib/stack.mjs';

let stack; let branch; let other; let site; let one; let ids; let group; let foreign; let wide;

const added = (statement) => Number(stack.exec(statement).trim());
const daily = (fields) => site.post('/reports/daily', { from: '2026-03-01', to: '2026-03-31', format: 'csv', ...fields });
const balance = (fields) => site.post('/reports/balance', { group, from: '2026-03-02', to: '2026-03-05', format: 'csv', mode: 'none', detailed: '1', ...fields });
const errors = (page) => [...page.html.matchAll(/<p class="field-error" id="f-(\w+)-error">([\s\S]*?)<\/p>/g)].map((m) => [m[1], plain(m[2])]);
const head = ['Счёт', 'Сер.номер', 'Дата', 'Vнорм, м³', 'dVнорм, м³', 'tср, °C', 'Рабс, мм рт.ст.', 'Состояние'];

const meter = (serial, subscriber) => added(`insert into meter (serial, meter_type_id, subscriber_id)
  values ('${serial}', (select id from meter_type where name = 'СГ-Лазурь G4-К'), ${subscriber}) returning id`);
const archive = (id, day, dm3, delta = 1000, more = '') => stack.exec(`insert into archive_daily
  (meter_id, day, at, volume_dm3, delta_dm3, status, temperature_mk, pressure_pa)
  values (${id}, '${day}', '${day} 10:00+03', ${dm3}, ${delta}, ${more || '0, 293150, 101325'})`);
const session = (id, at, dm3) => stack.exec(`insert into reading (meter_id, at, received_at, volume_dm3)
  values (${id}, '${at}', now(), ${dm3})`);

before(async () => {
  stack = await startStack({ meters: 20, programs: ['operator', 'nginx'] });
  branch = added("insert into branch (name) values ('Филиал отчётов') returning id");
  other = added("insert into branch (name) values ('Чужой филиал') returning id");
  operatorAdd(stack, 'r-viewer', 'view', [branch]);
  operatorAdd(stack, 'r-security', 'security', [branch]);
  site = await signIn(stack, 'r-viewer');
  await site.get('/help');
  const subscriber = added(`insert into subscriber (branch_id, account, full_name, address)
    values (${branch}, '00123', 'Щукина "Ёлка" Ильинична', 'г. Клин, ул. Мира, 5') returning id`);
  const stranger = added(`insert into subscriber (branch_id, account, full_name, address)
    values (${other}, '00999', 'Чужой', 'г. Клин') returning id`);
  ids = ['031100000001', '031100000002', '031100000003', '031100000004', '031100000005'].map((s) => meter(s, subscriber));
  [one] = ids;
  foreign = meter('039900000001', stranger);
  group = added(`insert into meter_group (name, branch_id, balance_meter_id) values ('ГРП «Клин»', ${branch}, ${ids[4]}) returning id`);
  wide = added("insert into meter_group (name, balance_meter_id) values ('Общая', " + foreign + ') returning id');
  stack.exec(`insert into meter_group_member select ${group}, unnest('{${ids.slice(0, 4).join(',')}}'::bigint[]);
    insert into meter_group_member values (${wide}, ${ids[0]}), (${wide}, ${foreign})`);
  // The first has a record of each day of March: a cubic metre a day.
  stack.exec(`insert into archive_daily (meter_id, day, at, volume_dm3, delta_dm3, status, temperature_mk, pressure_pa)
    select ${one}, d, d + interval '10 hours', 100000 + 1000 * (d::date - '2026-03-01'), 1000, case when d = '2026-03-04' then 6 else 0 end, 263150, 101325
      from generate_series('2026-02-28'::date, '2026-04-10'::date, '1 day') d`);
  // The second lacks the records of both edges, 1 and 5 March.
  archive(ids[1], '2026-02-27', 10000);
  archive(ids[1], '2026-03-03', 14000);
  archive(ids[1], '2026-03-07', 22000);
  // The third has sessions only: one exactly when the first edge closes.
  session(ids[2], '2026-03-01 10:00+03', 5000);
  session(ids[2], '2026-03-05 04:00+03', 7000);
  session(ids[2], '2026-03-05 16:00+03', 9000);
  // The fourth has not called since before the end: nothing to draw a line to.
  session(ids[3], '2026-03-01 10:00+03', 1000);
  session(ids[3], '2026-03-04 10:00+03', 2000);
  // The balance meter.
  archive(ids[4], '2026-03-01', 500000);
  archive(ids[4], '2026-03-05', 510000);
  archive(foreign, '2026-03-01', 0);
  archive(foreign, '2026-03-05', 99000);
});

after(() => stack?.stop());

// --- daily ---------------------------------------------------------------------

test('GC-104 the dialog has the dates, the formats and the button of the manual', async () => {
  const page = await site.get(`/reports/daily?meter=${one}`);
  const text = plain(page.html);
  for (const word of ['Дата начала', 'Дата окончания', 'PDF', 'CSV', 'DBF', 'Сформировать отчёт']) assert.ok(text.includes(word), word);
});

test('GC-105 a group is chosen for all meters and not for one; groups of other branches are not offered', async () => {
  assert.doesNotMatch((await site.get(`/reports/daily?meter=${one}`)).html, /name="group"/);
  const hidden = added(`insert into meter_group (name, branch_id) values ('Чужая группа', ${other}) returning id`);
  const page = await site.get('/reports/daily');
  const options = [...page.html.matchAll(/<option value="(\d*)"[^>]*>([^<]*)<\/option>/g)].map((m) => plain(m[2]));
  assert.ok(options.includes('Все счётчики') && options.includes('ГРП «Клин» (4)') && options.includes('Общая (2)'), String(options));
  assert.ok(!plain(page.html).includes('Чужая группа'));
  for (const path of ['/reports/daily', '/reports/balance']) {
    const answer = await site.post(path, { group: hidden, from: '2026-03-01', to: '2026-03-02', format: 'csv', mode: 'none' });
    assert.equal(answer.status, 404, path);
  }
});

test('GC-106, GC-091 the CSV of one meter is its archive day by day from the first date to the last', async () => {
  const file = saved(await daily({ meter: one, from: '2026-03-02', to: '2026-03-04' }));
  assert.equal(file.name, 'Посуточный отчёт 031100000001 02-03-2026 – 04-03-2026.csv');
  assert.deepEqual(csvRows(file.bytes), [head,
    ['00123', '031100000001', '02-03-2026', '101,000', '1,000', '-10,0', '760,0', ''],
    ['00123', '031100000001', '03-03-2026', '102,000', '1,000', '-10,0', '760,0', ''],
    ['00123', '031100000001', '04-03-2026', '103,000', '1,000', '-10,0', '760,0', 'Нажата кнопка, Открыта крышка'],
    ['Счётчиков в отчёте: 1.']]);
});

test('GC-106, GC-091 a group is reported by serial and day, and who has no records is counted', async () => {
  const rows = csvRows(saved(await daily({ group, from: '2026-03-03', to: '2026-03-04' })).bytes);
  assert.deepEqual(rows.slice(1).map((r) => r.slice(1, 4)), [
    ['031100000001', '03-03-2026', '102,000'], ['031100000001', '04-03-2026', '103,000'],
    ['031100000002', '03-03-2026', '14,000'], [], []]);
  assert.deepEqual(rows.slice(-2), [['Счётчиков в отчёте: 2.'], ['Счётчиков без архивных записей за период: 2.']]);
});

test('GC-106 «Все счётчики» are those of the operator and no other', async () => {
  const rows = csvRows(saved(await daily({ group: '' })).bytes);
  const serials = new Set(rows.slice(1, -2).map((r) => r[1]));
  assert.deepEqual([...serials], ['031100000001', '031100000002', '031100000005']);
});

test('GC-106 PDF and XLSX of the same days hold the same figures', async () => {
  const fields = { meter: one, from: '2026-03-02', to: '2026-03-04' };
  const pdf = saved(await daily({ ...fields, format: 'pdf' }));
  const [page] = pagesOf(pdf.path);
  for (const word of ['Посуточный отчёт о потреблении газа', 'Период: 02-03-2026 – 04-03-2026',
    'Счётчик: 031100000001, Щукина "Ёлка" Ильинична, г. Клин, ул. Мира, 5', 'стр. 1']) assert.ok(page.includes(word), word);
  assert.match(page, /00123\s+031100000001\s+03-03-2026\s+102,000\s+1,000\s+-10,0\s+760,0/);
  const sheet = xlsxRows(saved(await daily({ ...fields, format: 'xlsx' })).path);
  const at = sheet.findIndex((r) => r[0] === 'Счёт');
  assert.deepEqual(sheet[at], head);
  assert.deepEqual(sheet[at + 2], ['00123', '031100000001', '2026-03-03T00:00:00', 102, 1, -10, 760, null]);
});

test('GC-107 exactly 31 days pass, 32 do not, counting both ends; DBF has no such limit', async () => {
  for (const format of ['pdf', 'csv', 'xlsx']) {
    assert.equal((await daily({ meter: one, format })).status, 200, format);
    const refused = await daily({ meter: one, format, to: '2026-04-01' });
    assert.equal(refused.status, 422);
    assert.deepEqual(errors(refused), [['to', 'Период больше 31 дня. Сократите его или выберите DBF']], format);
    assert.match(refused.html, /name="from" type="date" value="2026-03-01"/, 'what was typed stays');
  }
  assert.equal((await daily({ meter: one, format: 'dbf', from: '2020-01-01', to: '2026-12-31' })).status, 200);
});

test('GC-107 an end before the start, no date and no day of the calendar are refused beside their fields', async () => {
  assert.deepEqual(errors(await daily({ meter: one, from: '2026-03-05', to: '2026-03-04' })), [['to', 'Дата окончания раньше даты начала']]);
  const date = 'Укажите дату: день, месяц и год';
  assert.deepEqual(errors(await daily({ meter: one, from: '', to: '2026-02-30' })), [['from', date], ['to', date]]);
  assert.deepEqual(errors(await daily({ meter: one, format: 'exe' })), [['format', 'Выберите формат файла']]);
  assert.equal((await daily({ meter: one, from: '04-03-2026', to: '04.03.2026' })).status, 200, 'as people write dates, too');
});

test('GC-108, GC-109 the DBF has the latest session of each meter within the dates, in CP866, and nobody else', async () => {
  const read = dbfRows(saved(await daily({ group, from: '2026-03-01', to: '2026-03-05', format: 'dbf' })).path);
  assert.equal(read.version, 3);
  assert.equal(read.language, 0x65);
  assert.deepEqual(read.rows, [
    { ACCOUNT: '00123', SERIAL: '031100000003', DATE: '2026-03-05', VALUE: 9, FIO: 'Щукина "Ёлка" Ильинична', ADDR: 'г. Клин, ул. Мира, 5' },
    { ACCOUNT: '00123', SERIAL: '031100000004', DATE: '2026-03-04', VALUE: 2, FIO: 'Щукина "Ёлка" Ильинична', ADDR: 'г. Клин, ул. Мира, 5' }]);
  const earlier = dbfRows(saved(await daily({ group, from: '2026-03-01', to: '2026-03-03', format: 'dbf' })).path);
  assert.deepEqual(earlier.rows.map((r) => [r.SERIAL, r.VALUE]), [['031100000003', 5], ['031100000004', 1]]);
  const windows = dbfRows(saved(await daily({ group, format: 'dbf', charset: 'cp1251' })).path);
  assert.equal(windows.language, 0xc9);
  assert.equal(windows.rows[0].FIO, 'Щукина "Ёлка" Ильинична');
});

test('a meter that the operator does not see is not reported, and a security officer has no reports', async () => {
  assert.equal((await daily({ meter: foreign })).status, 404);
  assert.equal((await site.get(`/reports/daily?meter=${foreign}`)).status, 404);
  const officer = await signIn(stack, 'r-security');
  for (const path of ['/reports/daily', '/reports/balance', '/receipts', '/downloads']) {
    assert.equal((await officer.get(path)).status, 403, path);
  }
});

// --- balance ---------------------------------------------------------------------

const members = [
  ['00123', '031100000001', '100,000', '104,000', '4,000', ''],
  ['00123', '031100000002', '12,000', '18,000', '6,000', 'начало и конец интерполированы'],
  ['00123', '031100000003', '5,000', '8,000', '3,000', 'конец интерполирован'],
  ['00123', '031100000004', '1,000', '', '', 'нет данных']];
const figures = (rows) => Object.fromEntries(rows.filter((r) => r.length === 6 && r[0] === '' && r[1]).map((r) => [r[1], r[4]]));

test('GC-110 the dialog has the fields of the manual', async () => {
  const text = plain((await site.get('/reports/balance')).html);
  for (const word of ['Группа счётчиков', 'Дата начала отчёта', 'Дата конца отчёта', 'Балансный счётчик', 'Использовать',
    'Ввод суммарного объема газа вручную', 'Не использовать', 'Суммарный объем газа по группе, м³', 'Подробный отчёт', 'PDF', 'CSV', 'Ok']) {
    assert.ok(text.includes(word), word);
  }
});

test('GC-113, GC-114 a detailed report without a balance meter lists each meter and the total', async () => {
  const rows = csvRows(saved(await balance({})).bytes);
  assert.deepEqual(rows.slice(1, 6), [...members, ['', 'Итого по группе', '', '', '13,000', '']]);
  assert.ok(!rows.some((r) => r.join().includes('Расхождение')));
});

test('meters without data at an edge are drawn between their neighbours, and the report says how many', async () => {
  const notes = csvRows(saved(await balance({})).bytes).filter((r) => r.length === 1).map((r) => r[0]);
  assert.ok(notes.includes('Счётчиков в отчёте: 4.'), String(notes));
  assert.ok(notes.includes('Счётчиков с интерполированными показаниями: 2.'));
  assert.ok(notes.includes('Счётчиков без данных, в итог не вошли: 1.'));
});

test('GC-115 consumption of a meter is the sum of its days in the daily report', async () => {
  const days = csvRows(saved(await daily({ meter: one, from: '2026-03-02', to: '2026-03-05' })).bytes).slice(1, -1);
  const sum = days.reduce((n, r) => n + Number(r[4].replace(',', '.')), 0);
  assert.equal(sum, 4);
  assert.equal(members[0][4], '4,000');
});

test('GC-111, GC-115 with the balance meter of the group: its volume less the total, in m³ and per cent of it', async () => {
  const rows = csvRows(saved(await balance({ mode: 'use' })).bytes);
  assert.deepEqual(figures(rows), { 'Итого по группе': '13,000', 'Балансный счётчик №031100000005': '10,000',
    'Расхождение, м³': '-3,000', 'Расхождение, %': '-30,000' });
});

test('GC-112 a volume typed by hand is needed in its mode only, and checked there only', async () => {
  const rows = csvRows(saved(await balance({ mode: 'manual', volume: '1 300,5' })).bytes);
  assert.deepEqual(figures(rows), { 'Итого по группе': '13,000', 'Объём, введённый вручную': '1300,500',
    'Расхождение, м³': '1287,500', 'Расхождение, %': '99,000' });
  assert.deepEqual(errors(await balance({ mode: 'manual', volume: '' })), [['volume', 'Введите суммарный объём газа по группе']]);
  for (const volume of ['0', '-5', 'много', '1,2345', '1e3', '99999999999999999999']) {
    assert.deepEqual(errors(await balance({ mode: 'manual', volume })), [['volume', 'Введите объём больше нуля, например 1234,567']], volume);
  }
  assert.equal((await balance({ mode: 'none', volume: 'много' })).status, 200);
});

test('GC-111 a group without a balance meter, or with one of another branch, is refused with words', async () => {
  stack.exec(`update meter_group set balance_meter_id = null where id = ${group}`);
  const [[field, words]] = errors(await balance({ mode: 'use' }));
  stack.exec(`update meter_group set balance_meter_id = ${ids[4]} where id = ${group}`);
  assert.equal(field, 'mode');
  assert.match(words, /^У этой группы нет балансного счётчика/);
  assert.match(errors(await balance({ group: wide, mode: 'use' }))[0][1], /не относится к вашим филиалам/);
});

test('GC-110 a group has to be chosen', async () => {
  assert.deepEqual(errors(await balance({ group: '' })), [['group', 'Выберите группу счётчиков']]);
});

test('GC-114 a summary has the totals of the detailed report and no meters, in every format', async () => {
  const summary = async (format) => {
    const body = new URLSearchParams({ csrf: site.csrf, group, from: '2026-03-02', to: '2026-03-05', format, mode: 'use' });
    return saved(await site.ask('/reports/balance', { method: 'POST', body: body.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } }));
  };
  const csv = csvRows((await summary('csv')).bytes);
  assert.deepEqual(csv.slice(0, 5), [['Показатель', 'Значение'], ['Итого по группе', '13,000'],
    ['Балансный счётчик №031100000005', '10,000'], ['Расхождение, м³', '-3,000'], ['Расхождение, %', '-30,000']]);
  const sheet = xlsxRows((await summary('xlsx')).path).filter((r) => typeof r[1] === 'number');
  assert.deepEqual(sheet, [['Итого по группе', 13], ['Балансный счётчик №031100000005', 10], ['Расхождение, м³', -3], ['Расхождение, %', -30]]);
  const [page] = pagesOf((await summary('pdf')).path);
  assert.match(page, /Группа счётчиков: ГРП «Клин»[\s\S]*Итого по группе\s+13,000[\s\S]*Расхождение, %\s+-30,000/);
  assert.doesNotMatch(page, /031100000001/);
});

test('members that the operator does not see are not reported, and the report says how many they are', async () => {
  const rows = csvRows(saved(await balance({ group: wide })).bytes);
  assert.deepEqual(rows.slice(1, 3).map((r) => r[1]), ['031100000001', 'Итого по группе']);
  assert.ok(rows.some((r) => r[0] === 'Счётчиков группы вне вашего доступа, в отчёт не вошли: 1.'));
});

test('in English forms and files speak English', async () => {
  site.cookies.set('lang', 'en');
  const rows = csvRows(saved(await balance({})).bytes);
  site.cookies.delete('lang');
  assert.deepEqual(rows[0], ['Account', 'Serial no.', 'At start, m³', 'At end, m³', 'Consumption, m³', 'Note']);
  assert.ok(rows.some((r) => r[0] === 'Meters with interpolated readings: 2.'));
});
