// Every screen in every theme, both languages, three widths, with and without
// scripts: nothing for axe to find, nothing that sticks out, nothing lost.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { assertAccessible, assertFits, inBrowser as openFor, PHONE, setLook, signIn } from './browser.mjs';

const THEMES = ['light', 'dark', 'contrast'];
let stack;
let meter; /* one with a valve */

before(async () => {
  stack = await startStack({ meters: 60, programs: 'web' });
  [meter] = stack.sql(`select m.id, m.serial, m.account from meter m join meter_type t on t.id = m.meter_type_id
    join meter_state s on s.meter_id = m.id where t.has_valve and s.valve = 1 and m.account is not null
    order by m.serial limit 1`);
  stack.exec(`insert into session_fault (reason, address, slot_at, first_at, last_at, times, detail, sample)
    values ('too_long', '10.1.2.3', '2026-11-20 10:00+03', now(), now(), 3, 'frame of 65535 bytes', '\\x0001FFFF')`);
});
after(() => stack && stack.stop());

const inBrowser = (options, act) => openFor(stack.http, options, act);

const signedIn = (login, options, act) => inBrowser(options, async (page, browser) => {
  await signIn(page, login, stack.password);
  await act(page, browser);
});

const mainWindow = () => `/meters?open=${meter.id}&meter=${meter.id}`;

const screens = [
  ['admin', 'the main window', () => '/meters'],
  ['operator', 'the main window with a meter selected and unfolded', mainWindow],
  ['operator', 'the history of commands', () => `/meters?meter=${meter.id}&tab=commands`],
  ['operator', 'the archive', () => `/meters?meter=${meter.id}&tab=archive`],
  ['operator', 'an empty search', () => '/meters?q=nothing-like-this'],
  ['operator', 'asking before a valve is closed', () => `/meters/${meter.id}/valve?action=close`],
  ['viewer', 'the main window of somebody who only looks', mainWindow],
  ['operator', 'the form of the daily report', () => '/reports/daily'],
  ['operator', 'the form of the balance report', () => '/reports/balance'],
  ['operator', 'receipts for all', () => '/receipts'],
  ['operator', 'no downloads', () => '/downloads'],
  ['operator', 'the help', () => '/help'],
  ['operator', 'a page that does not exist', () => '/no-such-page'],
  ['viewer', 'a section without access', () => '/admin/faults'],
  ['admin', 'connection faults', () => '/admin/faults'],
  ['admin', 'the log of operators', () => '/admin/log'],
  ['security', 'the desk of the security officer', () => '/security/'],
];

for (const theme of THEMES) {
  test(`axe finds nothing on any screen in the ${theme} theme`, async (t) => {
    await t.test('sign-in, and after a wrong password', () => inBrowser({}, async (page, { context }) => {
      await context.addCookies([{ name: 'theme', value: theme, url: stack.http }]);
      await page.goto('/sign-in');
      await assertAccessible(page, 'sign-in');
      await page.fill('#login', 'operator');
      await page.fill('#password', 'wrong');
      await page.keyboard.press('Enter');
      await page.locator('.notice-bad').waitFor();
      await assertAccessible(page, 'after a wrong password');
    }));
    for (const login of ['admin', 'operator', 'viewer', 'security']) {
      await t.test(`screens of ${login}`, () => signedIn(login, {}, async (page, { context }) => {
        await context.addCookies([{ name: 'theme', value: theme, url: stack.http }]);
        for (const [who, what, address] of screens) {
          if (who !== login) continue;
          await page.goto(address());
          await assertAccessible(page, `${what} (${theme})`);
          await assertFits(page, what);
        }
      }));
    }
  });
}

test('on a phone every screen fits 390 px and axe finds nothing', async (t) => {
  for (const login of ['admin', 'operator', 'security']) {
    await t.test(`screens of ${login}`, () => signedIn(login, { viewport: PHONE, hasTouch: true }, async (page) => {
      for (const [who, what, address] of screens) {
        if (who !== login) continue;
        await page.goto(address());
        await assertFits(page, `${what} on a phone`);
        await assertAccessible(page, `${what} on a phone`);
      }
    }));
  }
});

test('on a phone a row is a card with serial number, volume and valve', () =>
  signedIn('operator', { viewport: PHONE }, async (page) => {
    await page.goto(`/meters?q=${meter.serial}`);
    const card = page.locator('tr.meter');
    assert.equal(await card.count(), 1);
    assert.equal(await card.evaluate((row) => getComputedStyle(row).display), 'grid');
    for (const part of ['.serial', '.volume', '.valves', '.account']) assert.ok(await card.locator(part).isVisible(), part);
    assert.equal(await card.locator('.working').isVisible(), false);
  }));

