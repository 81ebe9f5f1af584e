// The administration in a browser: every tab in both languages, wide and on a
// phone, light and dark, full and empty; lists and forms by keyboard alone.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { PHONE, WIDE, assertAccessible, assertFits, inBrowser, setLook, signIn } from './browser.mjs';

let stack;
before(async () => {
  stack = await startStack({ programs: 'web', meters: 60, fresh: true });
  stack.exec(`insert into meter_group (name) values ('Улица Мира');
    insert into meter_group_member select (select id from meter_group where name = 'Улица Мира'), id from meter limit 5;
    insert into meter_job (kind, name, numbers, masks, address, port, made_by, spread)
      values ('server_address', 'Переезд', '1500*', '{1500*}', 'meters.example.ru', 4059, 'admin', true)`);
});
after(async () => { if (stack) await stack.stop(); });

const asAdmin = (options, act) => inBrowser(stack.http, options, async (page) => {
  await signIn(page, 'admin', stack.password);
  await act(page);
});
const id = (sql) => stack.sql(sql)[0].id;
const TABS = [
  ['/admin/subscribers', 'Абоненты'], ['/admin/branches', 'Филиалы'], ['/admin/operators', 'Операторы'], ['/admin/tariffs', 'Тарифы'],
  ['/admin/meters', 'Приборы учёта'], ['/admin/groups', 'Группы приборов'], ['/admin/firmware', 'Обновление ПО'],
  ['/admin/addresses', 'Смена IP'], ['/admin/log', 'Протокол работы'], ['/admin/faults', 'Ошибки связи'], ['/admin/messages', 'Сообщения'],
];

test('GC-128 GC-129 the tabs stand in the order of the manual, each opens its page, and the top bar has its links', () => asAdmin({}, async (page) => {
  await page.goto('/admin/');
  const words = await page.locator('.subnav .tabs > li:not(.tab-extra) a').evaluateAll((links) => links.map((a) => a.textContent.trim()));
  assert.deepEqual(words.map((w) => w.replace(/\s*\(\d+\)$/, '')), TABS.map((t) => t[1]));
  assert.ok(words.includes('Смена IP (1)'), words.join());
  for (const [path, word] of TABS) {
    await page.locator('.subnav a', { hasText: new RegExp(`^\\s*${word}`) }).first().click();
    await page.waitForURL((u) => u.pathname === path);
    assert.equal(await page.locator('.subnav a[aria-current=page]').first().evaluate((a) => a.textContent.trim().replace(/\s*\(\d+\)$/, '')), word);
  }
  const bar = await page.locator('header.bar').innerText();
  for (const word of ['Показания', 'Параметры', 'Статистика', 'Помощь', 'Выход', 'admin']) assert.ok(bar.includes(word), word);
}));

for (const [name, options] of [['wide', { viewport: WIDE }], ['in the dark on a phone', { viewport: PHONE, colorScheme: 'dark' }]]) {
  test(`axe finds nothing on any tab or form of the administration, ${name}, and nothing sticks out`, () => asAdmin(options, async (page) => {
    const forms = ['/admin/branches/new', '/admin/operators/new', '/admin/tariffs/new', '/admin/groups/new', '/admin/firmware/new', '/admin/addresses/new',
      '/admin/subscribers/new', '/admin/import', `/admin/branches/${id('select min(id) as id from branch')}/delete`];
    const selected = [`/admin/operators?id=${id("select id from operator where login = 'admin'")}`, `/admin/groups?id=${id('select max(id) as id from meter_group')}`,
      `/admin/meters?id=${id('select min(id) as id from meter')}`, `/admin/subscribers?id=${id('select min(id) as id from subscriber')}`];
    for (const path of [...TABS.map((t) => t[0]), ...forms, ...selected]) {
      await page.goto(path);
      await assertAccessible(page, path);
      await assertFits(page, path);
    }
  }));
}

test('in English no tab of the administration has a Russian word of ours', () => asAdmin({}, async (page) => {
  await page.goto('/admin/branches');
  await setLook(page, 'language', 'en');
  for (const [path] of TABS) {
    await page.goto(path);
    const words = await page.locator('h1, th, .subnav, .actions, .toolbar label, .page-head').allInnerTexts();
    assert.doesNotMatch(words.join(' '), /[а-яё]/i, path);
  }
  await setLook(page, 'language', 'ru');
}));

