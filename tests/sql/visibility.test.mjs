// Row security: who sees and changes what, asked as each role of the database.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { startStack } from '../lib/stack.mjs';

let stack;
before(async () => {
  stack = await startStack({ programs: 'db', fresh: true });
  stack.exec(`
    insert into branch (id, name) values (1, 'A'), (2, 'B');
    insert into tariff (id, name, price_kopecks_per_1000_m3) values (1, 'T', 700000);
    insert into subscriber (id, branch_id, tariff_id, account, address)
      values (1, 1, 1, '0001', 'a'), (2, 2, 1, '0002', 'b');
    insert into meter (id, serial, meter_type_id, subscriber_id)
      select v.id, v.serial, t.id, v.subscriber_id
        from (values (1, '101', 1), (2, '102', 2), (3, '103', null)) v (id, serial, subscriber_id),
             meter_type t where t.name = 'СГ-Лазурь G4-К';
    insert into reading (meter_id, at, received_at, volume_dm3)
      select id, now(), now(), 1 from meter;
    insert into register (meter_id, no, logical_name, last_at) select id, 1, '1.0.1.8.0.255', now() from meter;
    insert into register_value (meter_id, at, no, value) select id, now(), 1, 5 from meter;
    insert into archive_daily (meter_id, day, at) select id, now()::date, now() from meter;
    insert into command (meter_id, kind, state, operator_login)
      select id, 'valve_close', 'executed', 'x' from meter;`);
});
after(() => stack.stop());

// A transaction with the settings that session_enter makes.
function as(settings, query) {
  const sets = Object.entries(settings)
    .map(([k, v]) => `select set_config('app.${k}', '${v}', true) \\g /dev/null`).join('\n');
  const out = stack.exec(`begin;\n${sets}\n${query};\ncommit;`, 'web').trim();
  return out === '' ? [] : out.split('\n');
}

const ofMeter = ['reading', 'register', 'register_value', 'archive_daily', 'command'];

test('without settings the site sees nothing', () => {
  for (const t of ['meter', 'meter_state', 'subscriber', ...ofMeter]) {
    assert.deepEqual(as({}, `select count(*) from ${t}`), ['0'], t);
  }
  assert.deepEqual(as({}, 'select meter_total()'), ['0']);
  assert.deepEqual(as({}, `select count(*) from meter_search('10', 100)`), ['0']);
});

test('an operator sees the meters of his branches and nothing of them elsewhere', () => {
  const one = { branches: '{1}' };
  assert.deepEqual(as(one, 'select id from meter'), ['1']);
  for (const t of ['meter_state', ...ofMeter]) {
    assert.deepEqual(as(one, `select meter_id from ${t}`), ['1'], t);
  }
  assert.deepEqual(as(one, 'select id from subscriber'), ['1']);
  assert.deepEqual(as({ branches: '{1,2}' }, 'select id from meter order by id'), ['1', '2']);
});

test('meters without a branch are seen with their right only', () => {
  assert.deepEqual(as({ branches: '{1}', branchless: 'on' }, 'select id from meter order by id'), ['1', '3']);
  assert.deepEqual(as({ branchless: 'on' }, 'select meter_id from reading'), ['3']);
});

test('the settings end with their transaction', () => {
  const out = stack.exec(`begin; select set_config('app.branches', '{1}', true) \\g /dev/null
    commit; select count(*) from meter;`, 'web').trim();
  assert.equal(out, '0');
});

test('search and total hold to the same limits', () => {
  assert.deepEqual(as({ branches: '{2}' }, `select * from meter_search('10', 100)`), ['2']);
  assert.deepEqual(as({ branches: '{2}' }, 'select meter_total()'), ['1']);
  assert.deepEqual(as({ branches: '{2}', branchless: 'on' }, 'select meter_total()'), ['2']);
});

test('a partition cannot be read past the table it belongs to', () => {
  const part = stack.sql(`select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'reading'::regclass`);
  assert.ok(part.length > 10);
  for (const { relname } of part) {
    assert.throws(() => as({ branches: '{1,2}' }, `select count(*) from ${relname}`), { code: '42501' });
  }
});

test('the site changes no reading, archive, register, meter or command', () => {
  const all = { branches: '{1,2}', branchless: 'on', role: 'admin', login: 'x' };
  for (const t of ['reading', 'register', 'register_value', 'archive_daily', 'command', 'meter',
    'meter_state', 'meter_count', 'subscriber']) {
    const column = t === 'meter_count' ? 'n' : t === 'subscriber' || t === 'meter' ? 'id' : 'meter_id';
    assert.throws(() => as(all, `update ${t} set ${column} = ${column}`), { code: '42501' }, `update ${t}`);
    assert.throws(() => as(all, `delete from ${t}`), { code: '42501' }, `delete ${t}`);
  }
  assert.throws(() => as(all, 'insert into reading (meter_id, at, received_at) values (1, now(), now())'),
    { code: '42501' });
});

test('no program rewrites the log of actions', () => {
  stack.exec(`insert into audit_log (operator_login, action) values ('a', 'b')`);
  for (const role of ['web', 'listener', 'notifier', 'worker']) {
    assert.throws(() => stack.exec(`update audit_log set action = ''`, role), { code: '42501' }, role);
    assert.throws(() => stack.exec('delete from audit_log', role), { code: '42501' }, role);
    assert.throws(() => stack.exec('truncate audit_log', role), { code: '42501' }, role);
  }
});

test('no program reads what is not its own business', () => {
  const forbidden = {
    listener: ['operator', 'operator_session', 'outbox_mail', 'audit_log'],
    notifier: ['meter', 'reading', 'meter_secret', 'operator', 'subscriber'],
    worker: ['meter_secret', 'operator'],
    web: ['meter_secret', 'outbox_mail', 'meter_identity'],
  };
  for (const [role, tables] of Object.entries(forbidden)) {
    for (const t of tables) {
      assert.throws(() => stack.exec(`select * from ${t}`, role), { code: '42501' }, `${role} ${t}`);
    }
  }
});
