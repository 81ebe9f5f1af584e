// Words and templates: what keeps two languages and strict escaping true.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const templates = path.join(root, 'templates');

function wordsOf(language) {
  const found = new Map();
  const groups = [];
  const lines = fs.readFileSync(path.join(templates, 'lang', `${language}.hdf`), 'utf8').split('\n');
  for (const [i, line] of lines.entries()) {
    const at = `${language}.hdf:${i + 1}`;
    if (line.trim() === '' || line.trim().startsWith('#')) continue;
    const group = line.match(/^\s*(\w+)\s*\{$/);
    const value = line.match(/^\s*([\w.]+)\s*=\s*(.*)$/);
    if (group) groups.push(group[1]);
    else if (line.trim() === '}') assert.ok(groups.pop(), at);
    else {
      assert.ok(value, `${at} is neither a group nor a word: ${line}`);
      const name = [...groups, value[1]].join('.');
      assert.ok(!found.has(name), `${at}: ${name} is there twice`);
      assert.notEqual(value[2].trim(), '', `${at}: ${name} is empty`);
      found.set(name, value[2]);
    }
  }
  assert.equal(groups.length, 0, `${language}.hdf: a brace is not closed`);
  return found;
}

function filesUnder(folder, ending) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((f) => {
    const full = path.join(folder, f.name);
    if (f.isDirectory()) return filesUnder(full, ending);
    return f.name.endsWith(ending) ? [full] : [];
  });
}

