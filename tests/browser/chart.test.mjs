// The living chart: drag along either axis, double click, readout, weekends,
// intervals, keyboard, files; and what is there without scripts.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test, { after, before } from 'node:test';
import { startStack } from '../lib/stack.mjs';
import { assertAccessible, assertFits, inBrowser, PHONE, signIn } from './browser.mjs';

let stack;
let meter;

before(async () => {
  stack = await startStack({ meters: 30, programs: 'web' });
  const id = Number(stack.exec(`insert into meter (serial, meter_type_id, subscriber_id)
    values ('099000000001', (select id from meter_type where name = 'СГ-Лазурь G4-К'), (select min(id) from subscriber)) returning id`));
  stack.exec(`select partitions_ensure('2025-12-01', '2026-12-31');
    insert into reading (meter_id, at, received_at, volume_dm3)
    select ${id}, '2026-01-01 00:00+03'::timestamptz + i * interval '6 hours', now(), 100000 + i * 500 + (i % 5) * 90 from generate_series(0, 300) i`);
  meter = { id, serial: '099000000001' };
});
after(() => stack && stack.stop());

const opened = (options, query, act) => inBrowser(stack.http, options, async (page, browser) => {
  await signIn(page, 'operator', stack.password);
  await page.goto(`/meters/${meter.id}/chart${query}`);
  if (options.javaScriptEnabled !== false) await page.waitForSelector('#chart[data-points]');
  await act(page, browser);
});

/* The plot inside the axes, in page coordinates. */
const plot = async (page) => {
  const box = await page.locator('#chart canvas').first().boundingBox();
  return { left: box.x + 70, right: box.x + box.width - 8, top: box.y + 8, bottom: box.y + box.height - 30 };
};
const labels = (page, axis) => page.locator(`#chart .dygraph-axis-label-${axis}`).allTextContents();
const drag = async (page, from, to, halfway = async () => {}) => {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2, { steps: 4 });
  await page.mouse.move(...to, { steps: 4 });
  await halfway();
  await page.mouse.up();
};
/* Colour of the drawn pixel under a point of the page, of one of the layers. */
const pixel = (page, layer, x, y) => page.evaluate(([n, px, py]) => {
  const canvas = document.querySelectorAll('#chart canvas')[n];
  const at = canvas.getBoundingClientRect();
  const scale = canvas.width / at.width;
  return [...canvas.getContext('2d').getImageData((px - at.left) * scale, (py - at.top) * scale, 1, 1).data];
}, [layer, x, y]);
const layers = (page) => page.locator('#chart canvas').count();

test('GC-121 dragging along X fills the chart with that span, GC-123 a double click brings the whole back', () =>
  opened({}, '?mode=flow&span=all', async (page) => {
    const p = await plot(page);
    const whole = await labels(page, 'x');
    await drag(page, [p.left + 200, p.top + 100], [p.left + 400, p.top + 110]);
    const zoomed = await labels(page, 'x');
    assert.notDeepEqual(zoomed, whole);
    assert.equal(await page.locator('#chart-whole').isEnabled(), true);
    await page.mouse.dblclick((p.left + p.right) / 2, (p.top + p.bottom) / 2);
    assert.deepEqual(await labels(page, 'x'), whole);
    assert.equal(await page.locator('#chart-whole').isEnabled(), false);
  }));

test('GC-122 dragging along Y does the same with the values, and the span is grey while it is dragged', () =>
  opened({}, '?mode=flow&span=all', async (page) => {
    const p = await plot(page);
    const [x, y] = [await labels(page, 'x'), await labels(page, 'y')];
    const at = [(p.left + p.right) / 2, (p.top + p.bottom) / 2];
    let shades = [];
    await drag(page, [at[0], at[1] - 60], [at[0] + 3, at[1] + 60], async () => {
      for (let n = 0; n < await layers(page); n++) shades.push(await pixel(page, n, at[0] + 150, at[1]));
    });
    assert.ok(shades.some(([r, g, b, a]) => Math.abs(r - 128) < 3 && r === g && g === b && a > 60 && a < 110), JSON.stringify(shades));
    assert.deepEqual(await labels(page, 'x'), x, 'time stays');
    assert.notDeepEqual(await labels(page, 'y'), y);
    shades = [];
    for (let n = 0; n < await layers(page); n++) shades.push(await pixel(page, n, at[0] + 150, at[1]));
    assert.ok(!shades.some(([r, g, b, a]) => Math.abs(r - 128) < 3 && r === g && g === b && a > 60 && a < 110), 'the grey is gone');
    await page.mouse.dblclick(...at);
    assert.deepEqual(await labels(page, 'y'), y);
  }));

