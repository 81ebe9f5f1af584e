// From a meter's session to the operator's eyes and back: the main window
// lives by itself, and does not get in the way of whoever works in it.
import assert from 'node:assert/strict';
import test, { after, before, beforeEach } from 'node:test';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { startSim, until } from '../lib/sim.mjs';
import { startStack } from '../lib/stack.mjs';
import { assertAccessible, inBrowser, openBrowser, signIn } from './browser.mjs';

let stack, sim, browser, page;
let meters; /* gas meters with an open valve, each test takes its own */

before(async () => {
  stack = await startStack({ meters: 60, programs: 'all' });
  meters = stack.sql(`select m.id, m.serial, t.name as model, s.volume_dm3 from meter m
    join meter_type t on t.id = m.meter_type_id join meter_state s on s.meter_id = m.id
    where t.has_valve and t.medium = 'gas' and s.valve = 1 and m.branch_id is not null order by m.serial limit 8`);
  assert.ok(meters.length >= 6, 'the city has too few meters with a valve');
  const list = path.join(stack.folder, 'serials');
  fs.writeFileSync(list, meters.map((m) => `${m.serial};${m.model};;${m.volume_dm3};1\n`).join(''));
  sim = await startSim({ port: stack.meterPort, serials: list, period: '24h', meters: 0 });
  browser = await openBrowser(stack.http);
  page = await browser.page();
  await signIn(page, 'operator', stack.password);
});
after(async () => {
  if (browser) await browser.close();
  if (sim) await sim.stop();
  if (stack) await stack.stop();
});

const open = (query) => page.goto(`/meters?${query}`);
const row = (meter) => page.locator(`tr#m${meter.id}`);
const call = (meter, more) => sim.order(`${more ? `set ${meter.serial} ${more}` : `show ${meter.serial}`}`)
  .then(() => sim.order(`call ${meter.serial}`));
const seen = (locator, pattern) => until(async () => pattern.test(await locator.textContent()));
/* Whole cubic metres, as a pattern: a meter goes on counting litres. */
const cubic = (m3) => new RegExp(`${String(m3).replace(/\B(?=(\d{3})+$)/g, '.')}\\.\\d{3}`);
let next = 0;
let meter;
beforeEach(() => { meter = meters[next++ % meters.length]; });

test('a reading that arrives is on the screen without reloading', async () => {
  await open(`q=${meter.serial}`);
  await page.evaluate(() => { window.notReloaded = true; });
  await call(meter, 'volume=98765300');
  await seen(row(meter).locator('.volume'), cubic(98765));
  assert.equal(await page.evaluate(() => window.notReloaded), true);
});

test('a closed valve: asked, confirmed, executed by the meter, seen on the screen', async () => {
  await open(`q=${meter.serial}&meter=${meter.id}&tab=commands`);
  await page.evaluate(() => { window.notReloaded = true; });
  assert.match(await row(meter).locator('.valves').textContent(), /Открыт/);
  await page.click('#actions a.btn-danger');
  const dialog = page.locator('#dialog[open]');
  await dialog.waitFor();
  const asked = await dialog.textContent();
  for (const said of [meter.serial, 'Закрыть клапан?', 'При следующем сеансе связи', 'В прошлый раз', 'Счётчик закроет клапан сразу']) {
    assert.ok(asked.includes(said), said);
  }
  await assertAccessible(page, 'the dialog of the valve');
  await dialog.locator('button[type=submit]').click();
  const toast = page.locator('#toasts .toast');
  await toast.waitFor();
  assert.match(await toast.textContent(), /Команда «Закрыть клапан» подана/);
  assert.match(await toast.textContent(), /Чтобы отменить, подайте обратную команду/);
  assert.equal(await page.locator('#dialog').evaluate((d) => d.open), false);
  await seen(page.locator('table.commands tbody tr').first(), /Закрыть клапан.*ждёт сеанса связи/s);
  assert.equal(await page.locator('#actions .off button').count(), 1);
  assert.match(await page.locator('#actions .why').textContent(), /Такая команда уже ждёт сеанса связи/);

  await call(meter);
  await seen(row(meter).locator('.valves'), /Закрыт$/);
  await seen(page.locator('table.commands tbody tr').first().locator('td').last(), /\d\d-\d\d-\d{4} \d\d:\d\d:\d\d/);
  const [state] = await sim.order(`show ${meter.serial}`);
  assert.match(state, /valve=0/);
  assert.equal(await page.evaluate(() => window.notReloaded), true);
});

