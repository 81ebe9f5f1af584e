// The log of operators as a chain: who can break it, and what is seen of it.
// Whoever is feared here is the superuser; the chain finds what he did.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import test, { after, before, beforeEach } from 'node:test';
import { startStack } from '../lib/stack.mjs';

let stack; let owner;
before(async () => {
  stack = await startStack({ programs: 'db', fresh: true });
  owner = stack.conninfo('owner');
});
after(() => stack?.stop());

// The superuser, without triggers in his way.
const tamper = (sql) => stack.exec(`set session_replication_role = replica; ${sql}`, 'postgres');
const add = (n, who = 'op') => stack.exec(`insert into audit_log (operator_login, action, note, address)
  select '${who}' || i, 'Закрыть клапан', 'прибор №' || i, case when i % 2 = 0 then inet '10.0.0.1' end
    from generate_series(1, ${n}) i`);
const seal = () => Number(stack.exec('select audit_seal()', 'worker'));
const head = (name) => path.join(stack.folder, name);

// What lazur-audit-verify says, and its exit code.
function verify(...args) {
  const r = spawnSync(path.join(stack.build, 'lazur-audit-verify'), ['-d', owner, ...args], { encoding: 'utf8' });
  return { code: r.status, said: r.stdout.trim(), why: r.stderr };
}

// The hashes of the chain from a place on, computed anew by the forger.
const relink = (from) => tamper(`
  with f as (select c.seq, c.log_id, audit_link(
      coalesce((select hash from audit_chain where seq = ${from} - 1), decode(repeat('00', 32), 'hex')),
      audit_encoding(c.seq, l.id, l.at, l.operator_login, l.action, l.note, l.address)) over (order by c.seq) as hash
    from audit_chain c join audit_log l on l.id = c.log_id where c.seq >= ${from})
  update audit_chain c set hash = f.hash from f where f.seq = c.seq`);

// Twenty lines, linked; the first has the number 1.
beforeEach(() => {
  tamper('truncate audit_log, audit_chain, audit_waiting restart identity');
  add(20);
  assert.equal(seal(), 20);
});

test('a chain nobody touched is whole, an empty one too', () => {
  const whole = verify();
  assert.equal(whole.code, 0);
  assert.match(whole.said, /^whole: 20 records, head 20 [0-9a-f]{64}$/);
  tamper('truncate audit_log, audit_chain, audit_waiting');
  const empty = verify();
  assert.equal(empty.code, 0);
  assert.match(empty.said, /^whole: 0 records, head 0 0{64}$/);
});

for (const [field, change] of [
  ['time', "at = at + interval '1 microsecond'"], ['operator', "operator_login = 'innocent'"],
  ['action', "action = 'Открыть клапан'"], ['note', "note = ''"], ['address', "address = '10.0.0.2'"],
  ['address that was none', "address = '0.0.0.0'"],
]) {
  test(`a changed ${field} is found at its record`, () => {
    tamper(`update audit_log set ${change} where id = 7`);
    const broken = verify();
    assert.equal(broken.code, 1);
    assert.match(broken.said, /^broken: record 7 \(line 7\): changed/);
  });
}

test('a changed hash is found, whoever changed the line to fit it', () => {
  tamper(`update audit_log set note = 'forged' where id = 7`);
  tamper(`update audit_chain c set hash = (select sha256((select hash from audit_chain where seq = 6)
    || audit_encoding(7, l.id, l.at, l.operator_login, l.action, l.note, l.address)) from audit_log l where l.id = 7)
    where c.seq = 7`);
  assert.match(verify().said, /^broken: record 8 \(line 8\): changed/);
});

test('a line removed from the middle is found, with its link and without', () => {
  tamper('delete from audit_log where id = 9');
  assert.match(verify().said, /^broken: record 9 \(line 9\): removed/);
  tamper('delete from audit_chain where seq = 9');
  assert.match(verify().said, /^broken: record 9 \(line 0\): removed/);
  tamper('update audit_chain set seq = seq + 1000 where seq > 9; update audit_chain set seq = seq - 1001 where seq > 1000');
  const closed = verify();
  assert.equal(closed.code, 1);
  assert.match(closed.said, /^broken: record 9 \(line 10\): changed.*or a record before it was removed/);
});

test('two lines that changed places are found, as links and as contents', () => {
  tamper(`update audit_chain set log_id = case log_id when 5 then 12 else 5 end where log_id in (5, 12)`);
  assert.match(verify().said, /^broken: record 5 \(line 12\): re-ordered, it stands at 12$/);
  tamper(`update audit_chain set log_id = case log_id when 5 then 12 else 5 end where log_id in (5, 12)`);
  assert.equal(verify().code, 0);
  tamper(`update audit_log l set at = o.at, operator_login = o.operator_login, action = o.action, note = o.note, address = o.address
    from audit_log o where (l.id, o.id) in ((5, 12), (12, 5))`);
  assert.match(verify().said, /^broken: record 5 \(line 5\): re-ordered, it stands at 12$/);
});

test('a cut tail is found against the head that was exported', () => {
  assert.equal(verify('--export-head', head('cut')).code, 0);
  assert.match(fs.readFileSync(head('cut'), 'utf8'),
    /^lazur audit head 1\nseq 20\nhash [0-9a-f]{64}\nat \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n$/);
  tamper('delete from audit_chain where seq > 15; delete from audit_log where id > 15');
  assert.equal(verify().code, 0, 'by itself the rest is whole');
  const cut = verify('--head', head('cut'));
  assert.equal(cut.code, 1);
  assert.match(cut.said, /^broken: record 15 .*cut.*the exported head is record 20$/);
});

