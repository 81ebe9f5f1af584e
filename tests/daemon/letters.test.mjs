// Letters: from the outbox to a real mail server.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '../lib/stack.mjs';
import { sleep, startListener, until } from '../lib/listener.mjs';
import { certificates, setParameters, startMail } from '../lib/mail.mjs';

let house;
let ca;
let folder;
const FROM = { mail_from_address: 'gas@example.org', mail_from_name: 'Газ «Лазурь», отдел учёта' };
before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lazur-ca-'));
  fs.chmodSync(folder, 0o755);
  ca = certificates(folder);
  house = await startListener({ listeners: 1, outbox_poll: '50ms', ca_file: ca.file, carrier_retry: '200ms', carrier_timeout: '2s', quiet_from: 0, quiet_to: 0, mail_per_minute: 60000 });
});
after(async () => { await house?.end(); fs.rmSync(folder, { recursive: true, force: true }); });

const quote = (s) => `'${s.replace(/'/g, "''")}'`;
const queue = (kind, to, values = {}, language = 'ru') =>
  house.sql(`select letter_queue(${quote(kind)}, ${quote(to)}, '${language}', ${quote(JSON.stringify(values))}::jsonb)::int as id`)[0].id;
const row = (id) => house.sql(`select *, next_at > now() as later from outbox_mail where id = ${id}`)[0];
const ended = (id, state) => until(() => { const r = row(id); return r.state === state && r; });
const channel = () => house.sql(`select *, retry_at > now() as later from notifier_channel where channel = 'mail'`)[0];
const use = (mail, other = {}) => setParameters(house, { ...FROM, smtp_host: '127.0.0.1', smtp_port: mail.port, smtp_security: 'none', smtp_login: '', smtp_password: '', ...other });

test('without a mail server nothing is sent, the queue waits and an administrator is told', async () => {
  const id = queue('test_letter', 'early@example.org', { login: 'петров' });
  await until(() => channel().state === 'off');
  await sleep(300);
  assert.equal(row(id).state, 'queued');
  assert.equal(row(id).attempts, 0);
  assert.equal(channel().reason, 'no_server');
  house.exec(`update outbox_mail set expires_at = now() where id = ${id}`);
  const r = await ended(id, 'expired');
  assert.equal(r.error, 'no_server', 'a letter whose time is over is not sent when a server is set up later');
});

