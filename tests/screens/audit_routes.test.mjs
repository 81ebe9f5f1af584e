// What operators do stands in the log (GC-242): every route that CHANGES
// something, or takes a file, of every program, is done here once and leaves its line, in the
// transaction of the change. A new route goes into this table, or into the list
// of those that leave none, with its reason.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { directory, fieldsOf } from '../lib/directory.mjs';
import { decode, operatorAdd, signIn } from '../lib/site.mjs';
import { root, startStack } from '../lib/stack.mjs';

const silent = {
  'POST /look': 'language and theme live in the browser',
  'POST /columns': 'which columns he sees is a cookie of his browser',
  'POST /alive': 'nobody did anything but stay',
  'POST /admin/subscribers/delete': 'asks; what is answered is told (/delete/sure)',
  'POST /admin/import': 'the worker tells of an import, with its counters, when it is over (import_done)',
};

let stack; let who; let meter; let account;
const one = (sql) => stack.sql(sql)[0];
// The first meter of all that can do this.
const able = (what) => one(`select m.id, m.serial from meter m join meter_type t on t.id = m.meter_type_id where t.${what} order by m.id limit 1`);
const judged = () => one("select id from operator where login = 'judged'").id;
const last = (table) => `select xmin::text from ${table} order by id desc limit 1`;
const hidden = (html, name) => decode(new RegExp(`name="${name}"[^>]* value="([^"]*)"`).exec(html)?.[1] ?? '');
const day = { from: '2026-03-01', to: '2026-03-02' };

// A form of the administration: opened, changed, sent.
async function form(address, fields = {}) {
  const page = await who.get(address);
  assert.equal(page.status, 200, address);
  const html = page.html.replace(new RegExp(`<form class="[^"]*" method="post" action="${address}"`), '<form class="desk-form"');
  return who.post(address, { ...fieldsOf(html), ...fields });
}

const subscriber = () => one('select max(id) as id from subscriber').id;
const free = () => one('select min(id) as id from meter where subscriber_id is null').id;
const group = () => one('select max(id) as id from meter_group').id;

// A form that brings a file.
async function upload(address, fields, file = true) {
  await who.get(address);
  const body = new FormData();
  for (const [name, value] of Object.entries({ csrf: who.csrf, ...fields })) body.append(name, value);
  if (file) body.append('file', new Blob(['an image']), 'image.bin');
  return who.ask(address, { method: 'POST', body });
}

