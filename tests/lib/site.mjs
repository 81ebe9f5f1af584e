// A person at the site without a browser: signs in, follows addresses, reads
// tables.
//
//   const site = await signIn(stack, 'operator');
//   const page = await site.get('/meters?size=25');   { status, html, ... }
//   meterRows(page.html)[0].serial
import assert from 'node:assert/strict';

const names = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

export const decode = (text) => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, n) => names[n]);

// What a reader sees: no tags, spaces as people type them.
export const plain = (html) => decode(html.replace(/<svg[\s\S]*?<\/svg>/g, '').replace(/<[^>]*>/g, ''))
  .replace(/\u202f/g, ' ').replace(/\s+/g, ' ').trim();

export class Site {
  constructor(stack) {
    this.stack = stack;
    this.cookies = new Map();
  }

  async ask(path, options = {}) {
    const answer = await fetch(this.stack.http + path, {
      redirect: 'manual',
      ...options,
      headers: { cookie: [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; '), ...options.headers },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const bytes = Buffer.from(await answer.arrayBuffer());
    const html = bytes.toString('utf8');
    const csrf = /name="csrf" value="([^"]*)"/.exec(html);
    if (csrf) this.csrf = csrf[1];
    return { status: answer.status, headers: answer.headers, location: answer.headers.get('location'), bytes, html };
  }

  get(path, headers = {}) {
    return this.ask(path, { headers });
  }

  // With the token of the last page, unless the fields bring their own.
  post(path, fields = {}, headers = {}) {
    return this.ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams({ csrf: this.csrf || '', ...fields }).toString(),
    });
  }
}

export async function signIn(stack, login, password = stack.password) {
  const site = new Site(stack);
  await site.get('/sign-in');
  const answer = await site.post('/sign-in', { login, password });
  assert.equal(answer.status, 303, `${login} is let in`);
  return site;
}

// An operator of a test's own, with the password of the demonstration.
export function operatorAdd(stack, login, role, branches = [], branchless = false) {
  stack.exec(`
    insert into operator (login, password_hash, role, sees_branchless)
    select '${login}', password_hash, '${role}', ${branchless} from operator where login = 'operator';
    insert into operator_branch select (select id from operator where login = '${login}'), b
      from unnest('{${branches.join(',')}}'::int[]) b`);
}

const cell = (html, name) => {
  const found = new RegExp(`<(td|th)[^>]*class="[^"]*\\b${name}\\b[^"]*"[^>]*>([\\s\\S]*?)</\\1>`).exec(html);
  return found ? plain(found[2]) : undefined;
};

// Rows of the main table.
export function meterRows(html) {
  return [...html.matchAll(/<tr id="m(\d+)" class="meter"([^>]*)>([\s\S]*?)<\/tr>/g)].map(([, id, attributes, row]) => {
    const waiting = /<span class="waiting" title="([^"]*)"/.exec(row);
    const href = /<a class="pick"[^>]*href="([^"]*)"/.exec(row);
    const toggle = /<a class="expand"[^>]*href="([^"]*)"/.exec(row);
    const valve = /<span class="valve valve-\w+">([\s\S]*?)<\/span>/.exec(row);
    return {
      id: Number(id),
      selected: attributes.includes('aria-current="true"'),
      account: cell(row, 'account'), serial: cell(row, 'serial'), at: cell(row, 'at'),
      volume: cell(row, 'volume'), working: cell(row, 'working'), tamper: cell(row, 'tamper'),
      states: cell(row, 'states'), valve: valve ? plain(valve[1]) : '', balance: cell(row, 'balance'),
      waiting: waiting ? decode(waiting[1]) : '',
      href: decode(href[1]), toggle: decode(toggle[1]),
    };
  });
}

// Header links of the main table: serial, account ... -> address.
export function sortLinks(html) {
  const head = /<table class="grid meters">[\s\S]*?<\/thead>/.exec(html)[0];
  return Object.fromEntries([...head.matchAll(/<th scope="col" class="(?:num )?(\w+)"([^>]*)>\s*<a href="([^"]*)"/g)]
    .map(([, name, attributes, href]) => [name, {
      href: decode(href), sorted: (/aria-sort="(\w+)"/.exec(attributes) || [])[1] || '',
    }]));
}

// «Записи с 1 до 10 из 23 записей» of the list, then of the open tab.
export const ranges = (html) => [...html.matchAll(/<p class="range"[^>]*>([\s\S]*?)<\/p>/g)].map((m) => plain(m[1]));

// Header words and rows of a tab, as they are read.
export function tabTable(html) {
  const table = /<table class="grid (sessions|commands|archive|events)">([\s\S]*?)<\/table>/.exec(html);
  const [head, body] = table[2].split('</thead>');
  return {
    name: table[1],
    head: [...head.matchAll(/<th[^>]*>([\s\S]*?)<\/th>/g)].map((m) => plain(m[1])),
    links: [...head.matchAll(/<th[^>]*><a href="([^"]*)"/g)].map((m) => decode(m[1])),
    rows: [...body.matchAll(/<tr>([\s\S]*?)<\/tr>/g)]
      .map((r) => [...r[1].matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map((c) => plain(c[1]))),
  };
}

// Facts of an unfolded row: «Адрес» -> text.
export function facts(html, id) {
  const row = new RegExp(`<tr id="i${id}" class="info">([\\s\\S]*?)</dl>`).exec(html);
  return row && Object.fromEntries([...row[1].matchAll(/<dt>([\s\S]*?)<\/dt><dd[^>]*>([\s\S]*?)<\/dd>/g)]
    .map((m) => [plain(m[1]), plain(m[2].replace(/<br>/g, ' '))]));
}

// Rows of a CSV as spreadsheets read it.
export function csvRows(bytes) {
  assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf], 'it begins with a byte order mark');
  const text = bytes.subarray(3).toString('utf8');
  const rows = [[]];
  let value = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') value += text[++i];
      else if (c === '"') quoted = false;
      else value += c;
    } else if (c === '"') quoted = true;
    else if (c === ';') { rows.at(-1).push(value); value = ''; }
    else if (c === '\r' && text[i + 1] === '\n') { rows.at(-1).push(value); value = ''; rows.push([]); i++; }
    else value += c;
  }
  assert.equal(rows.at(-1).length, 0, 'the last row ends as the others do');
  return rows.slice(0, -1);
}
