// The notifier is killed at any instant; nothing is lost, repeats are known.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { sleep, until } from '../lib/listener.mjs';
import { setParameters, startMail } from '../lib/mail.mjs';
import { startSmsc } from '../lib/smsc.mjs';
import { startStack } from '../lib/stack.mjs';

const KILLS = Number(process.env.LAZUR_NOTIFIER_KILLS || 200);
let stack;
let house;
let smsc;
let mail;
before(async () => {
  smsc = await startSmsc();
  smsc.balance = 1e9;
  mail = await startMail();
  stack = await startStack({ programs: 'db', fresh: true });
  house = { stack, sql: stack.sql, exec: stack.exec };
  setParameters(house, { smtp_host: '127.0.0.1', smtp_port: mail.port, mail_from_address: 'gas@example.org', sms_enabled: 'on', sms_login: 'gas', sms_password: 'secret' });
});
after(async () => { await stack?.stop(); await mail?.stop(); await smsc?.stop(); });

// The duty as its parent starts it, without the parent's pause after a child
// that died young: 3 is the lifeline, 4 the settings.
function startNotifier() {
  const conf = path.join(stack.folder, 'notifier.conf');
  fs.writeFileSync(conf, Object.entries({
    notifier_db: stack.conninfo('notifier'),
    key_file: path.join(stack.var, 'secret/secret.key'),
    user: process.getuid() === 0 ? 'www-data' : '',
    outbox_poll: '20ms',
    carrier_retry: '20ms',
    sms_address: smsc.address,
    quiet_from: 0,
    quiet_to: 0,
    mail_per_minute: 6000,
    sms_per_minute: 6000,
  }).map(([k, v]) => `${k} = ${v}\n`).join(''));
  const settings = fs.openSync(conf, 'r');
  const child = spawn(path.join(stack.build, 'meter-listener'), ['--duty', 'notifier'],
    { stdio: ['ignore', 'pipe', 'pipe', 'pipe', settings] });
  fs.closeSync(settings);
  const it = { pid: child.pid, text: '' };
  for (const out of [child.stdout, child.stderr]) out.on('data', (d) => { it.text += d; });
  child.stdio[3].on('error', () => {});
  it.ended = new Promise((resolve) => { child.on('exit', resolve); });
  it.kill = (signal) => { child.kill(signal); return it.ended; };
  return it;
}

const waiting = () => house.sql(`select (select count(*) from outbox_mail where state = 'queued')::int as mail,
  (select count(*) from outbox_sms where state = 'queued')::int as sms`)[0];

test(`killed ${KILLS} times at random, every message arrives at least once; repeats carry the same id`, async () => {
  let asked = 0;
  let killed = 0;
  const seen = new Set();
  const more = () => {
    asked += 5;
    house.exec(`select letter_queue('test_letter', 'n' || i || '@example.org', 'ru', '{"login": "x"}') from generate_series(${asked - 4}, ${asked}) i;
      select sms_queue('tamper', '+7916' || (1000000 + i), 'ru', '{"serial": "1"}') from generate_series(${asked - 4}, ${asked}) i;`);
  };
  while (killed < KILLS) {
    if (killed % 2 === 0) more();
    const it = startNotifier();
    // Some while it starts, most while it works.
    await sleep(Math.random() * 250);
    await it.kill('SIGKILL');
    killed++;
  }
  const last = startNotifier();
  await until(() => { const w = waiting(); return w.mail + w.sms === 0; }, 60000);
  assert.equal(killed, KILLS);
  await last.kill('SIGTERM');

  const letters = new Map();
  await until(() => new Set(mail.letters.map((l) => l.to[0])).size === asked, 5000);
  for (const l of mail.letters) letters.set(l.to[0], [...(letters.get(l.to[0]) || []), l]);
  let repeats = 0;
  for (const [to, list] of letters) {
    assert.equal(new Set(list.map((l) => l.message_id)).size, 1, to);
    assert.equal(new Set(list.map((l) => l.raw)).size, 1, to);
    repeats += list.length - 1;
  }
  const ids = new Map();
  for (const s of smsc.sent) ids.set(s.phone, [...(ids.get(s.phone) || []), s.id]);
  assert.equal(ids.size, asked);
  for (const [phone, list] of ids) {
    assert.deepEqual(list, [list[0]], `${phone}: an SMS is looked for before it is sent again`);
  }
  const states = house.sql(`select distinct state from outbox_mail union select distinct state from outbox_sms order by 1`).map((r) => r.state);
  assert.ok(states.every((s) => s === 'sent' || s === 'delivered'), states.join());
  console.log(`# ${killed} kills, ${asked} letters and ${asked} SMS, ${repeats} letters came twice, 0 lost`);
});

test('two notifiers in one database do not work at once; the other takes over when the first is gone', async () => {
  const first = startNotifier();
  await until(() => /mail works/.test(first.text), 20000);
  const second = startNotifier();
  await until(() => /stands by/.test(second.text), 20000);
  house.exec(`select letter_queue('test_letter', 'two' || i || '@example.org', 'ru', '{"login": "x"}') from generate_series(1, 20) i`);
  await until(() => waiting().mail === 0, 20000);
  await until(() => mail.letters.filter((l) => l.to[0].startsWith('two')).length >= 20);
  assert.equal(mail.letters.filter((l) => l.to[0].startsWith('two')).length, 20);
  await first.kill('SIGKILL');
  house.exec(`select letter_queue('test_letter', 'after@example.org', 'ru', '{"login": "x"}')`);
  await until(() => mail.letters.some((l) => l.to[0] === 'after@example.org'), 20000);
  await second.kill('SIGTERM');
});
