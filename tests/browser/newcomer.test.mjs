// What somebody does on the first day: opens a question in a tab of its own,
// works by touch, clicks and goes on with the keyboard, comes back too late.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { until } from '../lib/sim.mjs';
import { startStack } from '../lib/stack.mjs';
import { assertAccessible, assertFits, inBrowser, PHONE, signIn } from './browser.mjs';

let stack; let meters; let electric;

before(async () => {
  stack = await startStack({ meters: 120, programs: 'web' });
  meters = stack.sql(`select m.id, m.serial, m.subscriber_id from meter m join meter_type t on t.id = m.meter_type_id
    join meter_state s on s.meter_id = m.id where t.has_valve and s.valve = 1 and m.branch_id is not null
    and m.subscriber_id is not null and not exists (select 1 from command c where c.meter_id = m.id) order by m.serial limit 6`);
  assert.ok(meters.length >= 6, 'the city has too few meters with a valve');
  [electric] = stack.sql(`select m.id, m.serial from meter m join meter_type t on t.id = m.meter_type_id
    where t.medium = 'electricity' and m.branch_id is not null order by m.id limit 1`);
});
after(() => stack && stack.stop());

const opened = ({ login = 'operator', ...options }, address, act) => inBrowser(stack.http, options, async (page, browser) => {
  await signIn(page, login, stack.password);
  await page.goto(address);
  await act(page, browser);
});
const kinds = (meter) => stack.sql(`select kind from command where meter_id = ${meter.id}`).map((c) => c.kind);

for (const javaScriptEnabled of [true, false]) {
  test(`a valve confirmed on a page of its own is commanded (${javaScriptEnabled ? 'with' : 'without'} scripts)`, () => {
    const meter = meters[javaScriptEnabled ? 0 : 1];
    return opened({ javaScriptEnabled }, `/meters/${meter.id}/valve?action=close`, async (page) => {
      await page.click('#valve button[type=submit]');
      await page.waitForURL(/\/meters\?.*done=close/);
      assert.deepEqual(kinds(meter), ['valve_close']);
    });
  });
}

test('a note and a payment given on pages of their own are written', () =>
  opened({ login: 'admin' }, `/meters/${meters[2].id}/note`, async (page) => {
    await page.fill('#f-text', 'Собака во дворе');
    await page.click('#note button[type=submit]');
    await page.waitForURL(/done=note/);
    await page.goto(`/meters/${meters[2].id}/account`);
    await page.fill('#f-amount', '12,50');
    await page.fill('#f-document', '77');
    await page.check('#f-kind');
    await page.click('#account button[type=submit]');
    await page.waitForURL(/done=accrual/);
    assert.equal(stack.sql(`select note from meter where id = ${meters[2].id}`)[0].note, 'Собака во дворе');
    assert.equal(stack.sql(`select 1 from account_operation where document = '77' and subscriber_id = ${meters[2].subscriber_id}`).length, 1);
  }));

test('a report asked for on a page of its own is made', () =>
  opened({}, `/reports/daily?meter=${meters[2].id}`, async (page) => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#report button[type=submit]')]);
    assert.match(download.suggestedFilename(), /\.pdf$/);
  }));

test('a form on a page of its own asks for nothing of the table, and is sent', () =>
  opened({}, `/meters/${meters[3].id}/valve?action=close`, async (page) => {
    assert.equal(await page.locator('#valve form').getAttribute('hx-post'), null);
    await page.click('#valve button[type=submit]');
    await page.waitForURL(/done=close/);
    assert.deepEqual(kinds(meters[3]), ['valve_close']);
  }));

test('on a phone a touched card shows what can be done with it', () =>
  opened({ viewport: PHONE, hasTouch: true, isMobile: true }, '/meters', async (page) => {
    for (const at of [7, 2]) {
      await page.locator('tr.meter').nth(at).locator('.volume').tap();
      await page.waitForURL(/meter=/);
      await page.locator('tr.meter').nth(at).and(page.locator('[aria-current]')).waitFor();
      await until(() => page.locator('#actions').evaluate((e) => {
        const box = e.getBoundingClientRect();
        return box.top >= 0 && box.top < window.innerHeight / 3;
      }));
      await page.waitForTimeout(1500); /* a refresh leaves it there */
      assert.ok(await page.locator('#actions').evaluate((e) => e.getBoundingClientRect().top < window.innerHeight / 3));
      await page.evaluate(() => window.scrollTo(0, 0));
    }
    await page.locator('.work > .table-end a[rel=next]').tap();
    await page.waitForURL(/page=2/);
    await until(() => page.locator('tr.meter').first().evaluate((e) => e.getBoundingClientRect().top < window.innerHeight));
    await page.locator('.expand').nth(5).tap();
    await page.locator('tr.info').waitFor();
    assert.ok(await page.locator('tr.info').evaluate((e) => e.getBoundingClientRect().top < window.innerHeight), 'it did not scroll away');
  }));

