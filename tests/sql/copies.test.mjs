// Copies that follow and counts that agree, whatever is done to meters.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { startStack } from '../lib/stack.mjs';

let stack;
before(async () => {
  stack = await startStack({ programs: 'db', fresh: true });
  stack.exec(`
    insert into branch (id, name) select n, 'B' || n from generate_series(1, 3) n;
    insert into subscriber (id, branch_id, account, address)
      select n, 1 + n % 3, lpad(n::text, 6, '0'), 'a' from generate_series(1, 30) n;`);
});
after(() => stack.stop());

function countsAgree() {
  assert.deepEqual(stack.sql(`select branch_id, n from meter_count where n <> 0
    except select coalesce(branch_id, 0), count(*) from meter group by 1`), []);
  assert.deepEqual(stack.sql(`select coalesce(branch_id, 0) b, count(*) n from meter group by 1
    except select branch_id, n from meter_count`), []);
}

test('the count of each branch is that of its meters after adding, moving and deleting', () => {
  stack.exec(`insert into meter (serial, meter_type_id, subscriber_id)
    select 'S' || n, 1, case when n % 5 > 0 then 1 + n % 30 end from generate_series(1, 100) n`);
  countsAgree();
  stack.exec('update meter set subscriber_id = 1 + (subscriber_id * 7) % 30 where id % 3 = 0');
  countsAgree();
  stack.exec('update meter set subscriber_id = null where id % 4 = 0');
  countsAgree();
  stack.exec('delete from meter where id % 10 = 1');
  countsAgree();
  stack.exec('update subscriber set branch_id = 1 + branch_id % 3 where id < 15');
  countsAgree();
});

test('a meter has the branch and the account of its subscriber, and its state the same branch', () => {
  const wrong = () => stack.sql(`select m.id from meter m join meter_state s on s.meter_id = m.id
    left join subscriber u on u.id = m.subscriber_id
    where m.branch_id is distinct from u.branch_id or m.account is distinct from u.account
       or s.branch_id is distinct from m.branch_id`);
  assert.deepEqual(wrong(), []);
  stack.exec(`update subscriber set account = 'X' || account, branch_id = 2 where id in (3, 4, 5)`);
  assert.deepEqual(wrong(), []);
  stack.exec('delete from subscriber where id = 6');
  assert.deepEqual(wrong(), []);
});

test('the branch of a meter cannot be written past its subscriber', () => {
  stack.exec(`insert into meter (id, serial, meter_type_id, subscriber_id, branch_id, account)
    values (5000, 'forged', 1, 7, 99, 'forged')`);
  assert.deepEqual(stack.sql(`select m.branch_id = s.branch_id as b, m.account = s.account as a
    from meter m join subscriber s on s.id = 7 where m.id = 5000`), [{ b: true, a: true }]);
});

test('every meter has a state and a name it calls itself by, however it was added', () => {
  stack.exec(`copy meter (serial, meter_type_id) from stdin;\n${
    Array.from({ length: 50 }, (_, i) => `C${i}\t1`).join('\n')}\n\\.\n`);
  assert.deepEqual(stack.sql(`select id from meter where not exists (select from meter_state where meter_id = id)
    or not exists (select from meter_identity where meter_id = id)`), []);
  countsAgree();
});

test('a meter that calls for the first time is registered without a branch, once', () => {
  const call = () => stack.sql(`select meter_register(array['N1'], array['N1'], array['СГ-Лазурь G4-К'],
    array['Счётчик газа DLMS'], array['1.0']) as n`, 'listener')[0].n;
  assert.equal(call(), 1);
  assert.equal(call(), 0);
  assert.deepEqual(stack.sql(`select t.name, m.branch_id, m.firmware from meter m
    join meter_type t on t.id = m.meter_type_id where serial = 'N1'`),
  [{ name: 'СГ-Лазурь G4-К', branch_id: null, firmware: '1.0' }]);
  countsAgree();
});

test('a model that nobody knows becomes the generic type of its template', () => {
  stack.sql(`select meter_register(array['N2'], array['N2'], array['Невиданный'],
    array['Счётчик газа DLMS'], array[null]) as n`, 'listener');
  assert.deepEqual(stack.sql(`select t.name from meter m join meter_type t on t.id = m.meter_type_id
    where serial = 'N2'`), [{ name: 'Счётчик газа DLMS' }]);
});

test('every push template belongs to a type and starts at a position of its own', () => {
  assert.deepEqual(stack.sql(`select t.name from push_template t
    where not exists (select from push_template_item i where i.template_id = t.id)`), []);
  assert.deepEqual(stack.sql(`select t.name from push_template t where not t.named and
    (select array_agg(position order by position) from push_template_item i where i.template_id = t.id)
    <> (select array_agg(n::smallint order by n) from generate_series(0, t.items - 1) n)`), []);
});

test('the made-up city agrees with itself', () => {
  const city = '--meters 500 --subscribers 450 --branches 5 --days 3'.split(' ');
  stack.run('reset');
  stack.run('seed', ...city);
  countsAgree();
  assert.deepEqual(stack.sql(`select s.meter_id from meter_state s
    left join reading r on r.meter_id = s.meter_id and r.at = s.last_at
    where r.meter_id is null or r.volume_dm3 is distinct from s.volume_dm3`), []);
  assert.deepEqual(stack.sql(`select meter_id from (select meter_id,
    volume_dm3 - lag(volume_dm3) over (partition by meter_id order by at) as used from reading) x where used < 0`), []);
  assert.deepEqual(stack.sql(`select round(100.0 * count(*) filter (where branch_id is null) / count(*))::int as unbound,
    count(*)::int as meters from meter`), [{ unbound: 4, meters: 500 }]);
  assert.deepEqual(stack.sql(`select distinct role from operator order by 1`).map((r) => r.role),
    ['view', 'control', 'security', 'admin']);
});
