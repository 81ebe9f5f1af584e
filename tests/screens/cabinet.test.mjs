// The way into the cabinet and out of it: signing in, passwords, whose data.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { attempt, enter, letterOf, meterAdd, panels, subscriberAdd } from '../lib/cabinet.mjs';
import { Site, plain, signIn } from '../lib/site.mjs';
import { root, startStack } from '../lib/stack.mjs';

let stack; let ivan; let anna;
before(async () => {
  stack = await startStack({ meters: 10, programs: ['operator', 'admin', 'cabinet', 'nginx'] });
  ivan = subscriberAdd(stack, { email: 'Ivan@Example.ru', first_name: 'Иван Иванович', last_name: 'Иванов', account: 'cab-1' });
  anna = subscriberAdd(stack, { email: 'anna@example.ru', first_name: 'Анна Петровна', last_name: 'Сидорова', account: 'cab-2' });
  meterAdd(stack, { serial: '099100000001', owner: ivan, volume_dm3: 12345678 });
  meterAdd(stack, { serial: '099100000002', owner: anna, volume_dm3: 87654321 });
});
after(() => stack?.stop());

const one = (sql) => stack.sql(sql)[0];
const fresh = () => stack.exec('delete from cabinet_attempt');
const cookieLine = (answer) => answer.headers.getSetCookie().find((c) => c.startsWith('lazur-cabinet='));

test('GC-290 the form has its heading, e-mail, password, «Чужой компьютер», its button and the link about a password', async () => {
  const { status, html } = await new Site(stack).get('/cabinet/sign-in');
  assert.equal(status, 200);
  assert.match(html, /<h1>Личный кабинет абонента<\/h1>/);
  assert.match(html, /<label for="email">Введите адрес электронной почты<\/label>\s*<input id="email" name="email" type="email"/);
  assert.match(html, /<label for="password">Пароль<\/label>\s*<input id="password" name="password" type="password"/);
  assert.match(html, /<input type="checkbox" id="foreign"[^>]*><label for="foreign">Чужой компьютер<\/label>/);
  assert.match(html, /<button class="btn btn-primary" type="submit">Войти в личный кабинет<\/button>/);
  assert.match(html, /<a id="forgotten" href="\/cabinet\/recovery">Не знаете или забыли пароль\?<\/a>/);
});

