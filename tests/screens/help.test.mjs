// The help: in both languages, opened at the place one is, with its pictures.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { plain, signIn } from '../lib/site.mjs';
import { root, startStack } from '../lib/stack.mjs';

let stack; let site; let meter;
before(async () => {
  stack = await startStack({ meters: 30, programs: 'web' });
  site = await signIn(stack, 'operator');
  [meter] = stack.sql(`select m.id from meter m join meter_type t on t.id = m.meter_type_id
    where t.has_valve and m.subscriber_id is not null order by m.id limit 1`);
});
after(() => stack?.stop());

const ids = (html) => new Set([...html.matchAll(/\sid="([\w-]+)"/g)].map((m) => m[1]));
const helpLink = (html) => /<a class="bar-item" href="\/help#([\w-]*)" data-help>/.exec(html)[1];

test('GC-010 «Помощь» opens the user documentation at the place one is, from every role\'s pages', async () => {
  const sections = ids((await site.get('/help')).html);
  const places = [['operator', ['/meters', `/meters/${meter.id}/chart`, `/meters/${meter.id}/map`, '/map', `/meters/${meter.id}/valve?action=close`, `/meters/${meter.id}/account`, '/downloads']],
    ['admin', ['/admin/faults', '/admin/log']], ['security', ['/security/']]];
  for (const [login, pages] of places) {
    const who = login === 'operator' ? site : await signIn(stack, login);
    for (const page of pages) {
      const answer = await who.get(page);
      assert.equal(answer.status, 200, page);
      assert.ok(sections.has(helpLink(answer.html)), `${page}: there is no place #${helpLink(answer.html)}`);
    }
    assert.equal((await who.get('/help')).status, 200, `${login} reads the help`);
  }
});

test('GC-011 every «?» of a dialog or a page leads to a place that is there', async () => {
  const sections = ids((await site.get('/help')).html);
  const marks = fs.readdirSync(path.join(root, 'templates/operator')).flatMap((file) =>
    [...fs.readFileSync(path.join(root, 'templates/operator', file), 'utf8').matchAll(/call:help_here\("([^"]+)"\)/g)].map((m) => [file, m[1]]));
  assert.ok(marks.length >= 10);
  for (const [file, place] of marks) assert.ok(sections.has(place), `${file}: #${place}`);
  const dialog = (await site.get(`/meters/${meter.id}/valve?action=close`)).html;
  assert.match(dialog, /<a class="help-here" href="\/help#valve" target="_blank"/);
});

test('GC-010 the contents lead to sections, each has words in both languages, and its picture is there', async () => {
  for (const language of ['ru', 'en']) {
    site.cookies.set('lang', language);
    const { html } = await site.get('/help');
    const contents = [...html.matchAll(/<li><a href="#([\w-]+)">([^<]+)<\/a>/g)];
    assert.ok(contents.length >= 15);
    for (const [, id, title] of contents) {
      const section = new RegExp(`<section id="${id}"[^>]*><h2[^>]*>([^<]*)</h2>([\\s\\S]*?)</section>`).exec(html);
      assert.ok(section, id);
      assert.equal(plain(section[1]), plain(title));
      assert.ok(plain(section[2]).length > 60, `${id} says something`);
      if (language === 'en') assert.doesNotMatch(plain(section[2]), /[а-яё]/i, id);
    }
    const pictures = [...html.matchAll(/<img src="(\/static\/help\/[^"]+)" width="(\d+)" height="(\d+)" loading="lazy" alt="([^"]+)"/g)];
    assert.ok(pictures.length >= 6);
    for (const [, src] of pictures) {
      const picture = await site.get(src);
      assert.equal(picture.status, 200, src);
      assert.equal(picture.headers.get('content-type'), 'image/webp');
      assert.equal(picture.bytes.subarray(8, 12).toString(), 'WEBP');
    }
  }
  site.cookies.delete('lang');
});

test('pictures of the help weigh less than 1.5 MB together', () => {
  const folder = path.join(root, 'static/help');
  const total = fs.readdirSync(folder).reduce((n, f) => n + fs.statSync(path.join(folder, f)).size, 0);
  assert.ok(total < 1.5 * 1024 * 1024, `${total} bytes`);
});
