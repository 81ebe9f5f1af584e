// «Системные параметры» and «Статистика» in a browser: by keyboard and mouse,
// wide and on a phone, without scripts, and with nothing for axe to find.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { PHONE, WIDE, assertAccessible, inBrowser, signIn } from './browser.mjs';

let stack;
before(async () => {
  stack = await startStack({ programs: 'web', meters: 20, fresh: true });
  stack.exec(`insert into statistics_sample select 'gas-1', now() - n * interval '5 minutes', 300000,
      300 + (300 * sin(n / 40.0))::int, 350, 20000 + (15000 * cos(n / 24.0))::int, 19000, 3000, 12000, 12, 0, 0, 0, 0, 0,
      5000000000, 120000, 80000000000, 100000000000 from generate_series(1, 600) n where n not between 80 and 104;
    select statistics_add('gas-1', now() - interval '2 days', 60000, 2, 526, 510, 12345, 12000, 2500, 18000, 7, 80000000000, 100000000000,
      '{5,1,4,9000,1,1,1,1,0,0,0,0,0,0,0,0,0,0}',
      '[{"duty":"parent","pid":10,"state":"S","started_us":1795164041789448,"memory_bytes":11091968,"cpu_ms":12000,"restarts":0}]')`);
});
after(async () => { if (stack) await stack.stop(); });

const asAdmin = (options, act) => inBrowser(stack.http, options, async (page) => {
  await signIn(page, 'admin', stack.password);
  await act(page);
});

for (const [name, viewport] of [['wide', WIDE], ['a phone', PHONE]]) {
  test(`axe finds nothing on parameters, delivery test and statistics, ${name}; nothing of them is wider than the screen`, () =>
    asAdmin({ viewport }, async (page) => {
      for (const at of ['/admin/parameters', '/admin/parameters/test', '/admin/statistics']) {
        await page.goto(at);
        if (at.endsWith('statistics')) await page.waitForSelector('#stat-cons[data-points]');
        await assertAccessible(page, at);
        const wide = await page.evaluate(() => [...document.querySelectorAll('main .page > *')]
          .filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map((e) => e.className));
        assert.deepEqual(wide, [], at);
      }
    }));
}

test('a wrong value leads from the list on top to its field, and is put right there', () =>
  asAdmin({}, async (page) => {
    await page.goto('/admin/parameters');
    await page.fill('#f-report_hour', '24');
    await page.press('#f-report_hour', 'Enter');
    await page.click('.error-list a');
    assert.match(page.url(), /#f-report_hour$/);
    assert.equal(await page.getAttribute('#f-report_hour', 'aria-invalid'), 'true');
    await page.evaluate(() => window.scrollTo(0, 0)); // what the bar covers is no target
    await assertAccessible(page, 'a wrong value');
    await page.fill('#f-report_hour', '9');
    await Promise.all([page.waitForURL(/saved=1/), page.click('.parameters-end button[type=submit]')]);
    assert.equal(await page.inputValue('#f-report_hour'), '9');
  }));

test('«Отмена» leaves everything as it was', () =>
  asAdmin({}, async (page) => {
    await page.goto('/admin/parameters');
    await page.fill('#f-mail_from_name', 'выброшено');
    await page.click('.parameters-end a.btn-quiet');
    assert.equal(new URL(page.url()).pathname.startsWith('/admin/parameters'), false);
    await page.goto('/admin/parameters');
    assert.equal(await page.inputValue('#f-mail_from_name'), '');
  }));

test('the fate of a test letter changes on the page by itself', () =>
  asAdmin({}, async (page) => {
    await page.goto('/admin/parameters/test');
    await page.fill('#to-mail', 'boss@example.ru');
    await page.press('#to-mail', 'Enter');
    await page.waitForSelector('#fate.notice-info');
    stack.exec("update outbox_mail set state = 'sent' where reason = 'test_letter'");
    await page.waitForSelector('#fate.notice-good');
  }));

test('the charts answer to arrows with the figures of the moment, and the interval buttons change them', () =>
  asAdmin({}, async (page) => {
    await page.goto('/admin/statistics');
    await page.waitForSelector('#stat-cons[data-points]');
    await page.focus('#stat-load');
    await page.keyboard.press('ArrowLeft');
    assert.match(await page.textContent('#stat-load-readout'), /la5 \d\.\d\d {2}la15 \d\.\d\d/);
    const day = Number(await page.getAttribute('#stat-load', 'data-points'));
    await page.click('#span-2d');
    await page.waitForSelector('#stat-cons[data-points]');
    assert.notEqual(Number(await page.getAttribute('#stat-load', 'data-points')), 0);
    await page.click('#stat-previous');
    await page.waitForSelector('#stat-next:not([disabled])');
    assert.ok(day > 200);
  }));

test('without scripts the charts are pictures and the steps are links', () =>
  asAdmin({ javaScriptEnabled: false }, async (page) => {
    await page.goto('/admin/statistics');
    assert.equal(await page.locator('.chart-svg').count(), 2);
    assert.equal(await page.locator('.stat-limit').count(), 1);
    await page.click('#span-1w');
    assert.equal(await page.getAttribute('#span-1w', 'aria-current'), 'true');
  }));
