// No statement reads a table of millions whole, unless its file says why.
//
// The planner is asked as if there were three million meters: a small city, its
// files grown to that size (they are sparse: nobody reads them) and its
// statistics with them. Nothing is executed in that database.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { files, statements } from '../lib/queries.mjs';
import { startStack } from '../lib/stack.mjs';

const METERS = 300, SCALE = 10000;
const LARGE = METERS / 4; // rows of what grows with the fleet
// Groups have a limit of their own; layouts come with the product.
const BOUNDED = /^(meter_group_member|place_count|push_template)/;
const SEGMENT = 1 << 30, PAGE = 8192;

// A value of each type that an argument may have.
const SAMPLE = {
  bigint: '5', integer: '5', smallint: '1', text: "'2026-01-01'", 'timestamp with time zone': 'now()',
  boolean: 'true', date: 'current_date', bytea: "'\\x00'", jsonb: "'[]'", json: "'[]'", inet: "'127.0.0.1'",
  numeric: '1', 'double precision': '1', real: '1', uuid: "'00000000-0000-0000-0000-000000000000'",
  interval: "'1 hour'",
};
const value = (type) => (type.endsWith('[]') ? `array[${SAMPLE[type.slice(0, -2)] ?? 'null'}]` : SAMPLE[type] ?? 'null') + `::${type}`;

let stack, large;
const all = statements();

function grow(file, pages) {
  const { uid, gid } = fs.statSync(file);
  for (let part = 0, left = pages * PAGE; left > 0; part++, left -= SEGMENT) {
    const name = part ? `${file}.${part}` : file;
    fs.closeSync(fs.openSync(name, 'a'));
    fs.chownSync(name, uid, gid);
    const size = Math.min(left, SEGMENT);
    if (fs.statSync(name).size < size) fs.truncateSync(name, size);
  }
}

before(async () => {
  stack = await startStack({ programs: 'seeded', meters: METERS, fresh: true });
  stack.exec('vacuum analyze');
  const grown = stack.sql(`
    select c.oid::int, pg_relation_filepath(c.oid) as file, c.relname as name, c.relkind as kind, c.relpages as pages
      from pg_class c left join pg_index x on x.indexrelid = c.oid
      join pg_class t on t.oid = coalesce(x.indrelid, c.oid)
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'i') and t.reltuples >= ${LARGE}`)
    .filter((r) => !BOUNDED.test(r.name));
  large = new Set(grown.filter((r) => r.kind === 'r').map((r) => r.name));
  stack.exec(`
    update pg_class set reltuples = reltuples * ${SCALE}, relpages = relpages * ${SCALE}
     where oid in (${grown.map((r) => r.oid)}) or (relkind = 'p' and reltuples >= ${LARGE});
    update pg_statistic set stadistinct = stadistinct * ${SCALE} where stadistinct > ${LARGE / 2};`, 'postgres');
  stack.run('stop', 'db');
  for (const r of grown) grow(path.join(fs.realpathSync(stack.var), 'pg', r.file), r.pages * SCALE);
  stack.run('start', 'db');
});
after(() => stack.stop());

// What passes rows on as they come: above it a limit still holds.
const GATHERS = /^(Sort|Aggregate|Hash|WindowAgg|Materialize|SetOp|Unique)$/;

// Where a plan reads a large table, or one of its indexes, from end to end. A
// limit ends that, if most rows are wanted.
function whole(node, limited = false) {
  const table = node['Relation Name'], found = [];
  if (large.has(table)) {
    const rare = node.Filter && node['Plan Rows'] < 10000;
    if (node['Node Type'] === 'Seq Scan' && (!limited || rare)) found.push(table);
    if (/^Index/.test(node['Node Type']) && !node['Index Cond'] && !limited) found.push(node['Index Name']);
  }
  const still = node['Node Type'] === 'Limit' || (limited && !GATHERS.test(node['Node Type']));
  return found.concat(...(node.Plans || []).map((n) => whole(n, still)));
}

function ask(script) {
  const r = spawnSync(path.join(process.env.LAZUR_PG_BIN || '/usr/lib/postgresql/15/bin', 'psql'),
    [stack.conninfo('postgres'), '-X', '-q', '-A', '-t', '-f', '-'], { input: script, encoding: 'utf8', maxBuffer: 1 << 30 });
  return { out: r.stdout, err: r.stderr };
}

// Plans by name; '' of what this role may not ask.
function plans(role) {
  const prepared = `set plan_cache_mode = force_custom_plan; set app.subscriber = '5'; set max_parallel_workers_per_gather = 0;
    ${all.map((s, i) => `prepare q${i} as ${s.sql.replace(/;\s*$/, '')};`).join('\n')}`;
  const types = JSON.parse(ask(`${prepared} select json_object_agg(name, parameter_types::text[]) from pg_prepared_statements`).out);
  const { out, err } = ask(`${prepared} set role ${role};` + all.map((s, i) => {
    const arguments_ = types[`q${i}`].map(value).join(',');
    return `\\echo @@${i}\nexplain (format json) execute q${i}${arguments_ && `(${arguments_})`};`;
  }).join('\n'));
  return { err, of: new Map(out.split(/^@@/m).slice(1).map((part) => {
    const [number, ...rest] = part.split('\n');
    const text = rest.join('\n').trim();
    return [all[number].name, text && JSON.parse(text)[0].Plan];
  })) };
}

test('no statement reads a table of three million meters whole, but those whose file says why', () => {
  const { of, err } = plans('postgres');
  const cabinet = plans('lazur_cabinet').of; // it sees one subscriber, by row security
  for (const [name, plan] of cabinet) if (plan && name.startsWith('cabinet_')) of.set(name, plan);
  const unplanned = all.filter((s) => of.get(s.name) === '').map((s) => s.name);
  assert.deepEqual(unplanned, [], err);
  const said = new Map(files.map((f) => [path.basename(f, '.sql'), /^-- reads all: \S/m.test(fs.readFileSync(f, 'utf8'))]));
  const reads = new Map([...of].filter(([, plan]) => plan).map(([name, plan]) => [name, whole(plan)]).filter(([, w]) => w.length));
  const silent = [...reads].filter(([name]) => !said.get(name.split('__')[0]));
  assert.deepEqual(silent.map(([name, w]) => `${name}: ${w}`), []);
});
