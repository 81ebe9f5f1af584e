// What strangers may send, and what every answer carries.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { Visitor, addOperator } from '../lib/visitor.mjs';

let stack;
let admin;
before(async () => {
  stack = await startStack({ programs: 'web', meters: 20 });
  admin = new Visitor(stack, { address: '127.0.6.1' });
  assert.equal((await admin.signIn(addOperator(stack, 'req-admin', 'admin'))).status, 303);
});
after(async () => { if (stack) await stack.stop(); });

test('a change without the token of its session is refused, and the page says that it is stale', async () => {
  const other = new Visitor(stack, { address: '127.0.6.2' });
  await other.signIn(addOperator(stack, 'req-other', 'admin'));
  for (const csrf of ['', 'x', '0'.repeat(64), other.csrf, admin.cookies.get('lazur')]) {
    const answer = await admin.post('/sign-out', { csrf });
    assert.equal(answer.status, 403);
    assert.match(answer.text, /Страница устарела/);
  }
  assert.equal((await admin.get('/help')).status, 200, 'nobody was signed out');
});

test('the token may come in a header, as scripts send it', async () => {
  await admin.get('/help');
  assert.equal((await admin.post('/alive', { csrf: undefined }, { 'X-CSRF': admin.csrf })).status, 403, 'a wrong field wins');
  const { csrf } = admin;
  const answer = await admin.request('POST', '/alive', { body: '', headers: { 'X-CSRF': csrf } });
  assert.equal(answer.status, 204);
});

test('a change that another site asks for is refused even with the token', async () => {
  await admin.get('/help');
  for (const headers of [{ Origin: 'http://evil.example' }, { Origin: `${stack.http}.evil.example` },
    { 'Sec-Fetch-Site': 'same-site' }, { 'Sec-Fetch-Site': 'cross-site' }]) {
    assert.equal((await admin.post('/alive', {}, headers)).status, 403, JSON.stringify(headers));
  }
  assert.equal((await admin.post('/alive', {}, { Origin: stack.http, 'Sec-Fetch-Site': 'same-origin' })).status, 204);
});

test('a change cannot be asked for by a link', async () => {
  await admin.get('/help');
  assert.equal((await admin.get(`/sign-out?csrf=${admin.csrf}`)).status, 405);
  assert.equal((await admin.request('PUT', '/help')).status, 405);
  assert.equal((await admin.get('/help')).status, 200);
});

test('the token of a change does not count when it stands in the address', async () => {
  await admin.get('/help');
  assert.equal((await admin.request('POST', `/alive?csrf=${admin.csrf}`, { body: '' })).status, 403);
});

test('fields that are no clean text are refused with a page, not taken', async () => {
  for (const q of ['%', '%zz', '%00', '%FF', '%C0%AF', '%ED%A0%80', '%1B']) {
    const answer = await admin.get(`/admin/log?q=${q}`);
    assert.equal(answer.status, 422, q);
    assert.match(answer.text, /Запрос не принят/);
  }
  assert.equal((await admin.get('/admin/log?q=%D0%81%D0%B6')).status, 200);
  assert.equal((await admin.post('/look', {}, { 'Content-Type': 'multipart/form-data; boundary=x' })).status, 422);
});

test('a body beyond 64 KiB is refused and nothing of it is kept', async () => {
  await admin.get('/help');
  const fits = `csrf=${admin.csrf}&x=${'a'.repeat(60000)}`;
  assert.equal((await admin.request('POST', '/alive', { body: fits })).status, 204);
  const tooLong = `csrf=${admin.csrf}&x=${'a'.repeat(70000)}`;
  assert.equal((await admin.request('POST', '/alive', { body: tooLong })).status, 422);
});

test('of two fields of one name the first counts', async () => {
  const { text } = await admin.get('/admin/log?q=first&q=second');
  assert.match(text, /name="q"[^>]*value="first"/);
  assert.doesNotMatch(text, /value="second"/);
});

test('numbers out of bounds are refused: page, size, and ids in an address', async () => {
  for (const query of ['size=7', 'size=1000', 'size=-1', 'page=0', 'page=-1', 'page=x', 'page=1e3', 'page=%2B1',
    'page=99999999999999999999', 'sort=password', 'sort=']) {
    assert.equal((await admin.get(`/admin/log?${query}`)).status, 422, query);
  }
  for (const id of ['0', '-1', '01', '1x', '9'.repeat(19), '']) {
    assert.equal((await admin.get(`/meters/${id}/valve`)).status, 404, id);
  }
});

test('an address that does not exist says so, with and without a session', async () => {
  for (const v of [admin, new Visitor(stack)]) {
    const answer = await v.get('/no/such/page');
    assert.equal(answer.status, 404);
    assert.match(answer.text, /Такой страницы нет/);
    assert.match(answer.text, /На главную/);
  }
});

test('an error names the number of its request in the logs', async () => {
  const { text, headers } = await admin.get('/no/such/page');
  assert.match(headers['x-request-id'], /^[0-9a-f]{32}$/);
  assert.ok(text.includes(headers['x-request-id']));
});

