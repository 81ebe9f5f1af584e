// What makes the main window pleasant: its columns, cards that sort on a phone,
// nothing that moves while it arrives, and an answer at once.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { assertAccessible, assertFits, inBrowser, PHONE, signIn, WIDE } from './browser.mjs';

let stack;
before(async () => { stack = await startStack({ meters: 120, programs: 'web' }); });
after(() => stack && stack.stop());

const opened = (options, act, address = '/meters') => inBrowser(stack.http, options, async (page, browser) => {
  await signIn(page, 'operator', stack.password);
  await page.goto(address);
  await act(page, browser);
});

test('a column is hidden at once, stays hidden through the refresh and the next visit, and comes back', () =>
  opened({}, async (page) => {
    const head = page.locator('thead th.working');
    await page.click('.columns-menu summary');
    const [saved] = await Promise.all([page.waitForResponse((r) => r.url().endsWith('/columns')), page.uncheck('[data-column=working]')]);
    assert.equal(saved.status(), 303);
    assert.equal(await head.isVisible(), false);
    assert.equal(await page.locator('tbody td.working').first().isVisible(), false);
    await page.waitForTimeout(1500);
    assert.equal(await head.isVisible(), false);
    await page.reload();
    assert.equal(await head.isVisible(), false);
    assert.equal(await page.locator('thead th.tamper').isVisible(), true);
    await page.click('.columns-menu summary');
    await assertAccessible(page, 'the open menu of columns');
    await Promise.all([page.waitForResponse((r) => r.url().endsWith('/columns')), page.check('[data-column=working]')]);
    assert.equal(await head.isVisible(), true);
    await page.keyboard.press('Escape');
  }));

test('without scripts the columns are chosen by a button', () =>
  opened({ javaScriptEnabled: false }, async (page) => {
    await page.click('.columns-menu summary');
    await page.uncheck('[data-column=balance]');
    await page.click('.columns-go');
    assert.equal(await page.locator('thead th.balance').isVisible(), false);
  }));

test('on a phone the cards are sorted by links above them, and a second touch turns the order', () =>
  opened({ viewport: PHONE, hasTouch: true }, async (page) => {
    const volumes = () => page.locator('tr.meter .volume').evaluateAll((all) => all.filter((e) => !e.querySelector('small')).map((e) => Number(e.textContent.replace(/[^\d.]/g, ''))));
    const touch = async (dir) => {
      await page.locator('.sort-cards a', { hasText: 'V,м3' }).tap();
      await page.waitForURL(dir === 'desc' ? /sort=volume.*dir=desc/ : /sort=volume/);
      await page.waitForFunction((word) => new RegExp(word).test((document.querySelector('.sort-cards a[aria-current]') || {}).textContent), dir === 'desc' ? 'V,м3, по убыванию' : 'V,м3, по возрастанию');
      return volumes();
    };
    const rising = await touch('asc');
    assert.deepEqual(rising, [...rising].sort((a, b) => a - b));
    const falling = await touch('desc');
    assert.deepEqual(falling, [...falling].sort((a, b) => b - a));
    assert.ok(falling[0] > rising[0]);
    const heights = await page.locator('.sort-cards a').evaluateAll((all) => all.map((a) => a.getBoundingClientRect().height));
    assert.ok(heights.every((h) => h >= 44), 'large enough for a finger');
    await assertFits(page, 'cards');
  }));

for (const [what, viewport] of [['wide', WIDE], ['phone', PHONE]]) {
  test(`nothing moves while the main window arrives and refreshes (${what})`, () =>
    opened({ viewport }, async (page) => {
      await page.addInitScript(() => {
        window.shifts = [];
        new PerformanceObserver((list) => {
          for (const e of list.getEntries()) if (!e.hadRecentInput) window.shifts.push([e.value, e.sources.map((s) => s.node && s.node.className)]);
        }).observe({ type: 'layout-shift', buffered: true });
      });
      await page.reload();
      await page.waitForTimeout(2500);
      const shifts = await page.evaluate(() => window.shifts);
      assert.ok(shifts.reduce((n, [v]) => n + v, 0) < 0.02, JSON.stringify(shifts));
    }));
}

test('pages weigh little and ask for little', () =>
  opened({}, async (page) => {
    for (const [address, files, kilobytes] of [['/meters', 9, 260], ['/meters/1/chart', 13, 330], ['/map', 14, 740]]) {
      await page.goto(address);
      await page.waitForLoadState('networkidle').catch(() => {});
      const loaded = await page.evaluate(() => performance.getEntriesByType('resource').filter((e) => !/live|alive/.test(e.name)).map((e) => [e.name, e.encodedBodySize]));
      const weight = loaded.reduce((n, [, size]) => n + size, 0) / 1024;
      assert.ok(loaded.length <= files && weight <= kilobytes, `${address}: ${loaded.length} files, ${weight.toFixed(0)} kB\n${loaded.join('\n')}`);
    }
  }));

test('GC-010 «?» opens the list of keys on the page of help too, where no name is given twice', () =>
  opened({}, async (page) => {
    for (const address of ['/help', '/meters', '/downloads']) {
      await page.goto(address);
      const twice = await page.evaluate(() => {
        const all = Array.from(document.querySelectorAll('[id]'), (e) => e.id);
        return all.filter((id, i) => all.indexOf(id) !== i);
      });
      assert.deepEqual(twice, [], address);
      await page.keyboard.press('?');
      await page.locator('#shortcuts[open]').waitFor();
    }
  }));

test('when the line is cut in the middle of a form it is said in the form, and what was typed stays and can be sent', () =>
  opened({}, async (page, browser) => {
    await page.goto(`/meters?meter=${stack.sql('select min(id) as id from meter where subscriber_id is not null')[0].id}`);
    await page.locator('#actions a', { hasText: 'Начислить' }).click();
    const form = page.locator('#dialog[open]');
    await form.locator('[name=amount]').fill('12,50');
    await browser.context.setOffline(true);
    await form.locator('button[type=submit]').click();
    await form.locator('[role=alert]', { hasText: 'Сервер не отвечает' }).waitFor();
    assert.equal(await form.locator('[name=amount]').inputValue(), '12,50');
    await browser.context.setOffline(false);
    await form.locator('[name=document]').fill('1');
    await form.locator('button[type=submit]').click();
    await page.locator('#toasts', { hasText: 'Начисление записано' }).waitFor();
    assert.equal(await page.locator('[data-unreached]').count(), 0);
  }));

test('a list that could not be asked for says so, and the background says nothing', () =>
  opened({}, async (page, browser) => {
    await browser.context.setOffline(true);
    await page.waitForTimeout(2500);
    assert.equal(await page.locator('#toasts').innerText(), '');
    await page.fill('#q', '1');
    await page.locator('#toasts', { hasText: 'Сервер не отвечает' }).waitFor();
  }));
