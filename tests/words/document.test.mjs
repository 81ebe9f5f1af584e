// The words that documents take along are words of both languages.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { root } from '../lib/stack.mjs';

const folder = path.join(root, 'lib/document');
const code = fs.readdirSync(folder).filter((f) => f.endsWith('.c')).map((f) => fs.readFileSync(path.join(folder, f), 'utf8'));
const listed = new Set(fs.readFileSync(path.join(folder, 'words.c'), 'utf8').match(/"(\w+\.\w+)"/g).map((n) => JSON.parse(n)));

test('every word that a document prints is taken along', () => {
  const asked = code.flatMap((text) => [...text.matchAll(/"((?:Doc|State|BankField|BankFault)\.\w+)"/g)].map((m) => m[1]));
  assert.ok(asked.length > listed.size);
  assert.deepEqual([...new Set(asked)].filter((n) => !listed.has(n)), []);
});

test('every word that is taken along exists in both languages', () => {
  for (const language of ['ru', 'en']) {
    const text = fs.readFileSync(path.join(root, `templates/lang/${language}.hdf`), 'utf8');
    for (const name of listed) {
      const [group, word] = name.split('.');
      const body = new RegExp(`^${group} \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(text);
      assert.ok(body && new RegExp(`^  ${word} = \\S`, 'm').test(body[1]), `${language}: ${name}`);
    }
  }
});