const withoutComments = (text) => text.replace(/<\?cs\s*#[\s\S]*?\?>/g, '');
const pages = filesUnder(templates, '.cst')
  .map((file) => ({ name: path.relative(templates, file), text: withoutComments(fs.readFileSync(file, 'utf8')) }));
const ru = wordsOf('ru');
const en = wordsOf('en');

test('Russian and English have words under the same names', () => {
  assert.deepEqual([...ru.keys()].filter((k) => !en.has(k)), [], 'only in ru.hdf');
  assert.deepEqual([...en.keys()].filter((k) => !ru.has(k)), [], 'only in en.hdf');
});

test('English words hold no Cyrillic but the name of the Russian language', () => {
  const cyrillic = [...en].filter(([k, v]) => /[а-яё]/i.test(v) && k !== 'Menu.Russian');
  assert.deepEqual(cyrillic, []);
});

test('templates hold no words of a language', () => {
  for (const { name, text } of pages) assert.doesNotMatch(text, /[а-яё]/i, name);
});

test('every word a template asks for exists', () => {
  const asked = pages.flatMap(({ name, text }) =>
    [...text.matchAll(/\bWords\.([A-Za-z]+)(?:\.([A-Za-z0-9]+)|\[)/g)].map((m) => [name, m[1], m[2]]));
  assert.ok(asked.length > 100);
  for (const [name, group, word] of asked) {
    const isList = [...ru.keys()].some((k) => k.startsWith(`${group}.${word}.`));
    if (word) assert.ok(isList || ru.has(`${group}.${word}`), `${name} asks for Words.${group}.${word}`);
    else assert.ok([...ru.keys()].some((k) => k.startsWith(`${group}.`)), `${name} asks for Words.${group}[]`);
  }
});

test('every word a handler asks for exists', () => {
  const asked = filesUnder(path.join(root, 'cgi-bin'), '.c').flatMap((file) =>
    [...fs.readFileSync(file, 'utf8').matchAll(/\bword\(\w+, "([A-Za-z]+\.[A-Za-z]+)"\)/g)].map((m) => [file, m[1]]));
  for (const [file, word] of asked) assert.ok(ru.has(word), `${file} asks for ${word}`);
});

test('every reason that ends a session has its words', () => {
  const [, listed] = fs.readFileSync(path.join(root, 'docs/protocol.md'), 'utf8').split('## What ends a session');
  const cells = listed.split('\n## ')[0].split('\n').filter((l) => l.startsWith('| `')).map((l) => l.split('|')[1]);
  const reasons = cells.flatMap((c) => [...c.matchAll(/`(\w+)`/g)].map((m) => m[1]));
  assert.ok(reasons.length >= 18, reasons.join());
  const sources = [...filesUnder(path.join(root, 'daemon/listener'), '.c'), ...filesUnder(path.join(root, 'daemon/drivers'), '.c')];
  const told = sources.flatMap((file) => [...fs.readFileSync(file, 'utf8')
    .matchAll(/(?:session_fail\(\w+,|fault_note\(|\bfault =) "(\w+)"/g)].map((m) => m[1]));
  assert.ok(told.length > 8, told.join());
  for (const code of new Set([...reasons, ...told])) {
    assert.ok(ru.has(`FaultReason.${code}`), code);
    assert.ok(en.has(`FaultReason.${code}`), code);
  }
});

test('data reaches a page only escaped: no uvar, lvar, evar, alt or name', () => {
  for (const { name, text } of pages) assert.doesNotMatch(text, /<\?cs\s*(uvar|lvar|evar|alt|name)\b/, name);
});

test('templates hold no inline style, script or handler, which the site forbids', () => {
  for (const { name, text } of pages) {
    assert.doesNotMatch(text, /\sstyle=/i, name);
    assert.doesNotMatch(text, /<style\b/i, name);
    assert.doesNotMatch(text, /\son[a-z]+=/i, name);
    assert.doesNotMatch(text, /<script(?![^>]*\ssrc=)/i, name);
    assert.doesNotMatch(text, /hx-on|hx-vals=.js|javascript:/i, name);
  }
});

test('every icon a template draws is in the sprite', () => {
  const icons = new Set(fs.readFileSync(path.join(root, 'static/icons.txt'), 'utf8').split('\n')
    .filter((l) => l.trim() && !l.startsWith('#')).map((l) => l.trim().split(/\s+/)[0]));
  const codes = (group) => [...ru.keys()].filter((k) => k.startsWith(`${group}.`)).map((k) => k.split('.')[1]);
  for (const { name, text } of pages) {
    for (const m of text.matchAll(/call:icon\("([^"]+)"\)/g)) assert.ok(icons.has(m[1]), `${name}: ${m[1]}`);
  }
  for (const code of codes('State')) assert.ok(icons.has(`state-${code}`), code);
  for (const code of codes('ValveState')) assert.ok(icons.has(`valve-${code}`), code);
});

test('screens name no colours: those are tokens', () => {
  for (const sheet of ['base', 'parts', 'screens', 'cabinet']) {
    const text = fs.readFileSync(path.join(root, `static/css/${sheet}.css`), 'utf8')
      .replace(/\/\*[\s\S]*?\*\//g, '').replace(/url\("data:[^"]*"\)/g, '');
    assert.doesNotMatch(text, /#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(/i, sheet);
  }
});

test('the themes define the same colours', () => {
  const names = (file) => new Set([...fs.readFileSync(path.join(root, `static/css/${file}.css`), 'utf8')
    .matchAll(/^\s*(--lz-[\w-]+):/gm)].map((m) => m[1]));
  const light = names('tokens');
  for (const theme of ['dark', 'midnight', 'contrast']) {
    for (const name of names(theme)) {
      if (name !== '--lz-arrow') assert.ok(light.has(name), `${theme}: ${name}`);
    }
  }
});

test('every file a template asks for is built, and its name changes with its content', () => {
  const made = fs.readFileSync(path.join(templates, 'assets.cst'), 'utf8');
  const address = new Map([...made.matchAll(/Asset\.(\w+) = "([^"]+)"/g)].map((m) => [m[1], m[2]]));
  for (const { name, text } of pages) {
    for (const m of text.matchAll(/var:Asset\.(\w+)/g)) assert.ok(address.has(m[1]), `${name}: Asset.${m[1]}`);
  }
  address.delete('flagsVersion'); // of a folder
  for (const [name, at] of address) {
    const [file, version] = at.split('?v=');
    const body = fs.readFileSync(path.join(root, file));
    assert.equal(crypto.createHash('sha256').update(body).digest('hex').slice(0, 10), version, name);
  }
});

test('the page for the time the programs are away says what the manual says, and asks again by itself', () => {
  const page = fs.readFileSync(path.join(root, 'static/vendor/maintenance.html'), 'utf8');
  for (const said of ['Система временно не доступна', 'Технические работы',
    'Извините, но в настоящий момент на сервере выполняются технические работы. Попробуйте зайти немного позже.']) {
    assert.ok(page.includes(said), said);
  }
  assert.match(page, /<meta http-equiv="refresh" content="60">/);
  assert.doesNotMatch(page, /\{\{|<form/);
});