// Route -> what is done, the line it leaves, and the row that changed with it.
const contract = {
  'POST /sign-in': {
    async act() {
      who = await signIn(stack, 'told');
      await who.get('/help'); // the token of the session
    },
    line: ['Начало работы оператора', /^вход с компьютера 127\.0\.0\.1$/],
    row: () => "select xmin::text from operator_session where operator_id = (select id from operator where login = 'told') order by active_at desc limit 1",
  },
  'POST /meters/{id}/valve': {
    act: () => who.post(`/meters/${meter.id}/valve`, { action: 'close' }),
    line: ['Закрыть клапан', () => `прибор №${meter.serial}`], row: () => last('command'),
  },
  'POST /meters/{id}/map': {
    act: () => who.post(`/meters/${meter.id}/map`, { latitude: '55.7', longitude: '37.6' }),
    line: ['Указать координаты', () => `прибор №${meter.serial}, 55.7 37.6`], row: () => `select xmin::text from meter_place where meter_id = ${meter.id}`,
  },
  'POST /meters/{id}/account': {
    async act() {
      const { html } = await who.get(`/meters/${account.id}/account`);
      return who.post(`/meters/${account.id}/account`, { kind: 'accrual', amount: '5', document: '7', note: '',
        subscriber: hidden(html, 'subscriber'), nonce: hidden(html, 'nonce') });
    },
    line: ['Начисление средств', /^счёт .*: 5\.00 руб\., документ 7$/], row: () => last('account_operation'),
  },
  'POST /meters/{id}/note': {
    async act() {
      const { html } = await who.get(`/meters/${meter.id}/note`);
      return who.post(`/meters/${meter.id}/note`, { text: 'подвал', was: hidden(html, 'was') });
    },
    line: ['Изменить примечание', () => `прибор №${meter.serial}: подвал`], row: () => `select xmin::text from meter where id = ${meter.id}`,
  },
  'POST /receipts': { act: () => who.post('/receipts'), line: ['Заказан документ', /./], row: () => last('job') },
  'POST /reports/daily': {
    act: () => who.post('/reports/daily', { meter: meter.id, ...day, format: 'csv' }), line: ['Заказан документ', /./],
  },
  'POST /reports/balance': {
    act: () => who.post('/reports/balance', { group: one('select min(id) as id from meter_group').id, ...day, format: 'csv', mode: 'none' }),
    line: ['Заказан документ', /./],
  },
  'POST /downloads/{id}/cancel': {
    act: () => who.post(`/downloads/${one('select max(id) as id from job').id}/cancel`), line: ['Отменён документ', /./],
    row: () => last('job'),
  },
  'POST /downloads/{id}/delete': {
    act: () => who.post(`/downloads/${one('select max(id) as id from job').id}/delete`), line: ['Удалён документ', /./],
  },
  'POST /admin/parameters': {
    async act() {
      const { html } = await who.get('/admin/parameters');
      return who.post('/admin/parameters', { report_hour: '9', seen_report_hour: hidden(html, 'seen_report_hour') });
    },
    line: ['Изменена настройка системы', 'Отчётный час -> 9 (было: 10)'],
    row: () => "select xmin::text from parameter where name = 'report_hour'",
  },
  'POST /admin/parameters/test': {
    act: () => who.post('/admin/parameters/test', { kind: 'mail', to: 'told@example.ru' }),
    line: ['Отправлено проверочное письмо', 'told@example.ru'], row: () => last('outbox_mail'),
  },
  'POST /admin/branches/new': {
    act: () => form('/admin/branches/new', { name: 'Проверочный', full: 'Филиал «Проверочный»' }),
    line: ['Добавлен филиал', 'Проверочный'], row: () => last('branch'),
  },
  'POST /admin/branches/{id}/edit': {
    act: () => form(`/admin/branches/${one('select max(id) as id from branch').id}/edit`, { full: 'Другой' }),
    line: ['Изменён филиал', 'Проверочный'], row: () => last('branch'),
  },
  'POST /admin/branches/{id}/delete': {
    act: () => form(`/admin/branches/${one('select max(id) as id from branch').id}/delete`), line: ['Удалён филиал', 'Проверочный'],
  },
  'POST /admin/tariffs/new': {
    act: () => form('/admin/tariffs/new', { name: 'Проверочный', price: '7,5' }), line: ['Добавлен тариф', /Проверочный/], row: () => last('tariff'),
  },
  'POST /admin/tariffs/{id}/edit': {
    act: () => form(`/admin/tariffs/${one('select max(id) as id from tariff').id}/edit`, { name: 'Проверочный 2' }),
    line: ['Изменён тариф', /Проверочный/], row: () => last('tariff'),
  },
  'POST /admin/tariffs/{id}/delete': {
    act: () => form(`/admin/tariffs/${one('select max(id) as id from tariff').id}/delete`), line: ['Удалён тариф', /Проверочный/],
  },
  'POST /admin/operators/new': {
    act: () => directory(who, '/admin/operators').add({ login: 'judged', password: 'длинный пароль', role: 'view',
      branches: [one('select min(id) as id from branch').id] }),
    line: ['Добавлен оператор', 'judged'], row: () => last('operator'),
  },
  'POST /admin/operators/{id}/edit': {
    act: () => directory(who, '/admin/operators').edit(judged(), { role: 'control' }),
    line: ['Изменён оператор', /^judged, права: view -> control$/], row: () => last('operator'),
  },
  'POST /admin/operators/{id}/sessions': {
    async act() {
      stack.exec(`insert into operator_session (token_hash, operator_id, address) values ('judged', ${judged()}, '127.0.0.1')`);
      return form(`/admin/operators/${judged()}/sessions`);
    },
    line: ['Завершены сеансы оператора', 'judged'],
  },
  'POST /admin/operators/{id}/delete': {
    act: () => form(`/admin/operators/${judged()}/delete`), line: ['Удалён оператор', 'judged'],
  },
  'POST /admin/meters/period': {
    act: () => form('/admin/meters/period', { serials: able('has_period').serial, period: 'daily' }),
    line: ['Установка периода передачи данных', () => `приборы: ${able('has_period').serial} (1), Каждый день с 00:00 до 01:00`], row: () => last('command'),
  },
  'POST /admin/meters/pressure': {
    act: () => form('/admin/meters/pressure', { serials: able('has_pressure').serial, pressure: '750' }),
    line: ['Установка абсолютного давления газа', () => `приборы: ${able('has_pressure').serial} (1), 750.0 мм рт.ст.`], row: () => last('command'),
  },
  'POST /admin/meters/{id}/password': {
    act: () => form(`/admin/meters/${able('has_radio').id}/password`),
    line: ['Смена пароля', () => `прибор №${able('has_radio').serial}`], row: () => last('command'),
  },
  'POST /admin/meters/{id}/keys/set': {
    act: () => form(`/admin/meters/${meter.id}/keys/set`, { lls: 'Sesame77' }),
    line: ['Изменены ключи прибора', () => `прибор №${meter.serial}: заданы пароль LLS`], row: () => 'select xmin::text from meter_secret order by changed_at desc limit 1',
  },
  'POST /admin/meters/{id}/keys/show': {
    act: () => form(`/admin/meters/${meter.id}/keys/show?name=lls`),
    line: ['Просмотр ключей прибора', () => `прибор №${meter.serial}: пароль LLS`],
  },
  'POST /admin/meters/{id}/keys/rotate': {
    act: () => form(`/admin/meters/${meter.id}/keys/rotate`),
    line: ['Смена ключей прибора', () => `прибор №${meter.serial}: пароль LLS`], row: () => last('command'),
  },
  'POST /admin/meters/{id}/keys/withdraw': {
    act: () => form(`/admin/meters/${meter.id}/keys/withdraw`),
    line: ['Отменена смена ключей прибора', () => `прибор №${meter.serial}`], row: () => last('command'),
  },
  'POST /admin/meters/{id}/keys/again': {
    act() {
      stack.exec(`update meter_secret set candidate = sealed, candidate_names = '{lls}', sent = true,
        candidate_command = (select max(id) from command) where changed_at = (select max(changed_at) from meter_secret)`, 'owner');
      return form(`/admin/meters/${meter.id}/keys/again`);
    },
    line: ['Смена ключей прибора', () => `прибор №${meter.serial}: пароль LLS, повторно`], row: () => last('command'),
  },
  'POST /admin/meters/{id}/keys/plain': {
    act: () => form(`/admin/meters/${meter.id}/keys/plain`),
    line: ['Разрешена передача без шифрования', () => `прибор №${meter.serial}`], row: () => 'select xmin::text from meter_plain',
  },
  'POST /admin/meters/{id}/keys/remove': {
    async act() {
      stack.exec(`update meter_secret set candidate = null, candidate_names = '{}', candidate_command = null, sent = false`, 'owner');
      return form(`/admin/meters/${meter.id}/keys/remove?name=lls`);
    },
    line: ['Изменены ключи прибора', /удалены пароль LLS$/],
  },
  'POST /admin/meters/keys-import': {
    async act() {
      const { html } = await who.get('/admin/meters/keys-import');
      const body = new FormData();
      body.append('csrf', hidden(html, 'csrf'));
      body.append('file', new Blob([`serial;lls\n${meter.serial};Sesame99\n`]), 'keys.csv');
      return who.ask('/admin/meters/keys-import', { method: 'POST', body });
    },
    line: ['Изменены ключи прибора', () => `прибор №${meter.serial}: заданы пароль LLS (импорт keys.csv)`], row: () => 'select xmin::text from meter_secret order by changed_at desc limit 1',
  },
  'POST /admin/meters/{id}/sync': {
    act: () => form(`/admin/meters/${able('has_counter').id}/sync`, { volume: '1,5', sure: '1' }),
    line: ['Синхронизация показаний', () => `прибор №${able('has_counter').serial}, 1.500 м³`], row: () => last('command'),
  },
  'POST /admin/commands/{id}/cancel': {
    act: () => form(`/admin/commands/${one('select max(id) as id from command').id}/cancel`),
    line: ['Отмена команды', () => `прибор №${able('has_counter').serial}: синхронизация показаний, 1.500 м³`], row: () => last('command'),
  },
  'POST /admin/meters/{id}/attached': {
    async act() {
      stack.exec("insert into meter (serial, meter_type_id) select '909', id from meter_type where has_external limit 1");
      return form(`/admin/meters/${one("select id from meter where serial = '909'").id}/attached`,
        { serial: '7', type: one("select id from attached_type where name = 'NPM G4'").id });
    },
    line: ['Настройка подключенного счетчика', 'прибор №909: NPM G4 №7'], row: () => 'select xmin::text from attached_meter',
  },
  'POST /admin/meters/{id}/delete': {
    act: () => form(`/admin/meters/${one("select id from meter where serial = '909'").id}/delete`), line: ['Удаление прибора учёта', 'прибор №909'],
  },
  'POST /admin/meters/delete': {
    async act() {
      stack.exec("insert into meter (serial, meter_type_id) values ('909', 1)");
      return who.post('/admin/meters/delete', { ids: one("select id from meter where serial = '909'").id, number: '1' });
    },
    line: ['Удаление прибора учёта', 'прибор №909'],
  },
  'POST /admin/imports/{id}/cancel': {
    act() {
      stack.exec(`insert into job (operator_id, kind, parameters, words, title, role, branches, branchless)
        select id, 'import', '{"upload": 0, "file": "x.xlsx", "trial": true, "drops": false}', '{}', 'Импорт x.xlsx', 'admin', '{}', false
          from operator where login = 'told'`);
      return who.post(`/admin/imports/${one('select max(id) as id from job').id}/cancel`);
    },
    line: ['Отменён документ', 'Импорт x.xlsx'], row: () => last('job'),
  },
  'POST /admin/groups/new': {
    act: () => form('/admin/groups/new', { name: 'Проверочная' }), line: [/^Добавлена? .*групп/i, /Проверочная/], row: () => last('meter_group'),
  },
  'POST /admin/groups/{id}/edit': {
    act: () => form(`/admin/groups/${one('select max(id) as id from meter_group').id}/edit`, { name: 'Проверочная 2' }),
    line: [/^Изменена? .*групп/i, /Проверочная/], row: () => last('meter_group'),
  },
  'POST /admin/subscribers/new': {
    act: () => form('/admin/subscribers/new', { account: 'told-1', address: 'ул. Новая, 1', branch: one('select min(id) as id from branch').id,
      tariff: one('select min(id) as id from tariff').id }),
    line: ['Добавлен абонент', /told-1/], row: () => last('subscriber'),
  },
  'POST /admin/subscribers/{id}/edit': {
    act: () => form(`/admin/subscribers/${subscriber()}/edit`, { address: 'ул. Новая, 2' }), line: ['Изменён абонент', /told-1/], row: () => last('subscriber'),
  },
  'POST /admin/subscribers/{id}/bind': {
    act: () => who.post(`/admin/subscribers/${subscriber()}/bind`, { ids: free() }),
    line: ['Прибор привязан к абоненту', /told-1/], row: () => `select xmin::text from meter where subscriber_id = ${subscriber()}`,
  },
  'POST /admin/subscribers/{id}/unbind': {
    act: () => who.post(`/admin/subscribers/${subscriber()}/unbind`, { meter: one(`select id from meter where subscriber_id = ${subscriber()}`).id }),
    line: ['Прибор отвязан от абонента', /told-1/],
  },
  'POST /admin/subscribers/{id}/cabinet': {
    act() {
      stack.exec(`update subscriber set cabinet_allowed = true, email = 'told@example.ru' where id = ${subscriber()}`);
      return who.post(`/admin/subscribers/${subscriber()}/cabinet`);
    },
    line: ['Открыт личный кабинет абонента', 'счёт told-1'], row: () => 'select xmin::text from cabinet_view',
  },
  'POST /admin/subscribers/{id}/delete': {
    act: () => form(`/admin/subscribers/${subscriber()}/delete`), line: ['Удалён абонент', /told-1/],
  },
  'POST /admin/subscribers/delete/sure': {
    act() {
      stack.exec("insert into subscriber (account, address, branch_id) select 'told-2', 'x', min(id) from branch");
      return who.post('/admin/subscribers/delete/sure', { ids: subscriber(), number: '1' });
    },
    line: ['Удалён абонент', /told-2/],
  },
  'POST /admin/messages/{id}/again': {
    async act() {
      stack.exec("insert into outbox_mail (recipient, kind, reason, state, \"values\") values ('told@example.org', 'test_letter', 'x', 'failed', '{}')");
      const page = await who.get('/admin/messages?q=told@example.org');
      const row = decode(/class="pick" href="([^"]+)"/.exec(page.html)[1]);
      const href = decode(/href="(\/admin\/messages\/\d+\/again[^"]*)"/.exec((await who.get(row)).html)[1]);
      return form(href);
    },
    line: ['Сообщение отправлено повторно', /^Письмо/], row: () => last('outbox_mail'),
  },
  'POST /admin/groups/{id}/add': {
    act: () => who.post(`/admin/groups/${group()}/add`, { ids: meter.id }), line: ['Изменён состав группы', 'Проверочная 2: +1'],
    row: () => `select xmin::text from meter_group_member where group_id = ${group()}`,
  },
  'POST /admin/groups/{id}/drop': {
    act: () => who.post(`/admin/groups/${group()}/drop`, { ids: meter.id }), line: ['Изменён состав группы', 'Проверочная 2: -1'],
  },
  'POST /admin/groups/{id}/serials': {
    act: () => form(`/admin/groups/${group()}/serials`, { numbers: meter.serial }), line: ['Изменён состав группы', 'Проверочная 2: +1'],
    row: () => `select xmin::text from meter_group_member where group_id = ${group()}`,
  },
  'POST /admin/firmware/new': {
    act: () => upload('/admin/firmware/new', { name: 'Прошить', numbers: '999', present: '1', confirm: '0', type: one("select software_type as t from meter_type where software_type <> '' limit 1").t }),
    line: ['Добавлено задание на обновление ПО', 'Прошить'], row: () => last('meter_job'),
  },
  'POST /admin/firmware/{id}/delete': {
    act: () => form(`/admin/firmware/${one('select max(id) as id from meter_job').id}/delete`), line: ['Удалено задание на обновление ПО', 'Прошить'],
  },
  'POST /admin/addresses/new': {
    act: () => upload('/admin/addresses/new', { name: 'Переезд', numbers: '999', confirm: '0', address: 'x.ru', port: '4059', password: 'x' }, false),
    line: ['Добавлено задание на смену адреса сервера', 'Переезд'], row: () => last('meter_job'),
  },
  'POST /admin/addresses/{id}/delete': {
    act: () => form(`/admin/addresses/${one('select max(id) as id from meter_job').id}/delete`), line: ['Удалено задание на смену адреса сервера', 'Переезд'],
  },
  'POST /admin/groups/{id}/delete': {
    act: () => form(`/admin/groups/${one('select max(id) as id from meter_group').id}/delete`), line: [/^Удалена? .*групп/i, /Проверочная/],
  },
  'POST /sign-out': {
    act: () => who.post('/sign-out'), line: ['Завершение работы оператора', ''],
  },
};

