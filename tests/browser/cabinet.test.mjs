// The cabinet in a browser: accessible in every scheme and width, usable by the
// keyboard, by the reader's own clock, and without scripts.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import fs from 'node:fs';
import test, { after, before } from 'node:test';
import { insert, letterOf, meterAdd, subscriberAdd } from '../lib/cabinet.mjs';
import { startStack } from '../lib/stack.mjs';
import { assertAccessible, assertFits, inBrowser as openFor, signIn } from './browser.mjs';

const EMAIL = 'reader@example.ru';
const SECTIONS = ['profile', 'meters', 'payments', 'notifications', 'log', 'settings', 'help', 'email', 'phone'];
const SCHEMES = ['light', 'midnight', 'dark', 'contrast'];
const SMALL = { width: 360, height: 740 };

let stack; let id;
before(async () => {
  stack = await startStack({ meters: 10, programs: ['operator', 'cabinet', 'nginx'] });
  stack.exec("update parameter set value = 'on' where name = 'sms_enabled'");
  id = subscriberAdd(stack, { email: EMAIL, first_name: 'Мария Ильинична', last_name: 'Щукина', account: '0012345', phone: '+7(903)111-11-11',
    calculates_balance: true, balance_kopecks: 60000, branch_id: insert(stack, 'branch', { name: 'Клин' }), tariff_id: insert(stack, 'tariff', { name: 'Население', price_kopecks_per_1000_m3: 436400 }) });
  const meter = meterAdd(stack, { serial: '099300000001', owner: id, last_at: '2026-03-04 05:06:07+03', volume_dm3: 12345678, temperature_mk: 288150, valve: 3 });
  meterAdd(stack, { serial: '099300000002', owner: id });
  stack.exec(`insert into reading (meter_id, at, received_at, volume_dm3)
      select ${meter}, timestamptz '2025-01-10 00:00+03' + m * interval '27 days', now(), m * 123456 from generate_series(1, 17) m;
    insert into account_operation (subscriber_id, kind, amount_kopecks, balance_kopecks, meter_id, serial, from_at, to_at, from_dm3, to_dm3, price_kopecks_per_1000_m3)
      select ${id}, 'debit', 15000, 60000, ${meter}, '099300000001', now() - (n + 1) * interval '20 days', now() - n * interval '20 days', 0, 34374, 436400 from generate_series(0, 3) n;
    insert into account_operation (subscriber_id, kind, amount_kopecks, balance_kopecks, document, operator_login) values (${id}, 'accrual', 60000, 60000, '77', 'x');`);
  for (const [reason, times] of [['gas_alarm', 1], ['flow_excess', 3], ['button', 12]]) {
    stack.exec(`insert into notification (subscriber_id, reason, meter_id, times, first_at, last_at)
      values (${id}, '${reason}', ${meter}, ${times}, '2026-03-01 10:00+03', '2026-03-02 11:30+03')`);
  }
});
after(() => stack?.stop());

const inBrowser = (act, options) => openFor(stack.http, options, act);
const scheme = (name) => stack.exec(`update cabinet_account set scheme = '${name}' where subscriber_id = ${id}`);

async function enter(page) {
  await page.goto('/cabinet/sign-in');
  await page.fill('#email', EMAIL);
  await page.fill('#password', stack.password);
  await page.getByRole('button', { name: 'Войти в личный кабинет' }).click();
  await page.waitForURL((u) => !u.pathname.includes('sign-in'));
}

// Contrast of 7 to 1 (4.5 for large text) is what the last rule asks.
const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
async function assertEnhanced(page, what) {
  await page.evaluate(`${axe}; undefined`);
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: { type: 'rule', values: ['color-contrast-enhanced'] }, rules: { 'color-contrast-enhanced': { enabled: true } } }));
  assert.ok(found.passes.length > 0 && found.passes[0].nodes.length > 4, `${what}: nothing was looked at`);
  assert.deepEqual(found.violations.flatMap((v) => v.nodes.map((n) => `${n.html.slice(0, 120)} ${n.any[0]?.message}`)), [], what);
}

for (const name of SCHEMES) {
  test(`every section is accessible in the scheme ${name} at 360, 390 and 1440 px${name === 'contrast' ? ', with the contrast of AAA' : ''}`, () => inBrowser(async (page) => {
    scheme(name);
    await enter(page);
    for (const size of [SMALL, { width: 390, height: 844 }, { width: 1440, height: 900 }]) {
      await page.setViewportSize(size);
      for (const section of SECTIONS) {
        await page.goto(`/cabinet/${section}`);
        const what = `${section} ${name} ${size.width}`;
        await assertFits(page, what);
        if (size.width !== 390) await assertAccessible(page, what);
        if (name === 'contrast' && size.width === 360) await assertEnhanced(page, what);
      }
    }
    scheme('auto');
  }));
}

test('the pages before signing in are accessible and fit a small telephone', () => inBrowser(async (page) => {
  for (const address of ['sign-in', 'recovery', 'password?token=x', 'help']) {
    await page.goto(`/cabinet/${address}`);
    await assertFits(page, address);
    await assertAccessible(page, address);
  }
  await page.goto('/cabinet/sign-in');
  await page.getByRole('button', { name: 'Высокий контраст' }).click();
  await page.waitForLoadState('load');
  await assertEnhanced(page, 'sign-in in high contrast');
}, { viewport: SMALL }));

