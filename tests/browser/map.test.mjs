// Maps in a browser: outlines without a map server, tiles from the one that is
// set, squares that open, a place that is pointed at.
import assert from 'node:assert/strict';
import http from 'node:http';
import test, { after, before } from 'node:test';
import { freePort, startStack } from '../lib/stack.mjs';
import { assertAccessible, assertFits, inBrowser, PHONE, signIn } from './browser.mjs';

let stack; let tiled; let server; let cell; let hand; let nowhere; let total;
const asked = [];
/* A grey picture of one pixel. */
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==', 'base64');

before(async () => {
  const port = await freePort();
  server = http.createServer((req, res) => { asked.push(req.url); res.writeHead(200, { 'content-type': 'image/png' }); res.end(PIXEL); });
  await new Promise((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  stack = await startStack({ meters: 400, programs: 'web' });
  tiled = { port };
  const id = (query) => Object.values(stack.sql(query)[0])[0];
  cell = id("select meter_id from meter_place where source = 'cell' and accuracy_m > 0 order by 1 limit 1");
  hand = id("select meter_id from meter_place where source = 'hand' order by 1 limit 1");
  nowhere = id('select m.id from meter m where not exists (select from meter_place p where p.meter_id = m.id) order by 1 limit 1');
  total = Number(id('select count(*) from meter_place'));
});
after(async () => {
  if (server) server.close();
  if (stack) await stack.stop();
});

const opened = (login, options, address, act) => inBrowser(stack.http, options, async (page, browser) => {
  await signIn(page, login, stack.password);
  const foreign = [];
  page.on('request', (r) => { if (!r.url().startsWith(stack.http) && !/^(data|blob):/.test(r.url())) foreign.push(r.url()); });
  await page.goto(address);
  await act(page, browser, foreign);
});
const squares = async (page, n) => {
  await page.waitForFunction((wanted) => document.getElementById('map').dataset.shown === String(wanted), n);
  return page.locator('#map .map-square').evaluateAll((all) => all.map((e) => e.title));
};
const sum = (titles) => titles.reduce((n, t) => n + Number((/: ?([\d\s]+)$/.exec(t) || [0, '1'])[1].replace(/\D/g, '') || 1), 0);

test('without a map server the map has outlines of countries of our own, and asks nobody else', () =>
  opened('admin', {}, '/map', async (page, browser, foreign) => {
    await page.waitForSelector('#map[data-drawn=outlines]');
    assert.match(await page.locator('.leaflet-control-scale').innerText(), /^\d+\s(м|км)$/);
    const land = page.locator('#map path.map-land');
    assert.ok(await land.count() >= 1);
    for (let i = 0; i < 9; i++) await page.click('.leaflet-control-zoom-out');
    await page.waitForTimeout(300);
    assert.ok((await land.evaluateAll((paths) => paths.map((p) => p.getAttribute('d').length))).some((n) => n > 2000), 'continents');
    assert.ok((await page.locator('#map path.map-border').evaluateAll((p) => p.map((e) => e.getAttribute('d').length))).some((n) => n > 2000), 'borders');
    assert.deepEqual(foreign, []);
  }));

test('all meters are counted in squares; a click comes nearer until a meter has a name and leads to its row', () =>
  opened('admin', {}, '/map', async (page) => {
    const first = await squares(page, total);
    assert.ok(first.length > 4 && first.length < 120, `${first.length} squares for ${total} meters`);
    assert.equal(sum(first), total);
    let left = 12;
    while (await page.locator('.leaflet-popup a').count() === 0) {
      assert.ok(left-- > 0, 'it ends');
      const middle = page.locator('#map .map-square');
      const at = await middle.evaluateAll((all) => {
        const box = document.getElementById('map').getBoundingClientRect();
        const far = all.map((e) => { const b = e.getBoundingClientRect(); return Math.hypot(b.x + b.width / 2 - box.x - box.width / 2, b.y + b.height / 2 - box.y - box.height / 2); });
        return far.indexOf(Math.min(...far));
      });
      const was = await page.locator('#map .map-square').evaluateAll((all) => all.map((e) => e.outerHTML).join());
      await middle.nth(at).click({ force: true });
      await page.waitForFunction((old) => document.querySelector('.leaflet-popup a') ||
        [...document.querySelectorAll('#map .map-square')].map((e) => e.outerHTML).join() !== old, was);
      await page.waitForTimeout(150);
    }
    const serial = await page.locator('.leaflet-popup a').first().textContent();
    await page.locator('.leaflet-popup a').first().click();
    await page.waitForURL(/\/meters\?meter=\d+/);
    assert.ok((await page.textContent('#panel-title')).includes(serial));
  }));

test('squares are reached and opened from the keyboard', () =>
  opened('admin', {}, '/map', async (page) => {
    await squares(page, total);
    const before_ = await page.locator('#map .map-square').count();
    await page.locator('#map .map-square').first().focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction((n) => document.querySelectorAll('#map .map-square').length !== n || document.getElementById('map').dataset.shown !== '', before_);
    await page.waitForFunction((n) => Number(document.getElementById('map').dataset.shown) < n, total);
  }));

test('GC-116 a place by base station has a circle of its accuracy, a place by hand none', () =>
  opened('viewer', {}, '/map', async (page) => {
    const visible = stack.sql(`select p.meter_id as id, p.source from meter_place p where p.branch_id in (1, 2, 3)`);
    const of = (source) => visible.find((v) => v.source === source).id;
    await page.goto(`/meters/${of('cell')}/map`);
    const circle = page.locator('#map path.map-near');
    await circle.waitFor();
    const box = await circle.boundingBox();
    assert.ok(box.width > 150 && Math.abs(box.width - box.height) < 4, 'a circle one can see');
    assert.equal(await page.locator('#map .map-square').count(), 1);
    await page.goto(`/meters/${of('hand')}/map`);
    await page.locator('#map .map-square').waitFor();
    assert.equal(await circle.count(), 0);
    assert.equal(await page.locator('#latitude').count(), 0, 'who only looks has no form');
  }));

test('an administrator points at the place on the map and saves it', () =>
  opened('admin', {}, `/meters/${nowhere}/map`, async (page) => {
    await page.waitForSelector('#map[data-drawn=outlines]');
    const box = await page.locator('#map').boundingBox();
    await page.mouse.click(box.x + 300, box.y + 150);
    const [latitude, longitude] = [await page.inputValue('#latitude'), await page.inputValue('#longitude')];
    assert.match(latitude, /^\d+\.\d{6}$/);
    await page.click('.place-form button.btn-primary');
    await page.locator('.notice-good').waitFor();
    assert.match(await page.textContent('.facts'), new RegExp(`${latitude}, ${longitude}`));
    await page.locator('#map .map-square').waitFor();
    await page.click('.place-form button[name=forget]');
    await page.locator('.notice-good').waitFor();
    assert.equal(await page.locator('.facts').count(), 0);
  }));

test('tiles come from the host that is set, and the page may load pictures from no other', async () => {
  stack.env.LAZUR_MAP_TILES = `http://127.0.0.1:${tiled.port}/tiles/{z}/{x}/{y}.png`;
  stack.run('stop', 'nginx');
  stack.run('start', 'nginx');
  try {
    await opened('admin', {}, `/meters/${hand}/map`, async (page, browser, foreign) => {
      await page.waitForFunction(() => document.querySelectorAll('#map img.leaflet-tile-loaded').length > 4);
      assert.ok(foreign.length > 4 && foreign.every((u) => u.startsWith(`http://127.0.0.1:${tiled.port}/tiles/16/`)), foreign[0]);
      assert.ok(asked.every((u) => /^\/tiles\/16\/\d+\/\d+\.png$/.test(u)), asked[0]);
      const policy = (await page.request.get('/map')).headers()['content-security-policy'];
      assert.match(policy, new RegExp(`img-src 'self' data: http://127\\.0\\.0\\.1:${tiled.port};`));
      assert.match(await page.textContent('.page'), /OpenStreetMap/);
      assert.equal(await page.locator('#map path.map-land').count(), 0);
    });
  } finally {
    // What was chosen is kept until something else is: empty is none.
    stack.env.LAZUR_MAP_TILES = '';
    stack.run('stop', 'nginx');
    stack.run('start', 'nginx');
    delete stack.env.LAZUR_MAP_TILES;
  }
});

test('an address of tiles that could break the settings of the web server is refused', () => {
  for (const odd of ["http://x.example/{z}/{x}/{y}';", 'ftp://x.example/{z}/{x}/{y}', 'http://x.example/{z}/{x}', 'http://x.example; /{z}/{x}/{y}', '{z}{x}{y}']) {
    stack.env.LAZUR_MAP_TILES = odd;
    try {
      assert.throws(() => stack.run('start', 'nginx'), /LAZUR_MAP_TILES must be/, odd);
    } finally {
      delete stack.env.LAZUR_MAP_TILES;
    }
  }
});

for (const [what, options] of [['wide', {}], ['phone', { viewport: PHONE, hasTouch: true }]]) {
  test(`axe finds nothing on the maps in any theme (${what})`, () =>
    opened('admin', options, '/map', async (page, { context }) => {
      for (const theme of ['light', 'dark', 'contrast']) {
        await context.addCookies([{ name: 'theme', value: theme, url: stack.http }]);
        for (const address of ['/map', `/meters/${cell}/map`, `/meters/${nowhere}/map`]) {
          await page.goto(address);
          await page.waitForSelector('#map[data-drawn=outlines]');
          await assertAccessible(page, `${address} ${theme}`);
          await assertFits(page, address);
        }
      }
    }));
}

test('without scripts the map says what it needs, and the numbers by branch are there', () =>
  opened('admin', { javaScriptEnabled: false }, '/map', async (page) => {
    assert.ok(await page.locator('#map noscript, #map .empty').first().isVisible());
    const rows = await page.locator('.map-branches tbody tr td').allTextContents();
    assert.equal(rows.reduce((n, t) => n + Number(t.replace(/\D/g, '')), 0), total);
  }));
