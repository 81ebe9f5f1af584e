'use strict';
// The first page of the cabinet beside a bare program with one statement and a
// page of as many bytes, both behind the same nginx, in turn; and what an open
// page costs that asks each second whether there is something new.

const path = require('node:path');
const { execFileSync } = require('node:child_process');
const s = require('./stack.js');
const table = require('./table.js');
const { SITE, bareAt, compare, cookiesOf, inTurn, printRounds } = require('./page.js');

const EMAIL = 'bench@example.org';
const STATEMENT = 'meter_page__serial__asc_first';

// A subscriber with a cabinet, a balance, three operations and notifications.
function settle(password) {
  const hash = execFileSync(path.join(s.BUILD, 'password-hash'), { input: `${password}\n`, encoding: 'utf8' }).trim();
  s.query(`update subscriber set email = '${EMAIL}', cabinet_allowed = true, calculates_balance = true where account = '0000000007';
    insert into cabinet_account (subscriber_id, password_hash)
      select id, '${hash}' from subscriber where account = '0000000007'
      on conflict (subscriber_id) do update set password_hash = excluded.password_hash;
    insert into notification (subscriber_id, reason, meter_id, first_at, last_at)
      select m.subscriber_id, 'tamper', m.id, now(), now() from meter m where m.account = '0000000007'
      on conflict do nothing;`);
}

async function enter(password) {
  const form = await fetch(`${SITE}/cabinet/sign-in`);
  const csrf = /name="csrf" value="([^"]*)"/.exec(await form.text())[1];
  const answer = await fetch(`${SITE}/cabinet/sign-in`, {
    method: 'POST', redirect: 'manual', body: new URLSearchParams({ csrf, email: EMAIL, password }),
    headers: { cookie: cookiesOf(form).join('; '), origin: SITE },
  });
  const cookie = cookiesOf(answer).find((c) => /^lazur-cabinet=./.test(c));
  if (!cookie) throw new Error(`signing in to the cabinet gave ${answer.status}`);
  return cookie;
}

module.exports = async function cabinet(rounds) {
  const password = `Bench-${process.pid}-password`;
  s.stack('start', 'cabinet', 'nginx');
  settle(password);
  const cookie = await enter(password);
  const get = async (address) => {
    const answer = await fetch(SITE + address, { headers: { cookie } });
    return { status: answer.status, text: await answer.text() };
  };
  const page = await get('/cabinet/profile');
  if (page.status !== 200 || !page.text.includes('BENCH00000007')) throw new Error(`the profile gave ${page.status}`);
  const bytes = Buffer.byteLength(page.text);
  const word = (await get('/cabinet/notifications/news?v=')).text;
  const pid = s.pidOf('cabinet');
  const workers = s.proc.tree(pid).length - 1;
  const bare = await bareAt('bare-cabinet', workers, 1, 'plain', path.join(s.ROOT, 'tests/load/bare_page.cst'), bytes);
  const of = (name, address, size) => ({ name, path: address, pid, cookie, bytes: size, rounds: [] });
  const sides = [{ name: 'bare, as many bytes', ...bare }, of('first page', '/cabinet/profile', bytes),
    of('nothing new (204)', `/cabinet/notifications/news?v=${word}`, 0)];
  await inTurn(sides, rounds);
  printRounds(sides, `First page of the cabinet, one of ${s.METERS} subscribers, wrk -t1 -c32, ${workers} workers each, `
    + `${rounds.n} rounds of ${rounds.seconds} s in turn (min / median / max)`);
  const most = compare(sides[1], sides[0]);
  table.target('first page of the cabinet, req/s beside the bare one', '>= 0.60', most.toFixed(2), most >= 0.6);
  await s.end(bare.child);
};