test('GC-120 the readout at the upper right tells time and value of the nearest point and follows the pointer', () =>
  opened({}, '?mode=day&span=1m', async (page) => {
    const p = await plot(page);
    const heard = [];
    for (const x of [p.left + 30, (p.left + p.right) / 2, p.right - 40]) {
      await page.mouse.move(x, p.bottom - 40);
      heard.push(await page.textContent('#readout'));
    }
    assert.equal(new Set(heard).size, 3);
    for (const said of heard) assert.match(said, /^\d\d-\d\d-2026: \d\.\d{3} м³/);
    const days = heard.map((s) => s.slice(6, 10) + s.slice(3, 5) + s.slice(0, 2));
    assert.deepEqual(days, [...days].sort());
    const table = await page.locator('.chart-values tbody tr').evaluateAll((rows) => rows.map((r) => `${r.children[0].textContent}: ${r.children[1].textContent} м³`));
    assert.ok(table.includes(heard[1]), 'what the table says of that day');
    const [readout, chart] = [await page.locator('#readout').boundingBox(), await page.locator('.chart-card').boundingBox()];
    assert.ok(readout.x > chart.x + chart.width / 2 && readout.y < chart.y + 120, 'upper right');
  }));

for (const theme of ['light', 'dark']) {
  test(`GC-119 Saturdays and Sundays are pink and other days are not (${theme})`, () =>
    opened({}, '?mode=day&span=1m', async (page, { context }) => {
      await context.addCookies([{ name: 'theme', value: theme, url: stack.http }]);
      await page.reload();
      await page.waitForSelector('#chart[data-points]');
      const seen = await page.evaluate(async () => {
        const data = await (await fetch(document.getElementById('chart').dataset.src)).json();
        const area = document.querySelectorAll('#chart canvas');
        const at = area[0].getBoundingClientRect();
        const left = at.left + 64 + 5;
        return { from: data.from, to: data.to, left, width: at.right - left, top: at.top };
      });
      const DAY = 86400000;
      const wrong = [];
      let weekends = 0;
      for (let day = seen.from; day < seen.to; day += DAY) {
        const x = seen.left + ((day + DAY / 2 - seen.from) / (seen.to - seen.from)) * seen.width;
        let pink = false;
        for (let n = 0; n < await layers(page); n++) {
          const [r, g, b, a] = await pixel(page, n, x, seen.top + 6);
          if (a > 200 && r > g + 20 && b > g) pink = true;
        }
        const weekend = [0, 6].includes(new Date(day).getUTCDay());
        weekends += weekend;
        if (pink !== weekend) wrong.push(new Date(day).toISOString());
      }
      assert.deepEqual(wrong, []);
      assert.ok(weekends >= 8);
    }));
}

test('GC-124 GC-127 intervals and modes change the chart in place, the address keeps them, Back returns', () =>
  opened({}, '', async (page) => {
    const points = () => page.getAttribute('#chart', 'data-points');
    const month = await points();
    await page.click('#span-all');
    await page.waitForFunction((n) => { const c = document.getElementById('chart'); return c.dataset.points && c.dataset.points !== n; }, month);
    assert.match(page.url(), /span=all/);
    await page.click('#mode-month');
    await page.waitForFunction(() => document.getElementById('chart').dataset.points === '3');
    assert.equal(await page.getAttribute('#mode-month', 'aria-current'), 'true');
    await page.click('#mode-flow');
    await page.waitForFunction(() => document.getElementById('chart').dataset.points === '300');
    assert.match(await page.textContent('#readout'), /м³\/ч/);
    await page.goBack();
    await page.waitForFunction(() => document.getElementById('chart').dataset.points === '3');
  }));

