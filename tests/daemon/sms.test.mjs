// SMS: from the outbox to a service that speaks the «СМС-центр» HTTP interface.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { sleep, startListener, until } from '../lib/listener.mjs';
import { setParameters } from '../lib/mail.mjs';
import { startSmsc } from '../lib/smsc.mjs';

let house;
let smsc;
before(async () => {
  smsc = await startSmsc();
  house = await startListener({ listeners: 1, outbox_poll: '50ms', carrier_retry: '200ms', carrier_timeout: '1s', sms_address: smsc.address, sms_balance_every: '500ms', quiet_from: 0, quiet_to: 0, sms_per_minute: 60000 });
});
after(async () => { await house?.end(); await smsc?.stop(); });
beforeEach(() => {
  Object.assign(smsc, { fail: () => 0, answer: null, status: () => 1, balance: 286.55, before: null });
  smsc.sent.length = 0;
  smsc.requests.length = 0;
});

const on = { sms_enabled: 'on', sms_login: 'gas', sms_password: 'secret', sms_sender: 'LAZUR' };
const queue = (kind, values = { serial: '02112345' }, phone = '+7 (916) 123-45-67', language = 'ru') =>
  house.sql(`select sms_queue('${kind}', '${phone}', '${language}', '${JSON.stringify(values)}'::jsonb)::int as id`)[0].id;
const row = (id) => house.sql(`select *, next_at > now() + interval '30 seconds' as much_later from outbox_sms where id = ${id}`)[0];
const ended = (id, state, ms) => until(() => { const r = row(id); return r.state === state && r; }, ms);
const hurry = () => house.exec(`update outbox_sms set status_at = now() where state = 'sent' and status_at is not null`);
const channel = () => house.sql(`select *, retry_at - now() > interval '9 minutes' as long from notifier_channel where channel = 'sms'`)[0];

test('SMS go out only with the switch on and its login and password set', async () => {
  await until(() => channel().state === 'off');
  const id = queue('valve_closed');
  for (const part of [{ sms_enabled: 'on' }, { sms_login: 'gas' }]) {
    setParameters(house, part);
    await sleep(200);
    assert.deepEqual([row(id).state, smsc.requests.length, channel().state], ['queued', 0, 'off']);
  }
  setParameters(house, on);
  await ended(id, 'sent');
  assert.equal(channel().state, 'works');
});

test('an SMS carries the meter and the words, our id and the sender, in a POST without anything in the address', async () => {
  const id = queue('gas_alarm');
  await ended(id, 'sent');
  const s = smsc.sent.find((x) => x.id === id);
  assert.deepEqual([s.phone, s.text, s.sender, s.charset], ['+79161234567', 'Счётчик 02112345: сработал датчик газа', 'LAZUR', 'utf-8']);
  assert.ok(smsc.requests.every((r) => r.method === 'POST' && !r.query && r.form.fmt === '3'));
  assert.ok(!house.log().some((l) => /9161234567|secret/.test(l)), 'no number and no password stands in the log');
});

test('each SMS event has a text that fits one message, in both languages', async () => {
  for (const kind of ['valve_closed', 'case_opened', 'gas_alarm', 'flow_excess', 'reverse_flow', 'tamper']) {
    for (const language of ['ru', 'en']) await ended(queue(kind, { serial: '0211234567890' }, '+79161234567', language), 'sent');
  }
  const texts = smsc.sent.map((s) => s.text);
  assert.equal(new Set(texts).size, 12);
  for (const t of texts) assert.ok(t.includes('0211234567890') && t.length <= 70, t);
});

test('the service is asked until the telephone has the message', async () => {
  smsc.status = () => -1;
  const id = queue('tamper');
  await ended(id, 'sent');
  hurry();
  await until(() => row(id).service_state === -1);
  assert.equal(row(id).state, 'sent');
  smsc.status = () => 0;
  hurry();
  await until(() => row(id).service_state === 0);
  smsc.status = () => 1;
  hurry();
  assert.equal((await ended(id, 'delivered')).status_at, null);
});

test('what the service could not deliver fails with a word, and a wrong number is marked', async () => {
  const cases = [[3, 0, 'too_late', false], [20, 1, 'wrong_contact', true], [20, 6, 'phone_off', false], [20, 240, 'undeliverable', false],
    [22, 0, 'wrong_contact', true], [23, 0, 'forbidden', false], [25, 0, 'unreachable_phone', false], [-2, 0, 'stopped', false]];
  for (const [status, err, error, wrong] of cases) {
    smsc.status = () => status;
    smsc.errCode = err;
    const id = queue('tamper');
    await ended(id, 'sent');
    hurry();
    const r = await ended(id, 'failed');
    assert.deepEqual([r.error, r.wrong_contact], [error, wrong], `status ${status}`);
  }
});

test('a refusal that is the message\'s own fault is for good', async () => {
  for (const [code, error, wrong] of [[1, 'sms_parameters', false], [5, 'sms_parameters', false], [6, 'forbidden', false], [7, 'wrong_contact', true], [8, 'undeliverable', false]]) {
    smsc.fail = (f) => (f.script === 'send.php' ? code : 0);
    const r = await ended(queue('tamper'), 'failed');
    assert.deepEqual([r.error, r.wrong_contact, r.attempts], [error, wrong, 1], `code ${code}`);
    assert.equal(channel().state, 'works');
  }
});

