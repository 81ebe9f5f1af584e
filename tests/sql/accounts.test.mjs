// Accounts as the database keeps them: debits of sessions, exact balances,
// operations of people, and who may touch what.
import test, { after, before, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root, emptyLog, startStack } from '../lib/stack.mjs';

let stack;
before(async () => {
  stack = await startStack({ programs: 'db', fresh: true });
  stack.exec(`
    insert into branch (id, name) values (1, 'A'), (2, 'B');
    insert into tariff (id, name, price_kopecks_per_1000_m3)
      values (1, 'T', 436400), (2, 'Без оплаты', 0), (3, 'Половина', 500000);`);
});
after(() => stack.stop());

// Subscribers 1 and 2 are charged, 3 is not; 1 has meters 1 and 2.
beforeEach(() => {
  stack.exec(`delete from meter_charge; delete from meter; delete from subscriber;
    delete from account_operation; ${emptyLog()} delete from reading;
    insert into subscriber (id, branch_id, tariff_id, account, address, calculates_balance) values
      (1, 1, 1, '0001', 'a', true), (2, 2, 1, null, 'b', true), (3, 1, 1, '0003', 'c', false);
    insert into meter (id, serial, meter_type_id, subscriber_id)
      select v.id, v.serial, t.id, v.subscriber_id
        from (values (1, '101', 1), (2, '102', 1), (3, '103', 2), (4, '104', 3), (5, '105', null))
             v (id, serial, subscriber_id), meter_type t where t.name = 'СГ-Лазурь G4-К';`);
});

const statement = fs.readFileSync(path.join(root, 'sql/queries/ingest_batch.sql'), 'utf8');

// What only ciphered sessions have: the statement's head counts it.
const plain = ", '{}'".repeat([...statement.matchAll(/^-- \$\d+ /gm)].length - 18);

// What a listener sends: sessions { serial, at (minutes ago, or a moment), volume }.
function batchText(sessions) {
  const of = (f) => `array[${sessions.map(f).join(', ')}]`;
  const none = (type) => `array[${sessions.map(() => 'null').join(', ')}]::${type}[]`;
  const moment = (at) => (typeof at === 'string' ? `'${at}'::timestamptz` : `now() - interval '${at} minutes'`);
  return `prepare ingest as ${statement.trim().replace(/;$/, '')};
    execute ingest(${of((s) => `'${s.serial}'`)}, ${of((s) => moment(s.at))}, ${of((s) => moment(s.received || 0))},
      ${of((s) => s.volume ?? 'null')}::int8[], ${none('int8')}, ${of(() => 0)}::int8[], ${of((s) => s.hours ?? 'null')}::int4[],
      ${none('int4')}, ${none('int4')}, ${none('int4')}, ${none('int2')}, ${none('int2')}, ${none('int2')},
      ${none('int2')}, ${of(() => 0)}::int2[], ${none('text')}, ${none('int8')}, ${none('text')}${plain});`;
}
const ingest = (...sessions) => stack.exec(batchText(sessions), 'listener').trim().split('\n').filter(Boolean);

const operations = (where = 'true') => stack.sql(`select kind, serial, amount_kopecks, amount_carry, balance_kopecks,
  from_dm3, to_dm3, price_kopecks_per_1000_m3 as price from account_operation where ${where} order by id`);
const debits = (where = 'true') => operations(where).map((o) => [o.serial, o.from_dm3, o.to_dm3, o.amount_kopecks, o.balance_kopecks]);
const balance = (id) => Object.values(stack.sql(`select balance_kopecks, balance_carry from subscriber where id = ${id}`)[0]);
const pointer = (id) => stack.sql(`select volume_dm3 from meter_charge where meter_id = ${id}`)[0]?.volume_dm3;

test('GC-092 the first session begins the account, the next is debited by volume and tariff: 0.029 m3 at 4364.00 is 0.13', () => {
  assert.equal(ingest({ serial: '101', at: 20, volume: 1000 }).length, 1);
  assert.deepEqual(operations(), []);
  ingest({ serial: '101', at: 10, volume: 1029 });
  assert.deepEqual(operations(), [{ kind: 'debit', serial: '101', amount_kopecks: 13, amount_carry: -344400,
    balance_kopecks: -13, from_dm3: 1000, to_dm3: 1029, price: 436400 }]);
  assert.deepEqual(balance(1), [-13, 344400]);
});

