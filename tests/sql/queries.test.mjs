// Every statement of sql/queries is one the fresh schema understands.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { files, statements } from '../lib/queries.mjs';
import { startStack } from '../lib/stack.mjs';

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
