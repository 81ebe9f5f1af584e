#!/usr/bin/env node
// Pictures of the real screens for the help: static/help/<language>-<place>.webp.
// Starts a demonstration city of its own, looks at it in Debian's Chromium and
// stops it; run it when a screen has changed, and commit what it wrote.
import fs from 'node:fs';
import path from 'node:path';
import { openBrowser, signIn } from '../tests/browser/browser.mjs';
import { root, startStack } from '../tests/lib/stack.mjs';

const SIZE = { width: 1280, height: 800 }; /* as templates/web/help.cst says */
const QUALITY = 72;
const folder = path.join(root, 'static/help');

const stack = await startStack({ meters: 1200, subscribers: 1150, branches: 12, days: 60, programs: 'web', fresh: true });
const [meter] = stack.sql(`select m.id, m.serial from meter m join meter_type t on t.id = m.meter_type_id
  join meter_state s on s.meter_id = m.id join meter_place p on p.meter_id = m.id
 where t.has_valve and t.has_archive and s.valve = 1 and m.period = 'daily' and m.subscriber_id is not null order by m.serial limit 1`);

const dialog = (button) => async (page) => {
  await page.locator('#actions a', { hasText: button }).click();
  await page.locator('dialog[open] h1').waitFor();
};
const window_ = `/meters?meter=${meter.id}&q=${meter.serial.slice(0, 5)}`;
const drawn = (selector) => (page) => page.waitForSelector(selector);

const pictures = [
  ['meters', window_, drawn('#panel')],
  ['valve', window_, dialog(/Закрыть клапан|Close valve|Close the valve/)],
  ['desk', window_, dialog(/^Начислить$|^Accrue/)],
  ['report', window_, dialog(/^Посуточный отчёт$|^Daily report$/)],
  ['chart', `/meters/${meter.id}/chart?mode=day&span=1m`, drawn('#chart[data-points]')],
  ['map', '/map', drawn('#map[data-shown]')],
];

async function take(page, file) {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY, clip: { x: 0, y: 0, ...SIZE, scale: 1 } });
  fs.writeFileSync(path.join(folder, file), Buffer.from(data, 'base64'));
}

fs.mkdirSync(folder, { recursive: true });
try {
  for (const language of ['ru', 'en']) {
    const browser = await openBrowser(stack.http, { viewport: SIZE, locale: language });
    const page = await browser.page();
    await browser.context.addCookies([{ name: 'lang', value: language, url: stack.http }]);
    await signIn(page, 'operator', stack.password);
    for (const [place, address, ready] of pictures) {
      await page.goto(address);
      await ready(page);
      await page.waitForTimeout(600);
      await take(page, `${language}-${place}.webp`);
    }
    await browser.close();
  }
} finally {
  await stack.stop();
}
const files = fs.readdirSync(folder);
console.log(`${files.length} pictures, ${Math.round(files.reduce((n, f) => n + fs.statSync(path.join(folder, f)).size, 0) / 1024)} kB in static/help`);