test('GC-092 with «Вычислять баланс» off, or without a subscriber, nothing is debited and nothing kept', () => {
  for (const [at, volume] of [[20, 1000], [10, 5000]]) ingest({ serial: '104', at, volume }, { serial: '105', at, volume });
  assert.deepEqual(operations(), []);
  assert.deepEqual(stack.sql('select * from meter_charge'), []);
  assert.deepEqual(balance(3), [0, 0]);
});

test('GC-093 a debit tells volume, both moments, tariff, meter, first and last reading', () => {
  ingest({ serial: '101', at: 120, volume: 94449 });
  ingest({ serial: '101', at: 60, volume: 95561 });
  const [o] = stack.sql(`select o.serial, o.meter_id, o.from_dm3, o.to_dm3, o.price_kopecks_per_1000_m3 as price,
      o.from_at = a.at as first, o.to_at = b.at as last, o.subscriber_id
    from account_operation o, reading a, reading b where a.volume_dm3 = 94449 and b.volume_dm3 = 95561`);
  assert.deepEqual(o, { serial: '101', meter_id: 1, from_dm3: 94449, to_dm3: 95561, price: 436400, first: true, last: true, subscriber_id: 1 });
});

test('GC-094 debits are contiguous: a session without consumption is waited for, none is charged twice or skipped', () => {
  for (const [at, volume] of [[90, 100], [80, 130], [70, 130], [60, 130], [50, 175]]) ingest({ serial: '101', at, volume });
  assert.deepEqual(debits().map((d) => d.slice(1, 3)), [[100, 130], [130, 175]]);
  const [first, second] = stack.sql('select from_at, to_at from account_operation order by id');
  assert.equal(second.from_at, first.to_at);
});

test('the same batch twice is one debit', () => {
  const at = new Date(Date.now() - 600000).toISOString();
  ingest({ serial: '101', at: 20, volume: 1000 });
  ingest({ serial: '101', at, volume: 2000 });
  const now = () => [operations(), balance(1), pointer(1)];
  const was = now();
  assert.equal(ingest({ serial: '101', at, volume: 2000 }).length, 1, 'the session is answered again');
  assert.deepEqual(now(), was);
  assert.equal(operations().length, 1);
});

test('a reading that comes late is stored and neither charged nor skipped', () => {
  ingest({ serial: '101', at: 60, volume: 1000 });
  ingest({ serial: '101', at: 20, volume: 1500 });
  ingest({ serial: '101', at: 40, volume: 1200 });
  ingest({ serial: '101', at: 10, volume: 1600 });
  assert.deepEqual(debits().map((d) => d.slice(1, 3)), [[1000, 1500], [1500, 1600]]);
});

test('several readings of a meter in one batch are one debit up to the newest', () => {
  ingest({ serial: '101', at: 60, volume: 1000 });
  ingest({ serial: '101', at: 20, volume: 1500 }, { serial: '101', at: 40, volume: 1200 }, { serial: '101', at: 30, volume: 1400 });
  assert.deepEqual(debits().map((d) => d.slice(1, 3)), [[1000, 1500]]);
});

test('two meters of one subscriber in one batch: the balance runs through both and ends exact', () => {
  ingest({ serial: '101', at: 60, volume: 0 }, { serial: '102', at: 60, volume: 0 });
  ingest({ serial: '101', at: 20, volume: 29 }, { serial: '102', at: 30, volume: 29 });
  assert.deepEqual(debits(), [['102', 0, 29, 13, -13], ['101', 0, 29, 13, -25]]);
  assert.deepEqual(balance(1), [-25, -311200]); // 2 x 12.6556 is 25.3112
});

test('GC-095 no rounding drifts: two hundred small debits end where one large would', () => {
  ingest({ serial: '101', at: 5000, volume: 0 });
  const volumes = Array.from({ length: 200 }, (_, i) => i + 1);
  for (const v of volumes.filter((n) => n % 20 === 0)) ingest({ serial: '101', at: 4000 - v, volume: v });
  stack.exec(volumes.map((v) => `select account_charge(array[1::bigint], array[now()], array[now()], array[${200 + v * 7}::bigint]);`).join('\n'));
  const exact = BigInt(200 + 200 * 7) * 436400n;
  const [b, carry] = balance(1);
  assert.equal(BigInt(b) * 1000000n + BigInt(carry), -exact);
  const [{ sum }] = stack.sql(`select (sum(case kind when 'debit' then -1 else 1 end
    * (amount_kopecks * 1000000::numeric + amount_carry)))::text as sum from account_operation`);
  assert.equal(BigInt(sum), -exact);
});

