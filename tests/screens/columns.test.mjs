// The columns a person wants: chosen, remembered by the browser, harmless.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { decode, signIn } from '../lib/site.mjs';
import { startStack } from '../lib/stack.mjs';

let stack; let site;
before(async () => {
  stack = await startStack({ meters: 20, programs: ['operator', 'nginx'] });
  site = await signIn(stack, 'operator');
});
after(() => stack?.stop());

const all = ['at', 'volume', 'working', 'tamper', 'states', 'valves', 'balance'];
const classes = (html) => /<body class="([^"]*)"/.exec(html)[1].split(' ').filter((c) => c.startsWith('no-'));
const checked = (html) => [...html.matchAll(/name="show_(\w+)" value="1" data-column="\w+" checked/g)].map((m) => m[1]);

test('every column is shown until somebody hides it, and stays hidden on the next visit', async () => {
  const first = await site.get('/meters?q=0&size=25');
  assert.deepEqual(classes(first.html), []);
  assert.deepEqual(checked(first.html), all);
  const answer = await site.post('/columns', { ...Object.fromEntries(all.filter((c) => !['working', 'tamper'].includes(c)).map((c) => [`show_${c}`, '1'])), back: '/meters?q=0&size=25' });
  assert.equal(answer.status, 303);
  assert.equal(decode(answer.location), '/meters?q=0&size=25');
  const cookie = answer.headers.getSetCookie().find((c) => c.startsWith('columns='));
  assert.match(cookie, /^columns=working\.tamper; .*HttpOnly; SameSite=Lax; Max-Age=31536000/);
  const page = await site.get('/meters');
  assert.deepEqual(classes(page.html), ['no-working', 'no-tamper']);
  assert.deepEqual(checked(page.html), all.filter((c) => !['working', 'tamper'].includes(c)));
  await site.post('/columns', Object.fromEntries(all.map((c) => [`show_${c}`, '1'])));
  assert.deepEqual(classes((await site.get('/meters')).html), []);
});

test('a cookie somebody made up names no class of its own', async () => {
  for (const made of ['serial.account', '"><script>', 'work', 'working-', '....', 'at.evil.at']) {
    site.cookies.set('columns', encodeURIComponent(made));
    const { html } = await site.get('/meters');
    assert.deepEqual(classes(html).filter((c) => !all.includes(c.slice(3))), [], made);
    assert.doesNotMatch(html, /<script>|no-evil|no-serial/);
  }
  site.cookies.delete('columns');
});
