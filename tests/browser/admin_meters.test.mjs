// «Приборы учёта» in a browser: forms in dialogs by the keyboard, figures that
// follow what is typed, nothing for axe to find in any width.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { push, wrapper } from '../lib/dlms.mjs';
import { startStack } from '../lib/stack.mjs';
import { assertAccessible, assertFits, inBrowser, PHONE, setLook, signIn, WIDE } from './browser.mjs';

let stack; let gas; let adapter; let session;
before(async () => {
  stack = await startStack({ meters: 60, programs: 'web', days: 3, fresh: true });
  stack.exec(`insert into meter (serial, meter_type_id, firmware) select '88000' || i, (select id from meter_type where name = 'СГ-Лазурь G4'), '1.2' from generate_series(1, 5) i;
    insert into meter (serial, meter_type_id) select '502001', id from meter_type where name = 'Адаптер Лазурь-И'`);
  const id = (serial) => stack.sql(`select id from meter where serial = '${serial}'`)[0].id;
  gas = id('880001'); adapter = id('502001');
  // A session of the exchange log, as the listener keeps it: two pieces.
  const number = (n) => (n < 128 ? Buffer.from([n]) : Buffer.from([(n & 127) | 128, n >> 7]));
  const piece = (ms, toMeter, bytes) => Buffer.concat([number(ms), number(bytes.length * 4 + toMeter), bytes]);
  const said = push({ serial: '880001', volume: 5000 });
  const frames = Buffer.concat([Buffer.from([1]), piece(0, 0, said), piece(12, 1, wrapper(Buffer.from('104000000100', 'hex'), 16, 1))]);
  stack.exec(`insert into exchange (id, meter_id, took_ms, bytes_in, bytes_out, peer, protocol, result, frames)
    select exchange_id(now()) + i, case i when 1 then ${gas} end, 70, ${said.length}, 14, '10.1.2.3', case i when 1 then 'dlms' end,
      case i when 1 then 'stored' else 'not_a_protocol' end, '\\x${frames.toString('hex')}' from generate_series(1, 2) i`, 'owner');
  session = stack.sql(`select max(id)::text as id from exchange where meter_id = ${gas}`)[0].id;
  stack.exec(`insert into attached_meter values (${adapter}, 1, '123456', true, false, true);
    insert into command (meter_id, kind, operator_login, parameters, state) values (${gas}, 'period', 'admin', '{"period": "weekly"}', 'executed'), (${gas}, 'pressure', 'admin', '{"pressure_pa": 99792}', 'queued')`);
});
after(() => stack?.stop());

