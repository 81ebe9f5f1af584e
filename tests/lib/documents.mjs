// Documents as the site hands them out, and readers that did not write them.
//
//   const file = saved(answer);   { name, path } of a download, in a folder of its own
//   await finished(site, id)      the row of a job in the list of downloads, when it is over
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { folder, python } from '../report/samples.mjs';
import { decode, plain } from './site.mjs';

export { codesOf, pagesOf } from '../report/samples.mjs';

let made = 0;

export function saved(answer) {
  assert.equal(answer.status, 200, plain(answer.html || answer.text || '').slice(0, 400));
  const disposition = answer.headers.get('content-disposition');
  const name = decodeURIComponent(/^attachment; filename="lazur\.\w+"; filename\*=UTF-8''(\S+)$/.exec(disposition)[1]);
  const file = path.join(folder, `download-${++made}.${name.split('.').pop()}`);
  fs.writeFileSync(file, answer.bytes);
  return { name, path: file, bytes: answer.bytes };
}

export const dbfRows = (file) => python(`
import dbfread, json, sys
t = dbfread.DBF(sys.argv[1], char_decode_errors="strict")
print(json.dumps({"version": t.header.dbversion, "language": t.header.language_driver,
  "rows": [{k: (v.isoformat() if hasattr(v, "isoformat") else v) for k, v in r.items()} for r in t]}))`, file);

export const xlsxRows = (file) => python(`
import json, openpyxl, sys
s = openpyxl.load_workbook(sys.argv[1]).worksheets[0]
f = lambda v: v.isoformat() if hasattr(v, "isoformat") else v
print(json.dumps([[f(c.value) for c in r] for r in s.iter_rows()]))`, file);

export const zipped = (file) => python(`
import json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
z.extractall(sys.argv[2])
print(json.dumps(z.namelist()))`, file, folder).map((name) => ({ name, path: path.join(folder, name) }));

// Rows of «Мои загрузки».
export function jobRows(html) {
  return [...html.matchAll(/<tr id="j(\d+)" class="job job-(\w+)"([^>]*)>([\s\S]*?)<\/tr>/g)].map(([, id, state, attributes, row]) => {
    const file = /href="(\/downloads\/\d+\/file)"/.exec(row);
    const part = (name) => { const m = new RegExp(`class="${name}">([\\s\\S]*?)</(span|p)>`).exec(row); return m ? plain(m[1]) : ''; };
    return {
      id: Number(id), state, current: attributes.includes('aria-current'),
      title: plain(/<th[^>]*>([\s\S]*?)(?:<p|<span class="badge"|<\/th>)/.exec(row)[1]),
      word: part('job-word'), note: part('job-note'), why: part('job-why'), left: part('job-left'),
      percent: Number((/<progress max="100" value="(\d+)"/.exec(row) || [])[1]),
      file: file ? decode(file[1]) : '',
    };
  });
}

export const jobOf = (answer) => {
  assert.equal(answer.status, 303);
  return Number(/^\/downloads\?new=(\d+)$/.exec(answer.location)[1]);
};

export async function finished(site, id, ms = 60000) {
  for (const end = Date.now() + ms; ;) {
    const row = jobRows((await site.get('/downloads')).html).find((j) => j.id === id);
    if (row && !['queued', 'running'].includes(row.state)) return row;
    assert.ok(Date.now() < end, `job ${id} is not over: ${JSON.stringify(row)}`);
    await new Promise((done) => { setTimeout(done, 100); });
  }
}
