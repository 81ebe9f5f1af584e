// «Системные параметры» (GC-246 ... GC-264): what may stand there, what is
// saved and told, and what is never shown; trying the delivery of messages.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { decode, plain } from '../lib/site.mjs';
import { root, startStack } from '../lib/stack.mjs';
import { Visitor, addOperator } from '../lib/visitor.mjs';

let stack;
let admin;
let other;
before(async () => {
  stack = await startStack({ programs: 'web', meters: 20, fresh: true });
  admin = new Visitor(stack, { address: '127.0.8.1' });
  await admin.signIn(addOperator(stack, 'par-one', 'admin'));
  other = new Visitor(stack, { address: '127.0.8.2' });
  await other.signIn(addOperator(stack, 'par-two', 'admin'));
});
after(async () => { if (stack) await stack.stop(); });

const where = '/admin/parameters';

// What a browser would send of the form, switches and secrets as they stand.
function fieldsOf(html) {
  const form = /<form class="parameters-form"[\s\S]*?<\/form>/.exec(html)[0];
  const fields = {};
  for (const [tag] of form.matchAll(/<input\b[^>]*>/g)) {
    const of = (name) => decode((new RegExp(`\\b${name}="([^"]*)"`).exec(tag) || [])[1] || '');
    if (of('type') === 'checkbox' && !/\bchecked\b/.test(tag)) continue;
    fields[of('name')] = of('value');
  }
  for (const [, name, options] of form.matchAll(/<select[^>]* name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g)) {
    fields[name] = /value="([^"]*)" selected/.exec(options)[1];
  }
  return fields;
}
const opened = async (who = admin) => fieldsOf((await who.get(where)).text);
const save = async (changes, who = admin) => {
  const fields = { ...await opened(who), ...changes };
  for (const [k, v] of Object.entries(fields)) if (v === null) delete fields[k];
  return who.post(where, fields);
};
const set = (name) => stack.sql(`select value from parameter where name = '${name}'`)[0].value;
const told = (n = 1) => stack.sql(`select operator_login as who, note, host(address) as address from audit_log
  where action = 'Изменена настройка системы' order by id desc limit ${n}`);
const lines = () => Number(stack.sql("select count(*) as n from audit_log where action = 'Изменена настройка системы'")[0].n);
const errorOf = (html, name) => {
  const m = new RegExp(`id="f-${name}-error">([\\s\\S]*?)</p>`).exec(html);
  return m ? plain(m[1]) : '';
};
const summary = (html) => [...(/class="error-list">([\s\S]*?)<\/ul>/.exec(html) || ['', ''])[1]
  .matchAll(/<a href="#f-(\w+)"/g)].map((m) => m[1]);