const asAdmin = (options, act) => inBrowser(stack.http, options, async (page, browser) => {
  await signIn(page, 'admin', stack.password);
  await act(page, browser);
});
const shot = async (page, name) => { if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png` }); };
const open = (page, word) => page.locator('#actions a', { hasText: word }).first().click();
const dialog = (page) => page.locator('#dialog[open]');

test('GC-177 GC-182 a period for a mask is set by the keyboard: preview, question, number, toast', () => asAdmin({}, async (page) => {
  await page.goto(`/admin/meters?q=88000&id=${gas}`);
  await page.locator('#actions a', { hasText: 'Период' }).focus();
  await page.keyboard.press('Enter');
  await dialog(page).locator('#f-serials').waitFor();
  assert.equal(await dialog(page).locator('#f-serials').inputValue(), '880001');
  await dialog(page).locator('#f-serials').fill('88000?');
  await dialog(page).locator('#f-serials-preview', { hasText: '5' }).waitFor();
  await dialog(page).locator('input[name=period][value=daily]').focus();
  await page.keyboard.press('Space');
  await shot(page, 'period');
  await dialog(page).locator('button.btn-primary[type=submit]').focus();
  await page.keyboard.press('Enter');
  await dialog(page).locator('#f-number').waitFor();
  await shot(page, 'period-confirm');
  await dialog(page).locator('#f-number').fill('4');
  await page.keyboard.press('Enter');
  await dialog(page).locator('#f-number-error').waitFor();
  await dialog(page).locator('#f-number').fill('5');
  await page.keyboard.press('Enter');
  await page.locator('#toasts', { hasText: 'приборов: 5' }).waitFor();
  assert.equal(await page.locator('#dialog[open]').count(), 0);
  assert.equal(stack.sql("select count(*)::int as n from command where kind = 'period' and state = 'queued'")[0].n, 5);
  assert.match(await page.locator('#slist tbody tr').first().innerText(), /Каждый день с 00:00 до 01:00/);
}));

test('GC-042 the cross of a form leaves it as «Отмена» does', () => asAdmin({}, async (page) => {
  await page.goto(`/admin/meters?q=880001&id=${gas}`);
  await open(page, 'Смена пароля');
  await dialog(page).locator('.sheet-close').click();
  await dialog(page).waitFor({ state: 'detached' });
  assert.equal(stack.sql(`select 1 from command where meter_id = ${gas} and kind = 'password'`).length, 0);
  await page.goto(`/admin/meters/${gas}/password`);
  await page.locator('.sheet-close').click();
  await page.waitForURL('**/admin/meters');
}));

test('GC-194 the conversion table follows the typed pressure', () => asAdmin({}, async (page) => {
  await page.goto(`/admin/meters?q=88000&id=${gas}`);
  await open(page, 'Рабс');
  await dialog(page).locator('#f-pressure').fill('748,5');
  await dialog(page).locator('#pressure-units td', { hasText: '99.792' }).waitFor();
  await shot(page, 'pressure');
  await dialog(page).locator('#f-pressure').fill('5');
  await dialog(page).locator('#pressure-units table').waitFor({ state: 'detached' });
}));

test('GC-189 boxes follow the chosen type', () => asAdmin({}, async (page) => {
  await page.goto(`/admin/meters?q=502001&id=${adapter}`);
  await open(page, 'Счётчик');
  await dialog(page).locator('#f-type').selectOption({ label: 'ЕК270 (корректор)' });
  await dialog(page).locator('#f-pressure:disabled').waitFor();
  assert.equal(await dialog(page).locator('#f-pressure').isChecked(), true);
  await dialog(page).locator('#f-type').selectOption({ label: 'NPM G4' });
  await dialog(page).locator('#f-tamper:disabled').waitFor();
  assert.equal(await dialog(page).locator('#f-tamper').isChecked(), false);
  await shot(page, 'attached');
  await dialog(page).locator('button.btn-primary[type=submit]').click();
  await page.locator('#toasts', { hasText: '502001' }).waitFor();
  assert.equal(stack.sql(`select t.name from attached_meter a join attached_type t on t.id = a.attached_type_id`)[0].name, 'NPM G4');
}));

test('GC-195 ticked meters are deleted after their number is typed', () => asAdmin({}, async (page) => {
  await page.goto('/admin/meters?q=88000');
  for (const serial of ['880004', '880005']) await page.locator('tr', { hasText: serial }).locator('td.tick input').check();
  await page.locator('#bulk button').click();
  await dialog(page).locator('#f-number').waitFor();
  await shot(page, 'delete');
  await dialog(page).locator('#f-number').fill('2');
  await dialog(page).locator('button.btn-danger').click();
  await page.locator('#toasts', { hasText: 'Удалено приборов: 2' }).waitFor();
  assert.equal(await page.locator('#list tbody tr').count(), 3);
}));

test('a command that waits is selected and taken back', () => asAdmin({}, async (page) => {
  await page.goto(`/admin/meters?q=880001&id=${gas}`);
  await page.locator('#slist tbody tr', { hasText: '748.5' }).locator('td').nth(2).click();
  await page.locator('a', { hasText: 'Отменить команду' }).waitFor();
  assert.equal(await page.locator('#q').inputValue(), '880001', 'the list above stands where it stood');
  await page.locator('a', { hasText: 'Отменить команду' }).click();
  await dialog(page).locator('button.btn-danger').click();
  await page.locator('#toasts', { hasText: 'Команда отменена' }).waitFor();
  assert.match(await page.locator('#slist').innerText(), /Отменена/);
}));

test('keys are set by hand, one is looked at, and a table with a mistake is refused by line and column, by the keyboard and on a phone', () => asAdmin({}, async (page) => {
  await page.goto(`/admin/meters?id=${gas}`);
  await page.locator('a', { hasText: 'Ключи' }).first().focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/admin/meters/${gas}/keys`);
  await open(page, 'Задать');
  await dialog(page).locator('#f-mechanism').selectOption({ label: 'HLS: AES-128 (СПОДЭС)' });
  await dialog(page).locator('#f-hls').fill('x'.repeat(17));
  await page.keyboard.press('Enter');
  await dialog(page).locator('#f-mechanism-error', { hasText: 'не длиннее 16' }).waitFor();
  assert.equal(await dialog(page).locator('#f-hls').inputValue(), '', 'a secret does not come back');
  await assertAccessible(page, 'keys by hand, with a mistake');
  await dialog(page).locator('#f-hls').fill('GasSecret1234567');
  await page.keyboard.press('Enter');
  await page.locator('#toasts', { hasText: 'Ключи сохранены' }).waitFor();
  assert.match(await page.locator('#k-hls').innerText(), /задан/);
  await page.locator('#k-hls a', { hasText: 'Показать' }).click();
  await dialog(page).locator('button.btn-danger').click();
  await page.locator('#shown', { hasText: 'GasSecret1234567' }).waitFor();
  await assertAccessible(page, 'a key that is shown');
  await page.setViewportSize(PHONE);
  await assertFits(page, 'keys on a phone');
  await page.goto('/admin/meters/keys-import');
  await page.locator('#f-file').setInputFiles({ name: 'k.csv', mimeType: 'text/csv', buffer: Buffer.from('serial;ek\n880002;00\n') });
  await page.locator('button[type=submit].btn-primary, .dialog-end button[type=submit]').first().click();
  await page.locator('#problems', { hasText: '2' }).waitFor();
  await assertAccessible(page, 'a refused table, on a phone');
  await assertFits(page, 'a refused table, on a phone');
}));

