// Subscribers at length: every page, search and count of their list at 200 000
// rows is found by index; the counters agree; debits stay cheap; changes take
// their locks in the order of sessions.
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
    insert into branch (id, name) select i, 'Филиал ' || chr(1040 + (i * 7) % 20) from generate_series(1, 20) i;
    insert into tariff (id, name, price_kopecks_per_1000_m3) select i, 'Тариф ' || (i * 3) % 8, 700000 from generate_series(1, 8) i;
    insert into subscriber (account, address, branch_id, tariff_id, last_name, first_name, phone, email, shows_balance, balance_kopecks)
      select lpad(i::text, 10, '0'), 'ул. ' || (array['Ленина', 'Мира', 'Садовая', 'Лесная'])[1 + i % 4] || ', ' || i,
             nullif(1 + i % 21, 21), nullif(1 + i % 9, 9), 'Фамилия' || md5(i::text), 'Имя' || i % 500,
             '+79' || lpad((i * 7919 % 100000000)::text, 9, '0'), case when i % 3 = 0 then 'mail' || i || '@example.ru' else '' end,
             i % 4 = 0, 100000
        from generate_series(1, ${MANY}) i;
    alter table meter disable trigger user;
    insert into meter (serial, meter_type_id, subscriber_id, branch_id)
      select lpad(i::text, 12, '0'), 1, case when i <= 20000 then i end, 1 from generate_series(1, 25000) i;
    alter table meter enable trigger user;
    insert into meter_state (meter_id) select id from meter;
    vacuum analyze;`);
});
after(() => stack?.stop());

function statement(file, name) {
  const c = execFileSync('awk', ['-v', 'out=c', '-f', path.join(root, 'sql/sql2c.awk'), path.join(root, `sql/queries/${file}.sql`)], { encoding: 'utf8' });
  const entry = c.split(/\n(?= {4}\{ ")/).slice(1).find((e) => e.includes(`"${name}"`));
  assert.ok(entry, name);
  return entry.match(/"(?:[^"\\]|\\.)*"/g).map((s) => JSON.parse(s)).slice(1).join('').replace(/;\s*$/, '');
}

const asAdmin = (text) => stack.exec(`begin;
  select set_config('app.role', 'admin', true), set_config('app.branches', '{1}', true) \\g /dev/null
  ${text}; rollback;`, 'admin').trim();
const literal = (v) => (v === null ? 'null' : `'${v}'`);

// What the statement reads, planned for these values and for any.
function explained(sql, params) {
  return ['force_custom_plan', 'force_generic_plan'].map((mode) => {
    const out = asAdmin(`set local plan_cache_mode = ${mode};
      prepare it as ${sql};
      explain (analyze, buffers, timing off, format json) execute it (${params.map(literal).join(', ')})`);
    const plan = JSON.parse(out)[0].Plan;
    const scans = [];
    (function walk(node) {
      if (/Scan/.test(node['Node Type']) && node['Actual Loops'] > 0) scans.push(node);
      (node.Plans || []).forEach(walk);
    }(plan));
    return { mode, plan, scans, pages: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'] };
  });
}
const large = (s) => ['subscriber', 'meter', 'meter_state', 'account_operation'].includes(s['Relation Name']) && s['Node Type'] === 'Seq Scan';

const orders = ['account', 'address', 'first', 'last', 'phone', 'email', 'tariff', 'branch', 'shows'];
for (const order of orders) {
  test(`GC-036 of ${MANY} subscribers a page by ${order} is read by index, both ways, the first and the last`, () => {
    for (const way of ['asc', 'desc']) {
      const sql = statement('subscriber_page', `subscriber_page__${order}_${way}__all`);
      const deep = order === 'tariff' || order === 'branch' ? 500 : MANY - 25;
      for (const before of [0, 25, deep]) {
        for (const { mode, scans, pages, plan } of explained(sql, [25, before, '%%', MANY])) {
          assert.deepEqual(scans.filter(large).map((s) => s['Relation Name']), [], `${way} ${before} ${mode}`);
          assert.ok(pages < 1500, `${way} ${before} ${mode}: ${pages} pages`);
          assert.equal(plan['Actual Rows'], 25, `${way} ${before} ${mode}`);
        }
      }
    }
  });
}

const page = (order, before, rows = 25, term = null) => asAdmin(`prepare it as
  ${statement('subscriber_page', `subscriber_page__${order}__${term ? 'found' : 'all'}`)};
  execute it (${[rows, before, term || '%%', MANY].map(literal).join(', ')})`).split('\n').filter(Boolean).map((l) => l.split('|'));

test('a page in the middle, and one past the end of a tariff or a branch, follow their neighbours without a gap', () => {
  const key = { tariff: 't.name collate "ru-x-icu"', branch: 'b.name collate "ru-x-icu"', address: 's.address collate "ru-x-icu"' };
  for (const [order, k] of Object.entries(key)) {
    for (const before of [9510, 22200, MANY / 2 - 10, MANY / 2 + 10, MANY - 9000, MANY - 7]) {
      for (const way of ['asc', 'desc']) {
        const want = stack.sql(`select s.id::text from subscriber s left join tariff t on t.id = s.tariff_id left join branch b on b.id = s.branch_id
          order by ${k} ${way}, s.id ${way} limit 25 offset ${before}`).map((r) => r.id);
        assert.deepEqual(page(`${order}_${way}`, before).map((r) => r[0]), want, `${order} ${way} ${before}`);
      }
    }
  }
});

for (const [what, term, n] of [['a rare phrase', '%345678%', 1], ['part of a name', '%фамилияabc%', 1],
  ['a phrase that very many hold', '%ленина%', 10001], ['two signs', '%79%', 10001], ['one sign', '%m%', 10001], ['two signs that nothing begins with', '%91%', 0], ['nobody', '%zzzzq%', 0]]) {
  test(`GC-037 ${what} (${term}) is looked for among ${MANY} without reading all of them`, () => {
    for (const filter of ['last_desc', 'tariff_asc']) {
      const sql = statement('subscriber_page', `subscriber_page__${filter}__found`);
      for (const { mode, scans, plan } of explained(sql, [25, 0, term, MANY])) {
        assert.deepEqual(scans.filter(large).map((s) => s['Relation Name']), [], `${filter} ${mode}`);
        assert.ok(plan['Actual Rows'] >= Math.min(n, 25), `${mode}: ${plan['Actual Rows']}`);
      }
    }
    const count = Number(asAdmin(`prepare it as ${statement('subscriber_count', 'subscriber_count__found')}; execute it ('10001', ${literal(term)})`));
    assert.ok(n === 10001 ? count === n : count >= n && count < 10001, `${count}`);
  });
}

// The plans as they were carried out inside of functions.
function inside(query) {
  const r = stack.tool(['psql', 'postgres', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-f', '-'], `
    load 'auto_explain';
    set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
    set auto_explain.log_analyze = on; set auto_explain.log_timing = off;
    begin; select set_config('app.role', 'admin', true) \\g /dev/null
    set client_min_messages = log; ${query}; rollback;`);
  assert.equal(r.status, 0, r.stderr);
  return r.stderr;
}

test('a phrase is found by the index of words; one that very many hold by walking no further than needed', () => {
  assert.match(inside(`select count(*) from subscriber_search('%345678%', 10001)`), /Bitmap Index Scan on subscriber_words_trgm.*actual/);
  const common = inside(`select count(*) from subscriber_search('%ленина%', 1001)`);
  assert.doesNotMatch(common, /Bitmap Index Scan on subscriber_words_trgm.*actual rows=[1-9]/);
  const looked = [...common.matchAll(/Scan (?:using \S+ )?on subscriber s(?:_\d)?  [^\n]*actual rows=(\d+)/g)].map((m) => Number(m[1]));
  assert.ok(looked.length >= 2 && looked.every((n) => n < 20000), String(looked));
  assert.match(inside(`select count(*) from meter_free_search('%00200%', 10001)`), /(?:using meter_free on|Bitmap Index Scan on meter_free_trgm).*actual/);
});

test('meters of nobody are listed from their own index', () => {
  for (const way of ['asc', 'desc']) {
    for (const { scans, pages, mode } of explained(statement('meter_free_page', `meter_free_page__serial_${way}__all`), [25, 0])) {
      assert.deepEqual(scans.filter(large).map((s) => s['Relation Name']), [], `${way} ${mode}`);
      assert.ok(pages < 500, `${way} ${mode}: ${pages}`);
    }
  }
});

const counted = () => Number(asAdmin(`prepare it as ${statement('subscriber_count', 'subscriber_count__all')}; execute it ('10001')`));
const truth = () => stack.sql('select count(*)::int as n from subscriber')[0].n;
const agree = () => assert.deepEqual(stack.sql(`select branch_id, tariff_id, sum(n)::int as n from subscriber_count group by 1, 2 having sum(n) <> 0 order by 1, 2`),
  stack.sql(`select coalesce(branch_id, 0) as branch_id, coalesce(tariff_id, 0) as tariff_id, count(*)::int as n from subscriber group by 1, 2 order by 1, 2`));

test('the counters agree after subscribers came, moved and went, and after they were folded', () => {
  assert.equal(counted(), MANY);
  stack.exec(`insert into subscriber (address, branch_id) select 'x', 1 from generate_series(1, 500);
    update subscriber set branch_id = 2 where address = 'x' and id % 2 = 0;
    update subscriber set tariff_id = 3 where address = 'x' and id % 3 = 0;
    delete from subscriber where address = 'x' and id % 5 = 0;`);
  assert.equal(counted(), truth());
  agree();
  stack.exec('select subscriber_count_fold()');
  assert.equal(counted(), truth());
  agree();
  assert.equal(stack.sql('select 1 from subscriber_count').length, stack.sql(`select distinct branch_id, tariff_id from subscriber`).length);
  stack.exec(`delete from branch where id = 20`);
  agree();
});


test('a debit of a balance is a HOT update: no index of the list holds what moves', () => {
  const [{ columns }] = stack.sql(`select array_agg(distinct a.attname::text) as columns from pg_index i
    join pg_attribute a on a.attrelid = i.indrelid and (a.attnum = any (i.indkey) or pg_get_indexdef(i.indexrelid) ~ ('\\m' || a.attname || '\\M'))
    where i.indrelid = 'subscriber'::regclass`);
  assert.ok(!columns.includes('balance_kopecks') && !columns.includes('balance_carry'), String(columns));
  const out = stack.exec(`begin; update subscriber set balance_kopecks = balance_kopecks - 1, balance_carry = 1 where id % 1000 = 7;
    select n_tup_upd || ' ' || n_tup_hot_upd from pg_stat_xact_user_tables where relname = 'subscriber'; rollback`).trim();
  const [updates, hot] = out.split(' ').map(Number);
  assert.ok(updates >= 100);
  assert.equal(hot, updates);
});
