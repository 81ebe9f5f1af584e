// The language of serial numbers on the screens: the search of the main table
// and the count while an administrator types.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { csvRows, meterRows, operatorAdd, plain, ranges, signIn } from '../lib/site.mjs';
import { startStack } from '../lib/stack.mjs';

let stack; let site; let admin;
before(async () => {
  stack = await startStack({ meters: 10, programs: ['operator', 'admin', 'nginx'] });
  stack.exec(`
    insert into branch (id, name) values (901, 'Свой'), (902, 'Чужой'), (903, 'Большой');
    insert into subscriber (id, branch_id, account, address) select 9000 + b, b, 'N' || b, '' from unnest('{901,902,903}'::int[]) b;
    insert into subscriber (id, branch_id, account, address) values (9999, 901, '81-82', '');
    insert into meter (serial, meter_type_id, subscriber_id)
      select s, 1, 9901 from unnest('{8500001,8500231,8500232,8500240,8500245,8500246,86000,860001,8600012,87000,870001,8700012}'::text[]) s;
    insert into meter (serial, meter_type_id, subscriber_id) values ('8500002', 1, 9902), ('89-1', 1, 9999);
    insert into meter (serial, meter_type_id, subscriber_id) select 'X' || i, 1, 9903 from generate_series(1, 5) i;
    insert into meter (serial, meter_type_id, subscriber_id) select (4000000 + i)::text, 1, 9903 from generate_series(1, 11000) i;
    vacuum analyze meter`);
  operatorAdd(stack, 'serials-control', 'control', [901]);
  operatorAdd(stack, 'serials-many', 'view', [903]);
  operatorAdd(stack, 'serials-admin', 'admin', []);
  site = await signIn(stack, 'serials-control');
  admin = await signIn(stack, 'serials-admin');
});
after(() => stack?.stop());

const search = async (q, rest = '') => site.get(`/meters?size=100&q=${encodeURIComponent(q)}${rest}`);
const found = async (q, rest) => meterRows((await search(q, rest)).html).map((r) => r.serial);

test('GC-037 «Поиск» takes a mask, a list and a range, and finds what they name', async () => {
  for (const [q, serials] of [
    ['86000*', ['860001', '8600012']],
    ['87000?', ['870001']],
    ['8500232-8500245', ['8500232', '8500240', '8500245']],
    ['8500001,8500246', ['8500001', '8500246']],
    [' 8500001 , 8500232-8500245 , 86000*,87000? ', ['8500001', '8500232', '8500240', '8500245', '860001', '8600012', '870001']],
    ['*0024*', ['8500240', '8500245', '8500246']],
    ['8?????2', ['8500232', '8600012', '8700012']],
    ['8500002', []], ['850000?', ['8500001']], ['9*', []],
  ]) assert.deepEqual(await found(q), serials, q);
});

test('GC-037 a mask or a range that is broken is told with its mistake, and what only looks like one is not', async () => {
  const about = async (q) => plain((await search(q)).html.match(/<div class="empty">([\s\S]*?)<\/div>/)[1]);
  assert.match(await about('99-100'), /Номер 1, «99-100»: В номерах диапазона разное число цифр/);
  assert.match(await about('85??x'), /Допустимы только цифры/);
  for (const q of ['ул. Мира, 5', '8500777']) assert.doesNotMatch(await about(q), /Номер 1|Допустимы/, q);
});

test('GC-037 clearing the phrase restores the list, and * alone is all of it', async () => {
  const all = await found('');
  assert.equal(all.length, 13);
  assert.deepEqual(await found('*'), all);
});

test('GC-037 what a mask has found is counted, sorted and leafed through as any other', async () => {
  const page = await site.get('/meters?size=10&q=8*');
  assert.deepEqual(ranges(page.html), ['Записи с 1 до 10 из 12 записей (отфильтровано из 13 записей)']);
  const last = await site.get('/meters?size=10&q=8*&page=2&sort=serial&dir=desc');
  assert.deepEqual(meterRows(last.html).map((r) => r.serial), ['8500231', '8500001']);
  assert.deepEqual(ranges((await site.get('/meters?q=9*')).html), ['Записи отсутствуют (отфильтровано из 13 записей)']);
  for (const sort of ['account', 'at', 'volume', 'working', 'tamper', 'state', 'valve', 'balance']) {
    assert.deepEqual((await found('86000*', `&sort=${sort}&dir=desc`)).sort(), ['860001', '8600012'], sort);
  }
});

