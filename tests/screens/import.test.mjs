// «Импорт данных»: a table is sent, the worker does what it says, the report
// tells what it did (GC-141 ... GC-156).
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { alive, childrenOf, until } from '../lib/listener.mjs';
import { plain } from '../lib/site.mjs';
import { startStack } from '../lib/stack.mjs';
import { Visitor } from '../lib/visitor.mjs';
import { rowsText, workbook, zip } from '../lib/xlsx.mjs';

const head = ['Лицевой счет', 'Серийный номер', 'Адрес', 'Филиал', 'Тариф,руб/1000м3', 'Примечание', 'ФИО', 'Телефон'];
let stack; let admin;

before(async () => {
  stack = await startStack({ fresh: true, meters: 30 });
  stack.exec(`insert into meter (serial, meter_type_id) select s, (select min(id) from meter_type where medium = 'gas')
    from unnest(array['1715964', '1711618', '0091500', '0091501', '0091502', '0091503']) s`);
  admin = new Visitor(stack, { address: '127.0.8.1' });
  await admin.signIn('admin');
});
after(async () => { if (stack) await stack.stop(); });

// The form as a browser sends it: fields, then the file.
function form(fields, file, name = 'абоненты.xlsx', field = 'file') {
  const mark = '----boundary7d3';
  const parts = Object.entries(fields).map(([k, v]) => `--${mark}\r\nContent-Disposition: form-data; name="${k}"\r\n\r\n${v}\r\n`);
  return {
    body: Buffer.concat([Buffer.from(parts.join('')),
      Buffer.from(`--${mark}\r\nContent-Disposition: form-data; name="${field}"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`),
      file, Buffer.from(`\r\n--${mark}--\r\n`)]),
    headers: { 'Content-Type': `multipart/form-data; boundary=${mark}` },
  };
}
const send = (v, file, options = {}, name) => v.request('POST', '/admin/import', form({ csrf: v.csrf, ...options }, file, name));

const idOf = (answer) => Number(/^\/admin\/imports\/(\d+)$/.exec(answer.to)?.[1]);
const job = (id) => stack.sql(`select * from job where id = ${id}`)[0];

async function asked(rows, options = {}) {
  await admin.get('/admin/import');
  const answer = await send(admin, Buffer.isBuffer(rows) ? rows : workbook(rows), options);
  assert.equal(answer.status, 303, plain(answer.text));
  return idOf(answer);
}
const over = (id, ms = 120000) => until(() => !['queued', 'running'].includes(job(id).state), ms);