test('after a click on a row Enter unfolds it', () =>
  opened({}, '/meters', async (page) => {
    const row = page.locator('tr.meter').nth(3);
    await row.locator('td.working').click();
    await page.locator('#panel').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('tr.info').waitFor();
    assert.equal(await row.locator('.expand').getAttribute('aria-expanded'), 'true');
    await page.keyboard.press('Enter');
    await page.locator('tr.info').waitFor({ state: 'detached' });
  }));

test('the ring of focus is around the whole table, not under its head', () =>
  opened({}, '/meters', async (page) => {
    await page.locator('#q').focus();
    for (let i = 0; i < 25; i++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(() => document.activeElement.id === 'meters')) break;
    }
    const borders = await page.locator('#meters').evaluate((e) => {
      const s = getComputedStyle(e);
      return ['Top', 'Right', 'Bottom', 'Left'].map((side) => [s[`border${side}Color`], s[`border${side}Width`]].join(' '));
    });
    assert.equal(new Set(borders).size, 1, borders.join());
    assert.doesNotMatch(borders[0], /rgba\(0, 0, 0, 0\)| 0px/);
  }));

for (const what of ['table', 'page']) {
  test(`a command given after the session ended is said not to be given (over the ${what})`, () =>
    opened({}, what === 'table' ? `/meters?meter=${meters[4].id}` : `/meters/${meters[4].id}/valve?action=close`, async (page) => {
      if (what === 'table') await page.click('#actions a.btn-danger');
      const go = page.locator('#valve button[type=submit]');
      await go.waitFor();
      await page.route('**/meters/live**', (route) => route.abort());
      await page.route('**/downloads/bell**', (route) => route.abort());
      stack.exec("delete from operator_session where operator_id = (select id from operator where login = 'operator')");
      await go.click();
      await page.waitForURL(/\/sign-in/);
      assert.match(await page.locator('.gate-form').textContent(), /Сеанс закончился: команда не подана/);
      await assertAccessible(page, 'sign-in after a lost command');
      assert.deepEqual(kinds(meters[4]), []);
    }));
}

test('a session that ended while nothing was given says nothing of a command', () =>
  opened({}, '/meters', async (page) => {
    stack.exec("delete from operator_session where operator_id = (select id from operator where login = 'operator')");
    await page.goto('/meters');
    await page.waitForURL(/\/sign-in/);
    assert.doesNotMatch(await page.locator('.gate-form').textContent(), /команда не подана/);
  }));

test('registers stand by the numbers of their codes, and a phone shows their values', () => {
  stack.exec(`delete from register where meter_id = ${electric.id};
    insert into register (meter_id, no, logical_name, scaler, unit, last_value, last_at)
    select ${electric.id}, row_number() over (), n, 0, 30, 123456789, now()
      from unnest(array['1.0.1.8.10.255', '1.0.1.8.2.255', '1.0.31.7.0.255', '1.0.2.8.0.255', '0.0.96.1.0.255']) n`);
  return opened({ viewport: PHONE, hasTouch: true }, `/meters?q=${electric.serial}&open=${electric.id}`, async (page) => {
    const lines = page.locator('table.registers tbody tr');
    assert.deepEqual(await lines.locator('.code').allTextContents(),
      ['1-0:1.8.0', '0-0:96.1.0', '1-0:1.8.2', '1-0:1.8.10', '1-0:2.8.0', '1-0:31.7.0'],
      'the main register, then the others');
    for (const box of await lines.locator('.num').evaluateAll((all) => all.map((e) => e.getBoundingClientRect().toJSON()))) {
      assert.ok(box.width > 20 && box.left >= 0 && box.right <= PHONE.width, JSON.stringify(box));
    }
    await assertFits(page, 'registers');
  });
});

test('a waiting command and a debt are said in words, not by a colour or a picture alone', () => {
  const [debtor] = stack.sql(`select m.serial from meter m join subscriber b on b.id = m.subscriber_id where m.id = ${meters[5].id}`);
  stack.exec(`insert into command (meter_id, kind, state, operator_login) values (${meters[5].id}, 'valve_close', 'queued', 'operator');
    update subscriber set calculates_balance = true, balance_kopecks = -5000 where id = ${meters[5].subscriber_id}`);
  return opened({ viewport: { width: 1024, height: 768 } }, `/meters?q=${debtor.serial}`, async (page) => {
    const row = page.locator(`#m${meters[5].id}`);
    assert.ok(await row.locator('.waiting').getByText('ждёт', { exact: true }).isVisible());
    assert.match(await row.locator('.valves').textContent(), /Ждёт сеанса связи: закрыть клапан/);
    assert.equal(await row.locator('.balance').getByRole('img', { name: 'долг' }).count(), 1);
    await assertAccessible(page, 'a row with a waiting command and a debt');
  });
});

test('at 1024 px the valve takes no room that the words of the state need', () =>
  opened({ viewport: { width: 1024, height: 768 } }, `/meters?q=${meters[2].serial}`, async (page) => {
    const spare = await page.locator(`#m${meters[2].id} td.valves`).evaluate((cell) =>
      cell.getBoundingClientRect().right - cell.querySelector('.valve').getBoundingClientRect().right);
    assert.ok(spare >= 0 && spare < 16, `${spare} px of the valve's column are empty`);
  }));
