// Signing in, what ends a session, signing out: over nginx and FastCGI.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { Visitor, addOperator } from '../lib/visitor.mjs';

let stack;
before(async () => { stack = await startStack({ programs: 'web', meters: 20 }); });
after(async () => { if (stack) await stack.stop(); });

// Addresses of this file, so that its failures throttle nobody else's tests.
let last = 20;
const visitor = (options = {}) => new Visitor(stack, { address: `127.0.1.${last++}`, ...options });
const sessions = (login) => stack.sql(`select host(s.address) as address, s.replaced_at is not null as replaced,
  s.active_at > now() - interval '20 minutes' as alive
  from operator_session s join operator o on o.id = s.operator_id where o.login = '${login}'`);
const idle = (login, minutes) => stack.exec(`update operator_session set active_at = now() - interval '${minutes} minutes'
  where operator_id = (select id from operator where login = '${login}')`);
const activeAt = (login) => stack.sql(`select active_at from operator_session s join operator o
  on o.id = s.operator_id where o.login = '${login}'`)[0].active_at;

test('the form has «Логин», «Пароль», one button and a greeting of the time of day (GC-013)', async () => {
  const { status, text } = await visitor().get('/sign-in');
  assert.equal(status, 200);
  assert.match(text, /<label[^>]*for="login">Логин<\/label>/);
  assert.match(text, /placeholder="Имя пользователя"/);
  assert.match(text, /<input[^>]*name="password" type="password"[^>]*placeholder="Введите пароль"/);
  assert.match(text, /<button[^>]*type="submit"[^>]*>Вход в систему<\/button>/);
  const hour = Number(new Intl.DateTimeFormat('en-GB', { hour: '2-digit', hourCycle: 'h23', timeZone: 'Europe/Moscow' }).format());
  const greetings = (h) => (h < 5 || h >= 23 ? 'Доброй ночи!' : h < 12 ? 'Доброе утро!' : h < 18 ? 'Добрый день!' : 'Добрый вечер!');
  const shown = text.match(/<h1 id="greeting">([^<]*)<\/h1>/)[1];
  assert.ok([greetings(hour), greetings((hour + 23) % 24)].includes(shown), `${shown} at ${hour}`);
});

test('a wrong name and a wrong password get the same words and no session (GC-014)', async () => {
  const seen = [];
  for (const [login, password] of [['admin', 'not it'], ['nobody at all', 'not it']]) {
    const v = visitor();
    const answer = await v.signIn(login, password);
    assert.equal(answer.status, 422);
    assert.match(answer.text, /Неверное имя пользователя или пароль/);
    assert.ok(!v.cookies.has('lazur'));
    assert.equal((await v.get('/')).status, 303);
    seen.push(answer.text.replaceAll(login, 'LOGIN').replace(/[0-9a-f]{64}/g, 'TOKEN'));
  }
  assert.equal(seen[0], seen[1]);
});

test('case and spaces of login and password count, nothing is trimmed (GC-016)', async () => {
  addOperator(stack, 'Петров', 'view');
  const v = visitor();
  for (const [login, password] of [['петров', stack.password], ['Петров ', stack.password], [' Петров', stack.password],
    ['Петров', `${stack.password} `], ['Петров', stack.password.toUpperCase()]]) {
    const answer = await visitor().signIn(login, password);
    assert.equal(answer.status, 422, JSON.stringify([login, password]));
    stack.exec('delete from sign_in_attempt');
  }
  assert.equal((await v.signIn('Петров')).status, 303);
});

test('the password is never sent back, and a typed login is, as text (GC-018)', async () => {
  const { text } = await visitor().signIn('<script>alert(1)</script>', 'p4ssw0rd-typed');
  assert.doesNotMatch(text, /p4ssw0rd-typed/);
  assert.doesNotMatch(text, /<script>alert/);
  assert.match(text, /value="&lt;script&gt;alert\(1\)&lt;\/script&gt;"/);
});

test('passwords are kept as salted yescrypt only (GC-018)', () => {
  const hashes = stack.sql('select password_hash from operator').map((o) => o.password_hash);
  assert.ok(hashes.length >= 4);
  for (const hash of hashes) assert.match(hash, /^\$y\$/);
  const columns = stack.sql(`select table_name || '.' || column_name as name from information_schema.columns
    where table_schema = 'public' and column_name ~ 'password' order by 1`).map((c) => c.name);
  assert.deepEqual(columns, ['cabinet_account.password_hash', 'operator.password_hash']);
});

