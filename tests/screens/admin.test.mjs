// «Ошибки связи» and «Протокол работы», their filters, pages and downloads.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test, { after, before } from 'node:test';
import { saved, xlsxRows } from '../lib/documents.mjs';
import { startStack } from '../lib/stack.mjs';
import { Visitor, addOperator } from '../lib/visitor.mjs';

let stack;
let admin;
before(async () => {
  stack = await startStack({ programs: 'web', meters: 20 });
  admin = new Visitor(stack, { address: '127.0.7.1' });
  await admin.signIn(addOperator(stack, 'adm-reader', 'admin'));
  stack.exec(`delete from session_fault;
    insert into session_fault (reason, address, slot_at, first_at, last_at, times, detail, sample)
    select 'bad_data', ('10.1.0.' || n)::inet, timestamptz '2026-03-01 00:00+03' + n * interval '10 minutes',
           timestamptz '2026-03-01 00:00:01+03' + n * interval '10 minutes',
           timestamptz '2026-03-01 00:00:05+03' + n * interval '10 minutes', n, 'tag 0x' || n, '\\x0001'::bytea
      from generate_series(1, 27) n;
    insert into session_fault (reason, address, slot_at, first_at, last_at, times, detail, sample) values
      ('bad_checksum', '10.2.0.1', '2026-04-01 12:00+03', '2026-04-01 12:00:03+03', '2026-04-01 12:09:59+03', 1234567,
       '<script>alert("1")</script>', '\\x7ea0ff'),
      ('made_up_reason', '10.2.0.2', '2026-02-01 12:00+03', '2026-02-01 12:00+03', '2026-02-01 12:00+03', 1,
       '=HYPERLINK("x";"100%")', '\\x')`);
});
after(async () => { if (stack) await stack.stop(); });

// Cells of the table, as text.
const plain = (html) => html.replace(/<[^>]+>/g, '').replaceAll('&lt;', '<').replaceAll('&gt;', '>')
  .replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&').trim();
const rows = (text) => [...text.match(/<tbody>([\s\S]*?)<\/tbody>/)[1].matchAll(/<tr[\s\S]*?<\/tr>/g)]
  .map((r) => [...r[0].matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map((c) => plain(c[1])));
const range = (text) => plain(text.match(/<p class="range"[^>]*>([\s\S]*?)<\/p>/)[1]);

test('broken sessions are listed newest first with reason in words, address, count, times and bytes', async () => {
  const { text } = await admin.get('/admin/faults');
  assert.deepEqual(rows(text)[0], ['01-04-2026 12:09:59', '10.2.0.1', 'Контрольная сумма не сошлась', '1\u202f234\u202f567',
    '01-04-2026 12:00:03', 'Телеграмма искажена по дороге, или прибор считает сумму иначе (<script>alert("1")</script>)', '7ea0ff']);
  assert.doesNotMatch(text, /<script>alert/);
  assert.deepEqual(rows(text).slice(1, 4).map((r) => r[1]), ['10.1.0.27', '10.1.0.26', '10.1.0.25']);
  assert.equal(range(text), 'Записи с 1 до 25 из 29 записей');
});

test('what a fault means is told in the language of the reader, and what was found stands behind it', async () => {
  const details = async () => rows((await admin.get('/admin/faults?q=10.1.0.27')).text).map((r) => r[5]);
  assert.deepEqual(await details(), ['Телеграмма дошла целиком, но её содержание нарушает стандарт (tag 0x27)']);
  admin.cookies.set('lang', 'en');
  assert.deepEqual(await details(), ['The telegram came whole, but what it says breaks its standard (tag 0x27)']);
  admin.cookies.delete('lang');
});

test('a reason that has no words yet is shown as the listener calls it', async () => {
  const { text } = await admin.get('/admin/faults?reason=made_up_reason');
  assert.deepEqual(rows(text).map((r) => r[2]), ['made_up_reason']);
});

test('pages and page sizes of a list follow its links, and the range line tells where one is (GC-038, GC-039)', async () => {
  const { text } = await admin.get('/admin/faults?size=10&page=2');
  assert.equal(rows(text).length, 10);
  assert.equal(range(text), 'Записи с 11 до 20 из 29 записей');
  const next = text.match(/<a class="page-link" href="([^"]+)"[^>]*rel="next"/)[1].replaceAll('&amp;', '&');
  const third = (await admin.get(next)).text;
  assert.equal(range(third), 'Записи с 21 до 29 из 29 записей');
  assert.equal(rows(third).length, 9);
  assert.equal(range((await admin.get('/admin/faults?size=10&page=99')).text), 'Записи с 21 до 29 из 29 записей');
});