before(async () => {
  stack = await startStack({ programs: 'web', meters: 300, fresh: true });
  operatorAdd(stack, 'told', 'admin', stack.sql('select id from branch').map((b) => b.id));
  meter = one(`select m.id, m.serial from meter m join meter_type t on t.id = m.meter_type_id
    where t.has_valve and m.branch_id is not null order by m.id limit 1`);
  account = one('select m.id from meter m join subscriber s on s.id = m.subscriber_id where s.account is not null order by m.id limit 1');
});
after(() => stack?.stop());

// The routes of all programs of operators as they stand in their tables.
const changing = fs.readdirSync(path.join(root, 'cgi-bin')).filter((p) => p !== 'web' && p !== 'cabinet').flatMap((program) => {
  const text = fs.readFileSync(path.join(root, 'cgi-bin', program, 'main.c'), 'utf8');
  return [...text.matchAll(/\{\s*"([A-Z]+)",\s*"([^"]+)",[^}]*?\b(?:CHANGES|UPLOADS|HOLDS)\b/g)].map((m) => `${m[1]} ${m[2]}`);
});

test('every route that changes something is in the contract of the log, or in the list of silent ones (GC-242)', () => {
  assert.deepEqual([...changing].sort(), [...Object.keys(contract), ...Object.keys(silent)].sort());
});

const fits = (said, wanted) => {
  const what = typeof wanted === 'function' ? wanted() : wanted;
  if (what instanceof RegExp) assert.match(said, what);
  else assert.equal(said, what);
};

for (const [route, step] of Object.entries(contract)) {
  test(`${route} leaves its line in the log, with the change and by the same hand (GC-242, GC-243)`, async () => {
    const mark = one('select coalesce(max(id), 0) as id from audit_log').id;
    const answer = await step.act();
    if (answer) assert.ok([200, 204, 303].includes(answer.status), `${route}: ${answer.status}`);
    const lines = stack.sql(`select operator_login, action, note, host(address) as address, xmin::text from audit_log where id > ${mark}`);
    assert.equal(lines.length, 1, JSON.stringify(lines));
    assert.equal(lines[0].operator_login, 'told');
    assert.equal(lines[0].address, '127.0.0.1');
    fits(lines[0].action, step.line[0]);
    fits(lines[0].note, step.line[1]);
    if (step.row) assert.equal(one(step.row()).xmin, lines[0].xmin, 'one transaction');
  });
}

test('a route that refuses what was sent changes nothing and leaves no line of it', async () => {
  who = await signIn(stack, 'told');
  await who.get('/help');
  const mark = one('select max(id) as id from audit_log').id;
  assert.equal((await who.post(`/meters/${meter.id}/valve`, { action: 'explode' })).status, 422);
  assert.equal((await who.post(`/meters/${meter.id}/map`, { latitude: '91', longitude: '1' })).status, 422);
  assert.deepEqual(stack.sql(`select action from audit_log where id > ${mark}`), []);
});

test('what the log says is said in English to those who read English', async () => {
  who = await signIn(stack, 'told');
  who.cookies.set('lang', 'en');
  const english = (await who.get('/admin/log?size=100')).html;
  const rows = [...english.matchAll(/<tr><td class="at">.*?<\/td><td[^>]*>[^<]*<\/td><td[^>]*>([^<]*)<\/td>/g)].map((m) => m[1]);
  assert.ok(rows.length > 40);
  assert.deepEqual(rows.filter((said) => /[А-яЁё]/.test(said)), []);
  assert.match(english, /<option value="Открыть клапан">Open the valve<\/option>/);
});

// Functions that the site may call and that write: each tells of it itself.
const toldElsewhere = {
  letter_queue: 'a letter is the effect of an action that is told of',
  sms_queue: 'likewise',
  security_letters: 'likewise',
  meter_job_spread: 'the job it belongs to is told of',
  meter_order: 'its caller tells of the whole order in one line',
  order_ask: 'likewise',
  import_ask: 'an import is told of with its counters when it is over (import_done)',
};
test('every function of the database that the site may call to change something writes the log itself', () => {
  const mute = stack.sql(`select p.proname as name from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.prosecdef
      and (has_function_privilege('lazur_web', p.oid, 'execute') or has_function_privilege('lazur_admin', p.oid, 'execute'))
      and p.prosrc ~* '\\m(insert into|update|delete from)\\M\\s+(?!of\\M)\\w+' and p.prosrc !~ 'audit_log'
      and p.prorettype <> 'trigger'::regtype order by 1`).map((f) => f.name);
  assert.deepEqual(mute.filter((f) => !(f in toldElsewhere)), []);
});
