// Planned sessions and monthly partitions, by tables of cases.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { startStack } from '../lib/stack.mjs';

let stack;
before(async () => { stack = await startStack({ programs: 'db', fresh: true }); });
after(() => stack.stop());

// period, minutes, last session, overdue after; Moscow time. A calendar period:
// the planned night, six hours of its window and a day; a floating one: half a
// period, an hour at least.
const due = [
  ['hourly', null, '2026-11-20 10:15', '2026-11-20 12:15'],
  ['every_12h', null, '2026-11-20 10:15', '2026-11-21 04:15'],
  ['minutes', 30, '2026-11-20 10:15', '2026-11-20 11:45'],
  ['minutes', 240, '2026-11-20 10:00', '2026-11-20 16:00'],
  ['daily', null, '2026-11-20 00:30', '2026-11-22 01:00'],
  ['daily', null, '2026-11-20 23:59', '2026-11-22 01:00'],
  ['daily', null, '2026-12-31 12:00', '2027-01-02 01:00'],
  ['weekly', null, '2026-11-16 01:00', '2026-11-24 06:00'], // a Monday
  ['weekly', null, '2026-11-22 23:00', '2026-11-24 06:00'], // the Sunday after it
  ['monthly', null, '2026-11-01 02:00', '2026-12-02 06:00'],
  ['monthly', null, '2026-01-31 12:00', '2026-02-02 06:00'],
  ['monthly', null, '2026-12-15 12:00', '2027-01-02 06:00'],
  ['twice_monthly', null, '2026-11-02 12:00', '2026-11-29 06:00'], // the 28th
  ['twice_monthly', null, '2026-11-28 03:00', '2026-12-01 06:00'], // the last day, the 30th
  ['twice_monthly', null, '2026-11-30 03:00', '2026-12-29 06:00'],
  ['twice_monthly', null, '2026-10-31 03:00', '2026-11-29 06:00'],
  ['twice_monthly', null, '2026-02-10 03:00', '2026-02-27 06:00'], // the 26th in February
  ['twice_monthly', null, '2026-02-26 03:00', '2026-03-01 06:00'], // and its 28th
  ['twice_monthly', null, '2028-02-27 03:00', '2028-03-01 06:00'], // the 29th of a leap year
  ['twice_monthly', null, '2026-01-31 03:00', '2026-02-27 06:00'],
  ['thrice_monthly', null, '2026-11-01 03:00', '2026-11-23 06:00'], // the 22nd
  ['thrice_monthly', null, '2026-11-22 03:00', '2026-11-27 06:00'], // the 26th
  ['thrice_monthly', null, '2026-11-26 03:00', '2026-12-02 06:00'], // the 1st
  ['thrice_monthly', null, '2026-02-26 03:00', '2026-03-02 06:00'],
];

test('each period is overdue when its next session and its tolerance have passed', () => {
  const list = due.map(([p, m, last], i) => `(${i}, '${p}', ${m === null ? 'null::int' : m}, '${last}'::timestamptz)`);
  const got = stack.sql(`select n, to_char(period_due(p, m, last), 'YYYY-MM-DD HH24:MI') as due
    from (values ${list.join(', ')}) v (n, p, m, last) order by n`);
  got.forEach(({ n, due: at }) => assert.equal(at, due[n][3], due[n].slice(0, 3).join(' ')));
  assert.equal(got.length, due.length);
});

test('every period that a meter may have has a next session', () => {
  const rule = stack.sql(`select pg_get_constraintdef(oid) as d from pg_constraint
    where conrelid = 'meter'::regclass and pg_get_constraintdef(oid) like '%monthly%'`)[0].d;
  const names = [...new Set([...rule.matchAll(/'([a-z0-9_]+)'::text/g)].map((m) => m[1]))];
  assert.equal(names.length, 8);
  for (const name of names) {
    assert.equal(stack.sql(`select period_due('${name}', 60, now()) > now() as later`)[0].later, true, name);
  }
});

test('partitions are made once, however often they are asked for', () => {
  const ask = () => stack.sql(`select partitions_ensure('2031-01-15', '2031-03-02') as made`)[0].made;
  assert.equal(ask(), 15); // five tables, three months
  assert.equal(ask(), 0);
});

test('migration has made partitions from last year to the months ahead', () => {
  const out = stack.sql(`select to_regclass('reading_' || to_char(now() - interval '14 months', 'YYYY_MM')) is not null as past,
    to_regclass('archive_daily_' || to_char(now() + interval '3 months', 'YYYY_MM')) is not null as ahead`)[0];
  assert.deepEqual(out, { past: true, ahead: true });
});

test('a reading of a year without partitions is kept, and moves when its month is made', () => {
  stack.exec(`insert into meter (id, serial, meter_type_id) values (1, '1', 1);
    insert into reading (meter_id, at, received_at, volume_dm3) values (1, '2041-05-05 12:00+00', now(), 7);
    insert into archive_daily (meter_id, day, at, volume_dm3) values (1, '2041-05-05', now(), 7);`);
  const where = () => stack.sql(`select tableoid::regclass::text as t, volume_dm3 as v from reading where meter_id = 1`);
  assert.deepEqual(where(), [{ t: 'reading_other', v: 7 }]);
  stack.exec(`select partitions_ensure('2041-05-01', '2041-05-31')`);
  assert.deepEqual(where(), [{ t: 'reading_2041_05', v: 7 }]);
  assert.deepEqual(stack.sql('select tableoid::regclass::text as t from archive_daily'), [{ t: 'archive_daily_2041_05' }]);
});

test('the worker makes partitions, the listener and the site do not', () => {
  assert.equal(stack.sql(`select partitions_ensure('2032-01-15', '2032-01-16') as n`, 'worker')[0].n, 5);
  for (const role of ['web', 'listener', 'notifier']) {
    assert.throws(() => stack.exec(`select partitions_ensure('2033-01-15', '2033-01-16')`, role), { code: '42501' });
  }
});