test('GC-095 halves round away from zero, the carry keeps the other half', () => {
  stack.exec('update subscriber set tariff_id = 3 where id = 1');
  ingest({ serial: '101', at: 60, volume: 0 });
  ingest({ serial: '101', at: 50, volume: 1 });
  assert.deepEqual(balance(1), [-1, 500000]);
  ingest({ serial: '101', at: 40, volume: 2 });
  assert.deepEqual(balance(1), [-1, 0]);
  assert.deepEqual(debits().map((d) => d.slice(3)), [[1, -1], [1, -1]]);
});

test('GC-095 a tariff of 0.00, and no tariff, are recorded with the amount 0.00', () => {
  stack.exec('update subscriber set tariff_id = 2 where id = 1; update subscriber set tariff_id = null where id = 2');
  ingest({ serial: '101', at: 60, volume: 0 }, { serial: '103', at: 60, volume: 0 });
  ingest({ serial: '101', at: 50, volume: 1112 }, { serial: '103', at: 50, volume: 7 });
  assert.deepEqual(debits(), [['101', 0, 1112, 0, 0], ['103', 0, 7, 0, 0]]);
});

test('GC-172 a changed tariff applies to later debits; recorded ones keep theirs', () => {
  ingest({ serial: '101', at: 60, volume: 0 });
  ingest({ serial: '101', at: 50, volume: 1000 });
  stack.exec('update tariff set price_kopecks_per_1000_m3 = 872800 where id = 1');
  ingest({ serial: '101', at: 0, volume: 2000 });
  assert.deepEqual(operations().map((o) => [o.price, o.amount_kopecks]), [[436400, 436], [872800, 873]]);
  stack.exec(`update tariff set price_kopecks_per_1000_m3 = 436400 where id = 1;
    delete from tariff_price where tariff_id = 1 and valid_from > '-infinity'`);
});

test('a price with a date of its own applies to readings from that moment, however late they come', () => {
  stack.exec(`insert into tariff_price (tariff_id, valid_from, price_kopecks_per_1000_m3)
    values (1, now() - interval '45 minutes', 872800)`);
  ingest({ serial: '101', at: 60, volume: 0 });
  ingest({ serial: '101', at: 50, volume: 1000 });
  ingest({ serial: '101', at: 40, volume: 2000 });
  assert.deepEqual(operations().map((o) => o.price), [436400, 872800]);
  assert.deepEqual(stack.sql('select tariffs_due() as n'), [{ n: 1 }]);
  assert.deepEqual(stack.sql('select price_kopecks_per_1000_m3::int as p from tariff where id = 1'), [{ p: 872800 }]);
  stack.exec(`delete from tariff_price where tariff_id = 1 and valid_from > '-infinity'; select tariffs_due()`);
});

test('a meter that shows less was replaced or turned back: no debit, and on from there', () => {
  for (const [at, volume] of [[60, 5000], [50, 5100], [40, 3], [30, 10]]) ingest({ serial: '101', at, volume });
  assert.deepEqual(debits().map((d) => d.slice(1, 3)), [[5000, 5100], [3, 10]]);
});

test('after a clock that ran ahead, an old reading that comes late is not charged again', () => {
  ingest({ serial: '101', at: 60, volume: 100 });
  ingest({ serial: '101', at: -5000, volume: 110 });
  ingest({ serial: '101', at: 50, volume: 105 });
  ingest({ serial: '101', at: 40, volume: 112 });
  assert.deepEqual(debits().map((d) => d.slice(1, 3)), [[100, 110], [110, 112]]);
});

test('a session without a volume charges nothing and loses nothing', () => {
  ingest({ serial: '101', at: 60, volume: 100 });
  ingest({ serial: '101', at: 50 });
  ingest({ serial: '101', at: 40, volume: 150 });
  assert.deepEqual(debits().map((d) => d.slice(1, 3)), [[100, 150]]);
});

