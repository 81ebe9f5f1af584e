// The main window: its table, its scope, its unfolded rows and tabs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import {
  facts, meterRows, operatorAdd, plain, ranges, signIn, sortLinks, tabTable,
} from '../lib/site.mjs';
import { startStack } from '../lib/stack.mjs';

let stack; let ours; let theirs; let deep; let site;

const one = (query) => Object.values(stack.sql(query)[0])[0];
const added = (statement) => Number(stack.exec(statement).trim());
const branchAdd = (name) => added(`insert into branch (name) values ('${name}') returning id`);
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

// A meter of a branch (0: without a subscriber) with its last word; values of
// meter and state are SQL.
function meterAdd({ serial, branch, account, type = 'СГ-Лазурь G4-К', name = 'Абонент', address = 'Адрес',
  balance = null, tariff = null, meter = {}, state = {} }) {
  const subscriber = branch === 0 ? 'null' : added(`
    insert into subscriber (branch_id, account, full_name, address, balance_kopecks, calculates_balance, tariff_id)
    values (${branch}, ${quoted(account)}, ${quoted(name)}, ${quoted(address)}, ${balance ?? 0}, ${balance !== null}, ${tariff})
    returning id`);
  const columns = { serial: quoted(serial), meter_type_id: `(select id from meter_type where name = '${type}')`, subscriber_id: subscriber, ...meter };
  const id = added(`insert into meter (${Object.keys(columns)}) values (${Object.values(columns)}) returning id`);
  const words = Object.entries(state).map(([k, v]) => `${k} = ${v}`);
  if (words.length > 0) stack.exec(`update meter_state set ${words} where meter_id = ${id}`);
  return id;
}

before(async () => {
  stack = await startStack({ meters: 20, programs: ['operator', 'nginx'] });
  ours = branchAdd('Наш филиал');
  theirs = branchAdd('Чужой филиал');
  deep = branchAdd('Большой филиал');
  operatorAdd(stack, 'm-control', 'control', [ours]);
  site = await signIn(stack, 'm-control');
  // Twenty-three meters with ties in every column that can have them.
  for (let i = 0; i < 23; i++) {
    const n = String(i).padStart(2, '0');
    meterAdd({
      serial: `7${n}0`, branch: ours, account: `A${String((i * 7) % 23).padStart(2, '0')}`,
      balance: i % 4 === 0 ? null : (i % 3) * 1000 - 1000,
      state: i % 6 === 5 ? {} : {
        last_at: `'2026-01-01 00:00+03'::timestamptz + ${i % 5} * interval '1 hour'`,
        received_at: `now() - ${i % 5} * interval '1 second'`,
        volume_dm3: (i * 37) % 11, working_h: (i * 5) % 7, tamper_h: i % 3, status: i % 3, valve: i % 4,
      },
    });
  }
  meterAdd({ serial: '7990', branch: theirs, account: 'T1' });
  stack.exec(`
    insert into subscriber (branch_id, account, address)
    select ${deep}, 'D' || lpad(i::text, 6, '0'), '' from generate_series(1, 6100) i;
    insert into meter (serial, meter_type_id, subscriber_id)
    select 'X' || lpad(((s.id * 7919) % 1000003)::text, 7, '0'), (select min(id) from meter_type), s.id
      from subscriber s where s.branch_id = ${deep};
    update meter_state set last_at = now() - (meter_id % 97) * interval '1 minute', received_at = now()
     where branch_id = ${deep} and meter_id % 10 <> 3;
    analyze meter, meter_state, subscriber;`);
});

after(() => stack?.stop());

// Every page of an address, one after another, by its own «next» link.
async function walk(who, address) {
  const rows = [];
  for (let next = address; next;) {
    const page = await who.get(next);
    assert.equal(page.status, 200, next);
    rows.push(...meterRows(page.html));
    const link = /<a class="page-link" href="([^"]*)" rel="next"/.exec(page.html);
    next = link && link[1].replaceAll('&amp;', '&');
  }
  return rows;
}

// What stands in a column as something that can be compared; null is empty.
const number = (text) => (text === '' ? null : Number(text.replace(/ /g, '')));
const order = (values) => (text) => (text === '' ? null : values.indexOf(text));
const columns = {
  serial: (r) => r.serial,
  account: (r) => r.account,
  at: (r) => r.at || null, // one day: the texts compare as the moments do
  volume: (r) => number(r.volume),
  working: (r) => number(r.working),
  tamper: (r) => number(r.tamper),
  valves: (r) => order(['Закрыт', 'Открыт', 'Закрыт(разрешен)', 'Неисправен'])(r.valve),
  balance: (r) => number(r.balance),
};
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