test('a part of a page that is refused is answered with a part', async () => {
  const { status, text } = await admin.get('/security/', { 'HX-Request': 'true' });
  assert.equal(status, 403);
  assert.doesNotMatch(text, /<html/);
  assert.match(text, /role="alert"/);
});

test('pages are never stored, never framed, and run no foreign script', async () => {
  for (const address of ['/sign-in', '/help', '/admin/log', '/no/such/page']) {
    const { headers, text } = await admin.get(address);
    assert.equal(headers['cache-control'], 'no-store', address);
    assert.equal(headers['x-content-type-options'], 'nosniff', address);
    assert.match(headers['content-security-policy'], /default-src 'none'; script-src 'self';.*frame-ancestors 'none'/);
    assert.doesNotMatch(text, /<script(?![^>]*src="\/static\/)/, address);
    assert.doesNotMatch(text, /\son[a-z]+="/, address);
  }
});

test('the language is Russian until the reader chooses English, and is remembered (GC-003)', async () => {
  const v = new Visitor(stack, { address: '127.0.6.5' });
  assert.match((await v.get('/sign-in')).text, /<html lang="ru"[\s\S]*Вход в систему/);
  const chosen = await v.post('/look', { language: 'en', back: '/sign-in' });
  assert.equal(chosen.to, '/sign-in');
  assert.match(chosen.cookies.find((c) => c.startsWith('lang=')), /; Max-Age=31536000$/);
  const { text } = await v.get('/sign-in');
  assert.match(text, /<html lang="en"/);
  assert.doesNotMatch(text.replace('Русский', ''), /[а-яё]/i);
  await v.post('/look', { language: 'xx"><script>', back: '/sign-in' });
  assert.match((await v.get('/sign-in')).text, /<html lang="en"/);
  await v.post('/look', { language: 'ru' });
  assert.match((await v.get('/sign-in')).text, /<html lang="ru"/);
});

test('the theme is the system\'s until one is chosen, and can be the system\'s again', async () => {
  const v = new Visitor(stack, { address: '127.0.6.6' });
  const theme = async () => ((await v.get('/sign-in')).text.match(/data-theme="(\w+)"/) || [])[1];
  assert.equal(await theme(), undefined);
  for (const name of ['dark', 'light', 'contrast']) {
    await v.post('/look', { theme: name });
    assert.equal(await theme(), name);
  }
  await v.post('/look', { theme: 'auto' });
  assert.equal(await theme(), undefined);
});

test('a browser below the floor gets the page that names the current ones, and no form (GC-007)', async () => {
  for (const agent of ['Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.0)', 'Mozilla/5.0 (X11) Gecko/20100401 Firefox/3.6.3',
    'Mozilla/5.0 (Windows NT 6.1) AppleWebKit/531.21.10 (KHTML, like Gecko) Version/4.0.4 Safari/531.21.10']) {
    const { text } = await new Visitor(stack).get('/sign-in', { 'User-Agent': agent });
    assert.match(text, /Ваш браузер устарел или не поддерживается/, agent);
    assert.match(text, /Для продолжения работы в системе вам необходимо обновить браузер/);
    for (const name of ['Mozilla FireFox', 'Google Chrome', 'Safari', 'Internet Explorer']) {
      assert.match(text, new RegExp(`<li><a href="[^"]+"[^>]*>${name}</a></li>`));
    }
    assert.match(text, /администратору/);
    assert.doesNotMatch(text, /<form|<input/);
  }
});

test('browsers at the floor and above it are let in (GC-005)', async () => {
  for (const agent of ['Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)', 'Mozilla/5.0 (Windows NT 6.1; rv:2.0) Gecko/20100101 Firefox/4.0',
    'Mozilla/5.0 (Windows NT 6.1) AppleWebKit/533.16 (KHTML, like Gecko) Version/5.0 Safari/533.16',
    'Opera/9.80 (Windows NT 6.1; U; ru) Presto/2.2.15 Version/10.00',
    'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/88.0.4324.150 YaBrowser/21.2.1.108 Safari/537.36',
    'Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/88.0.0.0 Safari/537.36 Sputnik/5.5.6079.0',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    'Mozilla/5.0 (Linux; U; Android 4.0; ru) AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30', '']) {
    assert.match((await new Visitor(stack).get('/sign-in', { 'User-Agent': agent })).text, /name="password"/, agent);
  }
});

test('pages need no script: every form and link works by itself (GC-004)', async () => {
  const { text } = await admin.get('/admin/log');
  for (const form of text.matchAll(/<form[^>]*>/g)) assert.match(form[0], /action="\/|method="dialog"/, form[0]);
  assert.doesNotMatch(text, /href="(#|javascript:)"/);
});

test('HEAD is answered as GET without a body', async () => {
  const answer = await admin.request('HEAD', '/help');
  assert.equal(answer.status, 200);
  assert.equal(answer.text, '');
});

test('cookies that are not ours, broken or huge are no session and no error', async () => {
  for (const Cookie of ['lazur=', 'lazur=x', `lazur=${'g'.repeat(64)}`, `lazur=${'0'.repeat(64)}`, ';;;=;', `a=${'b'.repeat(3000)}`, 'lazur']) {
    assert.equal((await new Visitor(stack).get('/help', { Cookie })).status, 303, Cookie.slice(0, 20));
  }
});