test('an opened valve waits for the button: «Закрыт(разрешен)», then «Открыт»', async () => {
  await open(`q=${meter.serial}&meter=${meter.id}&tab=commands`);
  await call(meter, 'valve=0');
  await seen(row(meter).locator('.valves'), /Закрыт$/);
  await page.click('#actions a:has-text("Открыть клапан")');
  await page.locator('#dialog[open] button[type=submit]').click();
  await page.locator('#toasts .toast').waitFor();
  await call(meter);
  await seen(row(meter).locator('.valves'), /Закрыт\(разрешен\)/);
  const executed = page.locator('table.commands tbody tr').first().locator('td').last();
  assert.equal((await executed.textContent()).trim(), '');
  await sim.order(`press ${meter.serial}`);
  await seen(row(meter).locator('.valves'), /Открыт/);
  await seen(executed, /\d\d:\d\d:\d\d/);
});

test('declining queues nothing', async () => {
  await open(`meter=${meter.id}&q=${meter.serial}`);
  await page.click('#actions a.btn-danger');
  await page.locator('#dialog[open]').waitFor();
  await page.click('#dialog .dialog-end [data-dismiss]');
  await page.click('#actions a.btn-danger');
  await page.locator('#dialog[open]').waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#dialog').evaluate((d) => d.open), false);
  assert.deepEqual(stack.sql(`select 1 from command where meter_id = ${meter.id}`), []);
});

test('an alarm shows its message, and it goes after a session without it', async () => {
  await open(`q=${meter.serial}`);
  await sim.order(`tamper ${meter.serial}`);
  await seen(row(meter).locator('.states'), /Саботаж/);
  await call(meter, 'status=0');
  await until(async () => !/Саботаж/.test(await row(meter).locator('.states').textContent()));
});

test('a refresh leaves focus, typed text, scrolling and marked text alone', async () => {
  await open(`q=${meter.serial}&meter=${meter.id}`);
  await page.focus('#tab-archive');
  await call(meter, 'volume=11111300');
  await seen(row(meter).locator('.volume'), cubic(11111));
  assert.equal(await page.evaluate(() => document.activeElement.id), 'tab-archive');

  await page.evaluate((id) => {
    const cell = document.querySelector(`#m${id} .serial`);
    window.getSelection().selectAllChildren(cell);
  }, meter.id);
  await call(meter, 'volume=22222300');
  await page.waitForTimeout(2500);
  assert.equal(await page.evaluate(() => window.getSelection().toString().trim()), meter.serial);
  await page.evaluate(() => window.getSelection().removeAllRanges());
  await seen(row(meter).locator('.volume'), cubic(22222));

  await open('size=50&sort=serial');
  await page.locator('#meters').evaluate((e) => { e.scrollTop = 300; });
  await page.focus('#q');
  await page.waitForTimeout(1200);
  const at = await page.locator('#meters').evaluate((e) => e.scrollTop);
  assert.equal(at, 300);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'q');
});

test('only cells that changed flash, and not when motion is unwelcome', async () => {
  await inBrowser(stack.http, { reducedMotion: 'no-preference' }, async (p) => {
    await signIn(p, 'admin', stack.password); /* the same name from the same address would replace the session */
    await p.goto(`/meters?q=${meter.serial}`);
    await p.evaluate(() => {
      window.flashed = [];
      document.addEventListener('animationstart', (e) => { if (e.animationName === 'flash') window.flashed.push(e.target.className.split(' ').filter((c) => c !== 'num' && c !== 'flash').join()); });
    });
    await call(meter, 'volume=33333300');
    await until(async () => (await p.evaluate(() => window.flashed)).includes('volume'));
    const flashed = await p.evaluate(() => window.flashed);
    assert.ok(flashed.includes('at'));
    assert.ok(!flashed.includes('serial') && !flashed.includes('account'), flashed.join());
  });
  await open(`q=${meter.serial}`);
  await call(meter, 'volume=44444300');
  await seen(row(meter).locator('.volume'), cubic(44444));
  assert.equal(await row(meter).locator('.volume').evaluate((e) => getComputedStyle(e).animationName), 'none');
});

test('with the keyboard alone: find, choose, unfold, close the valve', async () => {
  await open('');
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'q');
  await page.keyboard.type(meter.serial);
  await until(async () => (await page.locator('tr.meter').count()) === 1);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'q');
  await page.keyboard.press('ArrowDown');
  await page.locator('#panel').waitFor();
  assert.equal(await row(meter).getAttribute('aria-current'), 'true');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'pick');
  await page.keyboard.press('Enter');
  await page.locator(`tr#i${meter.id}`).waitFor();
  await page.keyboard.press('Enter');
  await page.locator(`tr#i${meter.id}`).waitFor({ state: 'detached' });
  await page.keyboard.press('?');
  await page.locator('#shortcuts[open]').waitFor();
  await page.keyboard.press('Escape');
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement.matches('#actions a.btn-danger'))) break;
  }
  await page.keyboard.press('Enter');
  await page.locator('#dialog[open]').waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent.trim()), 'Закрыть клапан');
  await page.keyboard.press('Enter');
  await page.locator('#toasts .toast').waitFor();
  await page.locator('#q').focus();
  await page.keyboard.press('Escape');
  await until(async () => (await page.locator('tr.meter').count()) === 10);
});