for (const [name, value] of Object.entries(columns)) {
  test(`GC-036 ${name}: a click sorts ascending, the next descending, over all pages, ties in a fixed order`, async () => {
    const start = await site.get('/meters');
    const up = sortLinks(start.html)[name];
    const first = name === 'serial' ? '/meters' : up.href;
    const rising = await walk(site, first);
    assert.equal(rising.length, 23);
    assert.equal(new Set(rising.map((r) => r.id)).size, 23, 'no meter twice, none lost');
    const seen = sortLinks((await site.get(first)).html)[name];
    assert.equal(seen.sorted, 'ascending');
    const falling = await walk(site, seen.href);
    assert.equal(sortLinks((await site.get(seen.href)).html)[name].sorted, 'descending');

    const full = (rows) => rows.filter((r) => value(r) !== null);
    const rank = full(rising).map(value);
    assert.deepEqual(rank, [...rank].sort(compare), 'ascending');
    assert.deepEqual(full(falling).map((r) => r.id), full(rising).map((r) => r.id).reverse(), 'descending is the reverse');
    for (const rows of [rising, falling]) {
      assert.ok(rows.slice(full(rows).length).every((r) => value(r) === null), 'empty values stand last');
    }
    assert.deepEqual((await walk(site, first)).map((r) => r.id), rising.map((r) => r.id), 'and again the same');
  });
}

test('GC-036 states sort by their messages, equal ones together', async () => {
  const link = sortLinks((await site.get('/meters')).html).states;
  const rows = (await walk(site, link.href)).filter((r) => r.at);
  const groups = rows.map((r) => r.states).filter((s, i, all) => s !== all[i - 1]);
  assert.equal(new Set(groups).size, groups.length);
  assert.deepEqual(groups, ['', 'Нажата кнопка', 'Саботаж'], 'the gravest last');
});

test('GC-038 the page has 10, 25, 50 or 100 rows, 10 unless asked, and no other number', async () => {
  const rows = async (query) => meterRows((await site.get(`/meters${query}`)).html).length;
  assert.equal(await rows(''), 10);
  assert.equal(await rows('?size=25'), 23);
  for (const odd of ['7', '1000', '-1', 'abc', '99999999999999999999', '10;drop']) {
    assert.equal(await rows(`?size=${encodeURIComponent(odd)}`), 10, odd);
  }
  operatorAdd(stack, 'm-sizes', 'view', [deep]);
  const wide = await signIn(stack, 'm-sizes');
  for (const size of [50, 100]) {
    assert.equal(meterRows((await wide.get(`/meters?size=${size}`)).html).length, size);
  }
});

test('GC-039 the footer says which rows of how many, and of how many before the filter', async () => {
  assert.deepEqual(ranges((await site.get('/meters')).html), ['Записи с 1 до 10 из 23 записей']);
  assert.deepEqual(ranges((await site.get('/meters?page=3')).html), ['Записи с 21 до 23 из 23 записей']);
  assert.deepEqual(ranges((await site.get('/meters?q=701')).html),
    ['Записи с 1 до 1 из 1 записей (отфильтровано из 23 записей)']);
  assert.deepEqual(ranges((await site.get('/meters?q=zzz')).html),
    ['Записи отсутствуют (отфильтровано из 23 записей)']);
});

test('a page past the end is the last one; what is no page, order or column is the first page by serial', async () => {
  assert.deepEqual(ranges((await site.get('/meters?page=999999999999')).html), ['Записи с 21 до 23 из 23 записей']);
  assert.deepEqual(ranges((await site.get('/meters?page=9&q=7')).html),
    ['Записи с 21 до 23 из 23 записей (отфильтровано из 23 записей)']);
  const first = meterRows((await site.get('/meters')).html).map((r) => r.id);
  for (const odd of ['page=0', 'page=-3', 'page=x', 'sort=price', 'sort=serial;', 'dir=sideways', 'sort[]=at',
    'open=1,2', 'open=x', 'tab=none&tpage=-1']) {
    const page = await site.get(`/meters?${odd}`);
    assert.equal(page.status, 200, odd);
    assert.deepEqual(meterRows(page.html).map((r) => r.id), first, odd);
  }
});

test('GC-050 one or two signs are how a number begins, three and more stand anywhere in it', async () => {
  const found = async (q) => (await walk(site, `/meters?size=100&q=${encodeURIComponent(q)}`)).map((r) => r.serial);
  assert.equal((await found('7')).length, 23);
  assert.deepEqual(await found('71'), ['7100', '7110', '7120', '7130', '7140', '7150', '7160', '7170', '7180', '7190']);
  assert.deepEqual(await found('10'), [], 'numbers that only contain it are not found by two signs');
  assert.deepEqual(await found('710'), ['7100', '7110'].filter((s) => s.includes('710')));
  assert.deepEqual(await found('150'), ['7150']);
  const account = meterRows((await site.get('/meters')).html)[3].account;
  assert.deepEqual((await walk(site, `/meters?q=${account}`)).map((r) => r.account), [account]);
  assert.deepEqual((await found('A0')).length, 10, 'an account by its beginning');
  assert.deepEqual(await found('  7150 '), ['7150'], 'spaces around are not part of a number');
  assert.deepEqual(await found('799'), [], 'a meter of another branch is not found');
});

