// Documents made by make_samples, and the programs that read them back:
// none of them shares a line with those that write.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const maker = path.resolve(root, process.env.LAZUR_BUILD ?? 'build', 'report/make_samples');

export const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lazur-report-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

export function run(program, args, { input, code = 0 } = {}) {
  const r = spawnSync(program, args, { input, timeout: 120000, maxBuffer: 1 << 28 });
  assert.equal(r.error, undefined);
  assert.equal(r.status, code, `${program} ${args.join(' ')}: ${r.stderr}`);
  return r;
}

const lines = (rows) => rows.map((cells) => `${cells.join('\t')}\n`).join('');

let made = 0;
export function report(format, rows, ...options) {
  const file = path.join(folder, `${++made}.${format}`);
  run(maker, [format, file, ...options], { input: lines(rows) });
  return file;
}

export function refusedReport(format, rows) {
  const file = path.join(folder, `${++made}.${format}`);
  return run(maker, [format, file], { input: lines(rows), code: 1 }).stderr.toString();
}

// As if the disk of the temporary files were full after so many KiB; the
// document itself goes nowhere.
export function refusedByDisk(format, rows, kib) {
  const input = path.join(folder, `${++made}.tsv`);
  fs.writeFileSync(input, lines(rows)); // a file: nobody waits for the reader
  const script = `trap "" XFSZ; ulimit -f ${kib}; exec "$@" < '${input}'`;
  const { stderr } = run('bash', ['-c', script, 'bash', maker, format, '/dev/null', `tmpdir=${folder}`], { code: 1 });
  fs.rmSync(input);
  return stderr.toString();
}

// Returns the file and what was refused.
export function receipts(rows, perPage = 2) {
  const file = path.join(folder, `${++made}.pdf`);
  const { stdout } = run(maker, ['receipts', file, String(perPage)], { input: lines(rows) });
  return { file, refused: stdout.toString().trim().split('\n').filter(Boolean) };
}

export function measured(what, n) {
  const file = path.join(folder, `${++made}.out`);
  const words = run(maker, ['bench', what, String(n), file]).stdout.toString().trim();
  const figure = (name) => Number(words.match(new RegExp(`${name}=([0-9.]+)`))[1]);
  return { file, rssKib: figure('rss_kib'), parts: figure('parts') };
}

// The text of a PDF, page by page, laid out as it is seen.
export function pagesOf(file) {
  const text = run('pdftotext', ['-layout', '-enc', 'UTF-8', file, '-']).stdout.toString();
  return text.split('\f').slice(0, -1);
}

export function pdfInfo(file) {
  const text = run('pdfinfo', [file]).stdout.toString();
  return Object.fromEntries(text.trim().split('\n').map((l) => [l.slice(0, l.indexOf(':')), l.slice(l.indexOf(':') + 1).trim()]));
}

// What a camera would read from the printed pages, from the top.
export function codesOf(file, dpi = 200) {
  const stem = file.replace(/\.pdf$/, '-page');
  run('pdftoppm', ['-r', String(dpi), '-gray', '-png', file, stem]);
  const pictures = fs.readdirSync(folder).filter((f) => f.startsWith(`${path.basename(stem)}-`)).sort();
  assert.notEqual(pictures.length, 0);
  return pictures.flatMap((f) => run('zbarimg', ['--quiet', '--nodbus', '--raw', path.join(folder, f)])
    .stdout.toString().split('\n').filter(Boolean));
}

// Debian's own: the readers are its packages.
export function python(script, ...args) {
  return JSON.parse(run('/usr/bin/python3', ['-c', script, ...args]).stdout.toString());
}
