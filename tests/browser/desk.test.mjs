// The windows of the selected meter as a person meets them: account, history,
// note, radio password; with scripts in a dialog, without on pages of their own.
import assert from 'node:assert/strict';
import test, { after, before, beforeEach } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { assertAccessible, assertFits, inBrowser as openFor, PHONE, signIn } from './browser.mjs';

let stack;
let meter;

before(async () => {
  stack = await startStack({ meters: 60, programs: 'web', days: 20 });
  [meter] = stack.sql(`select m.id, m.serial, m.account, m.subscriber_id as subscriber from meter m
    join subscriber s on s.id = m.subscriber_id and s.calculates_balance
    join meter_secret k on k.identity = m.serial
    where m.account is not null and (select count(*) from account_operation o where o.subscriber_id = s.id) > 12
    order by m.serial limit 1`);
});
after(() => stack?.stop());
beforeEach(() => stack.exec(`update meter set note = '' where id = ${meter.id}`));

const signedIn = (login, options, act) => openFor(stack.http, options, async (page, browser) => {
  await signIn(page, login, stack.password);
  await act(page, browser);
});
const balance = () => stack.sql(`select balance_kopecks as b from subscriber where id = ${meter.subscriber}`)[0].b;
const shown = (kopecks) => {
  const [whole, rest] = (Math.abs(kopecks) / 100).toFixed(2).split('.');
  return `${kopecks < 0 ? '-' : ''}${whole.replace(/\B(?=(\d{3})+$)/g, '\u202f')}.${rest}`;
};
const cell = (page) => page.locator(`#m${meter.id} td.balance`);
const mainWindow = () => `/meters?q=${meter.serial}&meter=${meter.id}`;
const WINDOWS = [['account', 'Начислить'], ['payments', 'История счёта'], ['note', 'Примечания'], ['radio', 'Пароль радиоканала']];

