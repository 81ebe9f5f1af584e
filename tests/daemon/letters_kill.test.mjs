// The notifier is killed at any instant; nothing is lost, repeats are known.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { alive, sleep, startListener, until } from '../lib/listener.mjs';
import { setParameters, startMail } from '../lib/mail.mjs';
import { startSmsc } from '../lib/smsc.mjs';

const KILLS = Number(process.env.LAZUR_NOTIFIER_KILLS || 200);
let house;
let smsc;
let mail;
before(async () => {
  smsc = await startSmsc();
  smsc.balance = 1e9;
  mail = await startMail();
  house = await startListener({ listeners: 1, outbox_poll: '20ms', carrier_retry: '20ms', sms_address: smsc.address, quiet_from: 0, quiet_to: 0, mail_per_minute: 3000, sms_per_minute: 3000 });
  setParameters(house, { smtp_host: '127.0.0.1', smtp_port: mail.port, mail_from_address: 'gas@example.org', sms_enabled: 'on', sms_login: 'gas', sms_password: 'secret' });
});
after(async () => { await house?.end(); await mail?.stop(); await smsc?.stop(); });

const notifier = () => house.children().find((c) => c.duty === 'notifier');
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
    const it = await until(() => { const c = notifier(); return c && !seen.has(c.pid) && c; }, 30000);
    seen.add(it.pid);
    // Some while it starts, most while it works.
    await sleep(Math.random() * 150);
    if (alive(it.pid)) { process.kill(it.pid, 'SIGKILL'); killed++; }
  }
  await until(() => { const w = waiting(); return w.mail + w.sms === 0; }, 60000);
  assert.equal(killed, KILLS);

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

test('two notifiers in one database do not work at once; the other takes over', async () => {
  const second = await startSecond();
  house.exec(`select letter_queue('test_letter', 'two' || i || '@example.org', 'ru', '{"login": "x"}') from generate_series(1, 20) i`);
  await until(() => waiting().mail === 0, 20000);
  const two = mail.letters.filter((l) => l.to[0].startsWith('two'));
  assert.equal(two.length, 20);
  assert.ok(second.log().some((l) => /stands by/.test(l)));
  await house.stop();
  house.exec(`select letter_queue('test_letter', 'after@example.org', 'ru', '{"login": "x"}')`);
  await until(() => mail.letters.some((l) => l.to[0] === 'after@example.org'), 20000);
  await second.stop();
});

// Another meter-listener over the same database.
async function startSecond() {
  const { spawn } = await import('node:child_process');
  const fs = await import('node:fs');
  const { freePort } = await import('../lib/stack.mjs');
  const conf = `${house.conf}.second`;
  fs.writeFileSync(conf, fs.readFileSync(house.conf, 'utf8').replace(/listen_port = \d+/, `listen_port = ${await freePort()}`));
  const lines = [];
  const child = spawn(house.program, ['-c', conf], { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const out of [child.stdout, child.stderr]) out.on('data', (d) => lines.push(...String(d).split('\n')));
  const ended = new Promise((resolve) => { child.on('exit', resolve); });
  await until(() => lines.some((l) => /stands by/.test(l)), 20000);
  return { log: () => lines, stop: async () => { child.kill('SIGTERM'); await ended; } };
}