test('the filter finds parts of an address or a detail and a reason, and says of how many (GC-037, GC-039)', async () => {
  const { text } = await admin.get('/admin/faults?q=10.1.0.2');
  assert.equal(rows(text).length, 9); // .2 and .20 to .27
  assert.equal(range(text), 'Записи с 1 до 9 из 9 записей (отфильтровано из 29 записей)');
  assert.match(text, /name="q"[^>]*value="10.1.0.2"/);
  assert.equal(rows((await admin.get('/admin/faults?q=ALERT')).text).length, 1);
  assert.equal(rows((await admin.get('/admin/faults?q=10.2&reason=bad_checksum')).text).length, 1);
  const none = (await admin.get('/admin/faults?q=10.2&reason=bad_data')).text;
  assert.equal(rows(none).length, 0);
  assert.match(range(none), /^Записи отсутствуют/);
});

test('signs that mean something to the search are looked for as they are', async () => {
  assert.equal(rows((await admin.get('/admin/faults?q=100%25')).text).length, 1);
  assert.equal(rows((await admin.get('/admin/faults?q=10_2')).text).length, 0);
  assert.equal(rows((await admin.get('/admin/faults?q=%5C')).text).length, 0);
  assert.equal(rows((await admin.get(`/admin/faults?q=${encodeURIComponent("' or 1=1 --")}`)).text).length, 0);
});

test('broken sessions download as CSV that a spreadsheet opens: BOM, semicolons, CRLF, Cyrillic (GC-012)', async () => {
  const { status, headers, bytes, text } = await admin.get('/admin/faults.csv');
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'text/csv; charset=utf-8');
  assert.equal(headers['content-disposition'],
    `attachment; filename="lazur.csv"; filename*=UTF-8''${encodeURIComponent('Ошибки связи.csv')}`);
  assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  const lines = text.slice(1).split('\r\n');
  assert.equal(lines[0], 'Последний раз;Адрес;Причина;Раз;Первый раз;Подробности;Первые байты');
  assert.equal(lines[1], '01-04-2026 12:09:59;10.2.0.1;Контрольная сумма не сошлась;1234567;01-04-2026 12:00:03;"Телеграмма искажена по дороге, или прибор считает сумму иначе (<script>alert(""1"")</script>)";7ea0ff');
  assert.equal(lines[29], `01-02-2026 12:00:00;10.2.0.2;made_up_reason;1;01-02-2026 12:00:00;"'=HYPERLINK(""x"";""100%"")";`);
  assert.equal(lines.length, 31);
  assert.equal(lines[30], '');
});

test('the download holds what the filter shows, all pages of it (GC-012)', async () => {
  const { text } = await admin.get('/admin/faults?q=10.1.0.2&size=10');
  const address = text.match(/href="(\/admin\/faults\.csv[^"]*)"/)[1].replaceAll('&amp;', '&');
  const lines = (await admin.get(address)).text.split('\r\n');
  assert.equal(lines.length, 9 + 2);
});

test('broken sessions download as XLSX too, and one leads to its sessions in the exchange log', async () => {
  const file = await admin.get('/admin/faults.csv?reason=bad_checksum&format=xlsx');
  const rows_ = xlsxRows(saved({ ...file, headers: new Headers(file.headers) }).path);
  assert.deepEqual(rows_.at(-1).slice(1, 4), ['10.2.0.1', 'Контрольная сумма не сошлась', 1234567]);
  const id = stack.sql("select id from session_fault where reason = 'bad_checksum'")[0].id;
  assert.match((await admin.get(`/admin/faults?id=${id}`)).text,
    /href="\/admin\/exchange\?address=10\.2\.0\.1&amp;from=2026-04-01T12:00&amp;to=2026-04-01T12:09&amp;result=bad_checksum"/);
});