test('the table fits a window of 1024 px', () =>
  signedIn('operator', { viewport: { width: 1024, height: 768 } }, async (page) => {
    await page.goto('/meters');
    const [inner, outer] = await page.locator('#meters').evaluate((e) => [e.scrollWidth, e.clientWidth]);
    assert.ok(inner <= outer, `${inner} px of table in ${outer} px`);
  }));

test('rows are 32 px high; the header and the first column stay in sight', () =>
  signedIn('operator', { viewport: { width: 800, height: 700 } }, async (page) => {
    await page.goto('/meters?size=50');
    const heights = await page.locator('tr.meter').evaluateAll((rows) => rows.map((r) => Math.round(r.getBoundingClientRect().height)));
    assert.deepEqual([...new Set(heights)], [32]);
    await page.locator('#meters').evaluate((e) => { e.scrollTop = 400; e.scrollLeft = 200; });
    const seen = await page.evaluate(() => {
      const meters = document.querySelector('#meters');
      const around = meters.getBoundingClientRect();
      const box = { top: around.top + meters.clientTop, left: around.left + meters.clientLeft }; /* inside the ring */
      const head = document.querySelector('.meters thead th.at').getBoundingClientRect();
      const first = document.querySelector('.meters tbody tr:nth-child(20) .account').getBoundingClientRect();
      return { head: Math.round(head.top - box.top), first: Math.round(first.left - box.left) };
    });
    assert.deepEqual(seen, { head: 0, first: 36 });
  }));

test('the chosen theme and language stay after signing in again', () =>
  signedIn('operator', {}, async (page) => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.goto('/meters');
    const light = await ground();
    await setLook(page, 'theme', 'dark');
    assert.notEqual(await ground(), light);
    await setLook(page, 'language', 'en');
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
    await page.click('form[action="/sign-out"] button');
    await page.waitForURL(/sign-in/);
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
    assert.equal(await page.getAttribute('html', 'data-theme'), 'dark');
  }));

test('without a choice the theme is that of the system', async () => {
  const grounds = {};
  for (const colorScheme of ['light', 'dark']) {
    await inBrowser({ colorScheme }, async (page) => {
      await page.goto('/sign-in');
      grounds[colorScheme] = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    });
  }
  assert.notEqual(grounds.light, grounds.dark);
});

test('in English no screen shows a Russian word of the interface', () =>
  signedIn('admin', {}, async (page, { context }) => {
    await context.addCookies([{ name: 'lang', value: 'en', url: stack.http }]);
    for (const address of ['/meters', '/help', '/no-such-page', '/admin/faults']) {
      await page.goto(address);
      const words = await page.evaluate(() => [...document.querySelectorAll('h1, h2, th, label, nav, button, .range, .why, .valve, .state')]
        .filter((e) => !e.closest('tbody th.account, [name=language]')).map((e) => e.textContent).filter((t) => /[а-яё]/i.test(t)));
      assert.deepEqual(words, [], address);
    }
  }));

test('without scripts: filter, sort, page, select, unfold, tab and a valve command', () =>
  signedIn('operator', { javaScriptEnabled: false }, async (page) => {
    await page.goto('/meters');
    assert.equal(await page.locator('tr.meter').count(), 10);
    await page.click('a[rel=next]');
    assert.match(await page.locator('.work > .table-end .range').textContent(), /Записи с 11 до 20/);
    await page.fill('#q', meter.serial);
    await page.click('.search-go');
    assert.equal(await page.locator('tr.meter').count(), 1);
    assert.match(await page.locator('.work > .table-end .range').textContent(), /отфильтровано из/);
    await page.click('thead th.serial a');
    assert.equal(await page.locator('thead th.serial').getAttribute('aria-sort') !== null, true);
    await page.click('.expand');
    assert.equal(await page.locator('.expand').getAttribute('aria-expanded'), 'true');
    assert.ok(await page.locator('tr.info .facts').isVisible());
    await page.click('.pick');
    assert.equal(await page.locator('#panel-title').textContent().then((t) => t.includes(meter.serial)), true);
    await page.click('#tab-commands');
    assert.equal(await page.locator('#tab-commands').getAttribute('aria-current'), 'true');
    await page.click('#actions a.btn-danger');
    assert.match(await page.textContent('#valve'), new RegExp(meter.serial));
    await page.click('#valve button[type=submit]');
    assert.match(await page.textContent('#done'), /Команда «Закрыть клапан» подана/);
    assert.match(await page.textContent('table.commands'), /Закрыть клапан/);
    const [command] = stack.sql(`select kind, state, operator_login from command where meter_id = ${meter.id}`);
    assert.deepEqual(command, { kind: 'valve_close', state: 'queued', operator_login: 'operator' });
  }));