test('GC-050 signs that mean something to a search mean only themselves', async () => {
  for (const q of ['%', '_', '\\', '%%%', '___', '7_0', '7%0', '\\\\\\', "'''", '" or 1=1 --', '7\u{10FFFF}', '$1']) {
    const page = await site.get(`/meters?q=${encodeURIComponent(q)}`);
    assert.equal(page.status, 200, q);
    assert.deepEqual(meterRows(page.html), [], q);
  }
  meterAdd({ serial: 'W_7%\\0', branch: ours, account: 'A_%' });
  for (const q of ['W_7', '_7%', '%\\0', 'W_', 'A_']) {
    const rows = meterRows((await site.get(`/meters?q=${encodeURIComponent(q)}`)).html);
    assert.deepEqual(rows.map((r) => r.serial), ['W_7%\\0'], q);
  }
  stack.exec(String.raw`delete from meter where serial = 'W_7%\0'`);
});

test('GC-050 a filter sorts by every column and leads through its pages', async () => {
  for (const name of ['account', 'at', 'volume', 'working', 'tamper', 'state', 'valve', 'balance']) {
    for (const dir of ['asc', 'desc']) {
      const all = await walk(site, `/meters?sort=${name}&dir=${dir}`);
      const under = await walk(site, `/meters?q=7&sort=${name}&dir=${dir}`);
      const anywhere = await walk(site, `/meters?q=710&sort=${name}&dir=${dir}`);
      assert.deepEqual(under.map((r) => r.id), all.map((r) => r.id), `${name} ${dir}`);
      assert.deepEqual(anywhere.map((r) => r.id), all.filter((r) => r.serial.includes('710')).map((r) => r.id));
    }
  }
});

test('by state, descending, what is grave stands before what only deserves a look', async () => {
  const statuses = { 1: 'Саботаж', 16384: 'Электромагнитные помехи', 16: 'Утечка газа', 64: 'Управление по радиоканалу', 0: '' };
  const ids = Object.keys(statuses).map((status) => meterAdd({ serial: `grave-${status}`, branch: ours, account: `G${status}`, state: { received_at: 'now()', status } }));
  for (const list of ['/meters?q=grave&', '/meters?']) {
    const seen = (await walk(site, `${list}sort=state&dir=desc`)).filter((r) => r.serial.startsWith('grave')).map((r) => r.serial.slice(6));
    assert.deepEqual(seen, ['16', '1', '16384', '64', '0'], list);
  }
  stack.exec(`delete from meter where id in (${ids.join()})`);
});

test('pages past the middle show the rows that are there, by an index column and by another', async () => {
  operatorAdd(stack, 'm-deep', 'view', [deep]);
  const who = await signIn(stack, 'm-deep');
  const ids = (sql) => stack.sql(sql).map((r) => r.id);
  const orders = {
    'sort=serial': `select id from meter where branch_id = ${deep} order by serial, id`,
    'sort=account&dir=desc': `select id from meter where branch_id = ${deep} order by account desc, id desc`,
    'sort=at': `select meter_id as id from meter_state where branch_id = ${deep} order by last_at nulls last, meter_id`,
    'sort=at&dir=desc': `select meter_id as id from meter_state where branch_id = ${deep} order by last_at is null, last_at desc, meter_id desc`,
  };
  for (const [query, sql] of Object.entries(orders)) {
    const wanted = ids(sql);
    for (const page of [1, 2, 31, 51, 52, 60, 61, 4000]) {
      const at = Math.min(page, 61);
      const rows = meterRows((await who.get(`/meters?${query}&size=100&page=${page}`)).html);
      assert.deepEqual(rows.map((r) => r.id), wanted.slice((at - 1) * 100, at * 100), `${query} page ${page}`);
    }
    const last = await who.get(`/meters?${query}&size=25&page=244`);
    assert.deepEqual(meterRows(last.html).map((r) => r.id), wanted.slice(243 * 25));
    assert.deepEqual(ranges(last.html), ['Записи с 6 076 до 6 100 из 6 100 записей']);
  }
});

test('of more than a thousand found it is said that there are more, and no more are counted', async () => {
  operatorAdd(stack, 'm-many', 'view', [deep]);
  const who = await signIn(stack, 'm-many');
  for (const q of ['D', 'D00']) {
    const page = await who.get(`/meters?q=${q}`);
    assert.match(ranges(page.html)[0], /^Записи с 1 до 10 из более 1 000 записей \(отфильтровано из 6 100 записей\)$/);
  }
});

