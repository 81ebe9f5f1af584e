// Every statement of sql/queries is one the fresh schema understands.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root, startStack } from '../lib/stack.mjs';

const folder = path.join(root, 'sql/queries');
const files = fs.readdirSync(folder).filter((f) => f.endsWith('.sql')).map((f) => path.join(folder, f));

// The statements as the programs hold them: what sql2c.awk writes is C whose
// strings are JSON too.
function statements() {
  const c = execFileSync('awk', ['-v', 'out=c', '-f', path.join(root, 'sql/sql2c.awk'), ...files.sort()],
    { encoding: 'utf8', maxBuffer: 1 << 28 });
  return c.split(/\n(?= {4}\{ ")/).slice(1).map((entry) => {
    const strings = entry.match(/"(?:[^"\\]|\\.)*"/g).map((s) => JSON.parse(s));
    return { name: strings[0], sql: strings.slice(1).join('') };
  });
}

let stack;
before(async () => { stack = await startStack({ programs: 'db', fresh: true }); });
after(() => stack.stop());

test('every statement of sql/queries is prepared on a fresh schema', () => {
  const all = statements();
  assert.ok(all.length >= files.length);
  const script = all.map((s, i) => `prepare q${i} as ${s.sql.replace(/;\s*$/, '')};`).join('\n');
  stack.exec(script);
});

test('every file of sql/queries opens with its name and what it asks', () => {
  for (const file of files) {
    const name = path.basename(file, '.sql');
    assert.match(fs.readFileSync(file, 'utf8').split('\n')[0], new RegExp(`^-- ${name}: .`));
  }
});