test('GC-037 of more than a thousand found by a mask it is said that there are more', async () => {
  const many = await signIn(stack, 'serials-many');
  assert.match(ranges((await many.get('/meters?q=4*')).html)[0], /из более 1 000 записей \(отфильтровано из 11 005 записей\)/);
  assert.match(ranges((await many.get('/meters?q=*')).html)[0], /из 11 005 записей/);
});

test('a dash or a comma that stands in an account or a number is still found', async () => {
  assert.deepEqual(meterRows((await search('81-82')).html).map((r) => r.account), ['81-82']);
  assert.deepEqual(await found('89-1'), ['89-1']);
  assert.deepEqual(await found('8500245-8500232'), [], 'reversed bounds name nothing');
});

test('GC-037 the CSV of the list is filtered by the same mask', async () => {
  const answer = await site.get(`/meters.csv?q=${encodeURIComponent('86000*,8500001')}`);
  assert.deepEqual(csvRows(answer.bytes).slice(1).map((r) => r[1]), ['8500001', '860001', '8600012']);
  assert.equal(csvRows((await site.get('/meters.csv?q=*')).bytes).length, 14);
});

const told = async (text) => {
  const answer = await admin.get(`/admin/serials?text=${encodeURIComponent(text)}`);
  assert.equal(answer.status, 200);
  assert.doesNotMatch(answer.html, /<html|<body/);
  return plain(answer.html);
};

test('while one types, the number of meters is told, of all branches', async () => {
  assert.equal(await told('8500001,8500002,86000*'), 'Подходит приборов: 4');
  assert.equal(await told('8500002,8500002,850000?'), 'Подходит приборов: 2');
  assert.equal(await told(''), '');
  assert.equal(await told('*'), `Подходит приборов: ${stack.sql('select count(*) as n from meter')[0].n.toLocaleString('ru').replace(/\s/g, ' ')}`);
  assert.equal(await told('4*'), 'Подходит приборов: более 10 000');
  assert.equal(await told('4001000-4001999'), 'Подходит приборов: 1 000');
});

test('numbers that no meter has are not a mistake, but it is said', async () => {
  assert.equal(await told('7777777'), 'Подходит приборов: 0. Такие номера пока не зарегистрированы.');
});

test('GC-200 what is wrong is told with the item and with what to do', async () => {
  for (const [text, sentence] of [
    ['8500001,15x', /^Номер 2, «15x»: Допустимы только цифры/],
    ['1,,2', /^Номер 2: Пусто между запятыми/],
    ['15*-16', /^Номер 1, «15\*-16»: В диапазоне не бывает «\*» и «\?»/],
    ['9-1', /^Номер 1, «9-1»: Последний номер диапазона меньше первого/],
    ['99-100', /^Номер 1, «99-100»: .*разное число цифр/],
    ['1 2', /^Номер 1, «1 2»: Пробел внутри номера/],
    ['<b>', /^Номер 1, «<b>»: Допустимы/],
    ['   ', /^Укажите номер прибора/],
  ]) assert.match(await told(text), sentence, text);
});

test('a long list is counted when it is posted, under whatever name its field has', async () => {
  const list = Array.from({ length: 5000 }, (_, i) => 4000001 + i).join(',');
  const answer = await admin.post('/admin/serials?field=numbers', { numbers: list });
  assert.equal(plain(answer.html), 'Подходит приборов: 5 000');
});

test('every reason to refuse an expression or a file has its words', async () => {
  const { readFileSync } = await import('node:fs');
  const { root } = await import('../lib/stack.mjs');
  const words = readFileSync(`${root}/templates/lang/ru.hdf`, 'utf8');
  for (const [file, group] of [['serials', 'SerialsWrong'], ['serials_csv', 'SerialsFile']]) {
    const source = readFileSync(`${root}/lib/units/${file}.c`, 'utf8');
    const names = [...source.matchAll(/\[SERIALS_\w+\] = "(\w+)"/g)].map((m) => m[1]).filter((n) => n !== 'fine');
    assert.ok(names.length > 5);
    const block = new RegExp(`^${group} \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(words)[1];
    for (const name of names) assert.match(block, new RegExp(`^  ${name} = \\S`, 'm'), name);
  }
});
