// Documents in a browser: from the button to the file, and a list of downloads
// that tells by itself when the worker is done.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test, { after, before } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { assertAccessible, assertFits, inBrowser, PHONE, signIn } from './browser.mjs';

let stack;
before(async () => {
  stack = await startStack({ meters: 700, subscribers: 600, branches: 4, days: 40 });
});
after(() => stack?.stop());

const day = (back) => new Date(Date.now() - back * 864e5).toISOString().slice(0, 10);
const picture = (page, name) => (process.env.LAZUR_PICTURES
  ? page.screenshot({ path: `${process.env.LAZUR_PICTURES}/${name}.png` }) : undefined);

test('GC-104 the button opens the dialog over the table, and the report of the selected meter downloads', async () => {
  await inBrowser(stack.http, {}, async (page) => {
    await signIn(page, 'operator', stack.password);
    await page.click('#meters tr.meter .pick');
    await page.click('#actions >> text="Посуточный отчёт"');
    await page.waitForSelector('#dialog[open] #report');
    await picture(page, 'daily');
    await page.fill('#f-from', day(30));
    await page.fill('#f-to', day(1));
    await page.check('input[name=format][value=csv]');
    assert.equal(await page.isVisible('#f-charset'), false, 'a code page is for DBF');
    await page.check('input[name=format][value=dbf]');
    assert.equal(await page.isVisible('#f-charset'), true);
    await assertAccessible(page, 'the dialog of the daily report');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('text="Сформировать отчёт"')]);
    assert.match(download.suggestedFilename(), /^Посуточный отчёт \d+ .*\.dbf$/);
    assert.ok(fs.statSync(await download.path()).size > 300);
  });
});

test('GC-112 the volume is asked for in its mode only; what is wrong stands beside its field', async () => {
  await inBrowser(stack.http, {}, async (page) => {
    await signIn(page, 'operator', stack.password);
    await page.click('#actions >> text="Балансный отчёт"');
    await page.waitForSelector('#dialog[open] #report');
    assert.equal(await page.isVisible('#f-volume'), false);
    await page.check('input[name=mode][value=manual]');
    assert.equal(await page.isVisible('#f-volume'), true);
    await picture(page, 'balance');
    await page.click('#dialog >> text="Ok"');
    await page.waitForSelector('#f-volume-error');
    assert.equal(await page.getAttribute('#f-group', 'aria-describedby'), 'f-group-error');
    await assertAccessible(page, 'a balance report refused');
    await picture(page, 'balance-wrong');
  });
});

test('a long report appears in «Мои загрузки» by itself, and the bell tells it on other pages', async () => {
  await inBrowser(stack.http, {}, async (page) => {
    await signIn(page, 'operator', stack.password);
    await page.click('#actions >> text="Квитанции всех абонентов"');
    await page.waitForSelector('#dialog[open] #report');
    assert.match(await page.textContent('#report'), /Не будет квитанций у филиалов/);
    await picture(page, 'receipts');
    await page.click('text="Подготовить квитанции"');
    await page.waitForURL(/\/downloads\?new=\d+$/);
    await page.waitForSelector('tr.job[aria-current]');
    await picture(page, 'downloads');
    await assertAccessible(page, 'downloads, one on its way');
    await page.goto('/meters');
    await page.waitForSelector('#bell .bell-ready', { timeout: 60000 });
    await page.click('#bell');
    await page.waitForSelector('tr.job-done');
    await assertAccessible(page, 'downloads, one ready');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('tr.job-done >> text="Скачать"')]);
    assert.match(download.suggestedFilename(), /^Квитанции\.(zip|pdf)$/);
    await page.click('tr.job-done >> text="Удалить"');
    await page.waitForSelector('text="Загрузок нет"');
    await assertAccessible(page, 'no downloads');
  });
});

test('while the list is open a job goes from waiting to ready without reloading the page', async () => {
  await inBrowser(stack.http, { viewport: PHONE }, async (page) => {
    await signIn(page, 'operator', stack.password);
    await page.goto('/reports/daily');
    await picture(page, 'daily-phone');
    await page.fill('#f-from', day(30));
    await page.fill('#f-to', day(1));
    await page.click('text="Сформировать отчёт"');
    await page.waitForURL(/\/downloads/);
    await page.evaluate(() => { window.here = true; });
    await page.waitForSelector('tr.job-done', { timeout: 60000 });
    assert.equal(await page.evaluate(() => window.here), true);
    await assertAccessible(page, 'downloads on a phone');
    await assertFits(page, 'downloads on a phone');
    await picture(page, 'downloads-phone');
  });
});
