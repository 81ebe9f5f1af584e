// Downloads: the list, sessions, commands, archive.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { csvRows, operatorAdd, signIn, tabTable } from '../lib/site.mjs';
import { startStack } from '../lib/stack.mjs';

let stack; let branch; let site; let id;

const added = (statement) => Number(stack.exec(statement).trim());
const fileName = (page) => decodeURIComponent(/filename\*=UTF-8''(\S+)/.exec(page.headers.get('content-disposition'))[1]);

before(async () => {
  stack = await startStack({ meters: 20, programs: ['operator', 'nginx'] });
  branch = added("insert into branch (name) values ('Филиал таблиц') returning id");
  operatorAdd(stack, 'c-viewer', 'view', [branch]);
  site = await signIn(stack, 'c-viewer');
  const subscriber = added(`insert into subscriber (branch_id, account, full_name, address, balance_kopecks, calculates_balance)
    values (${branch}, '00123', 'Иванов; "Иван"', '=HYPERLINK("x")', -123456, true) returning id`);
  id = added(`insert into meter (serial, meter_type_id, subscriber_id)
    values ('022220000001', (select id from meter_type where name = 'СГ-Лазурь G4-К'), ${subscriber}) returning id`);
  stack.exec(`
    update meter_state set last_at = '2026-03-04 05:06:07+03', received_at = now(), volume_dm3 = 13903408,
      working_h = 19862, tamper_h = 5, status = 3, valve = 2 where meter_id = ${id};
    insert into meter (serial, meter_type_id, subscriber_id)
    select '5' || lpad(i::text, 6, '0'), (select min(id) from meter_type), ${subscriber} from generate_series(1, 3000) i;
    insert into reading (meter_id, at, received_at, volume_dm3, temperature_mk, pressure_pa, working_h, tamper_h, status, valve, battery_mv)
    select ${id}, '2026-02-01 00:00+03'::timestamptz + i * interval '1 hour', now(), 1000 * i + 5, 263000, 101325, i, 0, 1, 3, 3650
      from generate_series(1, 500) i;
    insert into command (meter_id, kind, state, operator_login, submitted_at, executed_at) values
      (${id}, 'valve_open', 'executed', 'samara', '2016-02-08 10:00+03', '2016-02-08 11:41:44+03'),
      (${id}, 'valve_close', 'superseded', '@evil', '2016-02-07 10:00+03', null);
    insert into archive_daily (meter_id, day, at, volume_dm3, delta_dm3, status, temperature_mk, pressure_pa)
      values (${id}, '2026-02-02', '2026-02-02 10:00+03', 4754, 12, 6, 293150, 101325)`);
});

after(() => stack?.stop());

test('GC-074 the list downloads whole, in the operator\'s scope, numbers as numbers, names as text', async () => {
  const page = await site.get('/meters.csv?page=3&size=10');
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-type'), /^text\/csv; charset=utf-8/);
  assert.match(fileName(page), /^Показания \d\d-\d\d-\d{4}\.csv$/);
  const [head, first, ...rest] = csvRows(page.bytes);
  assert.deepEqual(head, ['Счёт', 'Сер.номер', 'Время', 'V,м3', 'T работы,ч', 'T саботажа,ч', 'Состояние', 'Клапан',
    'Баланс', 'Энергия,кВт·ч', 'ФИО', 'Адрес', 'Филиал', 'Модель']);
  assert.deepEqual(first, ['00123', '022220000001', '04-03-2026 05:06:07', '13903,408', '19862', '5',
    'Саботаж, Нажата кнопка', 'Закрыт(разрешен)', '-1234,56', '', 'Иванов; "Иван"', '\'=HYPERLINK("x")', 'Филиал таблиц', 'СГ-Лазурь G4-К']);
  assert.equal(rest.length, 3000, 'every meter of the branch and of no other');
  assert.deepEqual(rest.map((r) => r[1]), rest.map((r) => r[1]).sort(), 'by serial');
});

test('GC-074 the list downloads under the filter, and not only its first thousand', async () => {
  const serials = async (q) => csvRows((await site.get(`/meters.csv?q=${encodeURIComponent(q)}`)).bytes).slice(1).map((r) => r[1]);
  assert.deepEqual(await serials('02'), ['022220000001']);
  assert.deepEqual(await serials('22220'), ['022220000001']);
  assert.equal((await serials('5')).length, 3000);
  assert.equal((await serials('500')).length, (await serials('')).filter((s) => s.includes('500')).length);
  assert.equal((await serials('00')).length, 3001, 'by the beginning of an account');
  assert.equal((await serials('0012')).length, 3001, 'more than a thousand, found anywhere');
  assert.deepEqual(await serials('%%%'), []);
});

test('GC-087 the sessions download with the columns of the tab, newest first, under a name that says whose', async () => {
  const page = await site.get(`/meters/${id}/sessions.csv`);
  assert.match(fileName(page), /^История получения данных 022220000001 \d\d-\d\d-\d{4}\.csv$/);
  const [head, ...rows] = csvRows(page.bytes);
  assert.deepEqual(head, ['Время', 'Vнорм,м3', 't, С', 'Рабс,мм.рт.ст', 'T работы,ч', 'T саботажа,ч', 'Состояние', 'Клапан', 'Uбат,В']);
  assert.equal(rows.length, 500);
  assert.deepEqual(rows[0], ['21-02-2026 20:00:00', '500,005', '-10,2', '760,0', '500', '0', 'Саботаж', 'Неисправен', '3,7']);
  assert.deepEqual(rows.at(-1)[0], '01-02-2026 01:00:00');
});

