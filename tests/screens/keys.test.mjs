// «Ключи»: which secrets a meter has, one of them for who asks, by hand, out of
// a file, changed in the meter; and that no value stands anywhere else.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { directory, errorsOf, fieldsOf, noticesOf, toastOf } from '../lib/directory.mjs';
import { plain, signIn } from '../lib/site.mjs';
import { startStack } from '../lib/stack.mjs';
import { addOperator } from '../lib/visitor.mjs';
import { workbook } from '../lib/xlsx.mjs';

let stack; let admin; let meters;
const EK = '00112233445566778899AABBCCDDEEFF';
const AK = 'a0a1a2a3a4a5a6a7a8a9aaabacadaeaf';
const KEK = 'deadbeefdeadbeefdeadbeefdeadbeef';
const used = new Set([EK, AK, KEK]); // every value that was ever given
const one = (sql) => stack.sql(sql)[0];
const id = (serial) => Number(one(`select id from meter where serial = '${serial}'`).id);
const log = () => one('select operator_login as by, action, note, host(address) as address from audit_log order by id desc limit 1');
const count = () => Number(one('select count(*) as n from audit_log').n);
const kept = (serial) => one(`select s.identity, encode(s.sealed, 'hex') as sealed, s.key_mark is not null as marked, s.ciphers, s.candidate is not null as changing, s.sent, s.outcome
  from meter_identity k join meter_secret s on s.identity = k.identity where k.meter_id = ${id(serial)}`);
