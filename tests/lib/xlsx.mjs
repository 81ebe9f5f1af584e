// XLSX files made by hand, with the habits of different programs.
//
//   workbook([['a', 1], ['b', 2.5]], 'excel')     a Buffer
//   zip({ 'a.txt': 'text', ... })                 any archive
//   rowsText(rows)                                lines with tabs, for make_table
import zlib from 'node:zlib';

const table = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xEDB88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
const crc32 = (bytes) => {
  let c = 0xFFFFFFFF;
  for (const b of bytes) c = table[(c ^ b) & 255] ^ (c >>> 8);
  return (c ^ 0xFFFFFFFF) >>> 0;
};

export function zip(parts) {
  const local = []; const central = [];
  let at = 0;
  for (const [name, content] of Object.entries(parts)) {
    const bytes = Buffer.from(content);
    const packed = zlib.deflateRawSync(bytes);
    const named = Buffer.from(name);
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0); // version, then flags, method, time, date
    head.writeUInt16LE(0x0800, 2);
    head.writeUInt16LE(8, 4);
    head.writeUInt16LE(0x21, 8);
    head.writeUInt32LE(crc32(bytes), 10);
    head.writeUInt32LE(packed.length, 14);
    head.writeUInt32LE(bytes.length, 18);
    head.writeUInt16LE(named.length, 22);
    local.push(Buffer.from('PK\x03\x04', 'latin1'), head, named, packed);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(at, 10);
    central.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), head, tail, named);
    at += 30 + named.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(Object.keys(parts).length, 4);
  end.writeUInt16LE(Object.keys(parts).length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...local, directory, Buffer.from('PK\x05\x06', 'latin1'), end]);
}

const escape = (s) => s.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);
const column = (i) => String.fromCharCode(65 + i);
const main = 'urn:main';
const rel = (id, type, target) => `<Relationship Id="${id}" Type="urn:relationships/${type}" Target="${target}"/>`;
const rels = (...all) => `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="urn:rels">${all.join('')}</Relationships>`;

// Shared texts; empty cells are styled and there; rows say their spans.
function excel(rows) {
  const shared = new Map();
  const no = (s) => { if (!shared.has(s)) shared.set(s, shared.size); return shared.get(s); };
  const cell = (v, r, i) => (v === '' ? `<c r="${column(i)}${r}" s="1"/>`
    : typeof v === 'number' ? `<c r="${column(i)}${r}"><v>${v}</v></c>`
      : `<c r="${column(i)}${r}" s="1" t="s"><v>${no(v)}</v></c>`);
  const data = rows.map((row, n) => `<row r="${n + 1}" spans="1:${row.length}">${row.map((v, i) => cell(v, n + 1, i)).join('')}</row>`).join('');
  return zip({
    '[Content_Types].xml': '<Types/>',
    '_rels/.rels': rels(rel('rId1', 'officeDocument', 'xl/workbook.xml')),
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="urn:r"><workbookPr/><sheets><sheet name="Лист1" sheetId="1" r:id="rId1"/><sheet name="Лист2" sheetId="2" r:id="rId9"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': rels(rel('rId9', 'worksheet', 'worksheets/sheet2.xml'), rel('rId1', 'worksheet', 'worksheets/sheet1.xml'),
      rel('rId3', 'styles', 'styles.xml'), rel('rId4', 'sharedStrings', 'sharedStrings.xml')),
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${main}"><dimension ref="A1:H${rows.length}"/><sheetData>${data}</sheetData><phoneticPr fontId="1"/></worksheet>`,
    'xl/worksheets/sheet2.xml': `<worksheet xmlns="${main}"><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>`,
    'xl/styles.xml': `<styleSheet xmlns="${main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="49"/></cellXfs></styleSheet>`,
    'xl/sharedStrings.xml': `<sst xmlns="${main}">${[...shared.keys()].map((s) => `<si><t xml:space="preserve">${escape(s)}</t></si>`).join('')}</sst>`,
  });
}

// Prefixes, inline texts, absolute targets, no numbers of rows and cells.
function myoffice(rows) {
  const cell = (v) => (v === '' ? '<x:c/>' : typeof v === 'number' ? `<x:c t="n"><x:v>${v}</x:v></x:c>`
    : `<x:c t="inlineStr"><x:is><x:r><x:t>${escape(v.slice(0, 2))}</x:t></x:r><x:r><x:t xml:space="preserve">${escape(v.slice(2))}</x:t></x:r></x:is></x:c>`);
  return zip({
    '_rels/.rels': rels(rel('r', 'officeDocument', '/xl/workbook.xml')),
    'xl/workbook.xml': `<x:workbook xmlns:x="${main}" xmlns:r="urn:r"><x:sheets><x:sheet name="Лист" sheetId="1" r:id="s"/></x:sheets></x:workbook>`,
    'xl/_rels/workbook.xml.rels': rels(rel('s', 'worksheet', '/xl/worksheets/Sheet1.xml')),
    'xl/worksheets/sheet1.xml': `<x:worksheet xmlns:x="${main}"><x:sheetData>${rows.map((row) => `<x:row>${row.map(cell).join('')}</x:row>`).join('')}</x:sheetData></x:worksheet>`,
  });
}

// Text columns with numbers in them, formulas with their values, comma decimals.
function typed(rows) {
  const digits = (v) => /^[1-9]\d*$/.test(v);
  const cell = (v, r, i) => (v === '' ? ''
    : typeof v === 'number' ? `<c r="${column(i)}${r}" t="str"><f>"x"</f><v>${String(v).replace('.', ',')}</v></c>`
      : digits(v) ? `<c r="${column(i)}${r}"><v>${Number(v).toExponential()}</v></c>`
        : `<c r="${column(i)}${r}" t="str"><v>${escape(v)}</v></c>`);
  return zip({
    '_rels/.rels': rels(rel('r', 'officeDocument', 'xl/workbook.xml')),
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="urn:r"><sheets><sheet name="A" sheetId="1" r:id="s"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': rels(rel('s', 'worksheet', 'worksheets/sheet1.xml')),
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${main}"><sheetData>${rows.map((row, n) => `<row r="${n + 1}">${row.map((v, i) => cell(v, n + 1, i)).join('')}</row>`).join('')}</sheetData></worksheet>`,
  });
}

export const workbook = (rows, habit = 'excel') => ({ excel, myoffice, typed })[habit](rows);
export const rowsText = (rows) => rows.map((r) => r.join('\t')).join('\n') + '\n';