test('every page is light and calm on a telephone: 130 KB with its fonts, said in a sentence, nothing shifts, files are kept and pages are not', () => inBrowser(async (page, browser) => {
  const client = await browser.context.newCDPSession(page);
  await client.send('Network.enable');
  await client.send('Network.setCacheDisabled', { cacheDisabled: true });
  let bytes; let answers;
  client.on('Network.loadingFinished', (e) => { bytes += e.encodedDataLength; });
  page.on('response', (r) => answers.push(r));
  for (const address of ['sign-in', 'recovery', ...SECTIONS]) {
    answers = [];
    if (address === SECTIONS[0]) {
      await enter(page);
      await browser.context.addCookies([{ name: 'lang', value: 'en', url: stack.http }]);
    }
    await page.goto('about:blank');
    [bytes, answers] = [0, []];
    await page.goto(`/cabinet/${address}`, { waitUntil: 'load' });
    const [shift, about] = await page.evaluate(() => document.fonts.ready.then(() => new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => { for (const e of list.getEntries()) sum += e.value; }).observe({ type: 'layout-shift', buffered: true });
      requestAnimationFrame(() => setTimeout(() => resolve([sum, document.querySelector('meta[name=description]').content]), 50));
    })));
    assert.ok(bytes > 10000 && bytes < 130000, `${address}: ${bytes} bytes`);
    assert.ok(shift < 0.05, `${address}: shifted by ${shift}`);
    assert.ok(about.length > 40, address);
    for (const r of answers) {
      const kept = r.headers()['cache-control'] || '';
      if (r.url().includes('/static/')) assert.match(kept, /max-age=31536000/, r.url());
      else assert.equal(kept, 'no-store', r.url());
    }
    await assertFits(page, `${address} in English`);
  }
}, { viewport: SMALL }));

test('a view of a cabinet is accessible, fits, and its banner has its way out, on the telephone and in a window', () => inBrowser(async (page, browser) => {
  await signIn(page, 'operator', stack.password);
  stack.exec(`update operator set role = 'admin' where login = 'operator';
    insert into cabinet_view (operator_session, token_hash, subscriber_id)
    select token_hash, sha256(convert_to('${'ab'.repeat(32)}', 'UTF8')), ${id} from operator_session order by started_at desc limit 1`);
  await browser.context.addCookies([{ name: 'lazur-cabinet-view', value: 'ab'.repeat(32), url: stack.http }]);
  for (const size of [SMALL, { width: 1440, height: 900 }]) {
    await page.setViewportSize(size);
    for (const section of ['profile', 'meters', 'payments', 'notifications', 'log', 'settings']) {
      await page.goto(`/cabinet/${section}`);
      await assertFits(page, `view of ${section} ${size.width}`);
      await assertAccessible(page, `view of ${section} ${size.width}`);
      assert.ok(await page.getByRole('button', { name: 'Закончить просмотр' }).isVisible());
    }
  }
  await page.waitForTimeout(1500);
  assert.equal(stack.sql("select count(*)::int as n from audit_log where action = 'Просмотр личного кабинета абонента'")[0].n, 12, 'a page that is left open asks for nothing');
}));

test('text is 18 px, and what can be pressed is 48 px high, on the telephone too', () => inBrowser(async (page) => {
  await enter(page);
  for (const section of SECTIONS) {
    await page.goto(`/cabinet/${section}`);
    const small = await page.evaluate(() => {
      const alone = (e) => !e.closest('p') || e.closest('.aside, .hero-end, .check');
      return [...document.querySelectorAll('a, button, input, summary')].filter((e) => e.offsetParent !== null && alone(e) && !e.matches('.skip, [type=radio], [type=checkbox]'))
        .filter((e) => e.getBoundingClientRect().height < 47.5).map((e) => e.outerHTML.slice(0, 120));
    });
    assert.deepEqual(small, [], section);
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).fontSize), '18px');
  }
}, { viewport: SMALL }));

test('everything is reached by the keyboard: sign-in, «Меню», a section, a confirmation', () => inBrowser(async (page) => {
  await page.goto('/cabinet/sign-in');
  const press = async (until, most = 25) => {
    for (let i = 0; i < most; i++) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => document.activeElement.getAttribute('aria-label') || document.activeElement.id || document.activeElement.textContent.trim());
      if (until.test(at)) return at;
    }
    return assert.fail(`Tab does not reach ${until}`);
  };
  await press(/^email$/);
  await page.keyboard.type(EMAIL);
  await press(/^password$/);
  await page.keyboard.type(stack.password);
  await page.keyboard.press('Enter');
  await page.waitForURL((u) => !u.pathname.includes('sign-in'));
  await press(/^Меню/);
  await page.keyboard.press('Enter');
  await press(/^Уведомления/);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/cabinet/notifications');
  await press(/^Подтвердить прочтение: Нажата кнопка/, 40);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => !document.querySelector('#n-button'));
  assert.equal(await page.locator('.side .count').textContent(), '2');
  stack.exec(`update notification set confirmed_at = null where subscriber_id = ${id}`);
}, { viewport: SMALL }));

