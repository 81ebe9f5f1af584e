// The import in a browser: the dialog over the list of subscribers, the work as
// it goes on, the report and its copy.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { workbook } from '../lib/xlsx.mjs';
import { assertAccessible, assertFits, inBrowser, PHONE, signIn } from './browser.mjs';

const head = ['Лицевой счет', 'Серийный номер', 'Адрес', 'Филиал', 'Тариф,руб/1000м3', 'Примечание'];
let stack;
before(async () => {
  stack = await startStack({ fresh: true, meters: 30 });
  stack.exec("insert into meter (serial, meter_type_id) select '1715964', min(id) from meter_type where medium = 'gas'");
  fs.writeFileSync(path.join(stack.folder, 'table.xlsx'), workbook([head,
    ['7001', '1715964', 'ул. Новая, д. 1', 'Новый филиал', '4364', ''], ['7002', '9999999', 'ул. Новая, д. 2', 'Новый филиал', '4364', '']]));
});
after(async () => { if (stack) await stack.stop(); });

test('GC-147 GC-155 GC-156 a table is sent from the list, its report comes by itself and is put on the clipboard', () => inBrowser(stack.http, {}, async (page, browser) => {
  await signIn(page, 'admin', stack.password);
  await page.goto('/admin/subscribers');
  await page.locator('#actions a', { hasText: 'Импорт данных' }).click();
  await page.locator('#f-file').setInputFiles(path.join(stack.folder, 'table.xlsx'));
  assert.ok(await page.locator('#f-trial').isChecked(), 'first a trial');
  await page.locator('#f-trial').uncheck();
  await assertAccessible(page, 'the dialog');
  await page.locator('.dialog-end button.btn-danger').click();
  await page.locator('#import-report').waitFor({ timeout: 30000 });
  const report = await page.locator('#import-report').innerText();
  for (const line of ['Отчёт о выполнении импорта данных', 'Всего строк обработано:2', 'Добавлено абонентов:2', 'Добавлено филиалов:1',
    'Изменено привязок счётчиков:1', 'Не найден счётчик, указанный в строке 3']) assert.ok(report.includes(line), `${line}\n${report}`);
  await assertAccessible(page, 'the report');
  await browser.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.locator('button', { hasText: 'Копировать' }).click();
  await page.locator('.copy-button', { hasText: 'Скопировано' }).waitFor();
  assert.equal((await page.evaluate(() => navigator.clipboard.readText())).trim(), report.trim());
  await page.setViewportSize(PHONE);
  await assertFits(page, 'the report on a phone');
}));
