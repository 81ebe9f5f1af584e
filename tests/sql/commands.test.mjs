// command_queue and session_enter: the two doors with rules of their own.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { emptyLog, startStack } from '../lib/stack.mjs';

let stack;
before(async () => {
  stack = await startStack({ programs: 'db', fresh: true });
  stack.exec(`
    insert into branch (id, name) values (1, 'A'), (2, 'B');
    insert into subscriber (id, branch_id, account, address) values (1, 1, '0001', 'a'), (2, 2, '0002', 'b');
    insert into meter (id, serial, meter_type_id, subscriber_id)
      select v.id, v.serial, t.id, v.subscriber_id
        from (values (1, '101', 1, 'СГ-Лазурь G4-К'), (2, '102', 2, 'СГ-Лазурь G4-К'),
                     (3, '103', null, 'СГ-Лазурь G4-К'), (4, '104', 1, 'СГ-Лазурь G4'))
             v (id, serial, subscriber_id, type) join meter_type t on t.name = v.type;
    insert into operator (id, login, password_hash, role, sees_branchless) values
      (1, 'boss', '', 'admin', false), (2, 'Петров', '', 'control', false), (3, 'look', '', 'view', true);
    insert into operator_branch values (1, 1), (2, 1), (2, 2), (3, 2);`);
});
after(() => stack.stop());

function queue(meter, kind, { role = 'control', branches = '{1}', branchless = '', login = 'Петров' } = {}) {
  return stack.exec(`begin;
    select set_config('app.role', '${role}', true), set_config('app.branches', '${branches}', true),
           set_config('app.branchless', '${branchless}', true), set_config('app.login', '${login}', true) \\g /dev/null
    select command_queue(${meter}, '${kind}', '10.0.0.1');
    commit;`, 'web').trim();
}

test('the latest command wins: the waiting one is superseded in the same step', () => {
  const first = queue(1, 'valve_close');
  const second = queue(1, 'valve_open');
  assert.deepEqual(stack.sql('select id, kind, state, superseded_by from command where meter_id = 1 order by id'), [
    { id: Number(first), kind: 'valve_close', state: 'superseded', superseded_by: Number(second) },
    { id: Number(second), kind: 'valve_open', state: 'queued', superseded_by: null },
  ]);
});

test('a command that was sent or delivered is superseded too, an executed one stays', () => {
  stack.exec(`delete from command; insert into command (id, meter_id, kind, state, operator_login)
    values (901, 1, 'valve_close', 'executed', 'x'), (902, 1, 'valve_open', 'delivered', 'x')`);
  queue(1, 'valve_close');
  assert.deepEqual(stack.sql('select state from command where meter_id = 1 order by id').map((r) => r.state).sort(),
    ['executed', 'queued', 'superseded']);
});

test('two commands of one meter are never open together, whoever writes them', () => {
  stack.exec('delete from command');
  queue(1, 'valve_close');
  assert.throws(() => stack.exec(`insert into command (meter_id, kind, operator_login) values (1, 'valve_open', 'x')`),
    { code: '23505' });
});

test('a command stands in the log with who, what, which meter and from where', () => {
  stack.exec(emptyLog());
  queue(1, 'valve_close');
  queue(1, 'valve_open');
  assert.deepEqual(stack.sql('select operator_login, action, note, address from audit_log order by id'), [
    { operator_login: 'Петров', action: 'Закрыть клапан', note: 'прибор №101', address: '10.0.0.1' },
    { operator_login: 'Петров', action: 'Открыть клапан', note: 'прибор №101', address: '10.0.0.1' },
  ]);
});

test('viewers, security officers and strangers may not command a valve', () => {
  for (const role of ['view', 'security', '']) {
    assert.throws(() => queue(1, 'valve_close', { role }), { code: 'LZ403' }, role);
  }
});

test('the meter of another branch, or of none, is not there', () => {
  assert.throws(() => queue(2, 'valve_close'), { code: 'LZ404' });
  assert.throws(() => queue(3, 'valve_close'), { code: 'LZ404' });
  assert.throws(() => queue(999, 'valve_close'), { code: 'LZ404' });
  assert.match(queue(3, 'valve_close', { branchless: 'on' }), /^\d+$/);
});

test('a meter without a valve is not commanded', () => {
  assert.throws(() => queue(4, 'valve_close'), { code: 'LZ422' });
});

test('a refused command leaves no trace', () => {
  stack.exec(`delete from command; ${emptyLog()}`);
  assert.throws(() => queue(4, 'valve_close'));
  assert.deepEqual(stack.sql('select (select count(*) from command) c, (select count(*) from audit_log) a'),
    [{ c: 0, a: 0 }]);
});

// ---- session_enter

function session(token, operator, address, idle) {
  stack.exec(`insert into operator_session (token_hash, operator_id, address, started_at, active_at)
    values ('\\x${token}', ${operator}, '${address}', now() - interval '1 hour',
            now() - interval '${idle}')`);
}

function enter(token, address) {
  const [login, role, , branches, branchless] = stack.exec(`begin;
    select login, role, left(settings, 0) from session_enter('\\x${token}', '${address}');
    select current_setting('app.branches', true), current_setting('app.branchless', true);
    commit;`, 'web').trim().split('\n').join('|').split('|');
  return { login, role, branches, branchless };
}
const nobody = (e) => { assert.equal(e.branches, undefined); };

test('a session gives the operator, his role and his branches', () => {
  session('a1', 2, '10.0.0.1', '1 minute');
  assert.deepEqual(enter('a1', '10.0.0.1'),
    { login: 'Петров', role: 'control', branches: '{1,2}', branchless: '' });
});

test('meters without a branch open to administrators always, to others by their right', () => {
  session('b1', 1, '10.0.0.1', '0');
  session('b2', 3, '10.0.0.1', '0');
  assert.equal(enter('b1', '10.0.0.1').branchless, 'on');
  assert.equal(enter('b2', '10.0.0.1').branchless, 'on');
});

test('a session of another address, a made-up token and nothing at all open nothing', () => {
  session('c1', 2, '10.0.0.1', '0');
  nobody(enter('c1', '10.0.0.2'));
  nobody(enter('ff', '10.0.0.1'));
  nobody(enter('', '10.0.0.1'));
});

test('a session idle for twenty minutes is over, one of nineteen is not', () => {
  session('d1', 2, '10.0.0.1', '20 minutes');
  session('d2', 2, '10.0.0.1', '19 minutes 50 seconds');
  nobody(enter('d1', '10.0.0.1'));
  assert.equal(enter('d2', '10.0.0.1').login, 'Петров');
});