test('a reading no gas can explain is not charged, is told to the administrator, and harms no one else', () => {
  ingest({ serial: '101', at: 60, volume: 100 }, { serial: '103', at: 60, volume: 100 });
  assert.equal(ingest({ serial: '101', at: 50, volume: '9223372036854775807' }, { serial: '103', at: 50, volume: 200 }).length, 2);
  assert.deepEqual(debits().map((d) => d.slice(0, 3)), [['103', 100, 200]]);
  const [line] = stack.sql('select operator_login, action, note from audit_log');
  assert.deepEqual([line.operator_login, line.action], ['', 'Списание пропущено']);
  assert.match(line.note, /^прибор №101: показания 9223372036854775\.807м³ после 0\.100м³$/);
  stack.exec('update meter_state set last_at = null where meter_id = 1');
  ingest({ serial: '101', at: 40, volume: 130 });
  assert.deepEqual(debits("serial = '101'").map((d) => d.slice(1, 3)), [[100, 130]]);
});

test('calculation that is switched on, and a meter that is bound, begin at what the meter shows now', () => {
  ingest({ serial: '104', at: 60, volume: 700 }, { serial: '105', at: 60, volume: 900 });
  stack.exec('update subscriber set calculates_balance = true where id = 3; update meter set subscriber_id = 2 where id = 5');
  assert.deepEqual([pointer(4), pointer(5)], [700, 900]);
  ingest({ serial: '104', at: 50, volume: 710 }, { serial: '105', at: 50, volume: 930 });
  assert.deepEqual(debits().map((d) => d.slice(0, 3)), [['105', 900, 930], ['104', 700, 710]]);
  stack.exec('update subscriber set calculates_balance = false where id = 3; delete from subscriber where id = 2');
  assert.deepEqual(stack.sql('select meter_id, charges from meter_state where charges order by 1').map((r) => r.meter_id), [1, 2]);
  assert.equal(pointer(4), undefined);
  ingest({ serial: '104', at: 40, volume: 800 }, { serial: '105', at: 40, volume: 990 });
  assert.equal(operations().length, 2);
  stack.exec('update subscriber set calculates_balance = true where id = 3');
  ingest({ serial: '104', at: 30, volume: 801 });
  assert.deepEqual(debits().at(-1).slice(0, 3), ['104', 800, 801], 'what was used meanwhile is not charged');
});

test('a meter bound to another subscriber is charged to him from that moment', () => {
  ingest({ serial: '101', at: 60, volume: 100 });
  stack.exec('update meter set subscriber_id = 2 where id = 1');
  ingest({ serial: '101', at: 50, volume: 150 });
  assert.deepEqual(stack.sql('select subscriber_id, from_dm3, to_dm3 from account_operation'),
    [{ subscriber_id: 2, from_dm3: 100, to_dm3: 150 }]);
});