test('GC-125 << and >> walk through the intervals', () =>
  opened({}, '', async (page) => {
    const shown = () => page.textContent('.chart-steps .quiet');
    const newest = await shown();
    assert.equal(await page.locator('#chart-next').isDisabled(), true);
    await page.click('#chart-previous');
    await page.waitForFunction((was) => document.querySelector('.chart-steps .quiet').textContent !== was, newest);
    await page.waitForSelector('#chart[data-points]');
    await page.click('#chart-next');
    await page.waitForFunction((was) => document.querySelector('.chart-steps .quiet').textContent === was, newest);
  }));

test('the chart is read and enlarged from the keyboard', () =>
  opened({}, '?mode=day&span=all', async (page) => {
    await page.locator('#chart').focus();
    await page.keyboard.press('Home');
    assert.match(await page.textContent('#readout'), /^01-01-2026/);
    await page.keyboard.press('ArrowRight');
    assert.match(await page.textContent('#readout'), /^02-01-2026/);
    await page.keyboard.press('End');
    assert.match(await page.textContent('#readout'), /^17-03-2026|^16-03-2026/);
    const whole = await labels(page, 'x');
    await page.keyboard.press('+');
    assert.notDeepEqual(await labels(page, 'x'), whole);
    await page.keyboard.press('Escape');
    assert.deepEqual(await labels(page, 'x'), whole);
  }));

test('the picture downloads as PNG of what is seen, the numbers as CSV', () =>
  opened({ acceptDownloads: true }, '?mode=day', async (page) => {
    const [picture] = await Promise.all([page.waitForEvent('download'), page.click('#chart-png')]);
    assert.match(picture.suggestedFilename(), /099000000001.*\.png$/);
    const bytes = fs.readFileSync(await picture.path());
    assert.deepEqual([...bytes.subarray(1, 4)], [...Buffer.from('PNG')]);
    assert.ok(bytes.readUInt32BE(16) > 1000 && bytes.length > 8000, `${bytes.readUInt32BE(16)} px, ${bytes.length} bytes`);
    const [csv] = await Promise.all([page.waitForEvent('download'), page.click('.table-end a[download]')]);
    assert.match(csv.suggestedFilename(), /\.csv$/);
  }));

test('without scripts the chart is a picture with weekends, buttons that work, and a table', () =>
  opened({ javaScriptEnabled: false }, '', async (page) => {
    assert.ok(await page.locator('.chart-svg .chart-bars').isVisible());
    assert.match(await page.locator('.chart-svg .chart-weekend').getAttribute('d'), /^M\d/);
    await page.click('#mode-flow');
    assert.match(await page.locator('.chart-svg .chart-line').getAttribute('d'), /^M\d+ \d+L/);
    assert.ok(await page.locator('.chart-values tbody tr').count() > 20);
    assert.equal(await page.locator('#chart-png').isVisible(), false);
  }));

test('nothing moves while the chart arrives', () =>
  opened({}, '', async (page) => {
    await page.addInitScript(() => {
      window.shifted = 0;
      new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.shifted += e.value; })
        .observe({ type: 'layout-shift', buffered: true });
    });
    await page.reload();
    await page.waitForSelector('#chart[data-points]');
    await page.waitForTimeout(300);
    const shifted = await page.evaluate(() => window.shifted);
    assert.ok(shifted < 0.02, `moved ${shifted}`);
  }));

for (const [what, options] of [['wide', {}], ['phone', { viewport: PHONE, hasTouch: true }]]) {
  test(`axe finds nothing on the chart in any theme and mode (${what})`, () =>
    opened(options, '', async (page, { context }) => {
      for (const theme of ['light', 'dark', 'contrast']) {
        await context.addCookies([{ name: 'theme', value: theme, url: stack.http }]);
        for (const mode of ['day', 'flow']) {
          await page.goto(`/meters/${meter.id}/chart?mode=${mode}`);
          await page.waitForSelector('#chart[data-points]');
          await assertAccessible(page, `${mode} ${theme}`);
          await assertFits(page, mode);
        }
      }
    }));
}
