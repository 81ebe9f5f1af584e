// The worker links the log of operators into its chain while it runs.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startStack } from '../lib/stack.mjs';

let stack;
before(async () => { stack = await startStack({ programs: ['listener'], meters: 20, fresh: true }); });
after(() => stack?.stop());

const waiting = () => stack.sql('select count(*)::int as n from audit_waiting')[0].n;
const linked = () => stack.sql('select count(*)::int as n from audit_chain')[0].n;

async function linkedAll(total) {
  for (let i = 0; i < 200 && (waiting() > 0 || linked() < total); i++) await sleep(100);
  assert.equal(waiting(), 0);
  assert.equal(linked(), total);
}

const verify = () => spawnSync(path.join(stack.build, 'lazur-audit-verify'), ['-d', stack.conninfo('owner')], { encoding: 'utf8' });

test('lines are linked soon after they are written, more than one call takes too, and the chain is whole', async () => {
  const seeded = stack.sql('select count(*)::int as n from audit_log')[0].n;
  await linkedAll(seeded);
  stack.exec(`insert into audit_log (operator_login, action, note)
    select 'x', 'действие', n::text from generate_series(1, 25000) n`, 'web');
  await linkedAll(seeded + 25000);
  const answer = verify();
  assert.equal(answer.status, 0, answer.stdout + answer.stderr);
  assert.match(answer.stdout, new RegExp(`^whole: ${seeded + 25000} records`));
});

test('a worker whose connection is cut links again', async () => {
  const before_ = linked();
  stack.exec(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'lazur_worker'`, 'postgres');
  stack.exec(`insert into audit_log (operator_login, action) values ('x', 'после обрыва')`, 'web');
  await linkedAll(before_ + 1);
  assert.equal(verify().status, 0);
});