test('no screen recovers a forgotten password; the form says whom to ask (GC-017)', async () => {
  const v = visitor();
  const { text } = await v.get('/sign-in');
  assert.match(text, /Обратитесь к администратору/);
  assert.deepEqual([...text.matchAll(/<form[^>]*action="([^"]*)"/g)].map((m) => m[1]).filter((a) => a !== '/look'), ['/sign-in']);
});

test('an administrator lands in administration, an officer at the desk, others at the readings (GC-019)', async () => {
  for (const [login, to] of [['admin', '/admin/'], ['security', '/security/'], ['operator', '/meters'], ['viewer', '/meters']]) {
    const v = visitor();
    assert.equal((await v.signIn(login)).to, to, login);
    assert.equal((await v.get('/')).to, to, login);
    assert.equal((await v.get('/sign-in')).to, to, `${login} is signed in already`);
  }
});

test('after signing in a person goes on to where he was going', async () => {
  const v = visitor();
  const { to } = await v.get('/help?x=1&y=%D1%91');
  assert.equal(to, '/sign-in?back=%2Fhelp%3Fx%3D1%26y%3D%25D1%2591&ended=');
  const form = await v.get(to);
  assert.match(form.text, /name="back" value="\/help\?x=1&amp;y=%D1%91"/);
  assert.equal((await v.post('/sign-in', { login: 'viewer', password: stack.password, back: '/help?x=1&y=%D1%91' })).to, '/help?x=1&y=%D1%91');
});

test('who signs in after somebody else lands in his own section, not in a refusal (GC-019)', async () => {
  for (const [login, back, to] of [['viewer', '/admin/faults', '/meters'], ['admin', '/security/', '/admin/'],
    ['security', '/meters?page=2', '/security/'], ['admin', '/admin/log', '/admin/log']]) {
    assert.equal((await visitor().signIn(login, stack.password, { back })).to, to, `${login} ${back}`);
  }
});

test('the way back never leads to another site', async () => {
  for (const back of ['//evil.example/', '/\\evil.example', 'https://evil.example/', '/\t/evil.example', 'evil', '/sign-out']) {
    const v = visitor();
    assert.equal((await v.signIn('viewer', stack.password, { back })).to, '/meters', back);
  }
});

test('«Выход» ends the session at once, and nothing is kept for the Back button (GC-021)', async () => {
  const v = visitor();
  await v.signIn('operator');
  const page = await v.get('/help');
  assert.match(page.text, /<form method="post" action="\/sign-out">.*Выход/);
  assert.equal(page.headers['cache-control'], 'no-store');
  const old = v.cookies.get('lazur');
  const bye = await v.post('/sign-out');
  assert.equal(bye.to, '/sign-in?ended=SignedOut');
  assert.match((await v.get(bye.to)).text, /Вы вышли из системы/);
  assert.ok(!v.cookies.has('lazur'));
  v.cookies.set('lazur', old);
  assert.match((await v.get('/help')).to, /^\/sign-in/);
});

test('the session cookie ends with the browser and is out of reach of scripts and other sites (GC-022)', async () => {
  const answer = await visitor().signIn('viewer');
  const cookie = answer.cookies.find((c) => c.startsWith('lazur='));
  assert.match(cookie, /^lazur=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Lax$/);
  const tls = await visitor({ headers: { 'X-Forwarded-Proto': 'https' } }).signIn('viewer');
  assert.match(tls.cookies.find((c) => c.startsWith('lazur=')), /; Secure$/);
});

test('of the session only a hash is kept, and every sign-in has a new one', async () => {
  const v = visitor();
  await v.signIn('viewer');
  const first = v.cookies.get('lazur');
  const w = visitor();
  await w.signIn('viewer');
  assert.notEqual(first, w.cookies.get('lazur'));
  const [{ n }] = stack.sql(`select count(*)::int as n from operator_session where encode(token_hash, 'hex') = '${first}'`);
  assert.equal(n, 0);
});

test('twenty minutes without a person end the session, and the form says so (GC-023)', async () => {
  const login = addOperator(stack, 'idler', 'view');
  const v = visitor();
  await v.signIn(login);
  idle(login, 19);
  assert.equal((await v.get('/help')).status, 200);
  idle(login, 21);
  const { status, to } = await v.get('/help');
  assert.equal(status, 303);
  assert.equal(to, '/sign-in?back=%2Fhelp&ended=Idle');
  assert.match((await v.get(to)).text, /больше 20 минут не было действий/);
});

test('background refreshes are no activity, key presses reported to /alive are (GC-023)', async () => {
  const login = addOperator(stack, 'watcher', 'view');
  const v = visitor();
  await v.signIn(login);
  idle(login, 10);
  const before_ = activeAt(login);
  assert.equal((await v.get('/help', { 'Lazur-Background': '1' })).status, 200);
  assert.equal(activeAt(login), before_);
  assert.equal((await v.post('/alive')).status, 204);
  assert.notEqual(activeAt(login), before_);
});

test('a refresh after the end is told so in a header, and does not get a page (GC-023)', async () => {
  const v = visitor();
  await v.signIn(addOperator(stack, 'refresher', 'view'));
  idle('refresher', 30);
  const answer = await v.get('/meters/live', {
    'HX-Request': 'true', 'Lazur-Background': '1', 'HX-Current-URL': `${stack.http}/meters?page=2`,
  });
  assert.equal(answer.status, 401);
  assert.equal(answer.headers['hx-redirect'], '/sign-in?back=%2Fmeters%3Fpage%3D2&ended=Idle');
  assert.equal(answer.text, '');
});

test('one login works from several addresses at once; at one address the newer session replaces the older (GC-024)', async () => {
  const login = addOperator(stack, 'shared', 'view');
  const a = new Visitor(stack, { address: '127.0.2.1' });
  const b = new Visitor(stack, { address: '127.0.2.2' });
  const c = new Visitor(stack, { address: '127.0.2.1' });
  await a.signIn(login);
  await b.signIn(login);
  assert.equal((await a.get('/help')).status, 200);
  assert.equal((await b.get('/help')).status, 200);
  await c.signIn(login);
  assert.equal((await c.get('/help')).status, 200);
  assert.equal((await b.get('/help')).status, 200);
  const { to } = await a.get('/help');
  assert.equal(to, '/sign-in?back=%2Fhelp&ended=Replaced');
  assert.match((await a.get(to)).text, /под этим именем вошли с этого же адреса ещё раз/);
  assert.equal(sessions(login).filter((s) => s.alive).length, 2);
});

test('a session is worth nothing at another address', async () => {
  const v = visitor();
  await v.signIn('viewer');
  const thief = visitor();
  thief.cookies.set('lazur', v.cookies.get('lazur'));
  assert.equal((await thief.get('/help')).status, 303);
  assert.equal((await v.get('/help')).status, 200);
});

test('each sign-in is logged with the address, and each sign-out (GC-243)', async () => {
  const login = addOperator(stack, 'logged', 'view');
  const v = new Visitor(stack, { address: '127.0.3.4' });
  await v.signIn(login);
  await v.post('/sign-out');
  const log = stack.sql(`select action, note, host(address) as address from audit_log where operator_login = '${login}' order by id`);
  assert.deepEqual(log, [
    { action: 'Начало работы оператора', note: 'вход с компьютера 127.0.3.4', address: '127.0.3.4' },
    { action: 'Завершение работы оператора', note: '', address: '127.0.3.4' },
  ]);
});

test('after five failures a login waits, even with the right password, and the page says how long', async () => {
  const login = addOperator(stack, 'guessed', 'view');
  for (let i = 0; i < 5; i++) {
    assert.equal((await visitor().signIn(login, `guess ${i}`)).status, 422);
  }
  const v = visitor();
  const answer = await v.signIn(login);
  assert.equal(answer.status, 429);
  assert.ok(Number(answer.headers['retry-after']) > 500 && Number(answer.headers['retry-after']) <= 600);
  assert.match(answer.text, /Слишком много неудачных попыток/);
  assert.match(answer.text, /Попробовать снова можно через, мин: 10/);
  assert.equal((await visitor().signIn('viewer')).status, 303, 'others are not held up');
  stack.exec(`update sign_in_attempt set at = at - interval '10 minutes' where login = '${login}'`);
  assert.equal((await v.signIn(login)).status, 303);
});

test('after twenty failures an address waits, whatever the login', async () => {
  const address = '127.0.4.4';
  stack.exec(`insert into sign_in_attempt (login, address) select 'made-up-' || n, '${address}' from generate_series(1, 20) n`);
  assert.equal((await new Visitor(stack, { address }).signIn('viewer')).status, 429);
  assert.equal((await new Visitor(stack, { address: '127.0.4.5' }).signIn('viewer')).status, 303);
});

test('a right password starts the count of failures anew', async () => {
  const login = addOperator(stack, 'forgetful', 'view');
  const v = visitor();
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 4; i++) assert.equal((await v.signIn(login, 'wrong')).status, 422);
    assert.equal((await v.signIn(login)).status, 303);
    await v.post('/sign-out');
  }
});

test('a sign-in form sent by another site, or without its token, is refused and begins nothing', async () => {
  const fields = { login: 'viewer', password: stack.password };
  for (const headers of [{ Origin: 'https://evil.example' }, { 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'null' }]) {
    const v = visitor();
    await v.get('/sign-in');
    const answer = await v.post('/sign-in', fields, headers);
    assert.equal(answer.status, 403, JSON.stringify(headers));
    assert.ok(!v.cookies.has('lazur'));
  }
  const v = visitor();
  await v.get('/sign-in');
  assert.equal((await v.post('/sign-in', { ...fields, csrf: '0'.repeat(64) })).status, 403);
  v.cookies.delete('lazur-visitor');
  assert.equal((await v.post('/sign-in', fields)).status, 403);
  await v.get('/sign-in');
  assert.equal((await v.post('/sign-in', fields, { Origin: stack.http })).status, 303);
});
