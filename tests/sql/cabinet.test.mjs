// The cabinet's role: a transaction belongs to one subscriber and sees what is
// his; secrets and what operators write are not granted at all.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { startStack } from '../lib/stack.mjs';

let stack;
before(async () => {
  stack = await startStack({ programs: 'db', fresh: true });
  stack.exec(`
    insert into branch (id, name) values (1, 'A');
    insert into tariff (id, name, price_kopecks_per_1000_m3) values (1, 'T', 700000);
    insert into subscriber (id, branch_id, tariff_id, account, address, email, cabinet_allowed, calculates_balance)
      values (1, 1, 1, '0001', 'a', 'a@x.ru', true, true), (2, 1, 1, '0002', 'b', 'b@x.ru', true, true);
    insert into meter (id, serial, meter_type_id, subscriber_id)
      select v.id, v.serial, t.id, v.subscriber_id
        from (values (1, '101', 1), (2, '102', 2), (3, '103', null)) v (id, serial, subscriber_id),
             meter_type t where t.name = 'Адаптер Лазурь-И';
    insert into reading (meter_id, at, received_at, volume_dm3) select id, now(), now(), 1 from meter;
    insert into attached_meter (meter_id, attached_type_id, serial, corrects_temperature, corrects_pressure, detects_tamper)
      select id, 2, 'n' || id, false, false, false from meter;
    insert into account_operation (subscriber_id, kind, amount_kopecks, balance_kopecks, document, operator_login)
      select id, 'accrual', 1, 1, 'd', 'x' from subscriber;
    insert into cabinet_account (subscriber_id, password_hash) select id, 'h' from subscriber;
    insert into cabinet_session (token_hash, subscriber_id, remembered, browser, address)
      select sha256(('t' || id)::bytea), id, true, '', '127.0.0.1' from subscriber;
    insert into cabinet_event (subscriber_id, kind) select id, 'signed_in' from subscriber;
    insert into cabinet_phone_change (subscriber_id) select id from subscriber;
    insert into notification (subscriber_id, reason, meter_id, first_at, last_at)
      select subscriber_id, 'tamper', id, now(), now() from meter where subscriber_id is not null;`);
});
after(() => stack.stop());

// A transaction that entered with a token; null: nobody has.
function as(token, query) {
  const enter = token === null ? '' : `select settings from cabinet_enter(sha256('${token}'::bytea)) \\g /dev/null\n`;
  const out = stack.exec(`begin;\n${enter}${query};\ncommit;`, 'cabinet').trim();
  return out === '' ? [] : out.split('\n');
}
const own = { subscriber: 'id', meter: 'subscriber_id', meter_state: 'meter_id', reading: 'meter_id', attached_meter: 'meter_id',
  account_operation: 'subscriber_id', cabinet_account: 'subscriber_id', cabinet_event: 'subscriber_id',
  cabinet_phone_change: 'subscriber_id', notification: 'subscriber_id' };

test('nobody who has not entered sees a row', () => {
  for (const t of Object.keys(own)) assert.deepEqual(as(null, `select count(${own[t]}) from ${t}`), ['0'], t);
  for (const t of Object.keys(own)) assert.deepEqual(as('no such token', `select count(${own[t]}) from ${t}`), ['0'], t);
});

test('GC-292 a subscriber sees his own row, meters, states, readings, operations, notifications and events, and no other', () => {
  for (const [t, key] of Object.entries(own)) {
    assert.deepEqual(as('t1', `select ${key} from ${t}`), ['1'], t);
    assert.deepEqual(as('t2', `select ${key} from ${t}`), ['2'], t);
  }
  assert.deepEqual(as('t1', `select count(*) from chart_values(2, false, '-infinity', 'infinity')`), ['0']);
  assert.deepEqual(as('t1', `select value from chart_values(1, false, now() - interval '1 day', now() + interval '1 day')`), ['1']);
  assert.deepEqual(as(null, `select first_at is null from chart_extent(1, false)`), ['t']);
});

test('what he is ends with its transaction', () => {
  const out = stack.exec(`begin; select settings from cabinet_enter(sha256('t1'::bytea)) \\g /dev/null
    commit; select count(id) from subscriber;`, 'cabinet').trim();
  assert.equal(out, '0');
});

test('passwords, tokens, codes, secrets, and what operators write are not granted to the cabinet', () => {
  for (const what of ['password_hash from cabinet_account', '* from cabinet_session', '* from cabinet_recovery', '* from cabinet_code',
    '* from cabinet_attempt', '* from operator', '* from operator_session', '* from audit_log', '* from meter_secret', '* from parameter',
    '* from outbox_mail', '* from outbox_sms', '* from command', '* from register', '* from archive_daily', 'note from meter',
    'operator_login from account_operation', 'saupg_id from branch', '* from meter_identity', '* from job', '* from tariff_price']) {
    assert.throws(() => as('t1', `select ${what}`), { code: '42501' }, what);
  }
});