test('GC-046 a row has the values of the last session, and they change with the next one', async () => {
  const id = meterAdd({
    serial: '6001', branch: ours, account: 'R1', balance: -123456,
    state: { last_at: "'2026-03-04 05:06:07+03'", received_at: 'now()', volume_dm3: 13903408, working_h: 19862, tamper_h: 5, valve: 1 },
  });
  const read = async () => meterRows((await site.get('/meters?q=6001')).html)[0];
  const { href, toggle, ...row } = await read();
  assert.deepEqual(row, {
    id, selected: false, account: 'R1', serial: '6001', at: '04-03-2026 05:06:07', volume: '13 903.408',
    working: '19 862', tamper: '5', states: '', valve: 'Открыт', balance: '-1 234.56', waiting: '',
  });
  assert.match((await site.get('/meters?q=6001')).html, /title="2026-03-04T05:06:07\+03:00"/);
  stack.exec(`update meter_state set last_at = '2026-03-05 00:00:00+03', volume_dm3 = 13904000, status = 1, valve = 0 where meter_id = ${id}`);
  const next = await read();
  assert.deepEqual([next.at, next.volume, next.states, next.valve], ['05-03-2026 00:00:00', '13 904.000', 'Саботаж', 'Закрыт']);
  stack.exec(`delete from meter where id = ${id}`);
});

test('GC-047 the valve is open, closed, faulty or closed and allowed; without a valve the cell is empty', async () => {
  const id = meterAdd({ serial: '6002', branch: ours, account: 'R2' });
  const words = { 0: 'Закрыт', 1: 'Открыт', 2: 'Закрыт(разрешен)', 3: 'Неисправен', null: '' };
  for (const [state, shown] of Object.entries(words)) {
    stack.exec(`update meter_state set valve = ${state} where meter_id = ${id}`);
    assert.equal(meterRows((await site.get('/meters?q=6002')).html)[0].valve, shown);
  }
  stack.exec(`update meter_state set valve = 1 where meter_id = ${id};
    update meter set meter_type_id = (select id from meter_type where name = 'СГ-Лазурь G4') where id = ${id}`);
  assert.equal(meterRows((await site.get('/meters?q=6002')).html)[0].valve, '');
  stack.exec(`delete from meter where id = ${id}`);
});

test('GC-049 the balance has two decimals and is empty when it is not calculated', async () => {
  const id = meterAdd({ serial: '6003', branch: ours, account: 'R3', balance: 100000 });
  const balance = async () => meterRows((await site.get('/meters?q=6003')).html)[0].balance;
  assert.equal(await balance(), '1 000.00');
  stack.exec("update subscriber set balance_kopecks = -5 where account = 'R3'");
  assert.equal(await balance(), '-0.05');
  stack.exec("update subscriber set calculates_balance = false where account = 'R3'");
  assert.equal(await balance(), '');
  stack.exec(`delete from meter where id = ${id}`);
});

const messages = [
  [0, 'GC-054', 'Саботаж'], [1, 'GC-055', 'Нажата кнопка'], [2, 'GC-056', 'Открыта крышка'],
  [3, 'GC-057', 'Превышение расхода'], [4, 'GC-058', 'Утечка газа'], [5, 'GC-059', 'Разряжена батарея'],
  [6, 'GC-060', 'Управление по радиоканалу'], [7, 'GC-061', 'Реверс газа'],
  [8, 'GC-062', 'Неисправность измерительного канала'], [9, 'GC-063', 'Неисправность датчика температуры'],
  [10, 'GC-064', 'Нет связи с коммуникационным модулем'], [11, 'GC-065', 'Срабатывание датчика загазованности'],
  [12, 'GC-066', 'Извлекалась SIM'], [13, 'GC-067', 'Утечка газа при малом расходе'],
  [14, 'GC-068', 'Электромагнитные помехи'], [15, 'GC-069', 'Клапан закрыт, но есть расход газа'],
];

test('GC-052 GC-054…GC-069 every message is shown by its text, several joined with commas, none after a session without it', async () => {
  const id = meterAdd({ serial: '6004', branch: ours, account: 'R4', state: { received_at: 'now()', last_at: 'now()' } });
  const states = async (status) => {
    stack.exec(`update meter_state set status = ${status} where meter_id = ${id}`);
    return meterRows((await site.get('/meters?q=6004')).html)[0].states;
  };
  for (const [bit, row, text] of messages) assert.equal(await states(2 ** bit), text, row);
  assert.equal(await states(65535), messages.map((m) => m[2]).join(', '));
  assert.equal(await states(2 ** 16 + 2 ** 40), '', 'bits without a meaning say nothing');
  assert.equal(await states(0), '');
  stack.exec(`delete from meter where id = ${id}`);
});

