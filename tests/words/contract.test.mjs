// docs/contract.tsv says which promises are kept and what proves them: each
// proof must be a test that is there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const rows = readFileSync('docs/contract.tsv', 'utf8').replace(/\n$/, '').split('\n').map((line) => line.split('\t'));

test('every row of the contract has an id, a test that exists and a note or none', () => {
  const sources = new Map();
  for (const [id, proof, ...rest] of rows) {
    assert.match(id, /^(GC|AT)-\d{3}$/);
    assert.equal(rest.length, 1, `${id}: three columns`);
    const [, file, title] = /^(\S+): (.+)$/.exec(proof) ?? assert.fail(`${id}: ${proof}`);
    if (!sources.has(file)) sources.set(file, readFileSync(file, 'utf8').replaceAll("\\'", "'"));
    assert.ok(sources.get(file).includes(title), `${id}: ${file} has no test «${title}»`);
  }
});

test('no proof stands twice for one row', () => {
  const seen = new Set(rows.map((r) => r.slice(0, 2).join('\t')));
  assert.equal(seen.size, rows.length);
});
