// One report in four formats, read back by programs that are not ours.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { folder, measured, pagesOf, pdfInfo, python, refusedByDisk, refusedReport, report } from './samples.mjs';

const titles = ['Лицевой счёт', 'Номер счётчика', 'Дата', 'Время счётчика',
  'Показания, м³', 'Начислено, руб.', 'Абонент', 'Адрес'];
const row = (i, more = {}) => {
  const c = { account: `0012${i}`, serial: `00047${i}`, date: '2026-11-20', at: '2026-11-20 03:15:09',
    value: '12345.678', money: '-1234.5', name: 'Ёжиков Пётр', address: 'г. Клин, ул. Мира', ...more };
  return ['R', c.account, c.serial, c.date, c.at, c.value, c.money, c.name, c.address];
};
const total = ['T', '', 'Итого', '', '', '1234567.5', '0', '', ''];
const note = ['N', 'Интерполированы показания счётчиков: 3.'];
const many = (n) => Array.from({ length: n }, (_, i) => row(i));

// --- CSV ---------------------------------------------------------------------

// RFC 4180 and nothing more lenient.
function strictCsv(text) {
  const rows = [[]];
  let at = 0;
  while (at < text.length) {
    let cell = '';
    if (text[at] === '"') {
      for (at++; ; at++) {
        assert.ok(at < text.length, 'a quote is not closed');
        if (text[at] === '"' && text[at + 1] === '"') at++;
        else if (text[at] === '"') break;
        cell += text[at];
      }
      at++;
    } else {
      while (at < text.length && text[at] !== ';' && text[at] !== '\r') {
        assert.ok(text[at] !== '"' && text[at] !== '\n', `a bare ${JSON.stringify(text[at])}`);
        cell += text[at++];
      }
    }
    rows[rows.length - 1].push(cell);
    if (text[at] === ';') at++;
    else {
      assert.equal(text.slice(at, at + 2), '\r\n');
      at += 2;
      if (at < text.length) rows.push([]);
    }
  }
  return rows;
}

test('a strict parser reads the CSV back, whatever is in a name', () => {
  const name = 'ООО "Рога; копыта"';
  const bytes = fs.readFileSync(report('csv', [row(1, { name, address: '=1+1' }), total, note]), 'utf8');
  assert.equal(bytes.codePointAt(0), 0xfeff);
  assert.deepEqual(strictCsv(bytes.slice(1)), [
    titles,
    ['00121', '000471', '20-11-2026', '20-11-2026 03:15:09', '12345,678', '-1234,50', name, "'=1+1"],
    ['', 'Итого', '', '', '1234567,500', '0,00', '', ''],
    [note[1]],
  ]);
});

// --- DBF ---------------------------------------------------------------------

const readDbf = `
import dbfread, json, sys
t = dbfread.DBF(sys.argv[1], char_decode_errors="strict")
print(json.dumps({
  "dbversion": t.header.dbversion, "language": t.header.language_driver, "encoding": t.encoding,
  "date": str(t.date),
  "fields": [[f.name, f.type, f.length, f.decimal_count] for f in t.fields],
  "rows": [{k: (v.isoformat() if hasattr(v, "isoformat") else v) for k, v in r.items()} for r in t],
  "deleted": len(list(t.deleted))}))`;

test('dbfread finds typed fields, CP866 and the date it was made', () => {
  const file = report('dbf', [row(1), row(2, { value: '-0.001', date: '' }), total, note]);
  assert.deepEqual(python(readDbf, file), {
    dbversion: 3, language: 0x65, encoding: 'cp866', date: '2026-11-20', deleted: 0,
    fields: [['ACCOUNT', 'C', 20, 0], ['SERIAL', 'C', 16, 0], ['DATE', 'D', 8, 0],
      ['VALUE', 'N', 14, 3], ['FIO', 'C', 60, 0], ['ADDR', 'C', 120, 0]],
    rows: [
      { ACCOUNT: '00121', SERIAL: '000471', DATE: '2026-11-20', VALUE: 12345.678, FIO: 'Ёжиков Пётр', ADDR: 'г. Клин, ул. Мира' },
      { ACCOUNT: '00122', SERIAL: '000472', DATE: null, VALUE: -0.001, FIO: 'Ёжиков Пётр', ADDR: 'г. Клин, ул. Мира' },
    ],
  });
});

test('the same is readable as CP1251 when that is chosen', () => {
  const read = python(readDbf, report('dbf', [row(1)], 'cp1251'));
  assert.equal(read.language, 0xc9);
  assert.equal(read.encoding, 'cp1251');
  assert.equal(read.rows[0].FIO, 'Ёжиков Пётр');
});

test('a DBF has no other bytes than its header and its records', () => {
  const bytes = fs.readFileSync(report('dbf', many(7)));
  assert.equal(bytes.readUInt32LE(4), 7);
  const header = bytes.readUInt16LE(8);
  const record = bytes.readUInt16LE(10);
  assert.equal(record, 1 + 20 + 16 + 8 + 14 + 60 + 120);
  assert.equal(bytes.length, header + 7 * record + 1);
  assert.equal(bytes[bytes.length - 1], 0x1a);
});