test('a letter to an operator arrives as plain text and HTML, read by another program', async () => {
  const mail = await startMail();
  use(mail);
  setParameters(house, { login_url: 'https://lazur.example.org/' });
  const id = queue('operator_welcome', 'petrov@example.org', { name: 'Пётр <b>&"Петров"', login: 'петров' });
  await ended(id, 'sent');
  await mail.arrived(1);
  const [l] = mail.letters;
  assert.deepEqual(l.defects, []);
  assert.deepEqual([l.from, l.to], ['gas@example.org', ['petrov@example.org']]);
  assert.equal(l.subject, 'Вы зарегистрированы в системе Lazur');
  assert.equal(l.name, FROM.mail_from_name);
  assert.equal(l.address, 'gas@example.org');
  assert.match(l.message_id, new RegExp(`^<lazur\\.${id}\\.\\d+@example\\.org>$`));
  assert.equal(l.auto, 'auto-generated');
  assert.ok(Math.abs(l.date - Date.now() / 1000) < 60);
  assert.ok(l.longest <= 78, `a line of ${l.longest}`);
  assert.match(l.head, /^[\x20-\x7e\r\n]*$/);
  assert.equal(l.type, 'multipart/alternative');
  assert.deepEqual(l.parts.map((p) => [p.type, p.charset]), [['text/plain', 'utf-8'], ['text/html', 'utf-8']]);
  const [text, html] = l.parts.map((p) => p.text);
  assert.match(text, /Здравствуйте, Пётр <b>&"Петров"!/);
  assert.match(text, /Войти в систему:\r?\nhttps:\/\/lazur\.example\.org\//);
  assert.match(html, /Пётр &lt;b&gt;&amp;&quot;Петров&quot;!/);
  assert.match(html, /href="https:\/\/lazur\.example\.org\/"/);
  assert.ok(!/<b>/.test(html));
  await mail.stop();
});

test('a letter speaks the language it was queued in', async () => {
  const mail = await startMail();
  use(mail);
  await ended(queue('email_code', 'a@example.org', { name: '', code: '048121' }, 'en'), 'sent');
  await mail.arrived(1);
  assert.equal(mail.letters[0].subject, 'Code that confirms your e-mail address');
  assert.match(mail.letters[0].parts[0].text, /^Enter this code/);
  assert.match(mail.letters[0].parts[0].text, /048121/);
  await mail.stop();
});

test('a link or a code does not stay in the outbox once the letter is over', async () => {
  const mail = await startMail();
  use(mail);
  const id = queue('password_recovery', 'a@example.org', { name: 'Иван Иванович', at: '20-11-2026 в 14:07', link: 'https://lazur.example.org/r/s3cr3t', email: 'a@example.org' });
  await ended(id, 'sent');
  await mail.arrived(1);
  assert.match(mail.letters[0].parts[0].text, /Здравствуйте, Иван Иванович![^]*20-11-2026 в 14:07[^]*10 минут[^]*s3cr3t[^]*a@example\.org/);
  assert.deepEqual(row(id).values, {});
  await mail.stop();
});

test('no value and no name adds a heading or a recipient', async () => {
  const mail = await startMail();
  use(mail);
  house.exec(`insert into outbox_mail (recipient, subject, body, reason) values
    ('a@example.org', E'Тема\\r\\nBcc: evil@example.org', 'x', 'test'),
    ('b@example.org', E'plain\\r\\nBcc: evil@example.org\\r\\n\\r\\nbody', E'.\\r\\nMAIL FROM:<e@e>\\n.', 'test'),
    ('c@example.org', '=?UTF-8?Q?evil?=', E'..\\n.\\n', 'test')`);
  await mail.arrived(3);
  for (const l of mail.letters) {
    assert.deepEqual(l.to.length, 1);
    assert.ok(!l.headings.some((h) => /bcc/i.test(h)), l.headings.join());
    assert.deepEqual(l.defects, []);
  }
  const by = Object.fromEntries(mail.letters.map((l) => [l.to[0][0], l]));
  assert.equal(by.a.subject, 'Тема  Bcc: evil@example.org');
  assert.match(by.b.parts[0].text, /^\.\r?\r?\nMAIL FROM:<e@e>\r?\n\.\s*$/);
  assert.equal(by.c.subject, '=?UTF-8?Q?evil?=', 'what looks like an encoded word is one, of ours');
  for (const bad of ['a@b\r\nRCPT TO:<evil@e.org>', 'a b@c.org', 'a@b>', '<a@b.org>', '@b.org', 'a@', 'a@b..org', 'почта@пример.рф', `${'a'.repeat(250)}@b.org`]) {
    assert.throws(() => queue('test_letter', bad, { login: 'x' }), { code: 'LZ422' }, bad);
  }
  await mail.stop();
});

test('a long subject is cut between letters into words of at most 75 characters', async () => {
  const mail = await startMail();
  use(mail);
  const subject = `Щ${'Ё👍'.repeat(60)} конец`;
  house.exec(`insert into outbox_mail (recipient, subject, body, reason) values ('a@example.org', ${quote(subject)}, 'x', 'test')`);
  await mail.arrived(1);
  assert.equal(mail.letters[0].subject, subject);
  const words = mail.letters[0].head.match(/=\?UTF-8\?B\?[^?]*\?=/g);
  assert.ok(words.length > 3 && words.every((w) => w.length <= 75));
  await mail.stop();
});

test('STARTTLS that is required carries the password, and a server without it gets neither password nor letter', async () => {
  const mail = await startMail({ security: 'starttls', login: 'gas', password: 'пароль 1', ca });
  use(mail, { smtp_security: 'starttls', smtp_login: 'gas', smtp_password: 'пароль 1' });
  await ended(queue('test_letter', 'a@example.org', { login: 'x' }), 'sent');
  await mail.arrived(1);
  assert.equal(mail.letters[0].tls, true);
  assert.equal(mail.letters[0].authenticated, true);
  assert.ok(mail.auths.length > 0 && mail.auths.every((x) => x.tls));
  await mail.stop();

  const bare = await startMail({ login: 'gas', password: 'пароль 1' });
  use(bare, { smtp_security: 'starttls', smtp_login: 'gas', smtp_password: 'пароль 1' });
  const id = queue('test_letter', 'b@example.org', { login: 'x' });
  await until(() => channel().state === 'stopped');
  assert.equal(channel().reason, 'tls');
  assert.deepEqual([bare.letters, bare.auths], [[], []]);
  assert.equal(row(id).state, 'queued');
  house.exec(`delete from outbox_mail where id = ${id}`);
  await bare.stop();
});

test('implicit TLS is spoken from the first byte, with a certificate that is checked', async () => {
  const mail = await startMail({ security: 'tls', login: 'gas', password: 'p', ca });
  use(mail, { smtp_security: 'tls', smtp_login: 'gas', smtp_password: 'p' });
  await ended(queue('test_letter', 'a@example.org', { login: 'x' }), 'sent');
  await mail.arrived(1);
  assert.equal(mail.letters[0].tls, true);
  assert.equal(mail.letters[0].authenticated, true);
  use(mail, { smtp_host: 'localhost', smtp_security: 'tls', smtp_login: 'gas', smtp_password: 'p' });
  const id = queue('test_letter', 'b@example.org', { login: 'x' });
  await until(() => channel().reason === 'tls');
  assert.equal(row(id).state, 'queued', 'the certificate is of another name');
  use(mail, { smtp_security: 'tls', smtp_login: 'gas', smtp_password: 'p' });
  await ended(id, 'sent');
  await mail.stop();
});

test('a wrong password stops the channel, keeps the queue and tells an administrator; the right one acts without a restart', async () => {
  const mail = await startMail({ security: 'starttls', login: 'gas', password: 'right', ca });
  use(mail, { smtp_security: 'starttls', smtp_login: 'gas', smtp_password: 'wrong' });
  const ids = ['a', 'b', 'c'].map((n) => queue('test_letter', `${n}@example.org`, { login: 'x' }));
  await until(() => channel().state === 'stopped');
  assert.equal(channel().reason, 'login');
  assert.match(channel().detail, /^535/);
  await sleep(500);
  assert.deepEqual(ids.map((id) => [row(id).state, row(id).attempts]), [['queued', 0], ['queued', 0], ['queued', 0]]);
  assert.ok(house.log().some((l) => /mail stopped reason=login/.test(l)));
  const notifier = house.children().find((c) => c.duty === 'notifier').pid;
  setParameters(house, { smtp_password: 'right' });
  for (const id of ids) await ended(id, 'sent');
  assert.equal(channel().state, 'works');
  assert.equal(house.children().find((c) => c.duty === 'notifier').pid, notifier);
  await mail.stop();
});

test('an address that there is not fails for good, with the server\'s words and a mark on the contact', async () => {
  const mail = await startMail();
  use(mail);
  const id = queue('test_letter', 'r550@example.org', { login: 'x' });
  const good = queue('test_letter', 'good@example.org', { login: 'x' });
  const r = await ended(id, 'failed');
  assert.deepEqual([r.error, r.detail, r.wrong_contact, r.attempts], ['wrong_contact', '550 5.1.1 no such user', true, 1]);
  assert.deepEqual(house.sql(`select contact_wrong('mail', 'r550@example.org') as bad, contact_wrong('mail', 'good@example.org') as good`), [{ bad: true, good: false }]);
  await ended(good, 'sent');
  await until(() => mail.tried.includes('good@example.org'));
  assert.equal(mail.tried.filter((a) => a === 'r550@example.org').length, 1);
  assert.ok(!house.log().some((l) => l.includes('example.org')), 'no address stands in the log');
  await mail.stop();
});

test('a refusal of the letter fails without a mark; what is refused for now comes again later', async () => {
  const mail = await startMail();
  use(mail);
  const [spam, policy, busy, full] = ['d554', 'policy', 'r450', 'd452'].map((n) => queue('test_letter', `${n}@example.org`, { login: 'x' }));
  for (const [id, detail] of [[spam, '554 5.6.0 this looks like spam'], [policy, '550 5.7.1 relaying denied']]) {
    const r = await ended(id, 'failed');
    assert.deepEqual([r.error, r.detail, r.wrong_contact], ['refused', detail, false]);
  }
  for (const [id, tries] of [[busy, 3], [full, 2]]) {
    // Its own pause grows from seconds to an hour; here nobody waits for it.
    const r = await until(() => {
      const x = row(id);
      if (x.state === 'queued' && x.attempts > 0) {
        assert.equal(x.error, 'refused_for_now');
        house.exec(`update outbox_mail set next_at = now() where id = ${id} and state = 'queued'`);
      }
      return x.state === 'sent' && x;
    }, 30000);
    assert.equal(r.attempts, tries);
  }
  assert.equal(channel().state, 'works');
  await mail.stop();
});

test('a server that refuses our sender stops the channel, and no letter is to blame', async () => {
  const mail = await startMail({ refuse_sender: true });
  use(mail);
  const id = queue('test_letter', 'a@example.org', { login: 'x' });
  await until(() => channel().state === 'stopped');
  assert.equal(channel().reason, 'sender_refused');
  assert.match(channel().detail, /^553 5\.7\.1 sender address rejected/);
  assert.deepEqual([row(id).state, row(id).attempts], ['queued', 0]);
  await mail.stop();
  const other = await startMail({ refuse_all: true });
  use(other);
  await until(() => channel().reason === 'refused_for_now');
  await other.stop();
  house.exec(`delete from outbox_mail where id = ${id}`);
});

test('a server that is away keeps the queue; when it is back every letter arrives', async () => {
  const port = await freePort();
  use({ port });
  const ids = Array.from({ length: 20 }, (_, i) => queue('test_letter', `n${i}@example.org`, { login: 'x' }));
  await until(() => channel().reason === 'unreachable');
  assert.equal(channel().state, 'stopped');
  assert.equal(channel().later, true);
  const mail = await startMail({ port });
  for (const id of ids) await ended(id, 'sent');
  await mail.arrived(20);
  assert.equal(mail.letters.length, 20);
  assert.equal(channel().state, 'works');
  await mail.stop();
});

test('a connection that ends after the letter was taken repeats it under the same Message-ID', async () => {
  const mail = await startMail();
  use(mail);
  await ended(queue('test_letter', 'drop@example.org', { login: 'x' }), 'sent');
  await mail.arrived(2);
  assert.equal(mail.letters.length, 2);
  assert.equal(mail.letters[0].message_id, mail.letters[1].message_id);
  assert.equal(mail.letters[0].raw, mail.letters[1].raw, 'to the last byte');
  await mail.stop();
});

test('a server that hangs is left after a while, and its letter may have arrived', async () => {
  const mail = await startMail({ delay: 30 });
  use(mail);
  const id = queue('test_letter', 'a@example.org', { login: 'x' });
  await until(() => channel().reason === 'timeout');
  assert.equal(row(id).unclear, true, 'it may have arrived');
  await mail.stop();
  house.exec(`delete from outbox_mail where id = ${id}`);
});

test('what is not urgent waits for the end of quiet hours', async () => {
  const mail = await startMail();
  use(mail);
  const hour = new Date().getHours();
  await house.reloaded({ quiet_from: hour, quiet_to: (hour + 2) % 24 });
  house.exec(`insert into outbox_mail (recipient, subject, body, reason, urgent) values ('later@example.org', 'x', 'x', 'test', false)`);
  await ended(queue('test_letter', 'now@example.org', { login: 'x' }), 'sent');
  await sleep(300);
  assert.deepEqual(mail.letters.map((l) => l.to[0]), ['now@example.org']);
  await house.reloaded({ quiet_from: (hour + 2) % 24, quiet_to: (hour + 3) % 24 });
  await until(() => mail.letters.length === 2, 20000);
  await mail.stop();
});

test('letters go out at the pace that is set', async () => {
  await house.reloaded({ mail_per_minute: 120, quiet_from: 0, quiet_to: 0 });
  const mail = await startMail();
  use(mail);
  await until(() => channel().state === 'works');
  house.exec(`insert into outbox_mail (recipient, subject, body, reason) select 'n' || i || '@example.org', 'x', 'x', 'test' from generate_series(1, 9) i`);
  const from = Date.now();
  await until(() => mail.letters.length === 9, 20000);
  const took = Date.now() - from;
  assert.ok(took >= 2500, `nine letters at two a second took ${took} ms`);
  await mail.stop();
});

test('a letter whose template lacks a value fails with words instead of stopping the rest', async () => {
  await house.reloaded({ mail_per_minute: 60000 });
  const mail = await startMail();
  use(mail);
  const r = await ended(queue('email_code', 'a@example.org', { name: 'x' }), 'failed');
  assert.equal(r.error, 'template');
  await ended(queue('test_letter', 'b@example.org', { login: 'x' }), 'sent');
  await mail.stop();
});
