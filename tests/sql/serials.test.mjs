// Expressions over serial numbers, asked of the database: what they name, who
// sees it, and that no question reads the whole table of meters.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startStack } from '../lib/stack.mjs';

const MANY = 200000;
let stack;
before(async () => {
  stack = await startStack({ programs: 'db', fresh: true });
  // The triggers keep a state and an identity for each meter, which nothing
  // here asks for; the counters are made afterwards.
  stack.exec(`
    insert into branch (id, name) values (1, 'A'), (2, 'B'), (3, 'Named');
    alter table meter disable trigger user;
    insert into meter (serial, meter_type_id, branch_id)
      select lpad(i::text, 12, '0'), 1, 1 + i % 2 from generate_series(1, ${MANY}) i;
    insert into meter (serial, meter_type_id, branch_id)
      select s, 1, 3 from unnest('{1500001,1500231,1500232,1500240,1500245,1500246,16000,160001,1600012,
        17000,170001,1700012,0017,17,1,21,AB-17,16000A}'::text[]) s;
    insert into meter (serial, meter_type_id) values ('1500002', 1);
    alter table meter enable trigger user;
    insert into meter_count select coalesce(branch_id, 0), count(*) from meter group by 1
      on conflict (branch_id) do update set n = excluded.n;
    vacuum analyze meter;`);
});
after(() => stack?.stop());

// The parts of an expression as the programs give them.
function parts(text) {
  const p = { exact: [], from: [], to: [], masks: [] };
  for (const item of text.split(',')) {
    if (item.includes('-')) {
      p.from.push(item.split('-')[0]);
      p.to.push(item.split('-')[1]);
    } else if (/[*?]/.test(item)) p.masks.push(item);
    else p.exact.push(item);
  }
  return ['exact', 'from', 'to', 'masks'].map((k) => `'{${p[k].join(',')}}'`).join(', ');
}

const settings = (who) => Object.entries(who)
  .map(([k, v]) => `select set_config('app.${k}', '${v}', true) \\g /dev/null`).join('\n');
const as = (who, query, role = 'web') => stack.exec(`begin;\n${settings(who)}\n${query};\nrollback`, role)
  .trim().split('\n').filter((l) => l !== '');

const admin = { role: 'admin', branches: '{1}' };
const named = { role: 'control', branches: '{3}' };
const match = (who, text) => as(who, `select m.serial from serials_match(${parts(text)}) i
  join meter m on m.id = i`, 'worker').sort();

const meanings = [
  ['GC-196 a number is that serial', '1500001', ['1500001']],
  ['GC-196 a number that nobody has', '1599999', []],
  ['GC-196 a range has both its ends', '1500232-1500245', ['1500232', '1500240', '1500245']],
  ['GC-196 a range names numbers of its own length', '0010-0020', ['0017']],
  ['GC-196 items are joined', '1500001,1500240-1500245,0017', ['0017', '1500001', '1500240', '1500245']],
  ['GC-197 a star is one or more digits', '16000*', ['160001', '1600012']],
  ['GC-197 a star in front', '*7', ['0017', '17']],
  ['GC-197 a star in front of three digits', '*0246', ['1500246']],
  ['GC-197 a star between', '1*6', ['1500246']],
  ['GC-198 a question mark is exactly one digit', '17000?', ['170001']],
  ['GC-198 a question mark in front', '?1', ['21']],
  ['GC-198 several question marks', '??17', ['0017']],
  ['GC-199 a mixture is the union', '1500001,1500232-1500245,16000*,17000?',
    ['1500001', '1500232', '1500240', '1500245', '160001', '1600012', '170001']],
  ['GC-199 what several items name is named once', '1500240,1500232-1500245,150024*,150024?,*50024*',
    ['1500232', '1500240', '1500245', '1500246']],
];

for (const [title, text, serials] of meanings) {
  test(`${title}: ${text}`, () => {
    assert.deepEqual(match(named, text), serials);
    const [line] = as(named, `select n, whole from serials_count(${parts(text)}, 200000)`);
    if (!text.startsWith('*7')) assert.equal(line, `${serials.length}|t`);
    assert.deepEqual(as(named, `select m.serial from serials_search(${parts(text)}, 1001) i join meter m using (id)`).sort(), serials);
    // The same said of each number by itself, registered or not.
    assert.deepEqual(as({}, `select serial from unnest('{1500001,1500231,1500232,1500240,1500245,1500246,16000,160001,
      1600012,17000,170001,1700012,0017,17,1,21,AB-17,16000A}'::text[]) serial where serials_include(${parts(text)}, serial)`).sort(), serials);
  });
}

test('GC-197 a star alone takes every serial, of letters too', () => {
  assert.equal(match(named, '*').length, 18);
  assert.ok(match(named, '*').includes('AB-17'));
  assert.deepEqual(as({}, `select serials_include('{}', '{}', '{}', '{*}', 'AB-17')`), ['t']);
  assert.deepEqual(as(named, `select n, whole from serials_count(${parts('*')}, 10)`), ['18|t']);
});