test('a forged line with every hash computed anew is found against the head that was exported', () => {
  verify('--export-head', head('forged'));
  tamper(`update audit_log set note = 'прибор №666' where id = 4`);
  relink(4);
  assert.equal(verify().code, 0, 'by itself it fits together');
  const forged = verify('--head', head('forged'));
  assert.equal(forged.code, 1);
  assert.match(forged.said, /^broken: record 20 .*rewritten/);
});

test('a line written past the triggers is found, and one that waits is not taken for it', () => {
  add(2, 'waits');
  const waiting = verify();
  assert.equal(waiting.code, 0);
  assert.match(waiting.said, /\nnot certified yet: 2 lines$/);
  tamper(`insert into audit_log (operator_login, action) values ('nobody', 'ничего')`);
  const forged = verify();
  assert.equal(forged.code, 1);
  assert.match(forged.said, /^broken: record 0 \(line 23\): forged/);
});

test('a line that was removed before it was linked is missed too', () => {
  add(1);
  tamper('delete from audit_log where id = 21');
  assert.equal(seal(), 1);
  assert.match(verify().said, /^broken: record 21 \(line 21\): removed/);
});

test('a chain that went on fits the head that was exported before', () => {
  verify('--export-head', head('old'));
  add(5);
  seal();
  assert.equal(verify('--head', head('old')).code, 0);
  assert.match(verify('--head', head('old')).said, /head 25/);
});

test('who cannot look says so and takes nothing for whole', () => {
  fs.writeFileSync(head('nonsense'), 'seq 1\n');
  assert.equal(verify('--head', head('nonsense')).code, 2);
  assert.equal(verify('--head', head('nowhere')).code, 2);
  assert.equal(verify('--nonsense').code, 2);
  const bin = path.join(stack.build, 'lazur-audit-verify');
  assert.equal(spawnSync(bin, ['-d', 'host=/nowhere dbname=lazur']).status, 2);
  assert.equal(spawnSync(bin, ['-d', stack.conninfo('web')]).status, 2, 'a role that may not see the chain');
  assert.equal(spawnSync(bin).status, 2);
});

test('a broken chain exports no head', () => {
  tamper(`update audit_log set note = 'x' where id = 7`);
  assert.equal(verify('--export-head', head('broken')).code, 1);
  assert.equal(fs.existsSync(head('broken')), false);
});

// A session of its own, in which a statement is answered before the next.
function session(role) {
  const child = spawn('psql', [stack.conninfo(role), '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'], { cwd: '/' });
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(sql) {
      child.stdin.write(`${sql};\n\\echo -- done\n`);
      const said = [];
      for (;;) {
        const { value, done } = await lines.next();
        assert.ok(!done, `the session ended at ${sql}`);
        if (value === '-- done') return said;
        said.push(value);
      }
    },
    end: () => new Promise((ended) => { child.on('exit', ended); child.stdin.end(); }),
  };
}

test('a line with an earlier number that is committed later is linked later, and nobody waits for it', async () => {
  const long = session('web');
  await long.ask('begin');
  await long.ask(`insert into audit_log (operator_login, action) values ('import', 'Импорт абонентов')`);
  stack.exec(`set lock_timeout = '5s'; insert into audit_log (operator_login, action) values ('quick', 'x')`, 'web');
  assert.equal(seal(), 1);
  await long.ask('commit');
  assert.equal(seal(), 1);
  await long.end();
  assert.deepEqual(stack.sql(`select c.seq, c.log_id, l.operator_login as who from audit_chain c
    join audit_log l on l.id = c.log_id where c.seq > 20 order by c.seq`),
  [{ seq: 21, log_id: 22, who: 'quick' }, { seq: 22, log_id: 21, who: 'import' }]);
  assert.equal(verify().code, 0);
});

test('whoever writes does not wait for a sealer, and a sealer waits for the other', async () => {
  add(3);
  const one = session('worker');
  const two = session('worker');
  await one.ask('begin');
  assert.deepEqual(await one.ask('select audit_seal(2)'), ['2']);
  stack.exec(`set lock_timeout = '5s'; insert into audit_log (operator_login, action) values ('meanwhile', 'x')`, 'web');
  const second = two.ask('select audit_seal()');
  await one.ask('commit');
  assert.deepEqual(await second, ['2']);
  await one.end();
  await two.end();
  assert.match(verify().said, /^whole: 24 records/);
});

test('what was rolled back leaves nothing to link', () => {
  stack.exec(`begin; insert into audit_log (operator_login, action) values ('x', 'x'); rollback`);
  assert.equal(seal(), 0);
  assert.equal(verify().code, 0);
});

test('no role of the application changes the log or its chain, and its owner neither (GC-241)', () => {
  const changes = ["update audit_log set note = ''", 'delete from audit_log', 'truncate audit_log',
    "update audit_chain set hash = ''", 'delete from audit_chain', 'truncate audit_chain'];
  for (const role of ['web', 'listener', 'notifier', 'worker', 'owner']) {
    for (const change of changes) assert.throws(() => stack.exec(change, role), { code: '42501' }, `${role}: ${change}`);
  }
  for (const role of ['web', 'listener', 'notifier', 'worker']) {
    assert.throws(() => stack.exec('insert into audit_chain values (99, 99, sha256(\'\'))', role), { code: '42501' }, role);
    assert.throws(() => stack.exec('delete from audit_waiting', role), { code: '42501' }, role);
  }
  for (const role of ['web', 'listener', 'notifier']) {
    assert.throws(() => stack.exec('select audit_seal()', role), { code: '42501' }, role);
  }
});