test('GC-053 a meter that missed its planned session is silent until the next one, by its own period', async () => {
  const id = meterAdd({ serial: '6005', branch: ours, account: 'R5', state: { last_at: 'now()' } });
  const states = async (period, minutes, last) => {
    stack.exec(`update meter set period = '${period}', period_minutes = ${minutes} where id = ${id};
      update meter_state set received_at = ${last}, status = 1 where meter_id = ${id}`);
    return meterRows((await site.get('/meters?q=6005')).html)[0].states;
  };
  const ago = (text) => `now() - interval '${text}'`;
  const start = (unit, less = '0') => `date_trunc('${unit}', now()) - interval '${less}'`;
  for (const [period, minutes, fine, late] of [
    ['hourly', 'null', ago('1 hour 55 minutes'), ago('2 hours 5 minutes')],
    ['every_12h', 'null', ago('17 hours'), ago('19 hours')],
    ['minutes', 10, ago('1 hour'), ago('80 minutes')],
    ['minutes', 1000, ago('24 hours'), ago('26 hours')],
    ['daily', 'null', start('day'), start('day', '49 hours')],
    ['weekly', 'null', start('week'), start('week', '8 days')],
    ['monthly', 'null', start('month'), start('month', '40 days')],
    ['twice_monthly', 'null', 'now()', ago('32 days')],
    ['thrice_monthly', 'null', 'now()', ago('32 days')],
  ]) {
    assert.equal(await states(period, minutes, fine), 'Саботаж', `${period} ${fine}`);
    assert.equal(await states(period, minutes, late), 'Не выходит на связь, Саботаж', `${period} ${late}`);
  }
  stack.exec(`update meter_state set received_at = null, last_at = null, status = 0 where meter_id = ${id}`);
  assert.equal(meterRows((await site.get('/meters?q=6005')).html)[0].states, '', 'one that never called has nothing to report');
  stack.exec(`delete from meter where id = ${id}`);
});

test('GC-031 GC-034 a meter of another branch is nowhere: not in the list, not by its address, its history or its valve', async () => {
  const id = one("select id from meter where serial = '7990'");
  assert.deepEqual((await walk(site, '/meters?size=100')).filter((r) => r.serial === '7990'), []);
  for (const address of [`/meters?meter=${id}`, `/meters?meter=${id}&tab=commands`, `/meters/live?meter=${id}`,
    `/meters/${id}/sessions.csv`, `/meters/${id}/commands.csv`, `/meters/${id}/archive.csv`,
    `/meters/${id}/valve?action=close`]) {
    assert.equal((await site.get(address)).status, 404, address);
  }
  assert.doesNotMatch((await site.get(`/meters?open=${id}`)).html, /7990/);
  await site.get('/meters');
  assert.equal((await site.post(`/meters/${id}/valve`, { action: 'close' })).status, 404);
  assert.equal(one(`select count(*) from command where meter_id = ${id}`), 0);
});

test('GC-032 GC-035 meters without a branch are seen with the flag, and by administrators; a new branch by those it is given to', async () => {
  const free = meterAdd({ serial: '5001', branch: 0, account: '' });
  operatorAdd(stack, 'm-flagged', 'view', [ours], true);
  operatorAdd(stack, 'm-plain', 'view', [ours], false);
  operatorAdd(stack, 'm-admin', 'admin', [ours], false);
  operatorAdd(stack, 'm-nobody', 'control', [], false);
  const seen = async (login) => {
    const who = await signIn(stack, login);
    const page = await who.get('/meters?q=5001');
    return [meterRows(page.html).length, (await who.get(`/meters?meter=${free}`)).status, ranges((await who.get('/meters')).html)[0], who];
  };
  assert.deepEqual((await seen('m-flagged')).slice(0, 2), [1, 200]);
  assert.deepEqual((await seen('m-plain')).slice(0, 2), [0, 404]);
  assert.deepEqual((await seen('m-admin')).slice(0, 2), [1, 200]);
  const [, , footer, nobody] = await seen('m-nobody');
  assert.equal(footer, 'Записи отсутствуют');
  stack.exec(`insert into operator_branch select id, ${theirs} from operator where login = 'm-nobody'`);
  assert.deepEqual(meterRows((await nobody.get('/meters')).html).map((r) => r.serial), ['7990']);
  stack.exec(`delete from meter where id = ${free}`);
});

test('GC-028 the security officer has no readings, and nobody has them without signing in', async () => {
  operatorAdd(stack, 'm-security', 'security', [ours]);
  const officer = await signIn(stack, 'm-security');
  const id = one(`select min(id) from meter where branch_id = ${ours}`);
  for (const address of ['/meters', '/meters/live', '/meters.csv', `/meters/${id}/sessions.csv`, `/meters/${id}/valve?action=open`]) {
    assert.equal((await officer.get(address)).status, 403, address);
    const stranger = await fetch(stack.http + address, { redirect: 'manual' });
    assert.equal(stranger.status, 303, address);
    assert.match(stranger.headers.get('location'), /^\/sign-in/);
  }
});