test('GC-301 moments are said by the reader\'s own clock, and the page says so', () => inBrowser(async (page) => {
  await enter(page);
  await page.goto('/cabinet/meters');
  assert.equal(await page.locator('time').first().textContent(), '04-03-2026 08:06');
  assert.equal(await page.locator('.zone').textContent(), 'Время указано по часам вашего устройства.');
}, { timezoneId: 'Asia/Omsk', locale: 'ru-RU' }));

test('without scripts moments are in the zone of the utility, and all forms can be sent', () => inBrowser(async (page) => {
  await enter(page);
  await page.goto('/cabinet/meters');
  assert.equal(await page.locator('time').first().textContent(), '04-03-2026 05:06');
  assert.match(await page.locator('.zone').textContent(), /MSK, UTC\+03:00/);
  for (const [section, button] of [['email', 'Изменить адрес почты'], ['phone', 'Изменить номер телефона']]) {
    await page.goto(`/cabinet/${section}`);
    assert.ok(await page.getByRole('button', { name: button }).isEnabled(), section);
  }
}, { javaScriptEnabled: false, timezoneId: 'Asia/Omsk' }));

test('GC-293 a new window of a remembered browser is in, one of «Чужой компьютер» is asked', () => inBrowser(async (page, browser) => {
  await enter(page);
  const kept = (await browser.context.cookies()).find((c) => c.name === 'lazur-cabinet');
  assert.ok(kept.expires > Date.now() / 1000 + 300 * 86400 && kept.httpOnly);
  await page.close();
  const again = await browser.page();
  await again.goto('/cabinet/');
  await again.locator('.side').waitFor();
  await again.locator('.top').getByRole('button', { name: 'Выйти' }).click();
  await again.waitForURL(/sign-in/);
  await again.check('#foreign');
  await again.fill('#email', EMAIL);
  await again.fill('#password', stack.password);
  await again.keyboard.press('Enter');
  await again.waitForURL((u) => !u.pathname.includes('sign-in'));
  assert.equal((await browser.context.cookies()).find((c) => c.name === 'lazur-cabinet').expires, -1);
}));

test('GC-294, GC-298 the typed e-mail goes along; fields change colour and «Ok» is grey until the rules are met and both are equal', () => inBrowser(async (page) => {
  await page.goto('/cabinet/sign-in');
  await page.fill('#email', EMAIL);
  await page.click('#forgotten');
  assert.equal(await page.inputValue('#email'), EMAIL);
  await page.getByRole('button', { name: 'Восстановить' }).click();
  await page.getByText('Если этот адрес зарегистрирован').waitFor();
  await page.goto(letterOf(stack, 'password_recovery', EMAIL).link);
  const ok = page.getByRole('button', { name: 'Ok' });
  const met = () => page.locator('.rules .met').count();
  const colour = (field) => page.locator(field).evaluate((e) => getComputedStyle(e).backgroundColor);
  const plain = await colour('#password');
  assert.ok(await ok.isDisabled());
  for (const [typed, rules] of [['a', 1], ['aA', 2], ['aA1', 3], ['aA1-пять', 4]]) {
    await page.fill('#password', typed);
    assert.equal(await met(), rules, typed);
  }
  assert.notEqual(await colour('#password'), plain);
  assert.ok(await ok.isDisabled(), 'the second is empty');
  await page.fill('#again', 'aA1-пят');
  assert.ok(await ok.isDisabled());
  await page.fill('#again', 'aA1-пять');
  assert.ok(await ok.isEnabled());
  assert.notEqual(await colour('#again'), plain);
  assert.match(await page.locator('.rules').ariaSnapshot(), /Хотя бы одна цифра ?, выполнено/);
  await assertAccessible(page, 'new password');
  await ok.click();
  await page.waitForURL(/sign-in/);
  assert.match(await page.textContent('.notice'), /Новый пароль сохранён/);
  stack.exec(`update cabinet_account set password_hash = (select password_hash from operator where login = 'operator') where subscriber_id = ${id}`);
}));

test('GC-303, GC-305 the buttons of a change are grey until the address is valid and the number whole', () => inBrowser(async (page) => {
  await enter(page);
  await page.goto('/cabinet/email');
  const mail = page.getByRole('button', { name: 'Изменить адрес почты' });
  assert.ok(await mail.isDisabled());
  for (const [typed, fits] of [['name', false], ['name@', false], ['name@example', false], ['name@example.ru', true]]) {
    await page.fill('#email', typed);
    assert.equal(await mail.isEnabled(), fits, typed);
  }
  await page.goto('/cabinet/phone');
  const phone = page.getByRole('button', { name: 'Изменить номер телефона' });
  assert.ok(await phone.isDisabled());
  await page.fill('#operator', '903');
  await page.fill('#number', '111-11-1');
  assert.ok(await phone.isDisabled());
  await page.fill('#number', '111-11-11');
  assert.ok(await phone.isEnabled());
}));