test('GC-096 GC-098 an accrual by the keyboard alone: errors stay in the dialog, the table then shows the new balance', () => signedIn('operator', {}, async (page) => {
  await page.goto(mainWindow());
  const was = balance();
  await page.locator('#actions a', { hasText: 'Начислить' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.locator('#dialog[open]');
  await dialog.locator('#f-amount:focus').waitFor();
  await page.keyboard.type('12,345');
  await page.keyboard.press('Enter');
  await dialog.locator('#f-amount-error').waitFor();
  assert.equal(await dialog.locator('#f-document-error').innerText(), 'Введите номер документа');
  assert.equal(await dialog.locator('#f-amount').inputValue(), '12,345');
  await dialog.locator('.error-list a').first().focus();
  await page.keyboard.press('Enter');
  await dialog.locator('#f-amount:focus').waitFor();
  await dialog.locator('#f-amount').fill('12,34');
  await page.keyboard.press('Tab');
  await page.keyboard.type('ПП-77');
  await page.keyboard.press('Enter');
  await page.locator('#toasts', { hasText: 'Начисление записано' }).waitFor();
  assert.equal(await page.locator('#dialog[open]').count(), 0);
  assert.equal(balance(), was + 1234);
  assert.equal(await cell(page).innerText(), shown(was + 1234));
}));

test('GC-042 the cross of each window of the readings leaves it, in a dialog and on a page of its own', () => signedIn('operator', {}, async (page) => {
  const was = balance();
  const others = ['Посуточный отчёт', 'Посуточный отчёт по группе', 'Балансный отчёт', 'Квитанции всех абонентов'];
  if (await page.goto(mainWindow()) && await page.locator('#actions a[href*="/valve"]').count()) others.push('клапан');
  for (const word of [...WINDOWS.map((w) => w[1]), ...others]) {
    await page.locator('#actions a', { hasText: word }).first().click();
    await page.locator('#dialog[open] .sheet-close').click();
    await page.locator('#dialog[open]').waitFor({ state: 'detached' });
  }
  await page.goto(`/meters/${meter.id}/account`);
  await page.fill('#f-amount', '5');
  await page.locator('.sheet-close').click();
  await page.waitForURL((u) => u.pathname === '/meters');
  assert.equal(balance(), was);
}));

test('a double click on Ok is one operation', () => signedIn('operator', {}, async (page) => {
  await page.goto(mainWindow());
  const was = balance();
  await page.locator('#actions a', { hasText: 'Начислить' }).click();
  await page.fill('#dialog #f-amount', '1');
  await page.fill('#dialog #f-document', '1');
  await page.locator('#dialog button[type=submit]').dblclick();
  await page.locator('#toasts', { hasText: 'Начисление записано' }).waitFor();
  assert.equal(balance(), was + 100);
}));

test('GC-100 the history turns its pages inside the dialog, changes their size, and closes', () => signedIn('operator', {}, async (page) => {
  await page.goto(mainWindow());
  await page.locator('#actions a', { hasText: 'История счёта' }).click();
  const dialog = page.locator('#dialog[open]');
  await dialog.locator('.payments tbody tr').nth(9).waitFor();
  const first = await dialog.locator('.range').innerText();
  for (const page_ of ['11', '1']) {
    await dialog.locator(page_ === '11' ? 'a[rel=next]' : 'a[rel=prev]').click();
    await dialog.locator('.range b').first().filter({ hasText: new RegExp(`^${page_}$`) }).waitFor();
  }
  assert.equal(await dialog.locator('.range').innerText(), first);
  await dialog.locator('.sizes a', { hasText: '25' }).click();
  await dialog.locator('.payments tbody tr').nth(10).waitFor();
  assert.match(await dialog.innerText(), /за потребление .* конечные показания/);
  assert.equal(new URL(page.url()).pathname, '/meters', 'the address is still that of the table');
  await dialog.getByText('Закрыть', { exact: true }).click();
  assert.equal(await page.locator('#dialog[open]').count(), 0);
}));

test('GC-075 a note is written in the dialog and read in the panel of its row', () => signedIn('admin', {}, async (page) => {
  await page.goto(`${mainWindow()}&open=${meter.id}`);
  await page.locator('#actions a', { hasText: 'Примечания' }).click();
  await page.fill('#dialog textarea', 'Собака во дворе\nключ у соседей');
  await page.locator('#dialog button[type=submit]').click();
  await page.locator('#toasts', { hasText: 'Примечание сохранено' }).waitFor();
  assert.match(await page.locator(`#i${meter.id}`).innerText(), /Собака во дворе\s+ключ у соседей/);
}));

test('GC-071 the radio password is read in the dialog', () => signedIn('operator', {}, async (page) => {
  await page.goto(mainWindow());
  await page.locator('#actions a', { hasText: 'Пароль радиоканала' }).click();
  assert.match(await page.locator('#dialog #radio-password').innerText(), /^\d{8}$/);
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#dialog[open]').count(), 0);
}));

for (const theme of ['light', 'dark', 'contrast']) {
  test(`axe finds nothing in the windows of a meter in the ${theme} theme, and nothing sticks out on a phone`, () => signedIn('admin', {}, async (page, { context }) => {
    await context.addCookies([{ name: 'theme', value: theme, url: stack.http }]);
    for (const [part, word] of WINDOWS) {
      await page.goto(mainWindow());
      await page.locator('#actions a', { hasText: word }).click();
      await page.locator(`#dialog #${part}`).waitFor();
      await assertAccessible(page, `${part} in a dialog`);
      await page.setViewportSize(PHONE);
      await assertFits(page, `${part} in a dialog on a phone`);
      await page.goto(`/meters/${meter.id}/${part}`);
      await assertFits(page, `${part} on a phone`);
      await assertAccessible(page, `${part} on a page of its own`);
      await page.setViewportSize({ width: 1440, height: 900 });
    }
    await page.goto(`/meters/${meter.id}/account`);
    await page.locator('.desk-form button[type=submit]').click();
    await page.locator('#f-amount-error').waitFor();
    await assertAccessible(page, 'a form with errors');
  }));
}

test('without scripts everything is done on pages of their own', () => signedIn('admin', { javaScriptEnabled: false }, async (page) => {
  const was = balance();
  await page.goto(mainWindow());
  await page.locator('#actions a', { hasText: 'Начислить' }).click();
  await page.check('input[name=kind][value=correction]');
  await page.fill('#f-amount', '-0,50');
  await page.fill('#f-document', 'акт 1');
  await page.locator('.desk-form button[type=submit]').click();
  assert.equal(await cell(page).innerText(), shown(was - 50));
  assert.match(await page.locator('#done').innerText(), /Корректировка записана/);
  await page.locator('#actions a', { hasText: 'История счёта' }).click();
  assert.match(await page.locator('.payments tbody tr').first().innerText(), /Корректировка\s+-0.50\s+по платежному документу 'акт 1'/);
  await page.locator('a[rel=next]').click();
  assert.match(await page.locator('.range').innerText(), /^Записи с 11 /);
  await page.getByRole('link', { name: 'Закрыть' }).last().click();
  assert.equal(new URL(page.url()).searchParams.get('meter'), String(meter.id));
}));