test('a DBF of no rows is still a table', () => {
  const read = python(readDbf, report('dbf', []));
  assert.equal(read.rows.length, 0);
  assert.equal(read.fields.length, 6);
});

test('what the code page does not have is written in what it has', () => {
  const name = 'АО «Газ» — “юг”… №5 日x';
  const of = (...options) => python(readDbf, report('dbf', [row(1, { name })], ...options)).rows[0].FIO;
  assert.equal(of(), 'АО "Газ" - "юг"... №5 ?x');
  assert.equal(of('cp1251'), 'АО «Газ» — “юг”… №5 ?x');
});

test('text longer than its field is cut, and the next field is whole', () => {
  const read = python(readDbf, report('dbf', [row(1, { name: 'Щ'.repeat(200), address: 'ъ'.repeat(120) })]));
  assert.equal(read.rows[0].FIO, 'Щ'.repeat(60));
  assert.equal(read.rows[0].ADDR, 'ъ'.repeat(120));
});

test('a number wider than its field stops the report with the reason', () => {
  assert.match(refusedReport('dbf', [row(1, { value: '12345678901.000' })]), /column VALUE/);
});

// --- XLSX --------------------------------------------------------------------

const readXlsx = `
import json, openpyxl, sys
w = openpyxl.load_workbook(sys.argv[1])
s = w.worksheets[0]
cell = lambda c: c.value.isoformat() if hasattr(c.value, "isoformat") else c.value
print(json.dumps({
  "title": w.properties.title, "created": w.properties.created.isoformat(),
  "freeze": s.freeze_panes, "sheets": len(w.worksheets),
  "widths": [s.column_dimensions[k].width for k in "ABCDEFGH"],
  "formats": [c.number_format for c in s[6]], "types": [c.data_type for c in s[6]],
  "bold": [s["A5"].font.b, s["A6"].font.b, s["B8"].font.b],
  "rows": [[cell(c) for c in r] for r in s.iter_rows()]}))`;

test('openpyxl finds numbers, dates, leading zeros and a header that stays', () => {
  const read = python(readXlsx, report('xlsx', [row(1), row(2, { money: '', date: '' }), total, note]));
  assert.equal(read.title, 'Отчёт о потреблении по дням');
  assert.equal(read.created, '2026-11-20T00:00:00');
  assert.equal(read.freeze, 'A6');
  assert.equal(read.sheets, 1);
  assert.deepEqual(read.types, ['s', 's', 'd', 'd', 'n', 'n', 's', 's']);
  assert.deepEqual(read.formats.slice(2, 6), ['dd-mm-yyyy', 'dd-mm-yyyy hh:mm:ss', '#,##0.000', '#,##0.00']);
  assert.deepEqual(read.bold, [true, false, true]);
  assert.ok(read.widths.every((w) => w >= 10), String(read.widths));
  assert.equal(read.rows[0][0], 'Отчёт о потреблении по дням');
  assert.equal(read.rows[1][0], 'Период: 01-11-2026 – 20-11-2026');
  assert.deepEqual(read.rows.slice(4), [
    titles,
    ['00121', '000471', '2026-11-20T00:00:00', '2026-11-20T03:15:09', 12345.678, -1234.5, 'Ёжиков Пётр', 'г. Клин, ул. Мира'],
    ['00122', '000472', null, '2026-11-20T03:15:09', 12345.678, null, 'Ёжиков Пётр', 'г. Клин, ул. Мира'],
    [null, 'Итого', null, null, 1234567.5, 0, null, null],
    [note[1], null, null, null, null, null, null, null],
  ]);
});

test('text that looks like a formula stays text in XLSX', () => {
  const read = python(readXlsx, report('xlsx', [row(1, { name: '=HYPERLINK("x")', address: '<b>&\u0001' })]));
  assert.equal(read.types[6], 's');
  assert.equal(read.rows[5][6], '=HYPERLINK("x")');
  assert.match(read.rows[5][7], /^<b>&/);
});

// --- PDF ---------------------------------------------------------------------

test('every page of a PDF repeats the header and carries its number', () => {
  const pages = pagesOf(report('pdf', [...many(150), total, note]));
  assert.ok(pages.length >= 3, `${pages.length} pages`);
  for (const [i, page] of pages.entries()) {
    for (const word of ['Лицевой счёт', 'Номер счётчика', 'Показания, м³', 'Абонент']) {
      assert.ok(page.includes(word), `page ${i + 1} lacks ${word}`);
    }
    assert.match(page.trimEnd(), new RegExp(`стр\\. ${i + 1}$`));
  }
});