test('the window has its groups and labels word for word, each with a hint (GC-246 … GC-264)', async () => {
  const { text } = await admin.get(where);
  assert.match(text, /<h1>Системные параметры<\/h1>/);
  assert.deepEqual([...text.matchAll(/<legend>([^<]*)<\/legend>/g)].map((m) => m[1]),
    ['Система', 'САУПГ', 'Почтовый сервер', 'Отправка SMS', 'Архивы', 'Ограничения', 'LoRaWAN', 'Журнал обмена']);
  const of = (group) => {
    const part = new RegExp(`id="g-${group}">([\\s\\S]*?)</fieldset>`).exec(text)[1];
    return [...part.matchAll(/<label class="(?:form-label|switch)"[^>]*>([\s\S]*?)<\/label>/g)].map((m) => plain(m[1]));
  };
  assert.deepEqual(of('system'), ['URL для входа в систему']);
  assert.deepEqual(of('saupg'), ['Подтверждение СБ']);
  for (const label of ['Адрес отправителя писем', 'Имя отправителя писем', 'SMTP сервер', 'Логин SMTP сервера',
    'Пароль SMTP сервера', 'Порт SMTP сервера']) assert.ok(of('mail').includes(label), label);
  for (const label of ['Логин', 'Пароль', 'Отправлять SMS']) assert.ok(of('sms').includes(label), label);
  assert.deepEqual(of('archive'), ['Использовать суточные архивы', 'Отчётный час', 'Использовать часовые архивы', 'Читать журналы событий']);
  assert.deepEqual(of('limits'), ['Кол-во обновлений ПО в сутки', 'Кол-во изменений IP в сутки', 'Отключать газ без связи',
    'Задержка отключения, суток', 'Запрет команд отключения газа', 'Запрет выполнения отключения газа',
    'Запрет автоматического закрытия клапана', 'Коррекция часов при отклонении, с']);
  assert.deepEqual(of('lorawan'), ['Использовать LoRaWAN', 'Адрес сервера приложений', 'Имя пользователя', 'Пароль', 'ApplicationID']);
  assert.deepEqual(of('exchange'), ['Хранить журнал обмена, суток']);
  const names = [...text.matchAll(/name="seen_(\w+)"/g)].map((m) => m[1]);
  assert.equal(names.length, 33);
  for (const name of names) assert.match(text, new RegExp(`id="f-${name}-hint">\\S`), name);
  assert.match(text, /<button type="submit"[^>]*>.*?<span>Ok<\/span>/);
  assert.match(text, /<a class="btn btn-quiet" href="\/admin\/">Отмена<\/a>/);
});