test('an empty balance stops the channel, keeps the queue and tells an administrator; money starts it again', async () => {
  smsc.balance = 1;
  const ids = [queue('tamper'), queue('gas_alarm')];
  await until(() => channel().state === 'stopped' && channel().reason === 'money');
  assert.deepEqual(ids.map((id) => [row(id).state, row(id).attempts]), [['queued', 0], ['queued', 0]]);
  await until(() => channel().balance_low);
  assert.ok(house.log().some((l) => /sms stopped reason=money/.test(l)));
  assert.equal(smsc.sent.length, 0);
  smsc.balance = 300;
  for (const id of ids) await ended(id, 'sent', 30000);
  assert.deepEqual(smsc.sent.map((s) => s.id).sort(), [...ids].sort());
});

test('a wrong password and a blocked address stop the channel; a blocked one for ten minutes', async () => {
  setParameters(house, { sms_password: 'wrong' });
  await until(() => channel().reason === 'login');
  const id = queue('tamper');
  await sleep(300);
  assert.equal(row(id).state, 'queued');
  setParameters(house, { sms_password: 'secret' });
  await ended(id, 'sent');
  smsc.fail = () => 4;
  const other = queue('tamper');
  await until(() => channel().reason === 'blocked');
  assert.equal(channel().long, true);
  smsc.fail = () => 0;
  setParameters(house, { sms_sender: 'GAS' });
  await ended(other, 'sent');
});

test('too frequent requests wait more than a minute and are no failure; the service is asked before the next', async () => {
  smsc.fail = (f) => (f.script === 'send.php' ? 9 : 0);
  const id = queue('tamper');
  const r = await until(() => { const x = row(id); return x.error === 'frequent' && x; });
  assert.deepEqual([r.state, r.attempts, r.much_later], ['queued', 0, true]);
  smsc.fail = () => 0;
  smsc.requests.length = 0;
  house.exec(`update outbox_sms set next_at = now() where id = ${id}`);
  await ended(id, 'sent');
  assert.deepEqual(smsc.requests.filter((q) => Number(q.form.id) === id).map((q) => q.script).slice(0, 2), ['status.php', 'send.php']);
});

test('a service that is broken in any way keeps the message, and sends it once it is well', async () => {
  for (const answer of [{ status: 500 }, { status: 503, body: '<html>' }, { body: 'not json' }, { body: '{}' }, { hang: true }, { cut: true }, { body: 'x'.repeat(100000) }]) {
    smsc.answer = answer;
    const id = queue('tamper');
    await until(() => channel().state === 'stopped');
    assert.equal(row(id).state, 'queued');
    assert.equal(row(id).attempts, 0);
    smsc.answer = null;
    await ended(id, 'sent', 20000);
    assert.equal(smsc.sent.filter((s) => s.id === id).length, 1, JSON.stringify(answer).slice(0, 40));
  }
});

test('an SMS whose answer was lost is not sent twice', async () => {
  let lost = 0;
  smsc.before = (script) => { smsc.answer = script === 'send.php' && lost++ === 0 ? { take: true } : null; };
  const id = queue('tamper');
  await ended(id, 'sent', 20000);
  assert.equal(lost, 1);
  assert.equal(smsc.sent.filter((s) => s.id === id).length, 1);
});

test('a message that the service did not send for want of money is sent again under the same id', async () => {
  smsc.status = () => 24;
  const id = queue('tamper');
  await ended(id, 'sent');
  hurry();
  await until(() => row(id).state === 'queued');
  smsc.status = () => 1;
  house.exec(`update outbox_sms set next_at = now() where id = ${id}`);
  await until(() => smsc.sent.filter((s) => s.id === id).length === 2, 20000);
});

test('a number that nothing can be sent to is refused when it is queued', () => {
  for (const phone of ['', '12345', '+7916123456x', '79161234567,79160000000', '++79161234567', '1'.repeat(16)]) {
    assert.throws(() => queue('tamper', { serial: '1' }, phone), { code: 'LZ422' }, phone);
  }
});

test('an SMS does not wait for a mail server that hangs', async () => {
  let talked = 0;
  const hangs = net.createServer((socket) => { talked++; socket.on('error', () => {}); });
  await new Promise((resolve) => { hangs.listen(0, '127.0.0.1', resolve); });
  await house.reloaded({ carrier_timeout: '60s' });
  setParameters(house, { smtp_host: '127.0.0.1', smtp_port: hangs.address().port, mail_from_address: 'gas@example.org' });
  house.exec(`select letter_queue('test_letter', 'a@example.org', 'ru', '{"login": "x"}')`);
  await until(() => talked > 0);
  await ended(queue('gas_alarm'), 'sent');
  assert.equal(house.sql('select state from outbox_mail')[0].state, 'queued');
  setParameters(house, { smtp_host: '' });
  await house.reloaded({ carrier_timeout: '1s', grace: '1s' });
  hangs.close();
});

test('SMS to a folder are files while the service is switched off', async () => {
  const folder = `${house.stack.folder}/outbox`;
  const fs = await import('node:fs');
  fs.mkdirSync(folder);
  fs.chmodSync(folder, 0o777);
  setParameters(house, { sms_enabled: 'off' });
  await house.reloaded({ outbox_folder: folder });
  const id = queue('valve_closed');
  await ended(id, 'delivered', 20000);
  assert.equal(fs.readFileSync(`${folder}/sms-${id}.txt`, 'utf8'), 'To: +79161234567\n\nСчётчик 02112345: клапан закрыт\n');
  assert.equal(channel().state, 'folder');
});
