// The first and the last minute of an operator's day.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { assertAccessible, inBrowser as openFor, signIn } from './browser.mjs';

let stack;
before(async () => { stack = await startStack({ meters: 20, programs: 'web' }); });
after(() => stack && stack.stop());

const inBrowser = (act, options) => openFor(stack.http, options, act);

test('the form greets, names its fields, and Enter submits it', () => inBrowser(async (page) => {
  await page.goto('/sign-in');
  assert.match(await page.textContent('h1'), /^(Доброе утро|Добрый день|Добрый вечер|Доброй ночи)!$/);
  assert.equal(await page.getByLabel('Пароль').getAttribute('placeholder'), 'Введите пароль');
  assert.equal(await page.getByRole('button', { name: 'Вход в систему' }).count(), 1);
  await page.getByLabel('Логин').fill('operator');
  await page.getByLabel('Пароль').fill(stack.password);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/meters');
}));

test('a wrong name and a wrong password get the same answer', () => inBrowser(async (page) => {
  const answers = [];
  for (const [login, password] of [['operator', 'no'], ['nobody', 'no']]) {
    await page.goto('/sign-in');
    await page.fill('#login', login);
    await page.fill('#password', password);
    await page.keyboard.press('Enter');
    answers.push(await page.locator('.notice-bad').textContent());
  }
  assert.match(answers[0], /Неверное имя пользователя или пароль/);
  assert.equal(answers[0], answers[1]);
}));

test('Caps Lock is said beside the password while it is on', () => inBrowser(async (page) => {
  await page.goto('/sign-in');
  await page.focus('#password');
  const press = (isOn) => page.evaluate((on) => document.querySelector('#password')
    .dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true, modifierCapsLock: on })), isOn);
  await press(true);
  assert.equal(await page.locator('#caps').textContent(), 'Нажат «Caps Lock»');
  assert.ok(await page.locator('#caps').isVisible());
  await press(false);
  assert.equal(await page.locator('#caps').isVisible(), false);
}));

test('Back after signing out shows the form and not the readings', () => inBrowser(async (page) => {
  await signIn(page, 'operator', stack.password);
  await page.click('form[action="/sign-out"] button');
  await page.waitForURL(/sign-in/);
  assert.match(await page.textContent('.notice'), /Вы вышли из системы/);
  await page.goBack();
  await page.locator('#password').waitFor();
}));

test('after 19 idle minutes a warning counts down, and a click goes on working', () => inBrowser(async (page) => {
  await page.clock.install();
  await signIn(page, 'operator', stack.password);
  await page.clock.runFor(19 * 60 * 1000 + 2000);
  await page.locator('#idle[open]').waitFor();
  assert.match(await page.textContent('#idle'), /Вы ещё здесь\?/);
  const left = Number(await page.textContent('#idle-left'));
  assert.ok(left > 0 && left <= 60, `${left} s`);
  const alive = page.waitForRequest((r) => r.url().endsWith('/alive') && r.method() === 'POST');
  await page.click('#idle button');
  assert.equal((await (await alive).response()).status(), 204);
  assert.equal(await page.locator('#idle').evaluate((d) => d.open), false);
}));

test('after 20 idle minutes the work ends and the form says why', () => inBrowser(async (page) => {
  await page.clock.install();
  await signIn(page, 'operator', stack.password);
  await page.clock.runFor(20 * 60 * 1000 + 2000);
  await page.waitForURL(/sign-in/);
  assert.match(await page.textContent('.notice'), /больше 20 минут не было действий/);
  await page.goto('/meters');
  assert.match(page.url(), /sign-in/);
}));

test('keys and the mouse keep the session alive, one ping a minute at most', () => inBrowser(async (page) => {
  await page.clock.install();
  await signIn(page, 'operator', stack.password);
  let pings = 0;
  page.on('request', (r) => { if (r.url().endsWith('/alive')) pings += 1; });
  for (let minute = 0; minute < 3; minute++) {
    for (let i = 0; i < 6; i++) {
      await page.mouse.move(100 + i, 200 + minute);
      await page.clock.runFor(10 * 1000);
    }
  }
  assert.ok(pings >= 2 && pings <= 3, `${pings} pings in three minutes`);
}));

test('the living table alone does not keep a session', () => inBrowser(async (page) => {
  await signIn(page, 'operator', stack.password);
  await page.goto('/meters');
  stack.exec("update operator_session set active_at = now() - interval '19 minutes'");
  const refreshed = () => page.waitForResponse((r) => r.url().includes('/meters/live'));
  await refreshed();
  await refreshed();
  const [{ idle }] = stack.sql('select extract(epoch from now() - active_at) > 1100 as idle from operator_session');
  assert.equal(idle, true);
  stack.exec("update operator_session set active_at = now() - interval '21 minutes'");
  await page.waitForURL(/sign-in/);
  assert.match(await page.textContent('.notice'), /больше 20 минут/);
}));

test('while the server is being serviced every address says so and asks again by itself', () => inBrowser(async (page, browser) => {
  const says = async (what) => {
    assert.equal((await page.goto('/sign-in')).status(), 503, what);
    const text = await page.textContent('main');
    for (const said of ['Система временно не доступна', 'Технические работы', 'Попробуйте зайти немного позже.']) {
      assert.ok(text.includes(said), `${what}: ${said}`);
    }
    assert.equal(await page.locator('form.gate-form').count(), 0);
    assert.match(await page.getAttribute('meta[http-equiv=refresh]', 'content'), /^60/);
    /* That it asks again by itself is what the manual promises. */
    await assertAccessible(page, what, { 'meta-refresh': { enabled: false } });
  };
  stack.run('db-stop', 'immediate');
  await says('the database is away');
  stack.run('db-start');
  stack.run('stop', 'operator');
  await says('the program is away');
  stack.run('start', 'operator');
  await signIn(page, 'operator', stack.password);
  browser.complaints.length = 0; /* the browser itself reports the answers 5xx */
}));