test('GC-291 whoever is allowed enters by his e-mail in whatever case; a stranger, one not allowed and a wrong password get one answer', async () => {
  assert.equal((await enter(stack, 'ivan@EXAMPLE.ru')).landed, '/cabinet/profile');
  subscriberAdd(stack, { email: 'shut@example.ru', cabinet_allowed: false });
  subscriberAdd(stack, { email: 'new@example.ru', password: false });
  const said = new Set();
  for (const [email, password] of [['ivan@example.ru', 'wrong'], ['nobody@example.ru', stack.password],
    ['shut@example.ru', stack.password], ['new@example.ru', stack.password], ['', '']]) {
    const site = new Site(stack);
    const answer = await attempt(site, email, password);
    assert.equal(answer.status, 422, email);
    assert.ok(!site.cookies.has('lazur-cabinet'));
    said.add(plain(answer.html.replace(/value="[^"]*"/g, '')));
  }
  assert.equal(said.size, 1);
  assert.match([...said][0], /Неверный адрес электронной почты или пароль/);
  fresh();
});

test('the password is never sent back, and a typed e-mail is, as text', async () => {
  const { html } = await attempt(new Site(stack), '<b>@x.ru', 'p4ss-typed');
  assert.doesNotMatch(html, /p4ss-typed|<b>@/);
  assert.match(html, /value="&lt;b&gt;@x\.ru"/);
  fresh();
});

test('an unknown e-mail costs the time of a wrong password', async () => {
  const took = async (email) => {
    const site = new Site(stack);
    await site.get('/cabinet/sign-in');
    const begun = process.hrtime.bigint();
    await site.post('/cabinet/sign-in', { email, password: 'wrong' });
    return Number(process.hrtime.bigint() - begun) / 1e6;
  };
  const median = (a) => a.sort((x, y) => x - y)[Math.floor(a.length / 2)];
  const known = []; const unknown = [];
  for (let i = 0; i < 5; i++) {
    fresh();
    known.push(await took('ivan@example.ru'));
    unknown.push(await took('nobody@example.ru'));
  }
  assert.ok(median(unknown) > median(known) / 3, `${median(unknown)} ms of ${median(known)} ms`);
  fresh();
});

test('after five failures an e-mail waits, after twenty an address does, and the right password does not help', async () => {
  const site = new Site(stack);
  for (let i = 0; i < 5; i++) assert.equal((await attempt(site, 'ANNA@example.ru', `wrong ${i}`)).status, 422);
  const answer = await attempt(site, 'anna@example.ru', stack.password);
  assert.equal(answer.status, 429);
  assert.ok(Number(answer.headers.get('retry-after')) > 500);
  assert.match(plain(answer.html), /Слишком много попыток.*Подождите минут: 10/);
  assert.equal((await attempt(new Site(stack), 'ivan@example.ru', stack.password)).status, 303, 'others enter');
  for (let i = 0; i < 15; i++) await attempt(site, `stranger${i}@example.ru`, 'x');
  assert.equal((await attempt(new Site(stack), 'ivan@example.ru', stack.password)).status, 429);
  stack.exec("update cabinet_attempt set at = at - interval '10 minutes'");
  assert.equal((await attempt(site, 'anna@example.ru', stack.password)).status, 303);
  fresh();
});

test('GC-293 a browser is remembered without «Чужой компьютер» and only for its session with it', async () => {
  const remembered = await attempt(new Site(stack), 'ivan@example.ru', stack.password);
  assert.match(cookieLine(remembered), /HttpOnly; SameSite=Lax.*Max-Age=31536000/);
  const foreign = await attempt(new Site(stack), 'ivan@example.ru', stack.password, { foreign: '1' });
  assert.doesNotMatch(cookieLine(foreign), /Max-Age|Expires/i);
  const rows = stack.sql(`select remembered from cabinet_session where subscriber_id = ${ivan} order by started_at desc limit 2`);
  assert.deepEqual(rows.map((r) => r.remembered), [false, true]);
});

test('GC-293 the next visit enters by itself; a computer of others asks after half an hour; after «Выйти» it asks', async () => {
  stack.exec('delete from cabinet_session');
  const own = await enter(stack, 'ivan@example.ru');
  const others = await enter(stack, 'ivan@example.ru', { foreign: '1' });
  stack.exec("update cabinet_session set active_at = now() - interval '31 minutes'");
  assert.equal((await own.get('/cabinet/profile')).status, 200);
  assert.match((await others.get('/cabinet/profile')).location, /^\/cabinet\/sign-in\?back=%2Fcabinet%2Fprofile/);
  stack.exec("update cabinet_session set active_at = now() - interval '181 days'");
  assert.equal((await own.get('/cabinet/profile')).status, 303);

  const leaving = await enter(stack, 'ivan@example.ru');
  const token = leaving.cookies.get('lazur-cabinet');
  assert.equal((await leaving.post('/cabinet/sign-out')).location, '/cabinet/sign-in?ended=SignedOut');
  assert.ok(!leaving.cookies.has('lazur-cabinet'));
  leaving.cookies.set('lazur-cabinet', token);
  assert.equal((await leaving.get('/cabinet/profile')).status, 303, 'the old cookie opens nothing');
});

test('the database keeps hashes of cookies and links, and passwords as yescrypt only', async () => {
  const site = await enter(stack, 'ivan@example.ru');
  await site.post('/cabinet/recovery', { email: 'ivan@example.ru' });
  const link = letterOf(stack, 'password_recovery', 'Ivan@Example.ru').link.split('token=')[1];
  for (const secret of [site.cookies.get('lazur-cabinet'), link]) {
    for (const t of ['cabinet_session', 'cabinet_recovery', 'cabinet_account', 'cabinet_event']) {
      assert.doesNotMatch(JSON.stringify(stack.sql(`select * from ${t}`)), new RegExp(secret), t);
    }
  }
  for (const { password_hash: hash } of stack.sql('select password_hash from cabinet_account')) assert.match(hash, /^\$y\$/);
});

// ---- passwords ----

const recover = async (email) => {
  const site = new Site(stack);
  await site.get('/cabinet/recovery');
  return site.post('/cabinet/recovery', { email });
};
const link = (email) => new URL(letterOf(stack, 'password_recovery', email).link);

test('GC-294 «Восстановить» and «Отмена»: one answer for known and unknown addresses, a letter for the known', async () => {
  const page = (await new Site(stack).get('/cabinet/recovery?email=anna%40example.ru')).html;
  assert.match(page, /<input id="email"[^>]*value="anna@example.ru"/);
  assert.match(page, />Восстановить<\/button>/);
  assert.match(page, /<a class="btn btn-quiet" href="\/cabinet\/sign-in">Отмена<\/a>/);
  stack.exec('delete from outbox_mail');
  const said = [];
  for (const email of ['anna@example.ru', 'nobody@example.ru', 'shut@example.ru']) {
    const answer = await recover(email);
    assert.equal(answer.status, 200);
    said.push(plain(answer.html).replaceAll(email, ''));
  }
  assert.equal(new Set(said).size, 1);
  assert.match(said[0], /Если этот адрес зарегистрирован/);
  assert.deepEqual(stack.sql('select recipient, kind from outbox_mail'), [{ recipient: 'anna@example.ru', kind: 'password_recovery' }]);
  fresh();
});

test('GC-294 three letters in ten minutes are enough, for a stranger\'s address too', async () => {
  for (const email of ['anna@example.ru', 'nobody@example.ru']) {
    const codes = [];
    for (let i = 0; i < 4; i++) codes.push((await recover(email)).status);
    assert.deepEqual(codes, [200, 200, 200, 429], email);
  }
  fresh();
});

test('GC-295 the letter has name and patronymic, the moment, the link and the login, and its words the limit and the advice', async () => {
  await recover('ivan@example.ru');
  const v = letterOf(stack, 'password_recovery', 'Ivan@Example.ru');
  assert.equal(v.name, 'Иван Иванович');
  assert.equal(v.email, 'Ivan@Example.ru');
  assert.match(v.at, /^\d\d-\d\d-\d{4} \d\d:\d\d$/);
  assert.match(v.link, new RegExp(`^${stack.http}/cabinet/password\\?token=[0-9a-f]{64}$`));
  const words = fs.readFileSync(path.join(root, 'templates/letters/mail/password_recovery.ru.txt'), 'utf8');
  assert.match(words, /в течение 10 минут/);
  assert.match(words, /Никому не сообщайте Ваш пароль/);
  fresh();
});

test('the link leads to the address that the administrator has set, whatever the browser calls the site', async () => {
  stack.exec("update parameter set value = 'https://lazur.example/some/page' where name = 'login_url'");
  await recover('ivan@example.ru');
  assert.match(letterOf(stack, 'password_recovery', 'Ivan@Example.ru').link, /^https:\/\/lazur\.example\/cabinet\/password\?token=/);
  stack.exec("update parameter set value = '' where name = 'login_url'; delete from outbox_mail");
  const { default: http } = await import('node:http');
  const site = new Site(stack);
  await site.get('/cabinet/recovery');
  const status = await new Promise((resolve, reject) => {
    const body = new URLSearchParams({ csrf: site.csrf, email: 'ivan@example.ru' }).toString();
    const req = http.request(`${stack.http}/cabinet/recovery`, { method: 'POST', headers: { host: 'evil.example',
      cookie: [...site.cookies].map(([k, v]) => `${k}=${v}`).join('; '),
      'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) } }, (res) => {
      res.resume(); res.on('end', () => resolve(res.statusCode));
    });
    req.on('error', reject); req.end(body);
  });
  assert.equal(status, 200);
  assert.equal(one("select count(*)::int as n from outbox_mail").n, 0, 'no letter leads to a stranger');
  fresh();
});

test('GC-296 the link works ten minutes and once, and only the last one does', async () => {
  await recover('anna@example.ru');
  const first = link('anna@example.ru');
  await recover('anna@example.ru');
  const second = link('anna@example.ru');
  const site = new Site(stack);
  const opens = async (l) => (await site.get(l.pathname + l.search)).status;
  assert.equal(await opens(first), 422);
  assert.equal(await opens(second), 200);
  assert.equal(await opens(second), 200, 'looking does not use it up');
  stack.exec("update cabinet_recovery set asked_at = now() - interval '10 minutes 1 second'");
  const late = await site.get(second.pathname + second.search);
  assert.equal(late.status, 422);
  assert.match(plain(late.html), /Ссылка больше не действует/);
  const fields = { token: second.searchParams.get('token'), password: 'Новый-пароль1', again: 'Новый-пароль1' };
  assert.equal((await site.post('/cabinet/password', fields)).status, 422);
  stack.exec('update cabinet_recovery set asked_at = now()');
  assert.equal((await site.post('/cabinet/password', fields)).status, 303);
  assert.equal((await site.post('/cabinet/password', fields)).status, 422, 'once');
  stack.exec(`update cabinet_account set password_hash = (select password_hash from operator where login = 'operator') where subscriber_id = ${anna}`);
  fresh();
});

test('GC-297 the page lists the rules, and the server keeps each of them', async () => {
  await recover('ivan@example.ru');
  const at = link('Ivan@Example.ru');
  const site = new Site(stack);
  const text = plain((await site.get(at.pathname + at.search)).html);
  for (const said of ['Новый пароль', 'Введите новый пароль ещё раз', 'Длина пароля минимум 8 символов',
    'Хотя бы одна заглавная буква', 'Хотя бы одна строчная буква', 'Хотя бы одна цифра']) assert.ok(text.includes(said), said);
  const send = (password, again = password) => site.post('/cabinet/password', { token: at.searchParams.get('token'), password, again });
  for (const bad of ['Short1a', 'nocapital1', 'NOLOWER123', 'NoDigitHere', 'ДЛИННЫЙ1', 'длинный1', 'Дли1', '', `Aa1${'x'.repeat(130)}`]) {
    const answer = await send(bad);
    assert.equal(answer.status, 422, bad);
    assert.match(plain(answer.html), /Пароль не соответствует требованиям/, bad);
  }
  assert.match(plain((await send('Correct1', 'Correct2')).html), /Введённые пароли не совпадают/);
  assert.equal((await send('Пароль12')).status, 303, 'eight characters, however many bytes');
  fresh();
});

test('GC-298 after it comes the sign-in page, only the new password works, and every browser is signed out', async () => {
  stack.exec(`update cabinet_account set password_hash = (select password_hash from operator where login = 'operator') where subscriber_id = ${ivan}`);
  const before_ = await enter(stack, 'ivan@example.ru');
  await recover('ivan@example.ru');
  const site = new Site(stack);
  const at = link('Ivan@Example.ru');
  await site.get(at.pathname + at.search);
  const done = await site.post('/cabinet/password', { token: at.searchParams.get('token'), password: 'Совсем-новый1', again: 'Совсем-новый1' });
  assert.equal(done.location, '/cabinet/sign-in?ended=Password');
  assert.match(plain((await site.get(done.location)).html), /Новый пароль сохранён/);
  assert.equal((await before_.get('/cabinet/profile')).status, 303);
  assert.equal((await attempt(site, 'ivan@example.ru', stack.password)).status, 422);
  assert.equal((await attempt(site, 'ivan@example.ru', 'Совсем-новый1')).status, 303);
  stack.exec(`update cabinet_account set password_hash = (select password_hash from operator where login = 'operator') where subscriber_id = ${ivan}`);
  fresh();
});

test('GC-294 the same way gives a first password, and with it the cabinet begins', async () => {
  const id = subscriberAdd(stack, { email: 'first@example.ru', password: false });
  await recover('first@example.ru');
  const at = link('first@example.ru');
  const site = new Site(stack);
  await site.get(at.pathname + at.search);
  await site.post('/cabinet/password', { token: at.searchParams.get('token'), password: 'Первый12', again: 'Первый12' });
  assert.equal((await enter(stack, 'first@example.ru', { password: 'Первый12' })).landed, '/cabinet/profile');
  assert.ok(one(`select registered_at > now() - interval '1 minute' as now from cabinet_account where subscriber_id = ${id}`).now);
  fresh();
});

// ---- whose data ----

// The site map as it stands in the program.
const routes = [...fs.readFileSync(path.join(root, 'cgi-bin/cabinet/main.c'), 'utf8')
  .matchAll(/\{\s*"(GET|POST)",\s*"([^"]+)",\s*(\w+),\s*(\w+),/g)].map(([, method, address, needs, effect]) => ({ method, address, needs, effect }));

test('GC-292 without a session every page of the cabinet leads to the form, and nothing is changed', async () => {
  const site = new Site(stack);
  await site.get('/cabinet/sign-in');
  const shut = routes.filter((r) => r.needs !== 'ANYBODY');
  assert.ok(shut.length >= 17);
  for (const { method, address } of shut) {
    const answer = method === 'GET' ? await site.get(address) : await site.post(address, { email: 'x@y.ru', scheme: 'dark' });
    assert.match(answer.location, /^\/cabinet\/sign-in\?back=/, `${method} ${address}`);
  }
  const open = routes.filter((r) => r.needs === 'ANYBODY').map((r) => r.address.replace(/^\/cabinet\/?/, ''));
  assert.deepEqual([...new Set(open)].sort(), ['', 'help', 'look', 'password', 'recovery', 'sign-in'], 'what is open to everybody');
  assert.ok(routes.every((r) => (r.method === 'POST') === (r.effect === 'CHANGES')), 'what changes is posted with its token');
  assert.equal((await site.get('/cabinet/')).location, '/cabinet/sign-in');
});

test('GC-292 a subscriber sees his own and nothing of another\'s, whatever he asks for', async () => {
  const site = await enter(stack, 'anna@example.ru');
  for (const s of ['profile', 'meters', 'notifications', 'log', 'settings', `profile?id=${ivan}`, `meters?subscriber=${ivan}&meter=1`]) {
    const { status, html } = await site.get(`/cabinet/${s}`);
    assert.equal(status, 200, s);
    assert.doesNotMatch(html, /Иванов|099100000001|12 345|Ivan@/, s);
  }
  assert.ok('СГ-Лазурь G4-К №099100000002' in panels((await site.get('/cabinet/meters')).html));
  const file = await site.post('/cabinet/export');
  assert.doesNotMatch(file.html, /Иванов|099100000001/);
});

test('GC-292 a subscriber\'s cookie opens no page of operators, and an operator\'s none of the cabinet', async () => {
  const site = await enter(stack, 'anna@example.ru');
  for (const address of ['/meters', '/admin/', '/help']) {
    assert.match((await site.get(address)).location, /^\/sign-in/, address);
  }
  site.cookies.set('lazur', site.cookies.get('lazur-cabinet'));
  assert.match((await site.get('/meters')).location, /^\/sign-in/);
  const operator = await signIn(stack, 'admin');
  operator.cookies.set('lazur-cabinet', operator.cookies.get('lazur'));
  assert.match((await operator.get('/cabinet/profile')).location, /^\/cabinet\/sign-in/);
});

test('a form of another site, or without its token, changes nothing', async () => {
  const site = await enter(stack, 'anna@example.ru');
  assert.equal((await site.post('/cabinet/settings', { csrf: '', scheme: 'dark' })).status, 403);
  assert.equal((await site.post('/cabinet/settings', { scheme: 'dark' }, { origin: 'http://evil.example' })).status, 403);
  assert.equal((await site.post('/cabinet/settings', { scheme: 'dark' }, { 'sec-fetch-site': 'cross-site' })).status, 403);
  assert.equal(one(`select scheme from cabinet_account where subscriber_id = ${anna}`).scheme, 'auto');
});

test('«Разрешить личный кабинет» switched off ends everything at once, and switched on again brings nothing back', async () => {
  const site = await enter(stack, 'anna@example.ru');
  await recover('anna@example.ru');
  const at = link('anna@example.ru');
  stack.exec(`update subscriber set cabinet_allowed = false where id = ${anna}`);
  assert.equal((await site.get('/cabinet/profile')).status, 303);
  assert.equal((await attempt(new Site(stack), 'anna@example.ru', stack.password)).status, 422);
  assert.equal((await site.get(at.pathname + at.search)).status, 422);
  stack.exec(`update subscriber set cabinet_allowed = true where id = ${anna}`);
  assert.equal((await site.get('/cabinet/profile')).status, 303, 'the old cookie');
  assert.equal((await site.get(at.pathname + at.search)).status, 422, 'the old link');
  await enter(stack, 'anna@example.ru');
  fresh();
});

test('the administrator\'s other e-mail for a subscriber signs his browsers out', async () => {
  const site = await enter(stack, 'anna@example.ru');
  stack.exec(`update subscriber set email = 'anna2@example.ru' where id = ${anna}`);
  assert.equal((await site.get('/cabinet/profile')).status, 303);
  stack.exec(`update subscriber set email = 'anna@example.ru' where id = ${anna}`);
});

test('a subscriber who is deleted is out at once, with all that his cabinet kept', async () => {
  const id = subscriberAdd(stack, { email: 'gone@example.ru' });
  const site = await enter(stack, 'gone@example.ru');
  stack.exec(`delete from subscriber where id = ${id}`);
  assert.equal((await site.get('/cabinet/profile')).status, 303);
  for (const t of ['cabinet_account', 'cabinet_session', 'cabinet_event', 'cabinet_recovery', 'cabinet_code', 'notification']) {
    assert.equal(one(`select count(*)::int as n from ${t} where subscriber_id = ${id}`).n, 0, t);
  }
});

// ---- an administrator looks into a cabinet ----

const admin = () => signIn(stack, 'admin');
async function lookInto(id, site) {
  await site.get('/admin/subscribers');
  const answer = await site.post(`/admin/subscribers/${id}/cabinet`);
  if (answer.status === 303) await site.get('/cabinet/help'); // the token of its forms
  return answer;
}
const told = (mark) => stack.sql(`select operator_login || ': ' || action || ': ' || note as line from audit_log where id > ${mark} order by id`).map((l) => l.line);
const marked = () => one('select coalesce(max(id), 0) as id from audit_log').id;

test('an administrator sees a cabinet as its subscriber does, under a banner that says so, and every page is a line of the log', async () => {
  const site = await admin();
  const mark = marked();
  const answer = await lookInto(ivan, site);
  assert.equal(answer.location, '/cabinet/profile');
  assert.doesNotMatch(answer.headers.getSetCookie().find((c) => c.startsWith('lazur-cabinet-view=')), /Max-Age/);
  const pages = { profile: '«Профиль»', meters: '«Мои счётчики»', notifications: '«Уведомления»', log: '«Журнал»', settings: '«Настройки»' };
  for (const page of Object.keys(pages)) {
    const { status, html } = await site.get(`/cabinet/${page}`);
    assert.equal(status, 200, page);
    assert.match(plain(html), /Просмотр личного кабинета абонента: Иванов Иван Иванович, счёт cab-1\. Вы видите то же, что абонент; изменить ничего нельзя/, page);
    assert.doesNotMatch(html.replace(/action="\/cabinet\/(viewing\/end|look)"/g, ''), /action="|Выйти|Сидорова/, `${page} offers nothing to do`);
  }
  assert.match((await site.get('/cabinet/meters')).html, /099100000001/);
  assert.deepEqual(told(mark), ['admin: Открыт личный кабинет абонента: счёт cab-1',
    ...['«Справка»', ...Object.values(pages), '«Мои счётчики»'].map((p) => `admin: Просмотр личного кабинета абонента: счёт cab-1: ${p}`)]);
  assert.equal(one(`select count(*)::int as n from cabinet_event where subscriber_id = ${ivan} and at > (select at from audit_log where id = ${mark + 1})`).n, 0, 'his own journal tells of himself');
  const back = await site.post('/cabinet/viewing/end');
  assert.equal(back.location, `/admin/subscribers?id=${ivan}`);
  assert.equal((await site.get('/cabinet/profile')).location.split('?')[0], '/cabinet/sign-in');
  assert.match(told(mark).at(-1), /Закрыт личный кабинет абонента/);
});

test('the line of a look is of the transaction that reads, and without it nothing is shown', async () => {
  const site = await admin();
  await lookInto(ivan, site);
  stack.exec(`create function no_line() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
    create trigger no_line before insert on audit_log for each row execute function no_line()`);
  const { status, html } = await site.get('/cabinet/profile');
  stack.exec('drop trigger no_line on audit_log; drop function no_line');
  assert.equal(status, 500);
  assert.doesNotMatch(html, /Иванов/);
});

test('nothing is changed through a view: every form of the cabinet is refused and told of, and its transactions only read', async () => {
  const site = await admin();
  await lookInto(ivan, site);
  const before_ = one(`select md5(s::text || a::text) as sum from subscriber s join cabinet_account a on a.subscriber_id = s.id where s.id = ${ivan}`).sum;
  const refused = routes.filter((r) => (r.method === 'POST' || r.needs === 'SUBSCRIBER') && !['/cabinet/look', '/cabinet/viewing/end'].includes(r.address));
  assert.ok(refused.length > 12);
  const mark = marked();
  for (const { method, address } of refused) {
    const answer = method === 'GET' ? await site.get(address)
      : await site.post(address, { email: 'other@example.ru', password: stack.password, scheme: 'dark', country: '7', operator: '903', number: '1111111', reason: 'button', shown: '1' });
    assert.equal(answer.status, 403, `${method} ${address}`);
    assert.match(plain(answer.html), /Вы смотрите кабинет абонента: менять в нём может только он сам/);
  }
  assert.deepEqual(told(mark), refused.map((r) => `admin: Отказано в доступе: счёт cab-1: ${r.method} ${r.address}`));
  assert.equal(one(`select md5(s::text || a::text) as sum from subscriber s join cabinet_account a on a.subscriber_id = s.id where s.id = ${ivan}`).sum, before_);
  const view = one('select encode(token_hash, \'hex\') as hash from cabinet_view order by started_at desc').hash;
  assert.throws(() => stack.exec(`begin; select settings from cabinet_view_enter('\\x${view}', '127.0.0.1', '', '', false) \\g /dev/null
    select cabinet_settings('dark', true); commit`, 'cabinet'), { code: '25006' });
});

test('a view is for administrators, of cabinets that are allowed, and ends with the session, the role and the switch', async () => {
  for (const login of ['operator', 'viewer', 'security']) assert.equal((await lookInto(ivan, await signIn(stack, login))).status, 403, login);
  const shut = subscriberAdd(stack, { email: 'closed@example.ru', account: 'cab-9', cabinet_allowed: false });
  const site = await admin();
  const list = (id) => site.get(`/admin/subscribers?q=cab-&id=${id}`).then((a) => a.html);
  assert.match(await list(ivan), new RegExp(`action="/admin/subscribers/${ivan}/cabinet"`));
  assert.doesNotMatch(await list(shut), /\/cabinet"/);
  assert.match(await list(shut), /Личный кабинет этому абоненту не разрешён/);
  assert.equal((await lookInto(shut, site)).status, 404);
  const away = async (change, undo) => {
    await lookInto(ivan, site);
    assert.equal((await site.get('/cabinet/profile')).status, 200);
    stack.exec(change);
    const gone = await site.get('/cabinet/profile');
    if (undo) stack.exec(undo);
    assert.match(gone.location, /^\/cabinet\/sign-in\?.*ended=View/, change);
    assert.match((await site.get(gone.location)).html, /Просмотр личного кабинета закончился/);
    assert.ok(!site.cookies.has('lazur-cabinet-view'));
  };
  await away(`update subscriber set cabinet_allowed = false where id = ${ivan}`, `update subscriber set cabinet_allowed = true where id = ${ivan}`);
  const me = one("select encode(s.token_hash, 'hex') as hash, operator_id as id from operator_session s join operator o on o.id = operator_id where o.login = 'admin' order by started_at desc limit 1");
  await away(`update operator set role = 'view' where id = ${me.id}`, `update operator set role = 'admin' where id = ${me.id}`);
  await away(`update operator_session set active_at = now() - interval '21 minutes' where operator_id = ${me.id}`);
});

test('who looks into a cabinet and has one of his own in the same browser finds his own again afterwards', async () => {
  const site = await enter(stack, 'anna@example.ru');
  await site.get('/sign-in');
  await site.post('/sign-in', { login: 'admin', password: stack.password });
  await lookInto(ivan, site);
  assert.match((await site.get('/cabinet/profile')).html, /Иванов/);
  await site.post('/cabinet/viewing/end');
  assert.match((await site.get('/cabinet/profile')).html, /Сидорова/);
});

test('names, addresses and telephones stand in no log of the programs', async () => {
  const site = await enter(stack, 'ivan@example.ru');
  await site.get('/cabinet/receipt');
  await site.get('/cabinet/recovery?email=ivan%40example.ru');
  await site.post('/cabinet/email', { email: 'nonsense' });
  await new Promise((resolve) => { setTimeout(resolve, 2500); }); // nginx writes once in two seconds
  for (const log of ['cabinet', 'access', 'nginx']) assert.doesNotMatch(stack.log(log), /ivan|Иван|example\.ru/i, log);
});
