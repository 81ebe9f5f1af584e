// The frames of tests/data/goldcard-frames.tsv through lazur-decode, as they
// were printed and as they must have been.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { days, lines } from '../lib/goldcard.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const decoder = `${process.env.LAZUR_BUILD ?? `${root}build`}/lazur-decode`;
const decode = (...args) => spawnSync(decoder, args, { encoding: 'utf8', timeout: 20000 });
const json = (hex) => {
  const run = decode('--json', hex);
  assert.equal(run.status, 0, run.stderr);
  return JSON.parse(run.stdout);
};
const line = Object.fromEntries(lines.map((l) => [l.id, l]));

test('the two whole messages say exactly what is proved, and keep the rest as unknown', () => {
  const both = { goldcard: 'message', number: '20157164', volume_dm3: 515730, 'C387 unknown 20-23': '00 00 00 04', 'C388 unknown 4-7': '00 00 00 04', '210D unknown': '01' };
  assert.deepEqual(json(line.Q6.printed), { ...both, sequence: 6, counter: 4, crc: '6E02', computed: 'ECA2', clock: '2025-05-07 00:42:10', battery_mv: 3657, 'C387 unknown 8-15': '40 0B DA BF DC 80 14 00' });
  assert.deepEqual(json(line.Q5.printed), { ...both, sequence: 5, counter: 3, crc: 'CE82', computed: '05DD', clock: '2025-05-06 00:42:19', battery_mv: 3658, 'C387 unknown 8-15': '40 0B 5F F3 BD 80 8F 00' });
});

test('the three answers have the sequence of their messages and the next counter', () => {
  for (const [id, sequence, counter] of [['R4', 4, 3], ['R5', 5, 4], ['R6', 6, 5]]) {
    const { crc, computed, ...rest } = json(line[id].repaired);
    assert.deepEqual(rest, { goldcard: 'answer', number: '20157164', sequence, counter });
    assert.match(crc + computed, /^[0-9A-F]{8}$/);
  }
});

test('a frame that the picture damaged is shown as bytes and is an error', () => {
  for (const id of ['Q4', 'R5', 'R6']) {
    const run = decode(line[id].printed);
    assert.equal(run.status, 1, id);
    assert.match(run.stdout, /^of no frame: 68 03 00/);
    assert.match(run.stderr, /^lazur-decode: offset 0: no whole frame/);
  }
});

test('a message is a tree of what it says', () => {
  const run = decode(line.Q6.printed);
  assert.equal(run.status, 0, run.stderr);
  for (const want of [/^goldCard, message of 64 bytes$/m, /^ {2}object C387, 24 bytes: 25 05 07/m, /^ {2}battery: 3\.657 V$/m, /^ {2}register: 515\.730 m3$/m, /^ {2}C387 unknown 8-15: 40 0B DA BF DC 80 14 00$/m])
    assert.match(run.stdout, want);
});

test('the long message lists its days', () => {
  const got = json(days([[25, 4, Array(30).fill(515730)], [25, 5, [515731]]]).toString('hex'));
  assert.equal(Object.keys(got.days).length, 31);
  assert.equal(got.days['2025-04-30'], 515730);
  assert.equal(got.days['2025-05-01'], 515731);
  assert.equal(got.volume_dm3, undefined);
});