test('GC-201 a number that is not registered is named all the same', () => {
  assert.deepEqual(as({}, `select serials_include('{}', '{9000000}', '{9000009}', '{}', '9000004')`), ['t']);
  assert.deepEqual(as({}, `select serials_include(null, null, null, null, '9000004')`), ['f']);
});

test('an administrator names all meters, an operator those of his branches, nobody none', () => {
  assert.deepEqual(match(admin, '1500001,1500002,000000000007'), ['000000000007', '1500001', '1500002']);
  assert.deepEqual(match({ ...named, branchless: 'on' }, '1500001,1500002,000000000007'), ['1500001', '1500002']);
  assert.deepEqual(match({ role: 'control', branches: '{2}' }, '1500001,1500002,000000000007'), ['000000000007']);
  assert.deepEqual(match({}, '1500001,1500002'), []);
  assert.equal(match({}, '*').length, 0);
  assert.deepEqual(as(admin, `select n from serials_count(${parts('*')}, 10)`), [String(MANY + 19)]);
});

test('the list of meters is of one\'s branches for an administrator too', () => {
  const found = (who) => as(who, `select m.serial from serials_search(${parts('1500001,1500002,00000000000?')}, 1001) i
    join meter m using (id)`).sort();
  assert.deepEqual(found({ ...admin, branchless: 'on' }),
    ['000000000002', '000000000004', '000000000006', '000000000008', '1500002']);
  assert.deepEqual(found({}), []);
  assert.equal(as(admin, `select * from serials_search(${parts('0*')}, 1001)`).length, 1001);
});

test('a count stops where looking on would take long, and says so', () => {
  const count = (text, effort) => as(admin, `select n, whole from serials_count(${parts(text)}, ${effort})`)[0];
  assert.equal(count('0*', 20000), '20000|f');
  assert.equal(count('0*', 1000000), `${MANY + 1}|t`);
  const [n, whole] = count('*7', 20000).split('|');
  assert.equal(whole, 'f');
  assert.ok(Number(n) > 0 && Number(n) < 20000);
});

test('GC-222 the first number that no meter has is found', () => {
  const unknown = (who, list) => as(who, `select no, serial from serials_unknown('{${list}}')`);
  assert.deepEqual(unknown(admin, '000000000001,1500001,1500002'), []);
  assert.deepEqual(unknown(admin, '000000000001,5,1500002,6'), ['2|5']);
  assert.deepEqual(unknown(named, '1500001,000000000001'), ['2|000000000001']);
});

test('the question whether a serial is named promises to be immutable', () => {
  assert.deepEqual(stack.sql(`select distinct provolatile from pg_proc where proname = 'serials_include'`), [{ provolatile: 'i' }]);
});

test('no program but these may ask for meters by their serials', () => {
  assert.throws(() => stack.exec(`select serials_match('{}', '{}', '{}', '{*}')`, 'notifier'), { code: '42501' });
  assert.throws(() => stack.exec(`select serials_near('{}', '{}', '{}', '{1*}')`, 'web'), { code: '42501' });
});

// The plans as they were carried out inside of the functions.
function plans(query) {
  const r = stack.tool(['psql', 'postgres', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-f', '-'], `
    load 'auto_explain';
    set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
    set auto_explain.log_analyze = on; set auto_explain.log_timing = off;
    begin; ${settings(admin)}
    set client_min_messages = log;
    show enable_seqscan;
    ${query};
    rollback;`);
  assert.equal(r.status, 0, r.stderr);
  assert.match(r.stdout, /^on$/m);
  return r.stderr;
}
const sequential = /Seq Scan on meter(?: \w+)?  (?!.*never executed)/;

for (const [text, index] of [
  ['000000012345,1500001', 'meter_serial_length'],
  ['000000012345-000000012399', 'meter_serial_length'],
  ['1-9', 'meter_serial_length'],
  ['00000001234?', 'meter_serial_length'],
  ['?1', 'meter_serial_length'],
  ['00000012*', 'meter_serial'],
  ['000000*7', 'meter_serial'],
  ['*12345*', 'meter_serial_trgm'],
  ['*7', 'meter_serial'],
]) {
  test(`of ${MANY} meters ${text} is found by ${index}, nothing reads the table from end to end`, () => {
    for (const query of [`select n from serials_count(${parts(text)}, 200000)`,
      `select count(*) from serials_match(${parts(text)})`]) {
      const plan = plans(query);
      assert.match(plan, new RegExp(`using ${index} on meter [^\\n]*actual|on ${index}  [^\\n]*actual`), query);
      assert.doesNotMatch(plan, sequential, query);
    }
    assert.doesNotMatch(plans(`select count(*) from serials_search(${parts(text)}, 1001)`), sequential);
  });
}

test('the number of all meters is taken from the counters', () => {
  assert.doesNotMatch(plans(`select n from serials_count(${parts('*')}, 200000)`), /Scan (?:on|using \w+ on) meter (?!.*never executed)/);
});
