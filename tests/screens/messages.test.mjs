// «Сообщения»: what an administrator sees of letters and SMS, and does again.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { decode, plain } from '../lib/site.mjs';
import { startStack } from '../lib/stack.mjs';
import { Visitor, addOperator } from '../lib/visitor.mjs';

let stack;
let admin;
before(async () => {
  stack = await startStack({ programs: 'web', meters: 20, fresh: true });
  admin = new Visitor(stack, { address: '127.0.21.1' });
  await admin.signIn(addOperator(stack, 'msg-admin', 'admin'));
  stack.exec(`
    insert into outbox_mail (recipient, kind, reason, state, error, detail, attempts, "values", created_at) values
      ('sent@example.org', 'operator_welcome', 'x', 'sent', '', '', 1, '{"login": "petrov"}', now() - interval '4 minutes'),
      ('<b>@example.org', 'test_letter', 'x', 'failed', 'wrong_contact', '550 5.1.1 no <such> user', 1, '{}', now() - interval '3 minutes'),
      ('code@example.org', 'email_code', 'x', 'failed', 'refused', '', 1, '{}', now() - interval '2 minutes');
    insert into outbox_sms (phone, kind, reason, state, error, attempts, "values", created_at) values
      ('+79161234567', 'gas_alarm', 'x', 'queued', 'frequent', 0, '{"serial": "1"}', now() - interval '1 minute'),
      ('+79160000000', 'tamper', 'x', 'delivered', '', 1, '{"serial": "2"}', now());
    update notifier_channel set state = 'works', reason = '', seen_at = now() where channel = 'mail';
    update notifier_channel set state = 'stopped', reason = 'money', retry_at = now() + interval '5 minutes', seen_at = now(),
      balance = 12.5, balance_low = true, balance_at = now() where channel = 'sms';`);
});
after(async () => { if (stack) await stack.stop(); });

const rows = (html) => [...(/<tbody>([\s\S]*?)<\/tbody>/.exec(html) || ['', ''])[1].matchAll(/<tr\b[\s\S]*?<\/tr>/g)]
  .map((m) => [...m[0].matchAll(/<td\b[\s\S]*?<\/td>/g)].map((c) => plain(c[0]).trim()));
const seen = async (query = '') => rows((await admin.get(`/admin/messages${query}`)).text);
const to = (list) => list.map((r) => r[3]);

test('letters and SMS stand in one list, the newest first, with why they failed', async () => {
  const list = await seen();
  assert.deepEqual(to(list), ['+79160000000', '+79161234567', 'code@example.org', '<b>@example.org', 'sent@example.org']);
  assert.deepEqual(list[3].slice(1, 6), ['Письма', 'Проверочное письмо', '<b>@example.org', 'Не доставлено', 'Такого адреса или номера нет: 550 5.1.1 no <such> user']);
  assert.deepEqual(list[1].slice(1, 6), ['SMS', 'Сработал датчик газа', '+79161234567', 'Ждёт отправки', 'Слишком частые сообщения на этот номер']);
});

test('the state of the channels stands on top', async () => {
  const { text } = await admin.get('/admin/messages');
  const cards = [...text.matchAll(/<section class="channel[\s\S]*?<\/section>/g)].map((m) => plain(m[0]).replace(/\s+/g, ' '));
  assert.equal(cards.length, 2);
  assert.match(cards[0], /Письма.*Работает.*Ждут отправки\s*0\s*Не дошло за сутки\s*2/);
  assert.match(cards[1], /SMS.*Остановлено.*На счёте службы SMS нет денег.*Следующая попытка.*12,50 ₽ — мало/);
});

test('a notifier that gives no sign of life is told of', async () => {
  stack.exec(`update notifier_channel set seen_at = now() - interval '10 minutes'`);
  const { text } = await admin.get('/admin/messages');
  assert.equal((text.match(/Служба отправки не отвечает/g) || []).length, 2);
  stack.exec('update notifier_channel set seen_at = now()');
});

test('channel, state and a part of the address choose what is shown', async () => {
  assert.deepEqual(to(await seen('?channel=sms')), ['+79160000000', '+79161234567']);
  assert.deepEqual(to(await seen('?state=failed')), ['code@example.org', '<b>@example.org']);
  assert.deepEqual(to(await seen('?channel=mail&state=sent')), ['sent@example.org']);
  assert.deepEqual(to(await seen('?q=1234')), ['+79161234567']);
  assert.deepEqual(to(await seen('?q=example&state=failed&channel=mail&sort=at')), ['<b>@example.org', 'code@example.org']);
  assert.deepEqual(await seen('?channel=sms&state=failed'), []);
});

test('what a message says is nowhere on the screen or in its files', async () => {
  for (const where of ['/admin/messages', '/admin/messages.csv', '/admin/messages?id=2']) {
    const { text, status } = await admin.get(where);
    assert.equal(status, 200);
    assert.ok(!/petrov/.test(text), where);
  }
});

test('the list is downloaded under its filter', async () => {
  const { text } = await admin.get('/admin/messages.csv?state=failed');
  const lines = text.trim().split(/\r?\n/);
  assert.equal(lines.length, 3);
  assert.match(lines[2], /Такого адреса или номера нет: 550 5\.1\.1 no <such> user/);
});

test('a message that is over is sent again as a new one, and the log tells who did it', async () => {
  const [{ id }] = stack.sql(`select id::int from outbox_mail where recipient = 'sent@example.org'`);
  const page = await admin.get(`/admin/messages?id=${id * 2}`);
  const href = decode(/href="(\/admin\/messages\/\d+\/again[^"]*)"/.exec(page.text)[1]);
  const form = await admin.get(href);
  assert.match(plain(form.text), /sent@example\.org/);
  const answer = await admin.post(href.split('?')[0], {});
  assert.equal(answer.status, 303);
  assert.match((await admin.get(answer.to)).text, /Сообщение поставлено в очередь/);
  const all = stack.sql(`select id::int, state, kind, "values", message_id from outbox_mail where recipient = 'sent@example.org' order by id`);
  assert.deepEqual(all.map((m) => m.state), ['sent', 'queued']);
  assert.deepEqual(all[1].values, { login: 'petrov' });
  const [line] = stack.sql('select operator_login as who, action, note from audit_log order by id desc limit 1');
  assert.deepEqual(line, { who: 'msg-admin', action: 'Сообщение отправлено повторно', note: `Письмо ${id} -> ${all[1].id}` });
});

test('a message with a code or one that still waits is not sent again', async () => {
  const [{ code }] = stack.sql(`select id::int as code from outbox_mail where kind = 'email_code'`);
  const [{ waits }] = stack.sql(`select id::int as waits from outbox_sms where state = 'queued'`);
  for (const [id, status] of [[code * 2, 409], [waits * 2 + 1, 404], [999999, 404]]) {
    assert.ok(!/\/again/.test((await admin.get(`/admin/messages?id=${id}`)).text), String(id));
    assert.equal((await admin.post(`/admin/messages/${id}/again`, {})).status, status, String(id));
  }
  assert.equal(stack.sql(`select count(*)::int as n from outbox_mail where kind = 'email_code'`)[0].n, 1);
});