test('AT-221 the exchange log is opened from the meter and from its sessions, and read by the keyboard', () => asAdmin({}, async (page) => {
  await page.goto(`/admin/meters?q=880001&id=${gas}`);
  await page.locator('#actions a', { hasText: 'Журнал обмена' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/admin/exchange?meter=${gas}`);
  await page.locator('#list a.pick').focus();
  await page.keyboard.press('Enter');
  await page.locator('#session .telegram').nth(1).waitFor();
  assert.match(await page.locator('#session .telegram').first().innerText(), /880001/);
  await page.locator('.sides a', { hasText: 'Прибору' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/side=out/);
  await page.waitForFunction(() => document.querySelectorAll('#session .telegram').length === 1);
  await page.locator('.telegram button[data-copy]').focus();
  await page.keyboard.press('Enter');
  await page.locator('.telegram button', { hasText: 'Скопировано' }).waitFor();
  await shot(page, 'exchange');
  await page.locator('#q').fill('zz not there');
  await page.waitForFunction(() => document.querySelectorAll('#list tbody tr').length === 0);
  await page.locator('#result').selectOption('fault');
  await page.waitForURL(/result=fault/);
  await page.goto(`/meters?meter=${gas}`);
  await page.locator('a', { hasText: 'Журнал обмена' }).click();
  await page.waitForURL(`**/admin/exchange?meter=${gas}`);
}));

for (const [name, options] of [['wide', { viewport: WIDE }], ['a phone', { viewport: PHONE }]]) {
  test(`axe finds nothing on ${name}: the list, each form, in both themes; all of it fits`, () => asAdmin(options, async (page) => {
    const addresses = ['/admin/meters', `/admin/meters?id=${gas}&q=8800`, '/admin/meters?q=zzz', '/admin/meters/period', '/admin/meters/pressure',
      `/admin/meters/${gas}/sync`, `/admin/meters/${gas}/password`, `/admin/meters/${adapter}/attached`, `/admin/meters/${gas}/delete`,
      `/admin/meters/${gas}/keys`, `/admin/meters/${gas}/keys/set`, '/admin/meters/keys-import',
      '/admin/exchange', `/admin/exchange?meter=${gas}&id=${session}`, '/admin/faults'];
    for (const theme of ['light', 'dark']) {
      await page.goto('/admin/meters');
      await setLook(page, 'theme', theme);
      for (const [i, address] of addresses.entries()) {
        await page.goto(address);
        await page.waitForLoadState('networkidle');
        await assertAccessible(page, `${address}, ${name}, ${theme}`);
        await assertFits(page, `${address}, ${name}`);
        await shot(page, `${name.replace(' ', '-')}-${theme}-${i}`);
      }
    }
  }));
}