// A session of its own that stays open: lines in, their answers out.
function open(role) {
  const child = spawn('psql', [stack.conninfo(role), '-XAtq', '-v', 'ON_ERROR_STOP=0'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (d) => { text += d; });
  child.stderr.on('data', (d) => { text += d; });
  return {
    async say(line, mark = 'done') {
      const seen = text.length;
      child.stdin.write(`${line}\n\\echo ${mark}\n`);
      while (!text.slice(seen).includes(mark)) await new Promise((r) => setTimeout(r, 10));
      return text.slice(seen);
    },
    write: (line) => child.stdin.write(`${line}\n`),
    end: () => new Promise((r) => { child.on('exit', () => r(text)); child.stdin.end(); }),
  };
}

test('two overlapping batches of the same meters never charge twice', async () => {
  ingest({ serial: '101', at: 60, volume: 0 }, { serial: '102', at: 60, volume: 0 });
  const one = open('listener');
  const two = open('listener');
  await one.say(`begin; ${batchText([{ serial: '101', at: 30, volume: 100 }, { serial: '102', at: 30, volume: 50 }])}`);
  two.write(`${batchText([{ serial: '101', at: 20, volume: 130 }, { serial: '102', at: 40, volume: 20 }])}`);
  await new Promise((r) => setTimeout(r, 300));
  assert.equal(operations().length, 0, 'the second waits for the first');
  await one.say('commit;');
  assert.doesNotMatch(await two.end() + await one.end(), /ERROR/);
  assert.deepEqual(debits().map((d) => d.slice(0, 3)).sort(), [['101', 0, 100], ['101', 100, 130], ['102', 0, 50]]);
  const [b, carry] = balance(1);
  assert.equal(BigInt(b) * 1000000n + BigInt(carry), -180n * 436400n);
});

test('a payment during a batch: both are in the balance, and each says what it was after it', async () => {
  ingest({ serial: '101', at: 60, volume: 0 });
  const batch = open('listener');
  await batch.say(`begin; ${batchText([{ serial: '101', at: 30, volume: 1000 }])}`);
  const desk = open('web');
  desk.write(`begin; ${settings()} ${call()}; commit;`);
  await new Promise((r) => setTimeout(r, 200));
  await batch.say('commit;');
  assert.doesNotMatch(await desk.end() + await batch.end(), /ERROR/);
  assert.deepEqual(operations().map((o) => [o.kind, o.balance_kopecks]), [['debit', -436], ['accrual', 1864]]);
  assert.deepEqual(balance(1), [1864, -400000]);
});

// ---- what people do

const settings = ({ role = 'control', branches = '{1}', branchless = '', login = 'Петров' } = {}) =>
  `select set_config('app.role', '${role}', true), set_config('app.branches', '${branches}', true),
     set_config('app.branchless', '${branchless}', true), set_config('app.login', '${login}', true) \\g /dev/null\n`;
let nonces = 0;
const nonce = () => `00000000-0000-0000-0000-${String(++nonces).padStart(12, '0')}`;
const call = ({ subscriber = 1, kind = 'accrual', amount = 2300, document = '000000107', note = '', form = nonce() } = {}) =>
  `select account_add(${subscriber}, '${kind}', ${amount}, '${document}', '${note}', '${form}', '10.0.0.1')`;
const add = (what, who) => stack.exec(`begin; ${settings(who)} ${call(what)}; commit;`, 'web').trim();

test('GC-098 an accrual and a correction change the balance by exactly the amount, and stand in the log', () => {
  ingest({ serial: '101', at: 60, volume: 0 });
  ingest({ serial: '101', at: 50, volume: 1 });
  assert.deepEqual(balance(1), [0, -436400]);
  add({ amount: 2300 });
  add({ kind: 'correction', amount: -2301, document: 'акт 5', note: 'ошибка' });
  assert.deepEqual(balance(1), [-1, -436400]);
  assert.deepEqual(operations("kind <> 'debit'").map((o) => [o.kind, o.amount_kopecks, o.balance_kopecks]),
    [['accrual', 2300, 2300], ['correction', -2301, -1]]);
  assert.deepEqual(stack.sql('select operator_login, action, note, address from audit_log order by id'), [
    { operator_login: 'Петров', action: 'Начисление средств', note: 'счёт 0001: 23.00 руб., документ 000000107', address: '10.0.0.1' },
    { operator_login: 'Петров', action: 'Корректировка счёта', note: 'счёт 0001: -23.01 руб., документ акт 5', address: '10.0.0.1' }]);
});

test('GC-097 an accrual is above zero, a correction is not zero, and none is beyond a hundred million roubles', () => {
  for (const what of [{ amount: 0 }, { amount: -1 }, { kind: 'correction', amount: 0 }, { kind: 'debit' },
    { amount: '10000000001' }, { kind: 'correction', amount: '-10000000001' }]) {
    assert.throws(() => add(what), { code: 'LZ422' }, JSON.stringify(what));
  }
  assert.throws(() => add({ document: '' }), { code: '23514' });
  assert.deepEqual(operations(), []);
  assert.deepEqual(stack.sql('select * from audit_log'), []);
});

test('the same form twice is one operation; with other words it is refused', () => {
  const form = nonce();
  const id = add({ form });
  assert.equal(add({ form }), id);
  assert.throws(() => add({ form, amount: 2400 }), { code: 'LZ409' });
  assert.throws(() => add({ form }, { login: 'Другой' }), { code: 'LZ409' });
  assert.equal(operations().length, 1);
  assert.deepEqual(balance(1), [2300, 0]);
  assert.equal(stack.sql('select * from audit_log').length, 1);
});

test('GC-026 GC-028 GC-099 only control and administrators change an account, and only of their branches', () => {
  for (const role of ['view', 'security', '']) assert.throws(() => add({}, { role }), { code: 'LZ403' }, role);
  assert.throws(() => add({ subscriber: 2 }), { code: 'LZ404' });
  assert.throws(() => add({ subscriber: 99 }), { code: 'LZ404' });
  add({}, { role: 'admin' });
  assert.equal(operations().length, 1);
});

test('two operators at once: both amounts count', async () => {
  const desks = Array.from({ length: 6 }, () => open('web'));
  desks.forEach((d, i) => d.write(`begin; ${settings({ login: `o${i}` })} ${call({ amount: 100 + i })}; commit;`));
  for (const d of desks) assert.doesNotMatch(await d.end(), /ERROR/);
  assert.deepEqual(balance(1), [615, 0]);
  const after_ = operations();
  let running = 0;
  for (const o of after_) assert.equal(o.balance_kopecks, running += o.amount_kopecks);
});

test('the site adds operations by its door only and changes none; each operator sees those of his branches', () => {
  add({});
  add({ subscriber: 2 }, { branches: '{2}' });
  const as = (query, branches = '{1,2}') => stack.exec(`begin; ${settings({ role: 'admin', branches, branchless: 'on' })} ${query}; commit;`, 'web').trim();
  assert.equal(as('select count(*) from account_operation', '{1}'), '1');
  assert.equal(as('select count(*) from account_operation'), '2');
  for (const q of ['update account_operation set amount_kopecks = 1', 'delete from account_operation',
    "insert into account_operation (subscriber_id, kind, amount_kopecks, balance_kopecks, document, operator_login) values (1, 'accrual', 1, 1, 'x', 'x')",
    'select * from meter_charge', "select account_charge(array[1::bigint], array[now()], array[now()], array[1::bigint])",
    'select charge_begin(array[1::bigint])']) {
    assert.throws(() => as(q), { code: '42501' }, q);
  }
});

test('a note is written by an administrator, over the note he was shown, and stands in the log', () => {
  const write = (was, note, who) => stack.exec(`begin; ${settings({ role: 'admin', ...who })}
    select meter_note_set(1, '${was}', '${note}', '10.0.0.1'); commit;`, 'web');
  const note = () => stack.sql('select note from meter where id = 1')[0].note;
  write('', 'Собака во дворе');
  assert.equal(note(), 'Собака во дворе');
  assert.throws(() => write('', 'Ключ у соседей'), { code: 'LZ409' });
  for (const role of ['view', 'control', 'security']) assert.throws(() => write('Собака во дворе', 'x', { role }), { code: 'LZ403' });
  assert.throws(() => write('Собака во дворе', 'x', { branches: '{2}' }), { code: 'LZ404' });
  assert.throws(() => write('Собака во дворе', 'x'.repeat(1001)), { code: '23514' });
  write('Собака во дворе', 'Собака во дворе');
  write('Собака во дворе', '');
  assert.deepEqual(stack.sql('select action, note from audit_log order by id'), [
    { action: 'Изменить примечание', note: 'прибор №101: Собака во дворе' },
    { action: 'Изменить примечание', note: 'прибор №101: удалено' }]);
});

test('a sealed radio password is handed out for a visible meter to control and administrators, and each look is logged', () => {
  stack.exec(`insert into meter_secret values ('101', '\\x01'), ('103', '\\x03')`);
  const look = (meter, who) => stack.exec(`begin; ${settings(who)} select identity, sealed from radio_password_view(${meter}, '10.0.0.1'); commit;`, 'web').trim();
  assert.equal(look(1), '101|\\x01');
  assert.equal(look(2, { role: 'admin' }), '');
  assert.throws(() => look(3), { code: 'LZ404' });
  assert.throws(() => look(5), { code: 'LZ404' });
  for (const role of ['view', 'security', '']) assert.throws(() => look(1, { role }), { code: 'LZ403' });
  assert.deepEqual(stack.sql('select operator_login, action, note from audit_log order by id').map((r) => r.note), ['прибор №101', 'прибор №102']);
  assert.throws(() => stack.exec('select * from meter_secret', 'web'), { code: '42501' });
});