test('the cabinet writes no table, only by its functions', () => {
  for (const t of Object.keys(own)) {
    assert.throws(() => as('t1', `update ${t} set ${own[t]} = ${own[t]}`), { code: '42501' }, `update ${t}`);
    assert.throws(() => as('t1', `delete from ${t}`), { code: '42501' }, `delete ${t}`);
  }
  for (const f of ['letter_queue', 'sms_queue', 'account_add', 'command_queue', 'parameter_set', 'session_enter', 'meter_search',
    'parameter_text', 'cabinet_tell', 'cabinet_expire']) {
    const [{ may }] = stack.sql(`select bool_or(has_function_privilege('lazur_cabinet', oid, 'execute')) as may from pg_proc where proname = '${f}'`);
    assert.equal(may, false, f);
  }
});

test('functions that change one\'s own data do nothing for nobody', () => {
  assert.throws(() => as(null, `select cabinet_change('email', 'c@x.ru', null, '', '127.0.0.1')`), { code: 'LZ403' });
  assert.throws(() => as(null, `select cabinet_code_send('phone', '+79030000000', '1', 'ru')`), { code: 'LZ403' });
  assert.deepEqual(as(null, `select cabinet_confirm('tamper', 9000000000000000, '', '127.0.0.1')`), ['0']);
  as(null, `select cabinet_settings('dark', true)`);
  assert.deepEqual(stack.sql('select distinct scheme from cabinet_account'), [{ scheme: 'auto' }]);
});

test('a cabinet that is switched off is not entered, whatever row of it is left', () => {
  stack.exec('alter table subscriber disable trigger cabinet_doors; update subscriber set cabinet_allowed = false where id = 2; alter table subscriber enable trigger cabinet_doors');
  assert.deepEqual(as('t2', 'select count(id) from subscriber'), ['0']);
  stack.exec('update subscriber set cabinet_allowed = true where id = 2');
  assert.deepEqual(as('t2', 'select count(id) from subscriber'), ['1']);
});

test('a meter\'s past with another subscriber stays his', () => {
  stack.exec('update meter set subscriber_id = 1 where id = 2');
  assert.deepEqual(as('t1', 'select meter_id from reading order by 1'), ['1']);
  assert.deepEqual(as('t1', `select count(*) from chart_values(2, false, '-infinity', 'infinity')`), ['0']);
  stack.exec(`insert into reading (meter_id, at, received_at, volume_dm3) values (2, now() + interval '1 second', now(), 2)`);
  assert.deepEqual(as('t1', 'select volume_dm3 from reading where meter_id = 2'), ['2']);
  stack.exec('update meter set subscriber_id = 2, subscriber_since = null where id = 2');
});

test('a notification counts on until it is confirmed, and there is one active for a reason and a meter', () => {
  assert.throws(() => stack.exec(`insert into notification (subscriber_id, reason, meter_id, first_at, last_at)
    values (1, 'tamper', 1, now(), now())`, 'listener'), { code: '23505' });
  stack.exec(`insert into notification (subscriber_id, reason, meter_id, times, first_at, last_at) values (1, 'tamper', 1, 2, now(), now())
    on conflict (subscriber_id, reason, meter_id) where confirmed_at is null
    do update set times = notification.times + excluded.times, last_at = excluded.last_at`, 'listener');
  assert.deepEqual(stack.sql('select times, severity from notification where subscriber_id = 1'), [{ times: 3, severity: 3 }]);
});

test('what is over is deleted by the worker, and what lives stays', () => {
  stack.exec(`insert into cabinet_session (token_hash, subscriber_id, remembered, browser, address, active_at) values
      ('\\x01', 1, true, '', '::1', now() - interval '181 days'), ('\\x02', 1, false, '', '::1', now() - interval '2 days');
    insert into cabinet_attempt (kind, login, address, at) values ('sign_in', '\\x00', '::1', now() - interval '2 days'), ('sign_in', '\\x00', '::1', now());
    insert into cabinet_recovery (token_hash, subscriber_id, asked_at) values ('\\x03', 1, now() - interval '2 days');
    insert into cabinet_code (subscriber_id, target, value, code_hash, sent_at) values (1, 'email', '', '\\x', now() - interval '3 days')`);
  assert.equal(stack.exec('select cabinet_expire()', 'worker').trim(), '5');
  assert.deepEqual(stack.sql(`select (select count(*)::int from cabinet_session) as s, (select count(*)::int from cabinet_attempt) as a,
    (select count(*)::int from cabinet_phone_change) as p`), [{ s: 2, a: 1, p: 2 }]);
});
