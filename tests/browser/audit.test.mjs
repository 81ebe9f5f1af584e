// «Протокол работы» in a browser: filters answer while one chooses, flags are
// seen, and nothing sticks out or offends axe in any theme and width.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { assertAccessible, assertFits, inBrowser, PHONE, signIn } from './browser.mjs';

let stack;
before(async () => {
  stack = await startStack({ meters: 40, programs: 'web', fresh: true });
  stack.exec(`insert into audit_log (at, operator_login, action, note, address) values
    ('2026-03-01 10:00+03', 'anna', 'Начало работы оператора', 'вход с компьютера 77.88.8.8', '77.88.8.8'),
    ('2026-03-02 11:00+03', 'anna', 'Закрыть клапан', 'прибор №77', '77.88.8.8'),
    ('2026-03-02 12:00+03', 'boris', 'Начало работы оператора', 'вход с компьютера 193.0.6.139', '193.0.6.139'),
    ('2026-03-03 13:00+03', 'boris', 'Изменена настройка системы', 'URL для входа в систему -> ${'https://very-long-name.example.org/'.repeat(5)}', '10.0.0.1')`);
});
after(() => stack && stack.stop());

const asAdmin = (options, act) => inBrowser(stack.http, options, async (page, browser) => {
  await signIn(page, 'admin', stack.password);
  await act(page, browser);
});
const march = '/admin/log?from=2026-03-01&to=2026-03-31';
const count = (page) => page.locator('table.audit tbody tr').count();

test('flags beside addresses are pictures with the name of the country, one for each signing in', () =>
  asAdmin({}, async (page) => {
    await page.goto(`${march}&sort=at`);
    const flags = page.locator('img.flag');
    assert.deepEqual(await flags.evaluateAll((all) => all.map((f) => f.alt)), ['Россия', 'Нидерланды']);
    await page.waitForFunction(() => [...document.querySelectorAll('img.flag')].every((f) => f.complete && f.naturalWidth > 0));
  }));

test('days, operator, action and words narrow the list as they are chosen, and the address follows', () =>
  asAdmin({}, async (page) => {
    await page.goto(march);
    assert.equal(await count(page), 4);
    await page.selectOption('#action', 'Начало работы оператора');
    await page.waitForFunction(() => document.querySelectorAll('table.audit tbody tr').length === 2);
    await page.waitForURL(/action=/);
    await page.fill('#login', 'anna');
    await page.keyboard.press('Tab');
    await page.waitForFunction(() => document.querySelectorAll('table.audit tbody tr').length === 1);
    assert.match(page.url(), /login=anna/);
    await page.getByRole('link', { name: 'Сбросить' }).click();
    await page.waitForURL(/\/admin\/log$/);
    assert.equal(await page.inputValue('#login'), '');
    await page.fill('#from', '2026-03-02');
    await page.fill('#to', '2026-03-02');
    await page.keyboard.press('Tab');
    await page.waitForFunction(() => document.querySelectorAll('table.audit tbody tr').length === 2);
    await page.fill('#q', 'клапан');
    await page.waitForFunction(() => document.querySelectorAll('table.audit tbody tr').length === 1);
  }));

for (const [width, viewport] of [['1440', undefined], ['1024', { width: 1024, height: 768 }], ['390', PHONE]]) {
  test(`the log fits ${width} px and axe finds nothing, full and empty, in every theme`, () =>
    asAdmin(viewport ? { viewport } : {}, async (page, { context }) => {
      for (const theme of ['light', 'dark', 'contrast']) {
        await context.addCookies([{ name: 'theme', value: theme, url: stack.http }]);
        for (const address of [march, '/admin/log?q=nothing-like-this']) {
          await page.goto(address);
          await assertFits(page, `${address} ${theme}`);
          await assertAccessible(page, `${address} ${theme}`);
        }
        if (process.env.LAZUR_PICTURES) {
          await page.goto(march);
          await page.screenshot({ path: `${process.env.LAZUR_PICTURES}/log-${width}-${theme}.png` });
        }
      }
    }));
}