test('the table of the program and that of the database are one', () => {
  const source = fs.readFileSync(path.join(root, 'lib/model/parameter.c'), 'utf8');
  const ours = [...source.matchAll(/\{ "(\w+)",\s+"\w+",\s+PARAMETER_(\w+),\s+(true|false),\s+(\d+), (\d+),\s+(NULL|"[^"]*"), "([^"]*)" \}/g)]
    .map(([, name, kind, optional, min, max, choices, value]) => ({
      name, kind: kind.toLowerCase(), optional: optional === 'true',
      min: kind === 'NUMBER' ? Number(min) : null, max: kind === 'NUMBER' ? Number(max) : null,
      choices: choices === 'NULL' ? [] : choices.slice(1, -1).split(' '), value: kind === 'SECRET' ? null : value,
    }));
  const theirs = stack.sql('select name, kind, optional, min::float8 as min, max::float8 as max, choices, value from parameter order by name');
  assert.equal(ours.length, 33);
  assert.deepEqual(ours.sort((a, b) => (a.name < b.name ? -1 : 1)), theirs);
});

test('«Ok» saves, and each change is a line of the log with new value and old; what is unchanged is not told (GC-244, GC-246)', async () => {
  const before_ = lines();
  const answer = await save({ login_url: ' https://www.somedomain.ru ', mail_from_name: 'САУПГ', hourly_archives: 'on', smtp_security: 'starttls' });
  assert.equal(answer.status, 303);
  assert.equal(answer.to, `${where}?saved=4`);
  assert.equal(set('login_url'), 'https://www.somedomain.ru');
  assert.equal(set('hourly_archives'), 'on');
  assert.deepEqual(told(4), [
    { who: 'par-one', note: 'Использовать часовые архивы -> on (было: off)', address: '127.0.8.1' },
    { who: 'par-one', note: 'Защита соединения с SMTP сервером -> starttls (было: none)', address: '127.0.8.1' },
    { who: 'par-one', note: 'Имя отправителя писем -> САУПГ (было: «»)', address: '127.0.8.1' },
    { who: 'par-one', note: 'URL для входа в систему -> https://www.somedomain.ru (было: «»)', address: '127.0.8.1' },
  ]);
  assert.match((await admin.get(answer.to)).text, /Сохранено изменений: 4/);
  assert.equal(lines(), before_ + 4);
  assert.equal((await save({})).to, `${where}?saved=0`);
  assert.equal(lines(), before_ + 4);
  assert.equal((await save({ hourly_archives: null })).status, 303);
  assert.equal(set('hourly_archives'), 'off');
});

test('an open form of old days changes nothing that it does not speak of', async () => {
  const fields = await opened();
  const answer = await admin.post(where, { report_hour: '11', seen_report_hour: fields.seen_report_hour });
  assert.equal(answer.status, 303);
  assert.equal(set('report_hour'), '11');
  assert.equal(set('saupg_confirmation'), 'on');
  assert.equal(set('daily_archives'), 'on');
  assert.equal((await save({ report_hour: '10' })).status, 303);
});

const long = 'x'.repeat(251);
const wrong = {
  login_url: [['gas.ru', 'http'], ['ftp://gas.ru', 'http'], ['http://', 'http'], ['https://a b', 'http'], ['http://x:99999999', 'http'],
    ['http://<script>', 'http'], [`http://${long}`, 'длинно']],
  mail_from_address: [['gas', 'name@example.ru'], ['a@b@c', 'name@example.ru'], ['@b', 'name@example.ru'], ['a b@c.ru', 'name@example.ru'], ['a@', 'name@example.ru']],
  mail_from_name: [[long, 'длинно'], ['a\tb', 'не видно']],
  smtp_host: [['http://mail.ru', 'без протокола'], ['mail ru', 'без протокола'], ['mail.ru:25', 'без протокола'], ['-x', 'без протокола'], ['a..b', 'без протокола']],
  smtp_login: [[long, 'длинно']],
  smtp_password: [['x'.repeat(201), 'длинно']],
  smtp_port: [['', 'Заполните'], ['0', 'от 1 до 65535'], ['65536', 'от 1 до 65535'], ['25.0', 'целое'], ['-1', 'целое'], ['99999999999999999999', 'от 1 до 65535']],
  smtp_security: [['ssl3', 'списка']],
  sms_login: [[long, 'длинно']],
  sms_password: [['x'.repeat(201), 'длинно']],
  sms_sender: [[long, 'длинно']],
  report_hour: [['24', 'от 0 до 23'], ['-1', 'целое'], ['', 'Заполните'], ['10:00', 'целое']],
  firmware_per_day: [['1001', 'от 0 до 1000'], ['', 'Заполните']],
  address_changes_per_day: [['1001', 'от 0 до 1000'], ['x', 'целое']],
  clock_limit_s: [['86401', 'от 0 до 86400'], ['-1', 'целое'], ['', 'Заполните']],
  cutoff_delay_days: [['0', 'от 1 до 366'], ['367', 'от 1 до 366'], ['1,5', 'целое']],
  lorawan_url: [['name.domain.ru:8080', 'http']],
  lorawan_user: [[long, 'длинно']],
  lorawan_password: [['x'.repeat(201), 'длинно']],
  lorawan_application: [['abc', 'целое'], ['1e5', 'целое']],
};

for (const [name, cases] of Object.entries(wrong)) {
  test(`«${name}» refuses what cannot stand there, beside the field and on top, and saves nothing`, async () => {
    const fields = await opened();
    const before_ = stack.sql('select * from parameter order by name');
    for (const [value, says] of cases) {
      const { status, text } = await admin.post(where, { ...fields, [name]: value, mail_from_name: name === 'mail_from_name' ? value : 'не сохранится' });
      assert.equal(status, 422, JSON.stringify(value));
      assert.ok(errorOf(text, name).includes(says), `${JSON.stringify(value)}: ${errorOf(text, name)}`);
      assert.deepEqual(summary(text), [name]);
      assert.match(text, new RegExp(`id="f-${name}"[^>]*aria-invalid="true"`));
      assert.doesNotMatch(text, /<script>(?!<)/);
      if (!name.endsWith('password') && !name.endsWith('security')) {
        assert.equal(fieldsOf(text)[name], value.replace(/^\s+|\s+$/g, ''), 'what was typed stays');
      }
    }
    assert.deepEqual(stack.sql('select * from parameter order by name'), before_);
  });
}

test('what usually stands there is taken', async () => {
  for (const changes of [
    { login_url: 'http://10.4.250.82' }, { login_url: 'https://[2001:db8::1]:8443/in' }, { login_url: 'http://localhost:8080/' }, { login_url: '' },
    { smtp_host: '10.4.250.1' }, { smtp_host: 'mail.mnppsaturn.ru' }, { smtp_host: '2001:db8::25' }, { smtp_host: '' },
    { mail_from_address: 'al@mnppsaturn.ru' }, { smtp_port: '465', smtp_security: 'tls' },
    { report_hour: '0' }, { report_hour: '23' }, { report_hour: '10' }, { firmware_per_day: '0' }, { firmware_per_day: '500' },
    { cutoff_delay_days: '30' }, { lorawan_url: 'https://name.domain.ru:8080' }, { lorawan_application: '17' }, { lorawan_application: '' },
  ]) {
    const answer = await save(changes);
    assert.equal(answer.status, 303, JSON.stringify(changes));
    for (const [name, value] of Object.entries(changes)) assert.equal(set(name), value);
  }
});

test('the database refuses it too, whoever writes', () => {
  for (const [name, value] of [['report_hour', '24'], ['smtp_port', '0'], ['login_url', 'gas.ru'], ['smtp_host', 'a b'],
    ['mail_from_address', 'x'], ['sms_enabled', 'yes'], ['smtp_security', 'ssl'], ['smtp_password', 'plain text']]) {
    assert.throws(() => stack.exec(`update parameter set value = '${value}' where name = '${name}'`), { code: '23514' }, name);
  }
  for (const role of ['web', 'admin', 'listener', 'worker', 'notifier']) {
    assert.throws(() => stack.exec("update parameter set value = '1' where name = 'report_hour'", role), { code: '42501' }, role);
  }
});

// ---- secrets -------------------------------------------------------------------

test('a password is kept sealed, is never sent back, and its line in the log is masked (GC-244, GC-251)', async () => {
  const secret = 'Пароль-«secret»-42';
  assert.equal((await save({ smtp_password: secret })).status, 303);
  assert.deepEqual(told(), [{ who: 'par-one', note: 'Пароль SMTP сервера -> ••••', address: '127.0.8.1' }]);
  const [row] = stack.sql("select value, encode(sealed, 'hex') as sealed, has_secret from parameter where name = 'smtp_password'");
  assert.equal(row.value, null);
  assert.equal(row.has_secret, true);
  assert.ok(!Buffer.from(row.sealed, 'hex').includes(secret));
  assert.ok(row.sealed.length / 2 > Buffer.byteLength(secret));
  const { text } = await admin.get(where);
  assert.ok(!text.includes('secret'));
  assert.match(text, /id="f-smtp_password"[^>]*type="password" value=""/);
  assert.match(text, /id="f-smtp_password"[^>]*placeholder="Задан/);
  assert.ok(!JSON.stringify(stack.sql('select * from audit_log')).includes('secret'));
});

test('an empty password field leaves the secret as it is, the check box takes it away', async () => {
  const sealed = () => stack.sql("select encode(sealed, 'hex') as s from parameter where name = 'sms_password'")[0].s;
  await save({ sms_password: 'one' });
  const was = sealed();
  await save({ sms_password: '', sms_sender: 'Gas' });
  assert.equal(sealed(), was);
  await save({ sms_password: 'two', clear_sms_password: '1' });
  assert.notEqual(sealed(), was);
  assert.ok(sealed(), 'a new one wins over the check box');
  assert.equal((await save({ clear_sms_password: '1' })).to, `${where}?saved=1`);
  assert.equal(sealed(), null);
  assert.equal(told()[0].note, 'Пароль (Отправка SMS) -> «»');
  assert.doesNotMatch((await admin.get(where)).text, /name="clear_sms_password"/);
});

test('sealed passwords are read by the notifier alone, changed by the administrators\' program alone', () => {
  for (const role of ['web', 'admin', 'listener', 'worker']) {
    assert.throws(() => stack.exec('select sealed from parameter', role), { code: '42501' }, role);
  }
  stack.exec('select sealed from parameter', 'notifier');
  for (const role of ['web', 'listener', 'worker', 'notifier']) {
    assert.throws(() => stack.exec("select parameter_set('report_hour', 0, '1', null)", role), { code: '42501' }, role);
  }
  for (const role of ['view', 'control', 'security', '']) {
    assert.throws(() => stack.exec(`begin; select set_config('app.role', '${role}', true);
      select parameter_set('report_hour', 0, '1', null)`, 'admin'), { code: 'LZ403' }, role);
  }
});

// ---- two administrators ------------------------------------------------------------

test('what another has changed since the form was opened is told with both values and not overwritten', async () => {
  const stale = await opened(other);
  await save({ report_hour: '7' });
  const { status, text } = await other.post(where, { ...stale, report_hour: '8', mail_from_name: 'Моё' });
  assert.equal(status, 409);
  assert.equal(set('report_hour'), '7');
  assert.notEqual(set('mail_from_name'), 'Моё');
  const said = plain(/id="f-report_hour-other">([\s\S]*?)<\/p>/.exec(text)[1]);
  assert.match(said, /Изменил par-one, \d\d-\d\d-\d{4} \d\d:\d\d:\d\d\. В вашей форме было: 8/);
  assert.deepEqual(summary(text), ['report_hour']);
  const again = fieldsOf(text);
  assert.equal(again.report_hour, '7', 'the field shows what is set now');
  assert.equal(again.mail_from_name, 'Моё', 'the rest of the form is as it was typed');
  assert.equal((await other.post(where, again)).status, 303);
  assert.equal(set('report_hour'), '7');
  assert.equal(set('mail_from_name'), 'Моё');
  await save({ report_hour: '10' });
});

test('changes of two administrators to different parameters both stay', async () => {
  const stale = await opened(other);
  await save({ firmware_per_day: '3' });
  // The form of the other one still holds the old number, untouched.
  const { status, text } = await other.post(where, { ...stale, address_changes_per_day: '4' });
  assert.equal(status, 409);
  assert.equal((await other.post(where, fieldsOf(text))).status, 303);
  assert.equal(set('firmware_per_day'), '3');
  assert.equal(set('address_changes_per_day'), '4');
});

test('the same change by both is no conflict', async () => {
  const stale = await opened(other);
  await save({ cutoff_delay_days: '5' });
  assert.equal((await other.post(where, { ...stale, cutoff_delay_days: '5' })).status, 303);
});

test('a password that another has set meanwhile is not overwritten', async () => {
  const stale = await opened(other);
  await save({ lorawan_password: 'first' });
  const was = stack.sql("select encode(sealed, 'hex') as s from parameter where name = 'lorawan_password'")[0].s;
  const { status, text } = await other.post(where, { ...stale, lorawan_password: 'second' });
  assert.equal(status, 409);
  assert.ok(!text.includes('second'));
  assert.equal(stack.sql("select encode(sealed, 'hex') as s from parameter where name = 'lorawan_password'")[0].s, was);
});

test('a form without its token or with a made-up revision changes nothing', async () => {
  const fields = await opened();
  assert.equal((await admin.post(where, { ...fields, csrf: 'x', report_hour: '1' })).status, 403);
  assert.equal((await admin.post(where, { ...fields, report_hour: '1', seen_report_hour: 'x' })).status, 422);
  assert.equal((await admin.post(where, { ...fields, report_hour: '1', seen_report_hour: '1' })).status, 409);
  assert.equal(set('report_hour'), '10');
});

// ---- effects -----------------------------------------------------------------------

test('«Отчётный час» is the hour when reports close a day (GC-254)', async () => {
  const closing = () => stack.sql(`select volume_dm3, interpolated from volume_at(1, '2025-03-02')`)[0];
  stack.exec(`delete from reading where meter_id = 1; delete from archive_daily where meter_id = 1;
    insert into reading (meter_id, at, received_at, volume_dm3) values
      (1, '2025-03-02 00:00+03', now(), 0), (1, '2025-03-03 00:00+03', now(), 24000)`);
  await save({ report_hour: '10' });
  assert.deepEqual(closing(), { volume_dm3: 10000, interpolated: true });
  await save({ report_hour: '6' });
  assert.deepEqual(closing(), { volume_dm3: 6000, interpolated: true });
  await save({ report_hour: '10' });
});

test('«Запрет команд отключения газа» refuses closing in words, opening works, and both work when it is lifted (GC-259)', async () => {
  const operator = new Visitor(stack, { address: '127.0.8.3' });
  await operator.signIn(addOperator(stack, 'par-valve', 'control'));
  const [{ id }] = stack.sql('select min(m.id) as id from meter m join meter_type t on t.id = m.meter_type_id where t.has_valve');
  const ask = (action) => operator.post(`/meters/${id}/valve`, { action });
  const commands = () => Number(stack.sql('select count(*) as n from command')[0].n);
  await save({ ban_close_commands: 'on' });
  const before_ = commands();
  const refused = await ask('close');
  assert.ok(refused.status >= 400 && refused.status < 500, String(refused.status));
  assert.equal(commands(), before_);
  assert.match(plain(refused.text), /запре/i);
  assert.equal((await ask('open')).status, 303);
  assert.equal(commands(), before_ + 1);
  await save({ ban_close_commands: null });
  assert.equal((await ask('close')).status, 303);
  assert.equal(commands(), before_ + 2);
});

test('what does not work yet though it is well-formed is said beside its group', async () => {
  await save({ sms_enabled: 'on', sms_login: '', smtp_host: '' });
  const { text } = await admin.get(where);
  assert.match(text, /SMS не отправляются: включены, но не заданы логин или пароль/);
  assert.match(text, /Письма не отправляются: не указан SMTP сервер/);
  await save({ sms_login: 'gas', sms_password: 'x', smtp_host: 'mail.ru' });
  assert.doesNotMatch((await admin.get(where)).text, /не отправляются: /);
  await save({ sms_enabled: null, smtp_host: '' });
});

test('an unknown name of a parameter is a mistake that is heard', () => {
  for (const ask of ["parameter_on('ban_closing')", "parameter_int('hour')", "parameter_text('smtp_password')"]) {
    assert.throws(() => stack.exec(`select ${ask}`, 'listener'), { code: 'P0002' }, ask);
  }
});

// ---- test messages ------------------------------------------------------------------

const page = '/admin/parameters/test';
const fate = (html) => plain((/<div id="fate"[\s\S]*?<\/div><\/div>/.exec(html) || [''])[0]);

test('a test letter goes into the outbox and its fate is followed to the end, told and why', async () => {
  assert.match((await admin.get(page)).text, /SMTP сервер не указан: письмо будет ждать/);
  const answer = await admin.post(page, { kind: 'mail', to: ' boss@example.ru ' });
  assert.equal(answer.status, 303);
  const id = /\?mail=(\d+)$/.exec(answer.to)[1];
  const [letter] = stack.sql(`select recipient, kind, state, "values" ->> 'login' as login from outbox_mail where id = ${id}`);
  assert.deepEqual(letter, { recipient: 'boss@example.ru', kind: 'test_letter', state: 'queued', login: 'par-one' });
  let { text } = await admin.get(answer.to);
  assert.equal(fate(text), 'Сообщение boss@example.ru: в очереди');
  const live = decode(/hx-get="([^"]*test\/live[^"]*)"/.exec(text)[1]);
  stack.exec(`update outbox_mail set attempts = 1, error = 'refused', detail = '550 no <such> user', next_at = now() where id = ${id}`);
  text = (await admin.get(live)).text;
  assert.match(fate(text), /в очереди ?Неудачных попыток: 1\. Следующая: \d\d-\d\d-\d{4} \d\d:\d\d:\d\d ?Ответ сервера: 550 no <such> user/);
  stack.exec(`update outbox_mail set state = 'failed' where id = ${id}`);
  text = (await admin.get(live)).text;
  assert.match(text, /notice-bad/);
  assert.match(fate(text), /не отправлено/);
  assert.doesNotMatch(text, /hx-get/, 'it is over, nothing is asked any more');
  stack.exec(`update outbox_mail set state = 'sent', error = '', detail = '' where id = ${id}`);
  assert.match((await admin.get(live)).text, /notice-good/);
});

test('a test SMS goes the same way, and both stand in the log', async () => {
  const answer = await admin.post(page, { kind: 'sms', to: '+7 916 123-45-67' });
  const id = /\?sms=(\d+)$/.exec(answer.to)[1];
  assert.deepEqual(stack.sql(`select phone, kind from outbox_sms where id = ${id}`), [{ phone: '+79161234567', kind: 'test_sms' }]);
  assert.match(fate((await admin.get(answer.to)).text), /в очереди/);
  const actions = stack.sql("select action, note from audit_log where action like 'Отправлено проверочное%' order by id desc limit 2");
  assert.deepEqual(actions, [{ action: 'Отправлено проверочное SMS', note: '+7 916 123-45-67' },
    { action: 'Отправлено проверочное письмо', note: 'boss@example.ru' }]);
});

test('an address that nothing can be sent to is refused beside its field', async () => {
  for (const [kind, to, says] of [['mail', 'x', 'name@example.ru'], ['mail', '', 'name@example.ru'], ['mail', 'a@b\r\nBcc: c@d', 'name@example.ru'],
    ['sms', '12345', '10–15 цифр'], ['sms', 'a@b.ru', '10–15 цифр'], ['sms', '', '10–15 цифр']]) {
    const { status, text } = await admin.post(page, { kind, to });
    assert.equal(status, 422, `${kind} ${to}`);
    assert.ok(plain(new RegExp(`id="to-${kind}-error">([\\s\\S]*?)</p>`).exec(text)[1]).includes(says));
  }
});

test('after ten in an hour no more test messages are taken', async () => {
  stack.exec("delete from outbox_sms where reason = 'test_sms'");
  for (let i = 0; i < 10; i++) assert.equal((await admin.post(page, { kind: 'sms', to: `7916000000${i}` })).status, 303);
  const { status, text } = await admin.post(page, { kind: 'sms', to: '79160000011' });
  assert.equal(status, 429);
  assert.match(text, /Уже отправлено десять за час/);
  assert.equal((await admin.post(page, { kind: 'mail', to: 'still@example.ru' })).status, 303);
});

test('only test messages are shown there, and a number of another is not found', async () => {
  stack.exec("insert into outbox_mail (recipient, subject, body, reason) values ('private@example.ru', '', '', 'x')");
  const [{ id }] = stack.sql('select max(id) as id from outbox_mail');
  assert.equal((await admin.get(`${page}?mail=${id}`)).status, 404);
  assert.equal((await admin.get(`${page}/live?mail=999999`)).status, 404);
});

test('the screen speaks English too', async () => {
  const { text } = await admin.get(where, { 'Accept-Language': 'en' });
  assert.ok(/System parameters|Системные параметры/.test(text));
  admin.cookies.set('lang', 'en');
  const english = (await admin.get(where)).text;
  admin.cookies.delete('lang');
  assert.match(english, /<h1>System parameters<\/h1>/);
  assert.doesNotMatch(/<form class="parameters-form"[\s\S]*<\/form>/.exec(english)[0].replace(/value="[^"]*"/g, ''), /[а-яё]/i);
});