test('GC-040 GC-051 a selected meter is marked and opens its panel under the table; the cross closes it', async () => {
  const row = meterRows((await site.get('/meters')).html)[2];
  const page = await site.get(row.href);
  assert.deepEqual(meterRows(page.html).filter((r) => r.selected).map((r) => r.id), [row.id]);
  assert.match(page.html, /id="panel"/);
  assert.deepEqual([...page.html.matchAll(/id="tab-\w+"[^>]*>([^<]*)</g)].map((m) => m[1]),
    ['История получения данных', 'История команд', 'Архив']);
  const close = /class="panel-close" href="([^"]*)"/.exec(page.html)[1];
  assert.doesNotMatch((await site.get(close)).html, /id="panel"/);
  assert.match((await site.get('/meters')).html, /disabled[^>]*title="Выберите счётчик в таблице"/);
});

test('GC-076 GC-077 an unfolded row tells address, tariff, model, temperature, signal, battery, period and note', async () => {
  const tariff = added("insert into tariff (name, price_kopecks_per_1000_m3) values ('Отопление', 712345) returning id");
  const id = meterAdd({
    serial: '6006', branch: ours, account: 'R6', name: 'Петров Пётр', address: 'г. Казань, ул. Мира, д. 1', tariff,
    meter: { firmware: "'1.2'", note: "'ключ у соседей'", period: "'thrice_monthly'" },
    state: { temperature_mk: 305350, signal_percent: 23, mobile_operator: "'МТС'", battery_mv: 3800, battery_permille: 785, received_at: 'now()' },
  });
  const folded = meterRows((await site.get('/meters?q=6006')).html)[0];
  const unfolded = await site.get(folded.toggle);
  const told = facts(unfolded.html, id);
  assert.equal(told['Адрес'], 'г. Казань, ул. Мира, д. 1 Петров Пётр');
  assert.match(told['Тариф'], /^Отопление ?: 7 123\.45 руб\/1000м³$/);
  assert.equal(told['Модель'], 'СГ-Лазурь G4-К');
  assert.equal(told['Температура газа'], '32.2 °C');
  assert.equal(told['Уровень радиосигнала'], '23% (МТС)');
  assert.equal(told['Батарея'], '(3.8В, заряд 78.5%)');
  assert.equal(told['Период передачи данных'], 'Три раза в месяц: 1, 22 и 26-го числа');
  assert.equal(told['Примечание'], 'ключ у соседей');
  assert.equal(facts((await site.get(meterRows(unfolded.html)[0].toggle)).html, id), null, 'a second click folds it');
  const names = {
    monthly: 'Раз в месяц, 1-го числа, с 00:00 до 06:00',
    weekly: 'Раз в неделю, по понедельникам, с 00:00 до 06:00',
    daily: 'Каждый день с 00:00 до 01:00',
    twice_monthly: 'Два раза в конце каждого месяца, с 00:00 до 06:00',
    every_12h: 'Через 12 часов',
    hourly: 'Через час',
  };
  for (const [period, text] of Object.entries(names)) {
    stack.exec(`update meter set period = '${period}' where id = ${id}`);
    assert.equal(facts((await site.get(folded.toggle)).html, id)['Период передачи данных'], text);
  }
  stack.exec(`update meter set period = 'minutes', period_minutes = 45 where id = ${id}`);
  assert.match(facts((await site.get(folded.toggle)).html, id)['Период передачи данных'], /45/);
  stack.exec(`delete from meter where id = ${id}`);
});

test('GC-076 what is not known of a meter is a dash in its place', async () => {
  const id = meterAdd({ serial: '6010', branch: ours, account: 'R10', address: '', name: '' });
  const told = facts((await site.get(`/meters?q=6010&open=${id}`)).html, id);
  assert.deepEqual(told, {
    Адрес: '—', Тариф: '—', Модель: 'СГ-Лазурь G4-К', 'Температура газа': '—', 'Уровень радиосигнала': '—', Батарея: '—',
    'Период передачи данных': 'Раз в месяц, 1-го числа, с 00:00 до 06:00', Примечание: '—',
  });
  stack.exec(`delete from meter where id = ${id}`);
});