const page = async (serial) => (await admin.get(`/admin/meters/${id(serial)}/keys`)).html;
// name -> [value, by, how]
const rows = (html) => Object.fromEntries([...html.matchAll(/<tr id="k-(\w+)">([\s\S]*?)<\/tr>/g)].map(([, name, row]) => {
  const cells = [...row.matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map((c) => plain(c[1]));
  return [name, [cells[0], cells[2], cells[3]]];
}));
const send = (serial, what, fields = {}) => meters.send(`/${id(serial)}/keys/${what}`, fields);
const set = (serial, fields) => {
  for (const [k, v] of Object.entries(fields)) if (['lls', 'hls', 'ek', 'ak', 'kek', 'radio'].includes(k)) used.add(v);
  return send(serial, 'set', fields);
};
async function show(serial, name) {
  const form = await admin.get(`/admin/meters/${id(serial)}/keys/show?name=${name}`);
  const answer = await admin.post(`/admin/meters/${id(serial)}/keys/show`, fieldsOf(form.html));
  return { ...answer, value: plain(answer.html.match(/id="shown">([\s\S]*?)<\/output>/)?.[1] ?? '') };
}
async function importFile(bytes, { name = 'ключи.csv', trial = false } = {}) {
  const form = await admin.get('/admin/meters/keys-import');
  const body = new FormData();
  body.append('csrf', fieldsOf(form.html).csrf);
  body.append('back', '/admin/meters');
  if (trial) body.append('trial', '1');
  body.append('file', new Blob([bytes]), name);
  const answer = await admin.ask('/admin/meters/keys-import', { method: 'POST', body });
  const list = answer.status === 303 ? (await admin.get(answer.location)).html : '';
  return { status: answer.status, html: answer.html, done: toastOf(list),
    problems: [...answer.html.matchAll(/<li>((?!<a)[\s\S]*?)<\/li>/g)].map((m) => plain(m[1])) };
}

before(async () => {
  stack = await startStack({ programs: 'web', meters: 10, days: 1, fresh: true });
  for (const [login, role] of [['keeper', 'admin'], ['second', 'admin'], ['watcher', 'control']]) addOperator(stack, login, role);
  stack.exec(`insert into meter (serial, meter_type_id) select 'K' || i, (select id from meter_type where name = 'СГ-Лазурь G4') from generate_series(1, 9) i`);
  admin = await signIn(stack, 'keeper');
  meters = directory(admin, '/admin/meters');
});
after(() => stack?.stop());

test('the selected meter has a button «Ключи», and its page says what is kept and never the value', async () => {
  const html = (await admin.get(`/admin/meters?id=${id('K1')}`)).html;
  assert.match(html, new RegExp(`href="/admin/meters/${id('K1')}/keys"[^>]*>[\\s\\S]{0,200}Ключи`));
  assert.deepEqual(Object.keys(rows(await page('K1'))), ['mechanism', 'suite', 'sap', 'title', 'lls', 'hls', 'ek', 'ak', 'kek', 'radio']);
  assert.ok(Object.values(rows(await page('K1'))).every(([value]) => value === 'не задан'));
  assert.match((await set('K1', { lls: 'Sesame77', radio: '12345678' })).done, /Ключи сохранены, прибор K1/);
  const after = await page('K1');
  assert.deepEqual(rows(after).lls, ['задан', 'keeper', 'вручную']);
  assert.deepEqual(rows(after).radio, ['задан', 'keeper', 'вручную']);
  assert.ok(!after.includes('Sesame77') && !after.includes('12345678'));
  assert.deepEqual(log(), { by: 'keeper', action: 'Изменены ключи прибора', note: 'прибор №K1: заданы пароль LLS, пароль радиоканала', address: '127.0.0.1' });
});

test('a value is shown once, after a confirmation, and the look stands in the log', async () => {
  const before = count();
  const ask = await admin.get(`/admin/meters/${id('K1')}/keys/show?name=lls`);
  assert.ok(!ask.html.includes('Sesame77'));
  assert.equal(count(), before, 'to be asked is no look');
  const shown = await show('K1', 'lls');
  assert.equal(shown.value, 'Sesame77');
  assert.ok(!shown.html.includes('12345678'), 'one value');
  assert.equal(shown.headers.get('cache-control'), 'no-store');
  assert.deepEqual(log(), { by: 'keeper', action: 'Просмотр ключей прибора', note: 'прибор №K1: пароль LLS', address: '127.0.0.1' });
  assert.ok(!(await page('K1')).includes('Sesame77'));
  assert.equal((await admin.post(`/admin/meters/${id('K1')}/keys/show`, { name: 'mechanism' })).status, 404);
  assert.equal((await admin.post(`/admin/meters/${id('K1')}/keys/show`, { name: 'ek' })).status, 404, 'none is kept');
  assert.equal((await admin.post(`/admin/meters/${id('K1')}/keys/show`, { name: "x'" })).status, 404);
});

test('the password that was set is the one that operators see as the radio password', async () => {
  stack.exec(`update meter set branch_id = (select min(id) from branch) where serial = 'K1';
    insert into operator_branch select o.id, b.id from operator o, branch b where o.login = 'watcher' on conflict do nothing`);
  const watcher = await signIn(stack, 'watcher');
  assert.match((await watcher.get(`/meters/${id('K1')}/radio`)).html, /12345678/);
});

test('what does not fit is told beside its field, and nothing is kept', async () => {
  const cases = [
    [{ ek: '00' }, 'ek', /ровно 32/], [{ ak: `${AK}00` }, 'ak', /ровно 32/], [{ kek: KEK.replace('d', 'g') }, 'kek', /ровно 32/],
    [{ lls: 'я' }, 'lls', /латиниц/], [{ lls: 'x'.repeat(65) }, 'lls', /латиниц/], [{ hls: 'x'.repeat(65) }, 'hls', /латиниц/],
    [{ radio: '12 34' }, 'radio', /без пробелов/], [{ title: '4C5A' }, 'title', /ровно 16/], [{ sap: '0' }, 'sap', /от 1 до 65535/],
    [{ sap: '65536' }, 'sap', /от 1 до 65535/], [{ sap: '16a' }, 'sap', /от 1 до 65535/], [{ mechanism: '2' }, 'mechanism', /нужен секрет/],
    [{ mechanism: '2', hls: 'x'.repeat(17) }, 'mechanism', /не длиннее 16/],
    [{ mechanism: '9' }, 'mechanism', /нет/], [{ suite: '2' }, 'suite', /0 или 1/], [{ mechanism: '1' }, 'mechanism', /нужен пароль LLS/],
    [{ mechanism: '5', ek: EK }, 'mechanism', /нужны ключи/], [{ mechanism: '3' }, 'mechanism', /нужен секрет/],
  ];
  for (const [fields, name, text] of cases) {
    const answer = await set('K2', fields);
    assert.equal(answer.status, 422, JSON.stringify(fields));
    assert.match(answer.errors[name] ?? '', text, JSON.stringify(fields));
    for (const v of Object.values(fields)) if (v.length > 8) assert.ok(!answer.html.includes(v), 'what was typed does not come back');
  }
  assert.equal(kept('K2'), undefined);
});

test('an empty field leaves a secret as it is, another value replaces it, removing forgets it', async () => {
  await set('K2', { mechanism: '5', suite: '1', sap: '48', title: '4c5a410000000002', ek: EK, ak: AK, kek: KEK });
  assert.deepEqual(kept('K2'), { ...kept('K2'), identity: '4C5A410000000002', marked: true, ciphers: true });
  const html = await page('K2');
  assert.deepEqual([rows(html).mechanism[0], rows(html).suite[0], rows(html).sap[0], rows(html).title[0]], ['HLS: GMAC', '1', '48', '4c5a410000000002']);
  stack.exec("update meter_secret_item set set_at = '2020-01-01', set_by = 'прежний' where name = 'ak'", 'owner');
  await set('K2', { ek: 'ffffffffffffffffffffffffffffffff' });
  assert.equal(log().note, 'прибор №K2: заданы EK');
  assert.equal((await show('K2', 'ek')).value, 'ffffffffffffffffffffffffffffffff');
  assert.equal((await show('K2', 'ak')).value, AK);
  assert.equal(rows(await page('K2')).ak[1], 'прежний', 'what stays keeps its author');
  const answer = await send('K2', 'remove?name=ak');
  assert.equal(answer.status, 422);
  assert.match(answer.notices.join(), /нужны ключи EK и AK/);
  await send('K2', 'remove?name=kek');
  assert.equal(rows(await page('K2')).kek[0], 'не задан');
  assert.equal(log().note, 'прибор №K2: удалены мастер-ключ');
  await send('K1', 'remove?name=radio');
  await send('K1', 'remove?name=lls');
  assert.equal(kept('K1'), undefined, 'the last one takes the row with it');
  assert.equal(log().action, 'Удалены ключи прибора');
});

test('a system title is one meter\'s only', async () => {
  const answer = await set('K3', { title: '4C5A410000000002', lls: 'abc' });
  assert.match(answer.errors.title, /у другого прибора/);
  assert.equal(kept('K3'), undefined);
});

test('who saves over somebody else\'s change is told so', async () => {
  await set('K3', { lls: 'first-one' });
  const form = fieldsOf((await admin.get(`/admin/meters/${id('K3')}/keys/set`)).html);
  await set('K3', { lls: 'second-one' });
  const answer = await admin.post(`/admin/meters/${id('K3')}/keys/set`, { ...form, lls: 'third-one' });
  assert.equal(answer.status, 409);
  assert.equal((await show('K3', 'lls')).value, 'second-one');
});

test('a change in the meter is ordered with new secrets by chance, and both are kept until it is known', async () => {
  const was = kept('K3');
  assert.match((await send('K3', 'rotate')).done, /сменятся при очередном сеансе/);
  assert.deepEqual(kept('K3'), { ...was, changing: true, sent: false });
  assert.deepEqual(one(`select kind, state, note, operator_login as by from command where meter_id = ${id('K3')}`), { kind: 'keys', state: 'queued', note: 'пароль LLS', by: 'keeper' });
  assert.deepEqual(log(), { ...log(), action: 'Смена ключей прибора', note: 'прибор №K3: пароль LLS' });
  let html = await page('K3');
  assert.match(plain(html.match(/id="state">([\s\S]*?)<\/div><\/div>/)[1]), /ждёт сеанса связи\. Действуют прежние\. Меняются: пароль LLS\./);
  assert.equal((await set('K3', { lls: 'fourth-one' })).status, 409, 'not under a change');
  assert.equal((await admin.post(`/admin/meters/${id('K3')}/keys/rotate`, { what: 'lls' })).status, 409, 'one at a time');
  await send('K3', 'withdraw');
  assert.deepEqual(kept('K3'), { ...was, changing: false, outcome: 'withdrawn' });
  assert.equal(one(`select state from command where meter_id = ${id('K3')}`).state, 'cancelled');
  await send('K3', 'rotate');
  stack.exec("update command set state = 'sent' where kind = 'keys' and state = 'queued'");
  assert.deepEqual(kept('K3'), { ...was, changing: true, sent: true, outcome: null });
  html = await page('K3');
  assert.match(html, /прибор не подтвердил\. При каждом сеансе проверяются и прежние, и новые/);
  assert.equal((await admin.post(`/admin/meters/${id('K3')}/keys/withdraw`)).status, 409, 'it may be there already');
  stack.exec("update command set state = 'expired' where kind = 'keys' and state = 'sent'");
  assert.match(await page('K3'), /срок команды вышел/);
  assert.deepEqual(kept('K3'), { ...kept('K3'), changing: true, sent: true }, 'neither is lost');
  await send('K3', 'again');
  stack.exec("update command set state = 'sent' where kind = 'keys' and state = 'queued'; update command set state = 'refused', refusal = 'read-write-denied' where kind = 'keys' and state = 'sent'");
  assert.deepEqual(kept('K3'), { ...was, changing: false, outcome: 'refused' });
  assert.match(await page('K3'), /не принял новые ключи[\s\S]*read-write-denied/);
  assert.equal((await show('K3', 'lls')).value, 'second-one');
  await send('K3', 'rotate');
  stack.exec("update command set state = 'executed' where kind = 'keys' and state = 'queued'");
  assert.match(await page('K3'), /подтвердил новые ключи/);
  const { value } = await show('K3', 'lls');
  used.add(value);
  assert.match(value, /^[a-zA-Z2-9]{10}$/, 'as long as before');
  assert.deepEqual(rows(await page('K3')).lls, ['задан', 'keeper', 'сменён в приборе']);
});

test('keys are changed both together and only under a master key; what cannot be changed says why', async () => {
  assert.equal((await admin.get(`/admin/meters/${id('K2')}/keys/rotate`)).status, 422, 'no master key');
  await set('K2', { kek: KEK });
  await send('K2', 'rotate', { what: 'keys' });
  assert.equal(one(`select note from command where meter_id = ${id('K2')}`).note, 'EK, AK');
  stack.exec("update command set state = 'executed' where kind = 'keys' and state = 'queued'");
  for (const name of ['ek', 'ak']) {
    const { value } = await show('K2', name);
    used.add(value);
    assert.match(value, /^[0-9a-f]{32}$/);
    assert.notEqual(value, AK);
  }
  assert.equal((await show('K2', 'kek')).value, KEK);
  assert.match((await admin.post(`/admin/meters/${id('K2')}/keys/rotate`, { what: 'lls' })).html, /Этого сменить нельзя/);
});

test('a meter with keys has to cipher, unless an administrator lets it push in the clear', async () => {
  const guard = () => one(`select guard from meter_identity where identity = 'K2'`).guard;
  assert.equal(guard(), '');
  await send('K2', 'plain');
  assert.equal(guard(), null);
  assert.match(await page('K2'), /разрешено передавать данные без шифрования/);
  await send('K2', 'plain');
  assert.equal(guard(), '');
  assert.equal(log().action, 'Запрещена передача без шифрования');
});

test('a file gives keys to many meters, by serial number or system title, and leaves what it does not name', async () => {
  const table = `\ufeffСерийный номер;LLS;EK;AK;mechanism\r\nK4;"se;sa""me";;;\r\nK5;;${EK};${AK};5\r\n\r\nK3;;${EK};;\r\n`;
  used.add('se;sa"me');
  const trial = await importFile(table, { trial: true });
  assert.match(trial.done, /Ошибок нет, ничего не изменено\. Приборов: 3/);
  assert.equal(kept('K4'), undefined);
  const before = count();
  assert.match((await importFile(table)).done, /Ключи записаны, приборов: 3/);
  assert.equal((await show('K4', 'lls')).value, 'se;sa"me');
  assert.equal((await show('K5', 'ak')).value, AK);
  assert.deepEqual(rows(await page('K3')).lls[2], 'сменён в приборе', 'it stays');
  assert.deepEqual(rows(await page('K5')).ek, ['задан', 'keeper', 'импорт']);
  assert.deepEqual(stack.sql(`select note from audit_log where action = 'Изменены ключи прибора' and id > (select max(id) - ${count() - before} from audit_log) order by note`).map((l) => l.note),
    ['прибор №K3: заданы EK (импорт ключи.csv)', 'прибор №K4: заданы пароль LLS (импорт ключи.csv)', 'прибор №K5: заданы механизм, EK, AK (импорт ключи.csv)']);
  used.add('by-title');
  assert.match((await importFile('title,lls\n4c5a410000000002,by-title\n')).done, /приборов: 1/);
  assert.equal((await show('K2', 'lls')).value, 'by-title');
});

test('an XLSX of each program does the same', async () => {
  for (const [habit, serial] of [['excel', 'K6'], ['myoffice', 'K7']]) {
    used.add(`pass-${habit}`);
    assert.match((await importFile(workbook([['serial', 'lls', 'ek'], [serial, `pass-${habit}`, EK]], habit), { name: 'k.xlsx' })).done, /приборов: 1/);
    assert.equal((await show(serial, 'lls')).value, `pass-${habit}`);
  }
});

test('one mistake refuses the whole file, each told by line and column in words without its value', async () => {
  const table = `serial;title;lls;ek;sap\nK8;;good-one;${EK};16\nK9;;bad-я;12345;x\nK8;;again;;\nНЕТ;;x;;\n;;who;;\nK1;4C5A410000000002;y;;\n`;
  const answer = await importFile(table);
  assert.equal(answer.status, 422);
  assert.deepEqual(answer.problems, ['Строка 3, Пароль LLS: От 1 до 64 знаков латиницы', 'Строка 3, Ключ шифрования EK: Нужно ровно 32 шестнадцатеричные цифры (AES-128)',
    'Строка 3, SAP клиента: Целое число от 1 до 65535', 'Строка 6: Не указан прибор']);
  const second = await importFile(table.replace('bad-я;12345;x', 'fine;;').replace(';;who;;\n', ''));
  assert.deepEqual(second.problems, ['Строка 4: Прибор или титул в файле повторяется', 'Строка 5: Такого прибора нет', 'Строка 6, Системный титул: Этот системный титул у другого прибора']);
  for (const { html } of [answer, second]) for (const v of ['good-one', EK, '12345;', 'bad-я']) assert.ok(!html.includes(v), v);
  assert.equal(kept('K8'), undefined);
  assert.equal((await importFile('serial;lls;serial;x\nK8;a;K8;1\n')).problems.length, 2, 'headings');
  assert.match((await importFile('lls\nabc\n')).problems.join(), /серийным номером/);
  assert.match((await importFile('serial\nK8\n')).problems.join(), /столбца с ключами/);
  assert.match((await importFile('')).problems.join(), /ни одной строки/);
  assert.match((await importFile(Buffer.from([1, 0, 2]))).problems.join(), /не таблица/);
  assert.match((await importFile('PK\x03\x04zzzz')).problems.join(), /не таблица/);
  assert.match((await importFile(Buffer.alloc((2 << 20) + 1, 65))).problems.join(), /больше 2 МБ/);
  await send('K4', 'rotate');
  assert.match((await importFile('serial;lls\nK8;abc\nK4;abc\n')).problems.join(), /Строка 3: Ключи этого прибора сейчас меняются/);
  assert.equal(kept('K8'), undefined, 'all or nothing');
  await send('K4', 'withdraw');
  assert.match((await importFile('serial;mechanism\nK8;5\n')).problems.join(), /Строка 2: Для этого механизма нужны ключи/);
});

test('5,000 meters are taken at once and one more is refused', async () => {
  stack.exec(`insert into meter (serial, meter_type_id) select 'M' || i, (select min(id) from meter_type) from generate_series(1, 5001) i`);
  const table = (n) => `serial;lls\n${Array.from({ length: n }, (_, i) => `M${i + 1};mass-${i}`).join('\n')}\n`;
  assert.match((await importFile(table(5001))).problems.join(), /Больше 5000/);
  assert.match((await importFile(table(5000))).done, /приборов: 5000/);
  assert.equal(Number(one("select count(*) as n from meter_secret where identity like 'M%'").n), 5000);
});

test('the database lets only an administrator change or read what is sealed', () => {
  const as = (role, sql, who = 'web') => stack.exec(`begin; select set_config('app.role', '${role}', true), set_config('app.login', 'x', true); ${sql}; commit`, who);
  const calls = [`select meter_keys_list('{${id('K3')}}')`, `select meter_keys_items(${id('K3')})`, `select meter_keys_viewed(${id('K3')}, 'lls', null)`,
    `select meter_keys_put(${id('K3')}, '{}', 'K3', '\\x01', null, false, '{lls}', '{}', 'hand', '', null)`,
    `select meter_keys_rotate(${id('K3')}, '{}', 'K3', '\\x01', null, '{lls}', null)`, `select meter_keys_again(${id('K3')}, null)`,
    `select meter_keys_withdraw(${id('K3')}, null)`, `select meter_keys_plain(${id('K3')}, true, null)`, `select meter_keys_named('{K3}')`];
  for (const sql of calls) {
    assert.throws(() => as('admin', sql, 'web'), { code: '42501' }, sql);
    assert.throws(() => as('admin', sql, 'listener'), { code: '42501' }, sql);
    for (const role of ['control', 'view', 'security', '']) assert.throws(() => as(role, sql, 'admin'), { code: 'LZ403' }, `${role} ${sql}`);
  }
  for (const role of ['web', 'admin', 'listener', 'worker', 'notifier']) {
    assert.throws(() => stack.exec("update meter_secret set sealed = '\\x02'", role), { code: '42501' }, role);
    assert.throws(() => stack.exec('delete from meter_secret', role), { code: '42501' }, role);
    assert.throws(() => stack.exec('select * from meter_secret_item', role), { code: '42501' }, role);
    if (role !== 'listener') assert.throws(() => stack.exec('select sealed from meter_secret', role), { code: '42501' }, role);
  }
});

test('a row that is sealed by another key, or for another meter, is told of and does not open', async () => {
  stack.exec(`insert into meter_secret (identity, sealed) select 'K9', sealed from meter_secret where identity = 'K3'`, 'owner');
  assert.match(await page('K9'), /не открываются/);
  assert.equal((await admin.post(`/admin/meters/${id('K9')}/keys/show`, { name: 'lls' })).status, 422);
  assert.equal((await admin.get(`/admin/meters/${id('K9')}/keys/set`)).status, 422);
});

test('no value stands in any table, log or page but the one that was shown', async () => {
  const values = [...used].flatMap((v) => [v, v.toLowerCase(), v.toUpperCase(), Buffer.from(v).toString('hex')]).filter((v) => v.length > 7);
  const tables = stack.sql("select c.relname as t from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace", 'owner');
  for (const { t } of tables) {
    const text = one(`select coalesce(string_agg(x::text, '|'), '') as s from "${t}" x`).s;
    for (const v of values) assert.ok(!text.includes(v), `${t}: ${v}`);
  }
  const logs = spawnSync('grep', ['-rlaF', ...values.flatMap((v) => ['-e', v]), stack.var, '--include=*.log'], { encoding: 'utf8' }).stdout;
  assert.equal(logs, '', 'no log');
  for (const path_ of ['/admin/meters', `/admin/meters?id=${id('K3')}`, `/admin/meters/${id('K3')}/keys`, `/admin/meters/${id('K2')}/keys/set`, '/admin/log?size=100', '/admin/log.csv']) {
    const { html } = await admin.get(path_);
    for (const v of values) assert.ok(!html.includes(v), `${path_}: ${v}`);
  }
});

test('what was in a file never reached the disk of the database', () => {
  // Rows that are gone, and the journal of changes, are in these files too.
  const values = ['pass-excel', 'mass-4999', 'se;sa"me'].flatMap((v) => ['-e', v, '-e', Buffer.from(v).toString('hex')]);
  const find = (...what) => spawnSync('grep', ['-rlaF', ...what, path.join(stack.var, 'pg')], { encoding: 'utf8' }).stdout;
  assert.match(find('-e', 'импорт k.xlsx'), /./, `what is written down is found in ${stack.var}`);
  assert.equal(find(...values), '');
});
