// Letters and SMS as the database queues them: who may, and how often.
import assert from 'node:assert/strict';
import test, { after, before, beforeEach } from 'node:test';
import { startStack } from '../lib/stack.mjs';

let stack;
before(async () => {
  stack = await startStack({ programs: 'db', fresh: true });
  stack.exec(`insert into branch (id, name) values (11, 'Северный'), (12, 'Южный');
    insert into operator (id, login, password_hash, role, email, first_name, last_name) values
      (101, 'сб1', 'x', 'security', 'sb1@example.org', 'Анна', 'Орлова'),
      (102, 'сб2', 'x', 'security', 'sb2@example.org', '', ''),
      (103, 'сб3', 'x', 'security', '', '', ''),
      (104, 'сб4', 'x', 'security', 'not an address', '', ''),
      (105, 'просмотр', 'x', 'view', 'view@example.org', '', '');
    insert into operator_branch values (101, 11), (101, 12), (102, 12), (103, 11), (104, 11), (105, 11);`);
});
after(async () => { if (stack) await stack.stop(); });
beforeEach(() => stack.exec('delete from outbox_mail; delete from outbox_sms; delete from security_letter; update operator set last_login_at = null'));

const values = `'{"serial": "1", "model": "G4", "command": "закрыть клапан"}'::jsonb`;
const write = (branch, at) => stack.sql(`select security_letters(${branch}, ${values}, '${at}') as n`)[0].n;
const written = () => stack.sql(`select recipient, kind, "values" from outbox_mail order by id`);

test('a new command is written about to every officer of the branch who has an address', () => {
  assert.equal(write(12, '2026-11-20 10:00+00'), 2);
  assert.deepEqual(written().map((w) => [w.recipient, w.values.branch]), [['sb1@example.org', 'Южный'], ['sb2@example.org', 'Южный']]);
  assert.equal(written()[0].values.name, 'Анна Орлова');
  assert.equal(write(11, '2026-11-20 10:00+00'), 0, 'the officer of both branches has his letter of the day');
});

test('an officer is written to once in 24 hours', () => {
  assert.equal(write(12, '2026-11-20 10:00+00'), 2);
  assert.equal(write(12, '2026-11-21 09:59:59+00'), 0);
  assert.equal(write(12, '2026-11-21 10:00+00'), 2);
});

test('who has signed in since his letter is written to again', () => {
  assert.equal(write(12, '2026-11-20 10:00+00'), 2);
  stack.exec(`update operator set last_login_at = '2026-11-20 11:00+00' where id = 101`);
  assert.equal(write(12, '2026-11-20 11:30+00'), 1);
  assert.equal(write(12, '2026-11-20 12:00+00'), 0);
  assert.deepEqual(written().map((w) => w.recipient), ['sb1@example.org', 'sb2@example.org', 'sb1@example.org']);
});

test('a cancelled command is told to the officers of the branch at once', () => {
  assert.equal(stack.sql(`select security_cancelled_letters(12, ${values}) as n`)[0].n, 2);
  assert.deepEqual([...new Set(written().map((w) => w.kind))], ['security_cancelled']);
});

test('a letter is queued with its cause, or not at all', () => {
  stack.exec(`begin; select letter_queue('test_letter', 'a@example.org', 'ru', '{"login": "x"}'); rollback;`, 'web');
  assert.deepEqual(written(), []);
});

test('the site queues and cannot read what it queued; only the notifier reads', () => {
  stack.exec(`select letter_queue('password_recovery', 'a@example.org', 'ru', '{"link": "s3cret"}')`, 'web');
  for (const role of ['web', 'listener', 'worker']) {
    for (const what of ['"values"', 'body', '*']) {
      assert.throws(() => stack.sql(`select ${what} from outbox_mail`, role), { code: '42501' }, `${role} ${what}`);
    }
  }
  assert.deepEqual(stack.sql('select recipient from outbox_mail', 'web'), [], 'without an administrator\'s session');
  assert.equal(stack.sql('select "values" from outbox_mail', 'notifier')[0].values.link, 's3cret');
  assert.throws(() => stack.exec(`insert into outbox_mail (recipient, reason) values ('a@example.org', 'x')`, 'web'), { code: '42501' });
  stack.exec(`select sms_queue('tamper', '+79161234567', 'ru', '{"serial": "1"}')`, 'listener');
  assert.throws(() => stack.exec(`select letter_queue('test_letter', 'a@example.org', 'ru', '{}')`, 'listener'), { code: '42501' });
});

test('an unknown kind, language or address is refused', () => {
  for (const [kind, to] of [['spam', 'a@example.org'], ['plain', 'a@example.org'], ['test_letter', 'a@'], ['test_letter', 'a@b\nc']]) {
    assert.throws(() => stack.exec(`select letter_queue('${kind}', '${to}', 'ru', '{}')`), { code: 'LZ422' }, `${kind} ${to}`);
  }
  assert.throws(() => stack.exec(`select letter_queue('test_letter', 'a@example.org', 'de', '{}')`), { code: '23514' });
});

test('what somebody waits for, and every event of the gas, is urgent: only notices without a decision wait for the end of quiet hours', () => {
  assert.deepEqual(stack.sql('select channel, kind from message_kind where not urgent order by 1, 2'),
    [{ channel: 'mail', kind: 'operator_welcome' }, { channel: 'mail', kind: 'security_cancelled' }]);
  stack.exec(`select security_cancelled_letters(12, ${values}), security_letters(12, ${values}),
    letter_queue('password_recovery', 'a@example.org', 'ru', '{}'), sms_queue('gas_alarm', '+79161234567', 'ru', '{"serial": "1"}')`);
  assert.deepEqual(stack.sql('select distinct kind, urgent from outbox_mail union select kind, urgent from outbox_sms order by 1'), [
    { kind: 'gas_alarm', urgent: true }, { kind: 'password_recovery', urgent: true },
    { kind: 'security_cancelled', urgent: false }, { kind: 'security_command', urgent: true }]);
});

test('a message lives as long as its kind says', () => {
  stack.exec(`select letter_queue('password_recovery', 'a@example.org', 'ru', '{}'), letter_queue('operator_welcome', 'b@example.org', 'ru', '{}')`);
  assert.deepEqual(stack.sql(`select kind, extract(epoch from expires_at - created_at)::int as s from outbox_mail order by id`),
    [{ kind: 'password_recovery', s: 600 }, { kind: 'operator_welcome', s: 259200 }]);
});