test('arrows walk over the rows, and pages turn left and right', async () => {
  await open('sort=serial');
  await page.locator('#meters').focus();
  const first = await page.locator('tr.meter').nth(0).getAttribute('id');
  const third = await page.locator('tr.meter').nth(2).getAttribute('id');
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown');
  await until(async () => (await page.locator('tr.meter[aria-current]').getAttribute('id')) === third && (await page.locator('#panel').count()) === 1);
  const serial = await page.locator(`#${third} .serial`).textContent();
  await seen(page.locator('#panel-title'), new RegExp(serial.trim()));
  await page.keyboard.press('ArrowRight');
  await seen(page.locator('.work > .table-end .range'), /Записи с 11 до 20/);
  await page.keyboard.press('ArrowLeft');
  await seen(page.locator('.work > .table-end .range'), /Записи с 1 до 10/);
  assert.equal(await page.locator('tr.meter').nth(0).getAttribute('id'), first);
});

test('a click anywhere in a row selects it; the address keeps the state', async () => {
  await open(`q=${meter.serial}`);
  await row(meter).locator('td.working').click();
  await page.locator('#panel').waitFor();
  assert.match(page.url(), new RegExp(`meter=${meter.id}\\b`));
  await page.click('#tab-commands');
  await page.locator('table.commands').waitFor();
  await page.reload();
  assert.ok(await page.locator('table.commands').isVisible());
  await page.goBack();
  await page.locator('table.sessions').waitFor();
});

test('electricity meters show their registers with code, value, unit and time', async () => {
  const [found] = stack.sql(`select m.id, m.serial, r.logical_name, r.last_value from meter m join register r on r.meter_id = m.id
    join meter_type t on t.id = m.meter_type_id where t.medium = 'electricity' and m.branch_id is not null order by m.id, r.no limit 1`);
  assert.ok(found, 'the city has no electricity meter with registers');
  await open(`q=${found.serial}&open=${found.id}`);
  const line = page.locator(`tr#i${found.id} table.registers tbody tr`).first();
  const cells = await line.locator('td').allTextContents();
  assert.equal(cells.length, 5);
  assert.match(cells[1], /^\d+-\d+:\d+\.\d+\.\d+/);
  assert.match(cells[2], /\d/);
  assert.match(cells[4], /\d\d-\d\d-\d{4}/);
});

test('rows do not change places under the pointer, and do when it leaves', async () => {
  await open('sort=at&dir=desc');
  const first = () => page.locator('tr.meter').first().getAttribute('id');
  const was = await first();
  await page.locator('tr.meter').nth(4).locator('.working').hover();
  await call(meter);
  await seen(page.locator('#live-lamp'), /Строки не двигаются/);
  assert.equal(await first(), was);
  await page.locator('.toolbar').hover();
  await until(async () => (await first()) === `m${meter.id}`);
  await seen(page.locator('#live-lamp'), /Обновляется само/);
});

test('a session that broke the protocol is seen by an administrator', async () => {
  await new Promise((resolve) => {
    const socket = net.connect(stack.meterPort, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
    socket.on('close', resolve).on('error', () => {}); /* it may be reset */
  });
  await inBrowser(stack.http, {}, async (p) => {
    await signIn(p, 'admin', stack.password);
    await until(async () => {
      await p.goto('/admin/faults');
      return (await p.locator('#list tbody tr').count()) > 0;
    });
    const line = await p.locator('#list tbody tr').first().textContent();
    assert.match(line, /Ни один из известных протоколов/);
    assert.match(line, /127\.0\.0\.1/);
    await p.selectOption('#reason', 'not_a_protocol');
    await p.waitForURL(/reason=not_a_protocol/);
    assert.equal(await p.locator('#list tbody tr').count(), 1);
  });
});

test('when the server is away the window says so, and recovers by itself', async () => {
  await open(`q=${meter.serial}`);
  await seen(page.locator('#live-lamp'), /Обновляется само/);
  stack.run('stop', 'operator');
  await seen(page.locator('#live-lamp'), /Нет связи с сервером/);
  stack.run('start', 'operator');
  await seen(page.locator('#live-lamp'), /Обновляется само/);
  browser.complaints.length = 0; /* the browser itself reports the answers 5xx */
});
