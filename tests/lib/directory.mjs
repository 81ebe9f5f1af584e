// Lists and forms of the administration, as a person reads them.
//
//   const d = directory(site, '/admin/branches');
//   await d.rows('?q=x')                       cells as text
//   await d.add({ name: 'A', full: 'B' })      the answer: .done, .errors
import assert from 'node:assert/strict';
import { decode, plain } from './site.mjs';

export const rowsOf = (html, id = 'list') => {
  const at = html.indexOf(`<div id="${id}">`);
  const body = html.slice(at).match(/<tbody>([\s\S]*?)<\/tbody>/)[1];
  return [...body.matchAll(/<tr id="[a-z]*(\d+)"[^>]*>([\s\S]*?)<\/tr>/g)].map(([, rowId, cells]) => Object.assign(
    [...cells.matchAll(/<td(?![^>]*class="tick")[^>]*>([\s\S]*?)<\/td>/g)].map((c) => plain(c[1])), { id: rowId }));
};
export const headsOf = (html) => [...html.match(/<thead>([\s\S]*?)<\/thead>/)[1].matchAll(/<th(?![^>]*(?:class="tick"|scope="colgroup"))[^>]*>([\s\S]*?)<\/th>/g)]
  .map((h) => plain(h[1]));
export const rangeOf = (html) => plain(html.match(/<p class="range"[^>]*>([\s\S]*?)<\/p>/)[1]);
export const toastOf = (html) => { const t = html.match(/<div class="toast" id="done">([\s\S]*?)<\/div>/); return t && plain(t[1]); };
export const errorsOf = (html) => Object.fromEntries([...html.matchAll(/id="f-([a-z_]+)-error">([\s\S]*?)<\/p>/g)].map((e) => [e[1], plain(e[2])]));
export const noticesOf = (html) => [...html.matchAll(/<div class="notice[^"]*"[^>]*>([\s\S]*?)<\/div>/g)].map((n) => plain(n[1]));
// What a form holds: name -> value; check boxes and radios only when on, of many a list.
export function fieldsOf(html) {
  const form = html.match(/<form class="desk-form[\s\S]*?<\/form>/)[0];
  const out = {};
  const put = (name, value) => { out[name] = name in out ? [out[name], value].flat() : value; };
  for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
    const of = (a) => { const m = tag.match(new RegExp(`\\s${a}="([^"]*)"`)); return m ? decode(m[1]) : ''; };
    if (['checkbox', 'radio'].includes(of('type')) && !/\schecked/.test(tag)) continue;
    if (of('type') !== 'file') put(of('name'), of('value'));
  }
  for (const [, name, text] of form.matchAll(/<textarea[^>]*name="([^"]*)"[^>]*>\n?([\s\S]*?)<\/textarea>/g)) put(name, decode(text));
  for (const [, name, options] of form.matchAll(/<select[^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g)) {
    const on = options.match(/<option value="([^"]*)" selected/) || options.match(/<option value="([^"]*)"/);
    put(name, on ? decode(on[1]) : '');
  }
  return out;
}

export function directory(site, address) {
  const get = async (path) => {
    const page = await site.get(address + path);
    assert.equal(page.status, 200, `${address}${path}`);
    return page;
  };
  // Opens the form, changes fields (a list is several of one name), sends it, follows to the list.
  const send = async (path, fields) => {
    const form = await get(path);
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...fieldsOf(form.html), ...fields })) {
      for (const one of [value].flat()) if (one !== null) body.append(name, one);
    }
    const answer = await site.ask(address + path, {
      method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: body.toString(),
    });
    const list = answer.status === 303 ? await site.get(answer.location) : null;
    return { ...answer, errors: errorsOf(answer.html), notices: noticesOf(answer.html), done: list && toastOf(list.html), list };
  };
  return {
    page: get,
    rows: async (query = '') => rowsOf((await get(query)).html),
    form: async (path) => fieldsOf((await get(path)).html),
    send,
    add: (fields) => send('/new', fields),
    edit: (id, fields) => send(`/${id}/edit`, fields),
    remove: (id, fields = {}) => send(`/${id}/delete`, fields),
    csv: async (query = '') => (await site.get(`${address}.csv${query}`)).bytes.toString('utf8').replace(/^\ufeff/, '').trim().split('\r\n'),
  };
}