test('an electricity meter shows kilowatt-hours with their unit, and its registers by name, code, value and unit', async () => {
  const id = meterAdd({
    serial: '6007', branch: ours, account: 'R7', type: 'Aidon',
    state: { last_at: 'now()', received_at: 'now()', energy_wh: 12345678 },
  });
  stack.exec(`insert into register (meter_id, no, logical_name, scaler, unit, last_value, last_text, last_at) values
    (${id}, 1, '1.0.32.7.0.255', -1, 35, 2301, null, '2026-05-06 07:08:09+03'),
    (${id}, 2, '1.0.1.8.2.255', 1, 30, 123456, null, now()),
    (${id}, 3, '9.9.9.9.9.255', 0, 255, null, '<b>x</b>', now())`);
  const page = await site.get(`/meters?q=6007&open=${id}`);
  assert.equal(meterRows(page.html)[0].volume, '12 345.678 кВт·ч');
  const table = /<table class="[^"]*registers">[\s\S]*?<tbody>([\s\S]*?)<\/tbody>/.exec(page.html)[1];
  const rows = [...table.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map((r) => [...r[1].matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map((c) => plain(c[1])));
  const main = rows.shift();
  assert.deepEqual(main.slice(1, 4), ['1-0:1.8.0', '12 345 678', 'Wh'], 'the main register stands first');
  assert.match(main[0], /^Активная энергия, потребление \(A\+\)$/);
  assert.deepEqual(rows[0].slice(0, 4), ['Активная энергия, потребление (A+), тариф 2', '1-0:1.8.2', '1 234 560', 'Wh']);
  assert.deepEqual(rows[1], ['Напряжение фазы L1', '1-0:32.7.0', '230.1', 'V', '06-05-2026 07:08:09']);
  assert.deepEqual(rows[2].slice(0, 4), ['', '9-9:9.9.9', '<b>x</b>', '']);
  stack.exec(`delete from meter where id = ${id}`);
});

test('GC-086 the history of sessions has its columns, newest first, by pages, and the other way round', async () => {
  const id = meterAdd({ serial: '6008', branch: ours, account: 'R8' });
  stack.exec(`insert into reading (meter_id, at, received_at, volume_dm3, status, working_h, tamper_h, temperature_mk, pressure_pa, battery_mv, valve)
    select ${id}, '2026-02-01 00:00+03'::timestamptz + i * interval '1 day', now(), 1000 + i, i % 2, 100 + i, i, 293150 + i * 100, 101325, 3600, i % 4
      from generate_series(0, 12) i`);
  const page = await site.get(`/meters?meter=${id}`);
  const tab = tabTable(page.html);
  assert.deepEqual(tab.head, ['Время', 'Vнорм,м3', 't, С', 'Рабс,мм.рт.ст', 'T работы,ч', 'T саботажа,ч', 'Состояние', 'Клапан', 'Uбат,В']);
  assert.equal(tab.rows.length, 10);
  assert.deepEqual(tab.rows[0], ['13-02-2026 00:00:00', '1.012', '21.2', '760.0', '112', '12', '', 'Закрыт', '3.6']);
  assert.deepEqual(tab.rows[1].slice(6, 8), ['Саботаж', 'Неисправен']);
  assert.equal(ranges(page.html)[1], 'Записи с 1 до 10 из 13 записей');
  const second = await site.get(`/meters?meter=${id}&tpage=2`);
  assert.equal(ranges(second.html)[1], 'Записи с 11 до 13 из 13 записей');
  assert.equal(tabTable(second.html).rows.at(-1)[0], '01-02-2026 00:00:00');
  assert.equal(tabTable((await site.get(tab.links[0])).html).rows[0][0], '01-02-2026 00:00:00');
  assert.equal(tabTable((await site.get(`/meters?meter=${id}&tsize=25`)).html).rows.length, 13);
  assert.equal(tabTable((await site.get(`/meters?meter=${id}&tpage=99`)).html).rows.length, 10, 'past the end: from the beginning');
  stack.exec(`delete from reading where meter_id = ${id}; delete from meter where id = ${id}`);
});

test('GC-089 GC-090 the archive has its columns, and of a meter without one it is empty', async () => {
  const id = meterAdd({ serial: '6009', branch: ours, account: 'R9' });
  stack.exec(`insert into archive_daily (meter_id, day, at, volume_dm3, delta_dm3, status, temperature_mk, pressure_pa) values
    (${id}, '2026-02-02', '2026-02-02 10:00+03', 4754, 0, 6, 293150, 101325),
    (${id}, '2026-02-01', '2026-02-01 10:00+03', 4754, null, 0, null, null)`);
  const tab = tabTable((await site.get(`/meters?meter=${id}&tab=archive`)).html);
  assert.deepEqual(tab.head, ['Дата', 'Vнорм, м³', 'dVнорм, м³', 'tср, °C', 'Рабс, мм рт.ст.', 'Состояние']);
  assert.deepEqual(tab.rows, [
    ['02-02-2026 10:00', '4.754', '0.000', '20.0', '760.0', 'Нажата кнопка, Открыта крышка'],
    ['01-02-2026 10:00', '4.754', '', '', '', '']]);
  stack.exec(`delete from archive_daily where meter_id = ${id}`);
  const empty = await site.get(`/meters?meter=${id}&tab=archive`);
  assert.equal(empty.status, 200);
  assert.deepEqual(tabTable(empty.html).rows, []);
  assert.equal(ranges(empty.html)[1], 'Записи отсутствуют');
  stack.exec(`delete from meter where id = ${id}`);
});

test('names, addresses, notes and serials are text wherever they stand, never markup', async () => {
  const evil = '<script>alert(1)</script>"\'&<img src=x>';
  const id = meterAdd({
    serial: '<i>60</i>&quot;', branch: ours, account: '"><b>', name: evil, address: evil, meter: { note: `'${evil.replaceAll("'", "''")}'` },
  });
  const page = await site.get(`/meters?meter=${id}&open=${id}&q=${encodeURIComponent('<i>60</i>')}`);
  assert.equal(page.status, 200);
  assert.doesNotMatch(page.html, /<script>alert|<img src=x|<i>60|"><b>/);
  const row = meterRows(page.html)[0];
  assert.deepEqual([row.serial, row.account], ['<i>60</i>&quot;', '"><b>']);
  assert.equal(facts(page.html, id)['Примечание'], evil);
  const asked = await site.get(`/meters/${id}/valve?action=close&back=${encodeURIComponent('/meters?q="><script>')}`);
  assert.equal(asked.status, 200);
  assert.doesNotMatch(asked.html, /<script>alert|<img src=x|"><script>/);
  stack.exec(`delete from meter where id = ${id}`);
});

test('the refresh of each second says «unchanged» until something is, and then brings the part that lives', async () => {
  const row = meterRows((await site.get('/meters')).html)[0];
  const page = await site.get(`/meters?meter=${row.id}&tab=commands`);
  const live = (html) => /id="live" hx-get="([^"]*)"/.exec(html)[1].replaceAll('&amp;', '&');
  const background = { 'HX-Request': 'true', 'HX-Target': 'work', 'Lazur-Background': '1' };
  const quiet = await site.get(live(page.html), background);
  assert.deepEqual([quiet.status, quiet.bytes.length], [204, 0]);
  for (const change of [
    `update meter_state set volume_dm3 = coalesce(volume_dm3, 0) + 1 where meter_id = ${row.id}`,
    `update meter_state set status = status + 1 where meter_id = ${row.id}`,
    `insert into command (meter_id, kind, operator_login) values (${row.id}, 'valve_close', 'm-control')`,
    `update command set state = 'executed', executed_at = now() where meter_id = ${row.id}`,
  ]) {
    const before = await site.get(`/meters?meter=${row.id}&tab=commands`);
    stack.exec(change);
    const part = await site.get(live(before.html), background);
    assert.equal(part.status, 200, change);
    assert.match(part.html.trim(), /^<div id="work"/);
    assert.doesNotMatch(part.html, /<html/);
    assert.equal((await site.get(live(part.html), background)).status, 204, `after: ${change}`);
  }
  stack.exec(`delete from command where meter_id = ${row.id}`);
});

test('a click inside the living part is answered by that part alone, an address typed by the whole page', async () => {
  const part = await site.get('/meters?page=2', { 'HX-Request': 'true', 'HX-Boosted': 'true', 'HX-Target': 'work' });
  assert.match(part.html.trim(), /^<div id="work"/);
  assert.match((await site.get('/meters?page=2')).html, /<!doctype html>/);
});

test('the filter keeps order, size and selection; a new order begins at the first page', async () => {
  const row = meterRows((await site.get('/meters')).html)[0];
  const page = await site.get(`/meters?sort=account&dir=desc&meter=${row.id}&open=${row.id}&page=2&q=7`);
  const kept = [...page.html.matchAll(/<input type="hidden" form="filter" name="(\w+)" value="([^"]*)"/g)].map((m) => `${m[1]}=${m[2]}`);
  assert.deepEqual(kept.sort(), ['dir=desc', `meter=${row.id}`, `open=${row.id}`, 'sort=account']);
  const link = new URL(sortLinks(page.html).serial.href, stack.http).searchParams;
  assert.deepEqual([link.get('page'), link.get('q'), link.get('meter')], [null, '7', String(row.id)]);
});

test('in English the window speaks English', async () => {
  operatorAdd(stack, 'm-english', 'view', [ours]);
  const who = await signIn(stack, 'm-english');
  who.cookies.set('lang', 'en');
  const id = one(`select min(meter_id) from meter_state where branch_id = ${ours} and status = 1`);
  const page = await who.get(`/meters?meter=${id}&open=${id}`);
  const work = /<div id="work"[\s\S]*<\/section>/.exec(page.html)[0].replace(/Адрес|Абонент|Лазурь|СГ-\S+ G4-К/g, '');
  assert.doesNotMatch(plain(work), /[А-Яа-яЁё]/);
});