test('GC-040 GC-042 a record is added, chosen, changed and deleted by the keyboard alone, in a dialog over its list', () => asAdmin({}, async (page) => {
  await page.goto('/admin/branches');
  await page.locator('#actions a', { hasText: 'Добавить' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.locator('#dialog[open]');
  await dialog.locator('#f-name:focus').waitFor();
  await page.keyboard.press('Enter');
  await dialog.locator('#f-name-error').waitFor();
  assert.equal(await dialog.locator('#f-full-error').innerText(), 'Заполните поле');
  await dialog.locator('#f-name').fill('Ааа-тест');
  await dialog.locator('#f-full').fill('Филиал для проверки');
  await page.keyboard.press('Enter');
  await page.locator('#toasts', { hasText: 'Сохранён филиал Ааа-тест' }).waitFor();
  assert.equal(await page.locator('#dialog[open]').count(), 0);
  assert.equal(new URL(page.url()).pathname, '/admin/branches');
  await page.locator('#content').focus();
  await page.keyboard.press('ArrowDown');
  await page.waitForURL(/[?&]id=\d+/);
  const row = page.locator('tr[aria-current]');
  assert.match(await row.innerText(), /Ааа-тест/);
  assert.match(await row.evaluate((r) => getComputedStyle(r.cells[0]).backgroundColor), /rgb/);
  await page.keyboard.press('Enter');
  await dialog.locator('#f-full').waitFor();
  await dialog.locator('#f-full').fill('Другое имя');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#dialog[open]').count(), 0);
  assert.equal(stack.sql("select full_name from branch where name = 'Ааа-тест'")[0].full_name, 'Филиал для проверки', 'Esc discards');
  await page.locator('#actions a', { hasText: 'Удалить' }).focus();
  await page.keyboard.press('Enter');
  await dialog.locator('button.btn-danger').focus();
  await page.keyboard.press('Enter');
  await page.locator('#toasts', { hasText: 'Удалён филиал Ааа-тест' }).waitFor();
  assert.equal(stack.sql("select count(*)::int as n from branch where name = 'Ааа-тест'")[0].n, 0);
}));

test('without a selection the buttons of a row are off and say why; the search answers while one types', () => asAdmin({}, async (page) => {
  await page.goto('/admin/branches');
  assert.equal(await page.locator('#actions button[disabled]').first().getAttribute('title'), 'Выберите строку таблицы');
  const [{ name }] = stack.sql('select name from branch order by id limit 1');
  await page.fill('#q', name.slice(0, 5));
  await page.waitForFunction(() => document.querySelectorAll('#list tbody tr').length === 1);
  assert.match(page.url(), /q=/);
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.querySelectorAll('#list tbody tr').length > 1);
}));

test('rows are ticked one by one or all at once; what can be done with them appears, and is done', () => asAdmin({}, async (page) => {
  const group = id("select id from meter_group where name = 'Улица Мира'");
  await page.goto(`/admin/groups?id=${group}`);
  assert.equal(await page.locator('#sbulk').isVisible(), false);
  await page.locator('#slist tbody input[type=checkbox]').first().check();
  assert.equal(await page.locator('[data-ticked]').innerText(), '1');
  await page.locator('#slist [data-tick-all]').check();
  assert.equal(await page.locator('[data-ticked]').innerText(), '5');
  await page.locator('#sbulk button').click();
  await page.locator('#toasts', { hasText: 'Убрано приборов: 5' }).waitFor();
  assert.equal(stack.sql(`select members::int as n from meter_group where id = ${group}`)[0].n, 0);
  await page.locator('text=В группе нет приборов').waitFor();
}));

test('the field of numbers tells how many meters fit while one types', () => asAdmin({}, async (page) => {
  const [{ serial }] = stack.sql('select serial from meter order by serial limit 1');
  await page.goto('/admin/addresses/new');
  await page.fill('#f-numbers', serial);
  await page.locator('#f-numbers-preview', { hasText: /1/ }).waitFor();
  await page.fill('#f-numbers', `${serial},,`);
  await page.locator('#f-numbers-preview', { hasText: 'запят' }).waitFor();
}));

test('a form at an address of its own is sent as a page is, with its mistakes and without a word in the console', () => asAdmin({}, async (page) => {
  await page.goto('/admin/branches/new');
  await page.fill('#f-name', 'Прямой');
  await page.click('.desk-form button.btn-primary');
  await page.locator('#f-full-error').waitFor();
  await page.fill('#f-full', 'По ссылке');
  await page.click('.desk-form button.btn-primary');
  await page.locator('#toasts', { hasText: 'Сохранён филиал Прямой' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/admin/branches');
}));

test('GC-210 a firmware larger than 4 MB is told at its choice and not sent; a smaller one takes the words away', () => asAdmin({}, async (page) => {
  const told = page.locator('#f-file-large');
  const choose = (size) => page.setInputFiles('#f-file', { name: 'g4.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(size) });
  let sent = 0;
  page.on('request', (r) => { if (r.method() === 'POST' && r.url().includes('/admin/firmware/new')) sent += 1; });
  await page.goto('/admin/firmware/new');
  await choose(4 * 1024 * 1024 + 1);
  assert.match(await told.innerText(), /Файл больше 4 МБ/);
  await assertAccessible(page, 'a file that is too large');
  await page.click('.desk-form button.btn-danger');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'f-file');
  assert.equal(sent, 0);
  await choose(4 * 1024 * 1024);
  await told.waitFor({ state: 'hidden' });
  await page.click('.desk-form button.btn-danger');
  await page.locator('#f-name-error').waitFor();
  assert.equal(sent, 1);
}));
