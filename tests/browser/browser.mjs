// What browser tests share: Debian's Chromium, signing in, axe, and the rule
// that no page may complain in its console.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

const require = createRequire(import.meta.url);
const { chromium } = require('playwright-core');
const axeSource = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const ARGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/*
 * A browser of its own, with an empty profile.
 *   options  of playwright: viewport, javaScriptEnabled, colorScheme ...
 *   page()   a page whose console errors and broken requests fail in close()
 */
export async function openBrowser(base, options = {}) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'lazur-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium', args: ARGS, headless: true, baseURL: base,
    viewport: WIDE, locale: 'ru-RU', reducedMotion: 'reduce', ...options,
  });
  const complaints = [];
  context.setDefaultTimeout(15000);
  return {
    context,
    complaints,
    async page() {
      const page = await context.newPage();
      page.on('pageerror', (e) => complaints.push(`script: ${e.message}`));
      page.on('console', (m) => {
        /* Answers are judged below; a click aborts a refresh under way, a test cuts the line. */
        const expected = /^Failed to load resource|^Response Status Error|htmx:sendAbort|htmx:sendError|htmx:afterRequest/.test(m.text());
        if (m.type() === 'error' && !expected) complaints.push(`console: ${m.text()}`);
      });
      page.on('response', (r) => {
        if (r.status() >= 500) complaints.push(`${r.status()} ${r.request().method()} ${r.url()} ${r.headers()['x-request-id']}`);
      });
      return page;
    },
    async close(quietly = false) {
      await context.close();
      fs.rmSync(profile, { recursive: true, force: true });
      if (!quietly) assert.deepEqual(complaints, []);
    },
  };
}

/* The same for the time of one function; its own failure is told first. */
export async function inBrowser(base, options, act) {
  const browser = await openBrowser(base, options);
  let failed = true;
  try {
    await act(await browser.page(), browser);
    failed = false;
  } finally {
    await browser.close(failed);
  }
}

export async function signIn(page, login, password) {
  await page.goto('/sign-in');
  await page.fill('#login', login);
  await page.fill('#password', password);
  await page.click('form.gate-form button[type=submit]');
  await page.waitForURL((u) => !u.pathname.startsWith('/sign-in'));
}

/* The choice a person makes in the top bar; kept in a cookie. */
export async function setLook(page, field, value) {
  const back = page.url();
  await page.locator('details.menu', { has: page.locator(`button[name=${field}]`) }).locator('summary').click();
  await Promise.all([page.waitForLoadState('load'), page.click(`button[name=${field}][value=${value}]`)]);
  await page.waitForURL(back);
  await page.waitForLoadState('load');
}

/* axe-core finds nothing; it runs outside of the page's own scripts (CSP). */
export async function assertAccessible(page, what, but = {}, least = 11) {
  await page.evaluate(`${axeSource}; undefined`);
  const found = await page.evaluate((rules) => window.axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], rules,
  }), but);
  const said = found.violations.map((v) => `${v.id}: ${v.help}\n    ${v.nodes.slice(0, 3)
    .map((n) => `${n.html.slice(0, 160)} ${(n.any[0] && n.any[0].message) || ''}`).join('\n    ')}`);
  assert.equal(said.length, 0, `${what}:\n  ${said.join('\n  ')}`);
  assert.ok(found.passes.length >= least, `${what}: axe looked at nothing`);
}

/* Nothing sticks out at the side of the window. */
export async function assertFits(page, what) {
  const [content, window] = await page.evaluate(() =>
    [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(content <= window, `${what}: ${content} px of content in ${window} px`);
}
