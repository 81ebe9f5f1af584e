// Subscribers with cabinets, and one of them at the site.
//
//   const id = subscriberAdd(stack, { email: 'a@example.org', ... });  may enter
//   const site = await enter(stack, 'a@example.org');   signed in
//   (await site.get('/cabinet/profile')).html
import assert from 'node:assert/strict';
import { Site, plain } from './site.mjs';

const quote = (v) => (v === null ? 'null' : typeof v === 'string' ? `'${v.replace(/'/g, "''")}'` : String(v));
const added = (stack, statement) => Number(stack.exec(statement).trim());

export const insert = (stack, table, row) => added(stack, `insert into ${table} (${Object.keys(row).join(', ')})
  values (${Object.values(row).map(quote).join(', ')}) returning id`);

// password false: he has not set one yet; otherwise it is the stack's.
export function subscriberAdd(stack, { password = true, ...data } = {}) {
  const id = insert(stack, 'subscriber', { address: 'г. Клин, ул. Мира, 5-12', cabinet_allowed: true, ...data });
  if (password) {
    stack.exec(`insert into cabinet_account (subscriber_id, password_hash)
      select ${id}, password_hash from operator where login = 'operator'`);
  }
  return id;
}

// The state of a meter is made by the database; its values are given here.
export function meterAdd(stack, { serial, owner, model = 'СГ-Лазурь G4-К', ...state }) {
  const id = added(stack, `insert into meter (serial, meter_type_id, subscriber_id)
    values ('${serial}', (select id from meter_type where name = '${model}'), ${owner ?? 'null'}) returning id`);
  const sets = Object.entries(state).map(([k, v]) => `${k} = ${quote(v)}`);
  if (sets.length) stack.exec(`update meter_state set ${sets.join(', ')} where meter_id = ${id}`);
  return id;
}

export async function attempt(site, email, password, fields = {}) {
  await site.get('/cabinet/sign-in');
  return site.post('/cabinet/sign-in', { email, password, ...fields });
}

export async function enter(stack, email, { password = stack.password, headers, ...fields } = {}) {
  const site = new Site(stack);
  if (headers) {
    const ask = site.ask.bind(site);
    site.ask = (path, options = {}) => ask(path, { ...options, headers: { ...headers, ...options.headers } });
  }
  const answer = await attempt(site, email, password, fields);
  assert.equal(answer.status, 303, `${email} is let in`);
  site.landed = answer.location;
  await site.get('/cabinet/settings'); // the token of his forms
  return site;
}

// The newest letter or SMS of a kind: its values.
export const letterOf = (stack, kind, recipient) => stack.sql(`select recipient, "values" as v from outbox_mail
  where kind = '${kind}' and recipient = '${recipient}' order by id desc limit 1`)[0]?.v;
export const smsOf = (stack, kind) => stack.sql(`select phone, "values" as v from outbox_sms
  where kind = '${kind}' order by id desc limit 1`)[0];

// Panels of a page by their headings: what a reader sees of each.
export const panels = (html) => Object.fromEntries([...html.matchAll(/<section class="card[^"]*" aria-labelledby="[^"]*">([\s\S]*?)<\/section>/g)]
  .map((m) => [plain(/<h2[^>]*>([\s\S]*?)<\/h2>/.exec(m[1])[1]), m[1]]));
// The lines of a panel: «Фамилия» -> text.
export const lines = (panel) => Object.fromEntries([...panel.matchAll(/<dt>([\s\S]*?)<\/dt><dd[^>]*>([\s\S]*?)<\/dd>/g)]
  .map((m) => [plain(m[1]), plain(m[2])]));
// A table: header words and rows.
export function table(html) {
  const [, head, body] = /<table class="list[^"]*">([\s\S]*?)<\/thead>([\s\S]*?)<\/table>/.exec(html);
  const cells = (text) => [...text.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map((c) => plain(c[1]));
  return { head: cells(head), rows: [...body.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map((r) => cells(r[1])) };
}

// Panels of «Уведомления» and the count beside it.
export const noticesOf = (html) => [...html.matchAll(/<section class="card told told-(\d)"[\s\S]*?<\/section>/g)].map((m) => ({
  severity: Number(m[1]), title: plain(/<h2[^>]*>([\s\S]*?)<\/h2>/.exec(m[0])[1]),
  meters: [...m[0].matchAll(/<li>([\s\S]*?)<\/li>/g)].map((li) => plain(li[1])),
  reason: /name="reason" value="(\w+)"/.exec(m[0])?.[1], shown: /name="shown" value="(\d+)"/.exec(m[0])?.[1],
}));
export const noticeCount = (html) => Number((/<b class="count"[^>]*>(\d+)<\/b>/.exec(html) || [0, 0])[1]);
