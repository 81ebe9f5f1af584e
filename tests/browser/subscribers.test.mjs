// «Абоненты» as a person meets them: the way of a new subscriber by the
// keyboard alone, and every window of it with axe, on a phone, in each look.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { assertAccessible, assertFits, inBrowser, PHONE, signIn, WIDE } from './browser.mjs';

let stack;
let somebody;
before(async () => {
  stack = await startStack({ meters: 60, programs: 'web', days: 10 });
  stack.exec(`insert into meter (serial, meter_type_id) select '7700' || i, min(t.id) from generate_series(1, 30) i, meter_type t where t.has_valve group by i`);
  [somebody] = stack.sql(`select s.id, s.account, m.id as meter from subscriber s join meter m on m.subscriber_id = s.id order by s.account limit 1`);
});
after(() => stack?.stop());

const signedIn = (options, act) => inBrowser(stack.http, options, async (page, browser) => {
  await signIn(page, 'admin', stack.password);
  await act(page, browser);
});
const shots = process.env.LAZUR_PICTURES; // a folder, to look at the pages
const picture = async (page, name) => { if (shots) await page.screenshot({ path: `${shots}/${name}.png` }); };
// Tab until it holds the focus: what the mouse would point at.
async function reach(page, selector) {
  for (let i = 0; i < 120; i += 1) {
    if (await page.evaluate((s) => Boolean(document.activeElement && document.activeElement.matches(s)), selector)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`the keyboard does not reach ${selector}`);
}

test('GC-132 GC-139 GC-140 GC-136 by the keyboard alone: a subscriber is added, gets a meter, loses it and is deleted', () => signedIn({}, async (page) => {
  const dialog = page.locator('#dialog[open]');
  await page.goto('/admin/');
  assert.equal(new URL(page.url()).pathname, '/admin/subscribers');
  await reach(page, '#actions a[href*="/new"]');
  await page.keyboard.press('Enter');
  await dialog.locator('#f-account').waitFor();
  await reach(page, '#f-account');
  await page.keyboard.type('0077');
  await page.keyboard.press('Enter');
  await dialog.locator('#f-address-error').waitFor();
  assert.equal(await dialog.locator('#f-account').inputValue(), '0077');
  await reach(page, '#f-address');
  await page.keyboard.type('ул. Клавишная, 7');
  for (const field of ['branch', 'tariff']) {
    await reach(page, `#f-${field}`);
    await page.keyboard.press('ArrowDown');
  }
  await reach(page, '#f-first');
  await page.keyboard.press('Enter');
  await page.locator('#toasts', { hasText: 'Сохранён абонент 0077' }).waitFor();
  assert.equal(await page.locator('#dialog[open]').count(), 0);
  await page.locator('#their-meters', { hasText: 'К абоненту не привязан ни один счётчик' }).waitFor();

  await reach(page, '#their-meters a[href*="/bind"]');
  await page.keyboard.press('Enter');
  await dialog.locator('#fq:focus').waitFor();
  await page.keyboard.type('770029');
  await dialog.locator('#flist tbody tr').nth(1).waitFor({ state: 'detached' });
  assert.equal(await dialog.locator('#flist tbody td.code').innerText(), '770029');
  await reach(page, '#flist tbody input[name=ids]');
  await page.keyboard.press('Space');
  await reach(page, '#dialog button.btn-primary');
  await page.keyboard.press('Enter');
  await page.locator('#slist tbody', { hasText: '770029' }).waitFor();
  assert.equal(await page.locator('#dialog[open]').count(), 0);

  await reach(page, '#slist .pick');
  await page.keyboard.press('Enter');
  await page.locator('#slist tr[aria-current]').waitFor();
  await reach(page, '#their-meters a[href*="/unbind"]');
  await page.keyboard.press('Enter');
  await reach(page, '#dialog button.btn-danger');
  await page.keyboard.press('Enter');
  await page.locator('#toasts', { hasText: 'Отвязан счётчик 770029' }).waitFor();

  await reach(page, '#actions a[href*="/delete"]');
  await page.keyboard.press('Enter');
  await dialog.locator('button.btn-danger').waitFor();
  await page.keyboard.press('Escape');
  assert.equal(stack.sql(`select 1 from subscriber where account = '0077'`).length, 1);
  await reach(page, '#actions a[href*="/delete"]');
  await page.keyboard.press('Enter');
  await reach(page, '#dialog button.btn-danger');
  await page.keyboard.press('Enter');
  await page.locator('#toasts', { hasText: 'Удалён абонент 0077' }).waitFor();
  assert.equal(stack.sql(`select 1 from subscriber where account = '0077'`).length, 0);
}));

test('the list of free meters turns its pages and its order inside of the dialog, and stays open', () => signedIn({}, async (page) => {
  await page.goto(`/admin/subscribers?id=${somebody.id}`);
  await page.locator('#their-meters a[href*="/bind"]').click();
  const dialog = page.locator('#dialog[open]');
  await dialog.locator('a[rel=next]').click();
  await dialog.locator('.range b').first().filter({ hasText: /^26$/ }).waitFor();
  await dialog.locator('thead th a').first().click();
  await dialog.locator('th[aria-sort]').waitFor();
  await dialog.locator('#fq').fill('77001');
  await dialog.locator('#flist tbody tr').nth(15).waitFor({ state: 'detached' });
  assert.equal(new URL(page.url()).pathname, '/admin/subscribers');
  await dialog.locator('button.btn-primary').click();
  await dialog.locator('.notice', { hasText: 'Отметьте хотя бы один счётчик' }).waitFor();
}));

test('GC-139 the same list at an address of its own turns its pages there, and binds what is ticked', () => signedIn({}, async (page) => {
  const [{ id }] = stack.sql('select id from subscriber order by account desc offset 1 limit 1');
  await page.goto(`/admin/subscribers/${id}/bind`);
  await page.locator('a[rel=next]').click();
  await page.waitForURL(/fpage=2/);
  assert.equal(await page.locator('#dialog[open]').count(), 0);
  await page.locator('tbody input').first().check();
  await page.click('#fbulk button.btn-primary');
  await page.waitForURL((u) => u.pathname === '/admin/subscribers');
  await page.locator('#toasts', { hasText: 'Привязано' }).waitFor();
}));

test('GC-139 ticks hold over the pages and the search of the list, and all of them are bound', () => signedIn({}, async (page) => {
  const [{ id }] = stack.sql('select id from subscriber order by account desc limit 1');
  const bound = () => stack.sql(`select count(*)::int as n from meter where subscriber_id = ${id}`)[0].n;
  const had = bound();
  await page.goto(`/admin/subscribers?id=${id}`);
  await page.locator('#their-meters a[href*="/bind"]').click();
  const dialog = page.locator('#dialog[open]');
  await dialog.locator('tbody input').nth(0).check();
  await dialog.locator('tbody input').nth(1).check();
  await dialog.locator('a[rel=next]').click();
  await dialog.locator('.range b').first().filter({ hasText: /^26$/ }).waitFor();
  assert.equal(await dialog.locator('[data-ticked]').innerText(), '2');
  await dialog.locator('tbody input').nth(0).check();
  await dialog.locator('a[rel=prev]').click();
  await dialog.locator('.range b').first().filter({ hasText: /^1$/ }).waitFor();
  await dialog.locator('tbody input').nth(1).uncheck();
  assert.equal(await dialog.locator('[data-ticked]').innerText(), '2');
  await dialog.locator('button.btn-primary').click();
  await dialog.waitFor({ state: 'detached' });
  assert.equal(bound(), had + 2);
}));

test('ticked subscribers: the bar counts them, a wrong number is told in the dialog', () => signedIn({}, async (page) => {
  await page.goto('/admin/subscribers');
  for (const n of [0, 1, 2]) await page.locator('#list tbody input[name=ids]').nth(n).check();
  assert.equal(await page.locator('#bulk [data-ticked]').innerText(), '3');
  await page.locator('#bulk button').click();
  const dialog = page.locator('#dialog[open]');
  await dialog.locator('#f-number').fill('2');
  await picture(page, 'ticked');
  await page.keyboard.press('Enter');
  await dialog.locator('#f-number-error').waitFor();
  assert.match(await dialog.innerText(), /Абонентов\s*3/);
  await page.keyboard.press('Escape');
}));

for (const language of ['ru', 'en']) {
  for (const theme of ['light', 'dark']) {
    test(`axe finds nothing in the windows of subscribers (${language}, ${theme}), and nothing sticks out on a phone`, () => signedIn({}, async (page, { context }) => {
      await context.addCookies([{ name: 'theme', value: theme, url: stack.http }, { name: 'lang', value: language, url: stack.http }]);
      const id = somebody.id;
      const pages = [['list', ''], ['selected', `?id=${id}&sid=${somebody.meter}`], ['nobody', '?q=zzzz'], ['new', '/new'], ['edit', `/${id}/edit`],
        ['delete', `/${id}/delete`], ['bind', `/${id}/bind`], ['unbind', `/${id}/unbind?meter=${somebody.meter}`]];
      for (const [name, path] of pages) {
        for (const [size, at] of [['wide', WIDE], ['phone', PHONE]]) {
          await page.setViewportSize(at);
          await page.goto(`/admin/subscribers${path}`);
          await picture(page, `${name}-${language}-${theme}-${size}`);
          await assertAccessible(page, `${name} ${size}`);
          await assertFits(page, `${name} ${size}`);
        }
      }
      await page.setViewportSize(WIDE);
      for (const [name, selector] of [['new', '#actions a[href*="/new"]'], ['bind', '#their-meters a[href*="/bind"]']]) {
        await page.goto(`/admin/subscribers?id=${id}`);
        await page.locator(selector).click();
        await page.locator('#dialog[open] h1').waitFor();
        await picture(page, `dialog-${name}-${language}-${theme}`);
        await assertAccessible(page, `${name} in a dialog`);
      }
    }));
  }
}