test('a PDF shows the title, its lines, each row once, the total and the note', () => {
  const pages = pagesOf(report('pdf', [...many(150), total, note]));
  const text = pages.join('\n');
  assert.match(pages[0], /^\s*Отчёт о потреблении по дням\n\s*Период: 01-11-2026 – 20-11-2026\n\s*Группа счётчиков: Все счётчики\n/);
  assert.equal(text.split('Отчёт о потреблении').length, 2);
  for (let i = 0; i < 150; i++) {
    assert.equal(text.match(new RegExp(`(^|\\s)0012${i}\\s`, 'g'))?.length, 1, `row ${i}`);
  }
  assert.match(text, /Итого\s+1\s234\s567,500\s+0,00/);
  assert.match(text, /Интерполированы показания счётчиков: 3\./);
});

test('numbers of a column end at one edge', () => {
  const [page] = pagesOf(report('pdf', [row(1, { value: '1.000' }), row(2, { value: '9999999.999' }), row(3, { value: '-12.500' })]));
  const ends = ['1,000', '9 999 999,999', '-12,500'].map((v) => {
    const line = page.split('\n').find((l) => l.includes(` ${v} `));
    assert.ok(line, v);
    return line.indexOf(` ${v} `) + v.length + 1;
  });
  assert.deepEqual(ends, [ends[0], ends[0], ends[0]]);
});

test('a long address goes on below and nothing of it is lost', () => {
  const address = 'Московская область, городской округ Клин, деревня Большое Щапово, улица Садовая, дом 17, корпус 2, квартира 145';
  const [page] = pagesOf(report('pdf', [row(1, { address, name: '' }), row(2, { name: '' })]));
  const first = page.split('\n').findIndex((l) => l.includes('00121'));
  const second = page.split('\n').findIndex((l) => l.includes('00122'));
  const shown = page.split('\n').slice(first, second).map((l) => l.slice(-60).replace(/^.*\s{3,}/, '').trim()).join(' ');
  assert.ok(shown.endsWith(address), shown);
});

test('text too long for its row ends with an ellipsis, a word without spaces is broken', () => {
  const [page] = pagesOf(report('pdf', [row(1, { name: 'Ъ'.repeat(500) }), row(2)]));
  assert.match(page, /Ъ…/);
  assert.equal(page.split('Ъ…').length, 2);
  assert.ok(page.match(/Ъ+/g).length <= 4);
  assert.match(page, /00122/);
});

test('a number wider than its column is made smaller, never cut', () => {
  const [page] = pagesOf(report('pdf', [row(1, { money: '-123456789012345.67' })]));
  assert.ok(page.includes('-123 456 789 012 345,67'));
});

test('what no font shows does not break the page', () => {
  const [page] = pagesOf(report('pdf', [row(1, { name: 'a\u0007b \u{1F525} \u65e5' }), row(2)]));
  assert.match(page, /00121.*a b \?/);
  assert.match(page, /00122/);
});

test('an empty report is one page with its header', () => {
  const pages = pagesOf(report('pdf', []));
  assert.equal(pages.length, 1);
  assert.match(pages[0], /Лицевой счёт/);
});

test('the document says its title and date, and carries its letters along', () => {
  const file = report('pdf', [row(1)]);
  const info = pdfInfo(file);
  assert.equal(info.Title, 'Отчёт о потреблении по дням');
  assert.match(info.CreationDate, /Nov 20 .*2026/);
  assert.match(info['Page size'], /841\.\d+ x 595\.\d+ pts \(A4\)/);
  assert.match(pdfInfo(report('pdf', [row(1)], 'portrait'))['Page size'], /595\.\d+ x 841\.\d+ pts \(A4\)/);
});

// --- any length ----------------------------------------------------------------

test('a PDF past its limit goes on in another document with the next number', () => {
  const { file, parts, rssKib } = measured('pdf', 23000);
  assert.equal(parts, 2);
  assert.equal(pdfInfo(file).Pages, '500');
  const [page] = pagesOf(`${file}.2`);
  assert.match(page.trimEnd(), /стр\. 501$/);
  assert.match(page, /Отчёт о потреблении по дням/);
  assert.ok(process.env.LAZUR_BUILD?.endsWith('-asan') || rssKib < 65536, `${rssKib} KiB`);
});

test('the same input makes the same bytes', () => {
  for (const format of ['pdf', 'csv', 'dbf']) {
    const [a, b] = [0, 1].map(() => fs.readFileSync(report(format, [row(1), total])));
    assert.ok(a.equals(b), format);
  }
});

test('nothing is left in the folder for temporary files', () => {
  const tmp = path.join(folder, 'tmp');
  fs.mkdirSync(tmp);
  for (const format of ['xlsx', 'dbf']) report(format, many(3), `tmpdir=${tmp}`);
  assert.deepEqual(fs.readdirSync(tmp), []);
});

test('a full disk stops the report with the reason, instead of half a table', () => {
  const before = fs.readdirSync(folder).length;
  assert.match(refusedByDisk('dbf', many(2000), 64), /DBF: /);
  // the very last record crosses the limit, when the file is closed
  assert.match(refusedByDisk('dbf', many(274), 64), /DBF: /);
  assert.match(refusedByDisk('xlsx', many(20000), 64), /XLSX: /);
  assert.equal(fs.readdirSync(folder).length, before);
});