test('«Протокол работы» shows time, operator, action and note, newest first (GC-241)', async () => {
  const { text } = await admin.get('/admin/log');
  assert.deepEqual([...text.matchAll(/<th [^>]*>([\s\S]*?)<\/th>/g)].map((m) => plain(m[1])),
    ['Время', 'Оператор', 'Действие', 'Примечание']);
  const [first] = rows((await admin.get('/admin/log?q=adm-reader')).text);
  assert.match(first[0], /^\d\d-\d\d-\d{4} \d\d:\d\d:\d\d$/);
  assert.deepEqual(first.slice(1), ['adm-reader', 'Начало работы оператора', 'вход с компьютера 127.0.7.1']);
});

test('the log sorts by time, operator and action, one click up and the next down (GC-241, GC-036)', async () => {
  stack.exec(`insert into audit_log (at, operator_login, action, note) values
    ('2026-01-01', 'sort-b', 'sort x', ''), ('2026-01-03', 'sort-a', 'sort z', ''), ('2026-01-02', 'sort-c', 'sort y', '')`);
  const logins = async (sort) => rows((await admin.get(`/admin/log?q=sort-&sort=${sort}`)).text).map((r) => r[1].slice(-1)).join('');
  assert.equal(await logins('at'), 'bca');
  assert.equal(await logins('-at'), 'acb');
  assert.equal(await logins('login'), 'abc');
  assert.equal(await logins('-login'), 'cba');
  assert.equal(await logins('action'), 'bca');
  assert.equal(await logins('-action'), 'acb');
  const { text } = await admin.get('/admin/log?q=sort-&sort=login');
  const header = text.match(/<th[^>]*aria-sort="ascending"[\s\S]*?<\/th>/)[0];
  assert.match(header, /Оператор/);
  assert.match(header, /href="[^"]*sort=-login/);
});

test('the log downloads as CSV with the same filter (GC-012, GC-241)', async () => {
  const { text } = await admin.get(`/admin/log.csv?q=${encodeURIComponent('adm-reader')}`);
  const lines = text.slice(1).split('\r\n');
  assert.equal(lines[0], 'Время;Оператор;Действие;Примечание');
  assert.match(lines[1], /^\d\d-\d\d-\d{4} \d\d:\d\d:\d\d;adm-reader;Начало работы оператора;вход с компьютера 127\.0\.7\.1$/);
});

test('a long log downloads whole while the program\'s memory stays flat', async () => {
  stack.exec(`insert into audit_log (operator_login, action, note)
    select case when n <= 60000 then 'long-log' else 'brief-log' end, 'действие',
           repeat('примечание ', 10) || n from generate_series(1, 75000) n`);
  const pid = stack.pid('admin');
  const peak = () => Math.max(...fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
    .map((p) => Number(/VmHWM:\s*(\d+) kB/.exec(fs.readFileSync(`/proc/${p}/status`, 'utf8'))[1])));
  // A quarter of it, until every worker has had its turn: what allocators and
  // sanitizers keep for themselves is kept by then.
  for (let i = 0; i < 12; i++) await admin.get('/admin/log.csv?q=brief-log');
  const before_ = peak();
  const { text, bytes } = await admin.get('/admin/log.csv?q=long-log&sort=at');
  const lines = text.trimEnd().split('\r\n');
  assert.equal(lines.length, 60001);
  assert.match(lines[60000], / 60000$/);
  assert.ok(bytes.length > 10e6);
  assert.ok(peak() - before_ < 2048, `grew by ${peak() - before_} kB for ${bytes.length} bytes`);
  assert.equal(range((await admin.get('/admin/log?q=long-log')).text).replaceAll('\u202f', ' '),
    'Записи с 1 до 25 из более 10 000 записей (отфильтровано из 10 000 записей)');
});
