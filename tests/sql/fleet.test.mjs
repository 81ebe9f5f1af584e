// The list of meters at 200,000 of them: which plans its statements have.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { root, startStack } from '../lib/stack.mjs';

const MANY = 200000;
let stack;
before(async () => {
  stack = await startStack({ programs: 'db', fresh: true });
  stack.exec(`
    insert into branch (id, name) select i, 'Филиал ' || i from generate_series(1, 20) i;
    alter table meter disable trigger user;
    insert into meter (serial, meter_type_id, branch_id, firmware, registered_at, pressure_set_pa, period, period_minutes)
      select lpad(i::text, 12, '0'), t.ids[1 + i % cardinality(t.ids)], nullif(i % 21, 0), (i % 7)::text, '2020-01-01'::timestamptz + i * interval '1 minute',
             76000 + i % 1000, case when i % 50 = 0 then 'minutes' else (array['monthly','weekly','daily','hourly'])[1 + i % 4] end, case when i % 50 = 0 then i % 500 + 1 end
        from generate_series(1, ${MANY}) i, (select array_agg(id order by id) as ids from meter_type) t;
    alter table meter enable trigger user;
    alter table meter_state disable trigger user;
    insert into meter_state (meter_id, branch_id, received_at) select id, branch_id, registered_at + interval '1 day' from meter;
    alter table meter_state enable trigger user;
    insert into meter_count select coalesce(branch_id, 0), count(*) from meter group by 1;
    insert into attached_meter select id, 1, 'A' || id, false, false, false from meter where id % 400 = 0;
    insert into command (meter_id, kind, operator_login) select id, 'server_address', 'x' from meter where id % 1000 = 0;
    vacuum analyze meter; vacuum analyze meter_state; vacuum analyze command; vacuum analyze attached_meter; analyze meter_type; analyze branch;`);
});
after(() => stack?.stop());

function statements(file) {
  const c = execFileSync('awk', ['-v', 'out=c', '-f', path.join(root, 'sql/sql2c.awk'), path.join(root, `sql/queries/${file}.sql`)], { encoding: 'utf8' });
  return c.split(/\n(?= {4}\{ ")/).slice(1).map((entry) => {
    const strings = entry.match(/"(?:[^"\\]|\\.)*"/g).map((s) => JSON.parse(s));
    return { name: strings[0], sql: strings.slice(1).join('').replace(/;\s*$/, '') };
  });
}

// As the program does it: prepared.
// times: how often it was run before, for PostgreSQL to decide which it keeps.
function plan(statement, parameters, mode, times = 0) {
  const text = stack.exec(`begin; select set_config('app.role', 'admin', true), set_config('app.branches', '{1}', true), set_config('plan_cache_mode', '${mode}', true);
    set local jit = off;
    prepare p as ${statement.sql}; ${`execute p${parameters ? `(${parameters})` : ''} \\g /dev/null\n`.repeat(times)} explain (analyze, format json) execute p${parameters ? `(${parameters})` : ''}; rollback;`, 'admin');
  const at = text.indexOf('[\n');
  return JSON.parse(text.slice(at, text.lastIndexOf(']') + 1))[0];
}
function* nodes(of) {
  yield of;
  for (const child of of.Plans || []) yield* nodes(child);
}
// Rows that a node read, those a filter threw away included.
const read = (n) => (n['Actual Rows'] + (n['Rows Removed by Filter'] || 0)) * n['Actual Loops'];

const page = (rows, before, found = "null, 'infix', null, null, null, null, null, null") => `${rows}, ${before}, ${found}`;
// What is not in an index is read once, narrow, and only its first rows kept.
const scans = { last: 'meter_state' };

test('the first pages of every order come from indexes, none sorts or reads all meters, however often asked', () => {
  for (const statement of statements('fleet_page').filter((s) => s.name.endsWith('__all'))) {
    const column = statement.name.match(/fleet_page__(\w+?)_(asc|desc)__all/)[1];
    for (const before of [0, 500]) {
      const whole = plan(statement, page(10, before), 'auto', before === 0 ? 7 : 0);
      const most = Math.max(...[...nodes(whole.Plan)].filter((n) => (n['Relation Name'] ? n['Relation Name'] !== scans[column] : n['Node Type'] === 'Sort' && !(column in scans))).map(read));
      assert.ok(most < 20 * (10 + 500) * 2 + 2000, `${statement.name} from ${before}: ${most} rows`);
    }
  }
});

test('the last page of an order walks an index, and sorts nothing', () => {
  for (const name of ['serial_asc', 'version_desc', 'registered_asc']) {
    const statement = statements('fleet_page').find((s) => s.name === `fleet_page__${name}__all`);
    const found = [...nodes(plan(statement, page(10, MANY - 10), 'force_custom_plan').Plan)];
    const sorts = found.filter((n) => n['Node Type'] === 'Sort').map(read);
    assert.ok(Math.max(0, ...sorts) <= 10, `${name}: ${sorts}`);
    assert.ok(found.some((n) => n['Node Type'] === 'Index Only Scan' && n['Relation Name'] === 'meter'), name);
  }
});

const searches = {
  infix: "'%1234%', 'infix', null, null, null, null, null, null",
  prefix: "'%00%', 'prefix', '00', '00\u{10FFFF}', null, null, null, null",
  serials: "'%0*%', 'serials', null, null, '{}', '{}', '{}', '{0*}'",
  everything: "'%*%', 'serials', null, null, '{}', '{}', '{}', '{*}'",
};
test('a search looks at a bounded number of meters, whatever it finds', () => {
  for (const [name, found] of Object.entries(searches)) {
    for (const order of ['serial_asc', 'last_desc', 'branch_asc']) {
      const whole = plan(statements('fleet_page').find((s) => s.name === `fleet_page__${order}__found`), page(10, 0, found), 'force_generic_plan');
      for (const n of nodes(whole.Plan)) if (n['Relation Name'] === 'meter' || n['Relation Name'] === 'meter_state') assert.ok(read(n) <= 10001 * 2, `${name} ${order}: ${read(n)} of ${n['Relation Name']}`);
    }
  }
});

test('how many meters there are, and how many an order for all would reach, is known without reading commands or states', () => {
  const total = [...nodes(plan(statements('fleet_total')[0], '', 'force_custom_plan').Plan)].map((n) => n['Relation Name']).filter(Boolean);
  assert.deepEqual(total, ['meter_count']);
  const named = stack.exec(`begin; select set_config('app.role', 'admin', true) \\g /dev/null
    select named, able from fleet_named('{}', '{}', '{}', '{*}', 'period'); rollback`, 'admin').trim().split('\n').at(-1).split('|').map(Number);
  const [expected] = stack.sql('select count(*)::int as n, count(*) filter (where has_period)::int as able from meter m join meter_type t on t.id = m.meter_type_id');
  assert.deepEqual(named, [expected.n, expected.able]);
});