// The text of «Отчёт», or what is said instead of it.
async function imported(rows, options = {}) {
  const id = await asked(rows, options);
  await over(id);
  const page = await admin.get(`/admin/imports/${id}`);
  const report = /<pre[^>]*>([\s\S]*?)<\/pre>/.exec(page.text);
  return { id, page: page.text, report: report ? report[1].replace(/&#39;/g, "'").replace(/&quot;/g, '"') : '' };
}
const counts = (report) => Object.fromEntries([...report.matchAll(/^([^:\n]+):(\d+)$/gm)].map(([, k, n]) => [k, Number(n)]));
const subscriber = (account) => stack.sql(`select s.*, b.name as branch, t.name as tariff, t.price_kopecks_per_1000_m3 as price
  from subscriber s left join branch b on b.id = s.branch_id left join tariff t on t.id = s.tariff_id where s.account = '${account}'`)[0];
const meter = (serial) => stack.sql(`select m.*, s.account as owner from meter m left join subscriber s on s.id = m.subscriber_id where m.serial = '${serial}'`)[0];

// All that an import may touch, as bytes.
const touched = ['branch', 'tariff', 'tariff_price', 'subscriber', 'meter', 'meter_state', 'meter_charge', 'meter_place', 'meter_cell',
  'meter_count', 'place_count', 'account_operation', 'meter_identity', 'command'];
// But for the moment when a meter came to its subscriber, which is that of the import.
// The row is not named x: a place has a column of that name.
const dump = () => stack.exec(touched.map((t) => `select '${t}'; select (to_jsonb(whole) - 'subscriber_since')::text from ${t} whole order by 1;`).join('\n'));

test('the dialog «Импорт данных» has its file, check boxes, warning and buttons (GC-147)', async () => {
  const { status, text } = await admin.get('/admin/import');
  assert.equal(status, 200);
  const words = plain(text);
  for (const label of ['Импорт данных', 'Файл с данными (Excel 2007, *.XLSX)', 'Удалять абонентов без счётчиков',
    'Пробный импорт без изменения данных в системе', 'ВНИМАНИЕ !', 'Внесённые изменения являются необратимыми!', 'Выполнить', 'Отмена']) {
    assert.ok(words.includes(label), label);
  }
  assert.match(text, /<form[^>]*action="\/admin\/import"[^>]*enctype="multipart\/form-data"/);
  assert.match(text, /<a class="help-here" href="\/help#/);
  assert.ok(text.indexOf('name="csrf"') < text.indexOf('type="file"'), 'the token stands before the file');
});

test('the table of the manual adds branches, a tariff and subscribers, binds meters and reports it (GC-144, GC-148, GC-149, GC-150, GC-155)', async () => {
  const { id, report, page } = await imported([head,
    ['0010671668', '1715964', 'Москва, ул.Саляма Адила, д.1', 'Запад', 5784.93, '', 'Иванов Иван Иванович', '555-01-99'],
    ['0013616144', '1711618', 'Москва, ул.Иогана Баха, д.9', 'Юг', 5784.93, 'Демонтирован', 'Петров Пётр Петрович', '555-48-23']]);
  assert.equal(report, `Отчёт о выполнении импорта данных
~~~~~

Всего строк обработано:2
Добавлено абонентов:2
Удалено абонентов:0
Изменено абонентов:0
Добавлено филиалов:2
Добавлено тарифов:1
Изменено привязок счётчиков:2
`);
  assert.match(plain(page), /Не забудьте предоставить операторам доступ/);
  const first = subscriber('0010671668');
  assert.deepEqual([first.address, first.branch, first.tariff, Number(first.price), first.last_name, first.first_name, first.phone],
    ['Москва, ул.Саляма Адила, д.1', 'Запад', '5784,93', 578493, 'Иванов', 'Иван Иванович', '555-01-99']);
  assert.deepEqual([meter('1715964').owner, meter('1715964').account, meter('1715964').branch_id, meter('1711618').note],
    ['0010671668', '0010671668', first.branch_id, 'Демонтирован']);
  assert.equal(stack.sql(`select branch_id from meter_state where meter_id = ${meter('1711618').id}`)[0].branch_id, subscriber('0013616144').branch_id);
  assert.equal(stack.sql("select count(*)::int as n from tariff_price p join tariff t on t.id = p.tariff_id where t.name = '5784,93'")[0].n, 1);
  const [line] = stack.sql("select operator_login, note, host(address) as address from audit_log where action = 'Импорт данных' order by id desc limit 1");
  assert.deepEqual([line.operator_login, line.address], ['admin', '127.0.8.1']);
  assert.match(line.note, /^файл абоненты\.xlsx: строк 2, абонентов добавлено 2, изменено 0, удалено 0, филиалов добавлено 2, тарифов добавлено 1, привязок изменено 2, ошибок 0$/);
  const file = await admin.get(`/downloads/${id}/file`);
  assert.equal(file.text, report, 'the download is the report');
  assert.match(decodeURIComponent(file.headers['content-disposition']), /Отчёт об импорте абоненты\.xlsx\.txt/);
  assert.equal(stack.sql('select count(*)::int as n from upload')[0].n, 0, 'the file is not kept');
});

test('the same table again changes nothing, and says so (GC-149)', async () => {
  const before = dump();
  const { report } = await imported([head,
    ['0010671668', '1715964', 'Москва, ул.Саляма Адила, д.1', 'Запад', 5784.93, '', 'Иванов Иван Иванович', '555-01-99'],
    ['0013616144', '1711618', 'Москва, ул.Иогана Баха, д.9', 'Юг', 5784.93, 'Демонтирован', 'Петров Пётр Петрович', '555-48-23']]);
  assert.deepEqual(Object.values(counts(report)), [2, 0, 0, 0, 0, 0, 0]);
  assert.equal(dump(), before);
});

test('without «ФИО» and «Телефон», and where they are empty, name and phone stay (GC-142, GC-145, GC-146)', async () => {
  const six = await imported([head.slice(0, 6), ['0010671668', '1715964', 'Москва, новый адрес', 'Запад', 5784.93, 'на счётчике']]);
  assert.equal(counts(six.report)['Изменено абонентов'], 1);
  assert.deepEqual([subscriber('0010671668').full_name, subscriber('0010671668').phone, subscriber('0010671668').address, meter('1715964').note],
    ['Иванов Иван Иванович', '555-01-99', 'Москва, новый адрес', 'на счётчике']);
  const seven = await imported([head.slice(0, 7), ['0010671668', '1715964', 'Москва, новый адрес', 'Запад', 5784.93, '', 'Сидоров С.С.']]);
  assert.equal(counts(seven.report)['Изменено абонентов'], 1);
  assert.deepEqual([subscriber('0010671668').last_name, subscriber('0010671668').first_name, subscriber('0010671668').phone], ['Сидоров', 'С.С.', '555-01-99']);
  assert.equal(meter('1715964').note, '', 'an empty note is a note');
  const eight = await imported([head, ['0010671668', '1715964', 'Москва, новый адрес', 'Запад', 5784.93, '', '', '+7 900 12']]);
  assert.equal(counts(eight.report)['Изменено абонентов'], 1);
  assert.deepEqual([subscriber('0010671668').full_name, subscriber('0010671668').phone], ['Сидоров С.С.', '+7 900 12']);
});

test('a phone that the form of a subscriber refuses is refused in a table too, in the same words (GC-146)', async () => {
  const told = 'ужен номер из 5–15 цифр, можно с «+», скобками и дефисами';
  const phones = ['123', '8 900 нет', '8 900 123-45-67, 89001234568'];
  const { report } = await imported([head, ...phones.map((phone, i) => [`77${i}`, '', 'Москва', 'Запад', 5784.93, '', '', phone])]);
  for (const [i, phone] of phones.entries()) {
    assert.ok(report.includes(`Строка ${i + 2}: н${told}, столбец H`), report);
    assert.ok(plain((await admin.post('/admin/subscribers/new', { csrf: admin.csrf, phone })).text).includes(`Н${told}`), phone);
  }
  assert.equal(stack.sql("select 1 from subscriber where account in ('770', '771', '772')").length, 0);
});

test('a meter that was bound to another goes to the subscriber of its row, and is counted (GC-150)', async () => {
  const { report } = await imported([head.slice(0, 6),
    ['0013616144', '1715964', 'Москва, ул.Иогана Баха, д.9', 'Юг', 5784.93, '']]);
  assert.equal(counts(report)['Изменено привязок счётчиков'], 1);
  assert.equal(meter('1715964').owner, '0013616144');
  assert.equal(meter('1715964').branch_id, subscriber('0013616144').branch_id);
  assert.equal(meter('1711618').owner, '0013616144', 'he keeps the other one');
});

test('an unknown serial is reported by its row, the rest is done; so are rows that are wrong in themselves (GC-144, GC-151)', async () => {
  const { report, id } = await imported([head.slice(0, 6),
    ['5001', '404404', 'Клин, 1', 'Запад', 100, ''],
    ['', '', '', '', '', ''],
    ['5002', '0091500', 'Клин, 2', 'Запад', '5784,93', ''],
    ['5003', '0091501', 'Клин, 3', 'Запад', 'дорого', ''],
    ['', '0091501', 'Клин, 4', 'Запад', 100, ''],
    ['5005', '', 'Клин, 5', 'Запад', 100, ''],
    ['5006', '091500', 'Клин, 6', 'Запад', -1, '']]);
  assert.match(report, /Всего строк обработано:6\nДобавлено абонентов:3\n/);
  assert.match(report, /\n\nОшибки\n~~~~~\n\nНе найден счётчик, указанный в строке 2\nСтрока 5: тариф не является числом рублей и копеек, столбец E\nСтрока 6: не заполнен столбец A\nНе найден счётчик, указанный в строке 7\nСтрока 8: тариф не является числом рублей и копеек, столбец E\n$/);
  assert.equal(meter('0091500').owner, '5002', 'leading zeros are part of a serial');
  assert.equal(subscriber('5003'), undefined);
  assert.equal(subscriber('5001').branch, 'Запад');
  const csv = await admin.get(`/admin/imports/${id}/problems.csv`);
  assert.equal(csv.text, '\ufeffСтрока;Вид;Сообщение\r\n2;Ошибка;Не найден счётчик, указанный в строке 2\r\n5;Ошибка;Строка 5: тариф не является числом рублей и копеек, столбец E\r\n6;Ошибка;Строка 6: не заполнен столбец A\r\n7;Ошибка;Не найден счётчик, указанный в строке 7\r\n8;Ошибка;Строка 8: тариф не является числом рублей и копеек, столбец E\r\n');
});

test('of an account or a serial that stands in the file again the last row counts, with a warning', async () => {
  const { report } = await imported([head.slice(0, 6),
    ['5002', '0091502', 'Клин, 2', 'Запад', 5784.93, 'первый'],
    ['5002', '0091500', 'Клин, 2', 'Запад', 5784.93, ''],
    ['5005', '0091502', 'Клин, 5а', 'Запад', 100, 'последний'],
    ['5005', '0091503', 'Клин, 5б', 'Запад', 100, '']]);
  assert.match(report, /\n\nПредупреждения\n~~~~~\n\nСтрока 2: счётчик повторяется в файле: 0091502; действует строка 4\nСтрока 4: лицевой счёт повторяется с другими данными: 5005; действует строка 5\n$/);
  assert.deepEqual([meter('0091502').owner, meter('0091502').note, subscriber('5005').address], ['5005', 'последний', 'Клин, 5б']);
  assert.deepEqual([meter('0091500').owner, meter('0091503').owner], ['5002', '5005'], 'two meters of one account are no mistake');
});

test('a tariff is matched by its price; of two with the price the subscriber keeps his', async () => {
  stack.exec(`insert into tariff (name, price_kopecks_per_1000_m3) values ('Льготный', 10000), ('77,7', 1);
    update subscriber set tariff_id = (select id from tariff where name = 'Льготный') where account = '5005'`);
  const { report } = await imported([head.slice(0, 6),
    ['5005', '0091503', 'Клин, 5б', 'Запад', '100,00', ''], ['5001', '0091501', 'Клин, 1', 'Запад', 77.7, '']]);
  assert.equal(subscriber('5005').tariff, 'Льготный');
  assert.deepEqual([subscriber('5001').tariff, Number(subscriber('5001').price)], ['77,70', 7770]);
  assert.deepEqual([counts(report)['Изменено абонентов'], counts(report)['Добавлено тарифов']], [1, 1]);
});

test('a trial makes the whole report and leaves every byte as it was (GC-153)', async () => {
  const rows = [head, ['9001', '1715964', 'Тверь, 1', 'Новый филиал', 1.5, 'x', 'Новый Н.Н.', '1'],
    ['5005', '404', 'Тверь, 2', 'Юг', 9, '', '', '']];
  const before = dump();
  const trial = await imported(rows, { trial: '1', drops: '1' });
  assert.equal(dump(), before);
  assert.match(plain(trial.page), /Пробный импорт: в системе ничего не изменено/);
  assert.match(trial.report, /Не найден счётчик, указанный в строке 3/);
  const [line] = stack.sql("select note from audit_log where action = 'Импорт данных' order by id desc limit 1");
  assert.match(line.note, /^пробный, файл/);
  const real = await imported(rows, { drops: '1' });
  assert.deepEqual(counts(real.report), counts(trial.report), 'the real one does what the trial said');
  assert.notEqual(dump(), before);
  assert.ok(counts(real.report)['Удалено абонентов'] > 0);
});

test('«Удалять абонентов без счётчиков» deletes all of them, with their operations; without it nobody goes (GC-152)', async () => {
  stack.exec(`insert into subscriber (branch_id, account, address) select min(id), 'без', 'Клин' from branch;
    insert into account_operation (subscriber_id, kind, amount_kopecks, balance_kopecks, document, operator_login)
      select id, 'accrual', 100, 100, '1', 'admin' from subscriber where account = 'без'`);
  const rows = [head.slice(0, 6), ['5005', '0091503', 'Клин, 5б', 'Юг', 9, '']];
  await imported(rows);
  const { id } = subscriber('без');
  const { report } = await imported(rows, { drops: '1' });
  assert.equal(counts(report)['Удалено абонентов'], 1);
  assert.equal(subscriber('без'), undefined);
  assert.equal(stack.sql(`select count(*)::int as n from account_operation where subscriber_id = ${id}`)[0].n, 0);
  assert.equal(stack.sql('select count(*)::int as n from subscriber s where not exists (select from meter m where m.subscriber_id = s.id)')[0].n, 0);
});

// ---- files of different programs -------------------------------------------------

const rows = [head, ['0010671668', '1715964', 'Москва <ул. "А" & Б>', 'Запад', 5784.93, '', 'Иванов Иван', '555-01'],
  ['7001', '1711618', 'Клин', 'Юг', 100, 'да', '', '']];
const scripts = {
  openpyxl: (file) => spawnSync('/usr/bin/python3', ['-c', `
import openpyxl, json, sys
b = openpyxl.Workbook()
for row in json.loads(sys.argv[1]): b.active.append([None if c == '' else c for c in row])
b.save(sys.argv[2])`, JSON.stringify(rows), file], { encoding: 'utf8' }),
  'Excel::Writer::XLSX': (file) => spawnSync('perl', ['-MExcel::Writer::XLSX', '-CA', '-e', `
my $b = Excel::Writer::XLSX->new(shift); my $s = $b->add_worksheet; my $r = 0;
for my $line (split /\\n/, shift) { my $c = 0;
  for my $v (split /\\t/, $line, -1) { $r && $c == 4 ? $s->write_number($r, $c, $v) : length $v ? $s->write_string($r, $c, $v) : 0; $c++ } $r++ }
$b->close;`, file, rowsText(rows)], { encoding: 'utf8' }),
  'libxlsxwriter, shared texts': (file) => spawnSync(path.join(stack.build, 'report/make_table'), [file, 'shared', 'E'], { input: rowsText(rows), encoding: 'utf8' }),
  'libxlsxwriter, inline texts': (file) => spawnSync(path.join(stack.build, 'report/make_table'), [file, 'inline', 'E'], { input: rowsText(rows), encoding: 'utf8' }),
};

test('files of three programs, and with the habits of Excel, «МойОфис» and hand-typed columns, mean the same (GC-141)', async () => {
  const files = Object.entries(scripts).map(([name, make]) => {
    const file = path.join(stack.folder, 'made.xlsx');
    const r = make(file);
    assert.equal(r.status, 0, `${name}: ${r.stderr}`);
    return [name, fs.readFileSync(file)];
  });
  for (const habit of ['excel', 'myoffice', 'typed']) files.push([habit, workbook(rows, habit)]);
  await imported(rows);
  const want = dump();
  for (const [name, file] of files) {
    stack.exec("update subscriber set address = 'другой', phone = '' where account in ('0010671668', '7001'); update meter set subscriber_id = null, note = 'x' where serial in ('1715964', '1711618')");
    const { report } = await imported(file);
    assert.deepEqual(Object.values(counts(report)), [2, 0, 0, 2, 0, 0, 2], name);
    assert.equal(dump(), want, name);
  }
});

// ---- what is refused -------------------------------------------------------------

const refused = async (file) => {
  const before = dump();
  const { id, page } = await imported(file);
  assert.equal(job(id).state, 'failed');
  assert.equal(dump(), before);
  assert.match(plain(page), /В системе ничего не изменено/);
  return plain(page);
};

test('another number of columns or another heading is refused, and it says which (GC-142, GC-143)', async () => {
  assert.match(await refused(workbook([head.slice(0, 5)])), /В таблице должно быть 6, 7 или 8 столбцов/);
  assert.match(await refused(workbook([[...head, 'Ещё']])), /В таблице должно быть 6, 7 или 8 столбцов/);
  assert.match(await refused(workbook([[...head.slice(0, 6), 'Телефон']])), /G1: «Телефон», должно быть «ФИО»/);
  assert.match(await refused(workbook([head.map((h) => h.replace('счет', 'счёт'))])), /A1: «Лицевой счёт», должно быть «Лицевой счет»/);
  assert.match(await refused(workbook([['1', '2', '3', '4', 5, '6']])), /A1: «1», должно быть «Лицевой счет»/);
  assert.match(await refused(workbook([head.slice(0, 6), ['1', '2', '3', '4', 5, '6', 'лишнее']])), /больше столбцов, чем в заголовке.*Строка 2/);
});

test('what is no XLSX, old, protected, hostile or damaged is refused with words (GC-141)', async () => {
  const good = workbook(rows);
  const ole = Buffer.from('d0cf11e0a1b11ae1', 'hex');
  const protectedFile = Buffer.concat([ole, Buffer.alloc(1016), Buffer.from('EncryptedPackage', 'utf16le'), Buffer.alloc(512)]);
  const sheet = (xml) => zip({
    '_rels/.rels': '<Relationships><Relationship Id="r" Type="x/officeDocument" Target="w.xml"/></Relationships>',
    'w.xml': '<workbook><sheets><sheet id="s"/></sheets></workbook>',
    '_rels/w.xml.rels': '<Relationships><Relationship Id="s" Type="x/worksheet" Target="s.xml"/></Relationships>',
    's.xml': xml,
  });
  for (const [file, words] of [
    [Buffer.from('a;b\n1;2\n'), /Это не файл XLSX/],
    [Buffer.concat([ole, Buffer.alloc(2048)]), /Excel 97-2003/],
    [protectedFile, /защищён паролем/],
    [zip({ 'a.txt': 'x' }), /В файле нет таблицы/],
    [good.subarray(0, good.length - 30), /повреждён или передан не полностью/],
    [sheet('<worksheet><sheetData><row>'), /повреждён/],
    [sheet('<!DOCTYPE w [<!ENTITY a "b">]><worksheet/>'), /DOCTYPE/],
    [sheet(`<worksheet>${' '.repeat(40 << 20)}</worksheet>`), /недопустимо большой/],
  ]) assert.match(await refused(file), words);
});

test('a form without a file, with another file or without the token changes nothing and keeps nothing', async () => {
  const uploads = () => stack.sql('select count(*)::int as n from upload')[0].n;
  const jobs = () => stack.sql('select count(*)::int as n from job')[0].n;
  const was = [uploads(), jobs()];
  await admin.get('/admin/import');
  const none = await send(admin, Buffer.alloc(0), {}, '');
  assert.deepEqual([none.status, /Выберите файл/.test(none.text)], [422, true]);
  const xls = await send(admin, Buffer.from('x'), {}, 'a.xls');
  assert.deepEqual([xls.status, /Нужен файл \*\.XLSX/.test(xls.text)], [422, true]);
  assert.equal((await admin.request('POST', '/admin/import', form({ csrf: 'no' }, workbook(rows)))).status, 403);
  assert.equal((await admin.request('POST', '/admin/import', form({}, workbook(rows)))).status, 403);
  assert.equal((await admin.post('/admin/import', {})).status, 422, 'a form of another kind has no file');
  const cut = form({ csrf: admin.csrf }, workbook(rows));
  assert.equal((await admin.request('POST', '/admin/import', { ...cut, body: cut.body.subarray(0, cut.body.length - 20) })).status, 422);
  assert.deepEqual([uploads(), jobs()], was);
});

test('a file that is too large is refused with words, by the program and by the web server', async () => {
  await admin.get('/admin/import');
  const large = await send(admin, Buffer.alloc((64 << 20) + 70000));
  assert.deepEqual([large.status, /Принимаются файлы до 64 МБ/.test(large.text)], [413, true]);
  const huge = await send(admin, Buffer.alloc(73 << 20));
  assert.deepEqual([huge.status, /Принимаются файлы до 64 МБ/.test(huge.text)], [413, true]);
  assert.equal(stack.sql('select count(*)::int as n from upload')[0].n, 0);
});

test('an import belongs to who asked for it: another administrator finds none', async () => {
  const id = await asked(rows, { trial: '1' });
  await over(id);
  stack.exec("insert into operator (login, password_hash, role) select 'админ-2', password_hash, 'admin' from operator where login = 'admin'");
  const other = new Visitor(stack, { address: '127.0.8.2' });
  await other.signIn('админ-2');
  for (const part of ['', '/live', '/problems.csv']) assert.equal((await other.get(`/admin/imports/${id}${part}`)).status, 404, part);
  assert.equal((await other.post(`/admin/imports/${id}/cancel`)).status, 404);
});

// ---- a large one, on its way ---------------------------------------------------------

const many = (n, note = '') => [head.slice(0, 6), ...Array.from({ length: n }, (_, i) => [
  `8${String(i).padStart(7, '0')}`, `77${String(i).padStart(6, '0')}`, `г. Клин, ул. Новая, д. ${i}`, `Участок ${i % 20}`, 5000 + (i % 5), note])];

test('the example of 10,280 rows is imported (GC-154)', async () => {
  stack.exec("insert into meter (serial, meter_type_id) select '77' || lpad(i::text, 6, '0'), (select min(id) from meter_type where medium = 'gas') from generate_series(0, 10261) i");
  const { report, page } = await imported(many(10280));
  assert.deepEqual(Object.values(counts(report)), [10280, 10280, 0, 0, 20, 5, 10262]);
  assert.equal(report.match(/Не найден счётчик, указанный в строке/g).length, 18);
  assert.match(page, /data-copy="#import-report"/);
  assert.deepEqual(stack.sql('select count(*)::int as n from (select branch_id, count(*) from meter group by 1 except select nullif(branch_id, 0), n from meter_count) x'), [{ n: 0 }], 'the counts follow');
});

test('more than a thousand errors: the page shows the first, the file has them all', async () => {
  const { id, report, page } = await imported(many(1500).map((r, i) => (i ? [r[0], `нет${i}`, ...r.slice(2)] : r)), { trial: '1' });
  assert.equal(report.match(/Не найден счётчик/g).length, 1000);
  assert.match(plain(page), /Остальные строки есть в файле отчёта, их 500/);
  assert.equal((await admin.get(`/downloads/${id}/file`)).text.match(/Не найден счётчик/g).length, 1500);
  assert.equal((await admin.get(`/admin/imports/${id}/problems.csv`)).text.split('\r\n').length, 1502);
});

// Every new subscriber waits, so that something can happen meanwhile.
const slowly = (seconds) => stack.exec(`drop trigger if exists slow on subscriber;
  create or replace function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(${seconds}); return null; end $$;
  create trigger slow before insert on subscriber for each statement execute function slow()`);
const quickly = () => stack.exec('drop trigger if exists slow on subscriber');
const sleepers = () => stack.sql("select pid from pg_stat_activity where wait_event = 'PgSleep'", 'postgres').length;
const inside = (id) => until(() => job(id).state === 'running' && sleepers() > 0, 30000);

test('while it runs its page tells how far it is; told to stop, it stops and nothing is changed', async () => {
  const before = dump();
  slowly(60);
  const id = await asked(many(50).map((r, i) => (i ? [`c${r[0]}`, ...r.slice(1)] : r)));
  await inside(id);
  await until(() => Number(job(id).done) >= 50);
  const page = await admin.get(`/admin/imports/${id}`);
  assert.match(page.text, /<progress max="100" value="\d+"/);
  const live = /hx-get="([^"]*live[^"]*)"/.exec(page.text)[1].replace(/&amp;/g, '&');
  assert.equal((await admin.get(live)).status, 204, 'nothing new');
  assert.equal((await admin.post(`/admin/imports/${id}/cancel`)).to, `/admin/imports/${id}`);
  assert.match(plain((await admin.get(`/admin/imports/${id}`)).text), /Импорт прерван, в системе ничего не изменено/);
  assert.notEqual((await admin.get(live)).status, 204, 'the page hears of it');
  await until(() => sleepers() === 0);
  quickly();
  assert.equal(dump(), before);
});

test('a worker killed in the middle leaves nothing half done, and another does all of it', async () => {
  const before = dump();
  slowly(60);
  const id = await asked(many(50).map((r, i) => (i ? [`k${r[0]}`, ...r.slice(1)] : r)));
  await inside(id);
  const victim = childrenOf(stack.pid('listener')).find((c) => c.duty === 'worker').pid;
  process.kill(victim, 'SIGKILL');
  await until(() => !alive(victim));
  // Its server process notices when it wants to answer; it is woken here.
  stack.sql("select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'", 'postgres');
  await until(() => sleepers() === 0);
  assert.equal(dump(), before);
  quickly();
  stack.exec(`update job set lease_until = now() where id = ${id}`);
  await over(id);
  assert.deepEqual([job(id).state, job(id).attempts], ['done', 2]);
  assert.equal(stack.sql("select count(*)::int as n from subscriber where account like 'k8%'")[0].n, 50);
  assert.equal(stack.sql(`select count(*)::int as n from import_report where job_id = ${id}`)[0].n, 1);
  assert.equal(stack.sql("select count(*)::int as n from audit_log where action = 'Импорт данных' and note like '%строк 50,%'")[0].n, 1);
});

test('sessions that are charged meanwhile lose nothing: every balance is the sum of its operations', async () => {
  stack.exec(`update subscriber set calculates_balance = true where account like '8%';
    update meter_state set last_at = now() - interval '1 day', volume_dm3 = 1000 where meter_id in (select id from meter where serial like '77%');
    insert into meter_charge select meter_id, last_at, volume_dm3 from meter_state where charges and volume_dm3 is not null on conflict (meter_id) do update set at = excluded.at, volume_dm3 = excluded.volume_dm3`);
  // The meters of a third change hands, another third moves to another branch.
  const next = many(3000).map((r, i) => (i === 0 ? r : i % 3 === 0 ? [`8${String((i + 1) % 3000).padStart(7, '0')}`, ...r.slice(1)]
    : i % 3 === 1 ? [...r.slice(0, 3), `Участок ${(i + 7) % 20}`, ...r.slice(4)] : r));
  const id = await asked(next);
  let charged = 0;
  for (let turn = 0; turn < 200 && (turn < 3 || ['queued', 'running'].includes(job(id).state)); turn++) {
    // As a batch of sessions does it: the states first, then the accounts.
    try {
      stack.exec(`begin;
        create temp table told on commit drop as
          select m.id, s.last_at + interval '1 minute' as at, s.volume_dm3 + 7 as v from meter m join meter_state s on s.meter_id = m.id
           where m.serial like '77000%' and s.charges;
        update meter_state s set last_at = t.at, volume_dm3 = t.v from told t where s.meter_id = t.id;
        select account_charge(array(select id from told order by id), array(select at from told order by id),
          array(select now() from told), array(select v from told order by id)) \\g /dev/null
        commit`);
      charged++;
    } catch (e) {
      assert.equal(e.code, '40P01', 'the only way to lose is to wait for each other, and a batch is sent again');
    }
  }
  await over(id);
  assert.equal(job(id).state, 'done');
  assert.ok(charged >= 3);
  assert.deepEqual(stack.sql(`select s.id from subscriber s join (
      select subscriber_id, sum(case kind when 'debit' then -1 else 1 end * (amount_kopecks * 1000000::numeric + amount_carry)) as exact
        from account_operation group by 1) o on o.subscriber_id = s.id
    where s.balance_kopecks * 1000000::numeric + s.balance_carry <> o.exact and s.account like '8%'`), []);
  assert.deepEqual(stack.sql(`select m.id from meter m join meter_state t on t.meter_id = m.id left join subscriber s on s.id = m.subscriber_id
    where (m.branch_id, m.account, t.branch_id, t.charges) is distinct from (s.branch_id, s.account, s.branch_id, coalesce(s.calculates_balance, false)) and m.serial like '77%'`), []);
});