test('GC-085 the commands download with the columns of the tab', async () => {
  const page = await site.get(`/meters/${id}/commands.csv`);
  assert.match(fileName(page), /^История команд 022220000001/);
  assert.deepEqual(csvRows(page.bytes), [
    ['Оператор', 'Команда', 'Подана', 'Выполнена'],
    ['samara', 'Открыть клапан', '08-02-2016 10:00:00', '08-02-2016 11:41:44'],
    ["'@evil", 'Закрыть клапан', '07-02-2016 10:00:00', '']]);
});

test('GC-091 the archive of a meter downloads, and an empty one is a heading', async () => {
  const head = ['Дата', 'Vнорм, м³', 'dVнорм, м³', 'tср, °C', 'Рабс, мм рт.ст.', 'Состояние'];
  const page = await site.get(`/meters/${id}/archive.csv`);
  assert.match(fileName(page), /^Архив 022220000001/);
  assert.deepEqual(csvRows(page.bytes), [head, ['02-02-2026 10:00', '4,754', '0,012', '20,0', '760,0', 'Нажата кнопка, Открыта крышка']]);
  const [{ id: other }] = stack.sql(`select min(id) as id from meter where branch_id = ${branch} and id <> ${id}`);
  assert.deepEqual(csvRows((await site.get(`/meters/${other}/archive.csv`)).bytes), [head]);
});

test('a meter with journals of its own has a tab of their records, in the words of their codes, and they download', async () => {
  const tabs = async (meter) => [...(await site.get(`/meters?meter=${meter}`)).html.matchAll(/id="tab-(\w+)"/g)].map((m) => m[1]);
  assert.deepEqual(await tabs(id), ['sessions', 'commands', 'archive'], 'no journal is known');
  stack.exec(`insert into meter_journal (meter_id, log) values (${id}, ''), (${id}, '0.0.99.98.4.255');
    insert into meter_event (meter_id, at, log, code, status) values
      (${id}, '2026-03-01 10:00+03', '0.0.99.98.4.255', 4, 4), (${id}, '2026-03-01 11:00+03', '7.0.99.98.0.255', 101, 0),
      (${id}, '2026-03-01 12:00+03', '1.0.99.98.9.255', 77, 0), (${id}, '2026-03-01 13:00+03', '7.0.99.98.0.255', -1, 33)`);
  assert.deepEqual(await tabs(id), ['sessions', 'commands', 'archive', 'events']);
  const table = tabTable((await site.get(`/meters?meter=${id}&tab=events`)).html);
  const rows = [
    ['01-03-2026 13:00:00', 'Саботаж, Разряжена батарея', '', '', '7.0.99.98.0.255'],
    ['01-03-2026 12:00:00', '', '', '77', '1.0.99.98.9.255'],
    ['01-03-2026 11:00:00', '', 'Саботаж: окончание', '101', '7.0.99.98.0.255'],
    ['01-03-2026 10:00:00', 'Открыта крышка', 'Срабатывание электронной пломбы корпуса', '4', '0.0.99.98.4.255']];
  assert.deepEqual(table.head, ['Время', 'Состояние', 'Событие', 'Код', 'Журнал']);
  assert.deepEqual(table.rows.map((r) => r.map((c) => c.replace(/ ?, ?/g, ', '))), rows);
  const page = await site.get(`/meters/${id}/events.csv`);
  assert.match(fileName(page), /^События 022220000001/);
  assert.deepEqual(csvRows(page.bytes).slice(1), rows);
  operatorAdd(stack, 'c-stranger', 'view', []);
  const stranger = await signIn(stack, 'c-stranger');
  assert.equal((await stranger.get(`/meters/${id}/events.csv`)).status, 404);
});

test('an electricity meter\'s sessions download as energy', async () => {
  const meter = added(`insert into meter (serial, meter_type_id, subscriber_id)
    select '9e', (select id from meter_type where name = 'Aidon'), max(id) from subscriber where branch_id = ${branch} returning id`);
  stack.exec(`insert into reading (meter_id, at, received_at, energy_wh) values (${meter}, '2026-01-01 00:00+03', now(), 1234567)`);
  const rows = csvRows((await site.get(`/meters/${meter}/sessions.csv`)).bytes);
  assert.deepEqual([rows[0][1], rows[1][1]], ['Энергия,кВт·ч', '1234,567']);
  stack.exec(`delete from reading where meter_id = ${meter}; delete from meter where id = ${meter}`);
});

test('in English the heading is English and numbers have a point', async () => {
  site.cookies.set('lang', 'en');
  const rows = csvRows((await site.get('/meters.csv?q=0222')).bytes);
  site.cookies.delete('lang');
  assert.deepEqual([rows[0][1], rows[1][3], rows[1][8]], ['Serial no.', '13903.408', '-1234.56']);
});

test('a reader who hangs up ends the download, and the next one is served', async () => {
  stack.exec(`insert into meter (serial, meter_type_id, subscriber_id)
    select '6' || lpad(i::text, 6, '0'), (select min(id) from meter_type), (select max(id) from subscriber where branch_id = ${branch})
      from generate_series(1, 60000) i`);
  for (let i = 0; i < 6; i++) {
    const cut = new AbortController();
    const answer = await fetch(`${stack.http}/meters.csv`, {
      signal: cut.signal, headers: { cookie: [...site.cookies].map(([k, v]) => `${k}=${v}`).join('; ') },
    });
    await answer.body.getReader().read();
    cut.abort();
  }
  const waiting = () => stack.sql("select count(*) as n from pg_stat_activity where query like '%from meter m%' and state = 'active' and pid <> pg_backend_pid()")[0].n;
  for (let i = 0; i < 100 && waiting() > 0; i++) await new Promise((done) => { setTimeout(done, 50); });
  assert.equal(waiting(), 0);
  assert.equal(csvRows((await site.get('/meters.csv')).bytes).length, 63002);
});
