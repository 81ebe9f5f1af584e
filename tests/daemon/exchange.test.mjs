// The exchange log, from the socket of a meter to the page of an administrator:
// every byte with its time, nothing that nobody may read, and readings that
// never wait for it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { rowsOf } from '../lib/directory.mjs';
import { Meter, push } from '../lib/dlms.mjs';
import { saved, xlsxRows } from '../lib/documents.mjs';
import { real } from '../lib/goldcard.mjs';
import { startListener, until } from '../lib/listener.mjs';
import { plain, signIn } from '../lib/site.mjs';

let house;
let admin;
before(async () => {
  house = await startListener({ idle: '400ms', answer: '500ms', first_byte: '400ms', listeners: 1, log_memory: 1 },
    { programs: ['operator', 'admin', 'nginx'], meters: 3, days: 1 });
  admin = await signIn(house.stack, 'admin');
});
after(() => house?.end());

let serials = 780000000000;
let volume = 1000;
const one = (sql) => Object.values(house.sql(sql)[0] ?? {})[0];
const spaced = (bytes) => bytes.toString('hex').replace(/(..)(?!$)/g, '$1 ');
const of = (meter, where = 'true') => house.sql(`select x.id::text, x.result, x.took_ms, x.bytes_in, x.bytes_out, host(x.peer) as peer, x.protocol,
    encode(x.frames, 'hex') as frames, x.named, x.whole::text, exchange_at(x.id) as at
  from exchange x where x.meter_id = (select id from meter where serial = '${meter}') and ${where} order by x.id`);
const kept = (meter, n = 1) => until(() => { const rows = of(meter); return rows.length >= n && rows; });
const idOf = (serial) => one(`select id from meter where serial = '${serial}'`);

async function call(serial, behaviour = {}, { pause } = {}) {
  const m = await Meter.call(house.port);
  const sent = push({ serial, volume: ++volume });
  if (pause) {
    m.send(sent.subarray(0, 20));
    await new Promise((resolve) => setTimeout(resolve, pause));
    m.send(sent.subarray(20));
  } else {
    m.send(sent);
  }
  const confirmed = await m.frame();
  assert.equal(confirmed.tag, 0x10, 'confirmed');
  const asked = await m.serve(behaviour);
  return { sent, confirmed: confirmed.bytes, asked };
}
const order = (serial, kind, sealed = 'null') => house.exec(`begin;
  select set_config('app.role', 'admin', true), set_config('app.login', 'admin', true);
  select meter_order(array[${idOf(serial)}], '${kind}', '{}', ${sealed}, ''); commit;`, 'owner');

// Telegrams of an opened session, as the page has them.
const telegrams = (html) => [...html.matchAll(/<li class="telegram telegram-(in|out)">([\s\S]*?)<\/div><\/li>/g)].map(([, side, t]) => ({
  side,
  at: plain(t.match(/<time[^>]*>([^<]*)/)[1]),
  head: plain(t.match(/<div class="telegram-head">([\s\S]*?)<button/)[1]),
  hex: t.match(/<code class="hex"[^>]*>([^<]*)/)[1],
  lines: [...t.matchAll(/<li class="depth-(\d)">([^<]*)/g)].map((l) => `${'  '.repeat(Number(l[1]))}${plain(l[2])}`),
}));
const opened = async (serial, id, more = '') => (await admin.get(`/admin/exchange?meter=${idOf(serial)}&id=${id}${more}`)).html;

test('AT-221 AT-225 AT-229 a session is kept byte for byte, with milliseconds and direction, on the page of its meter', async () => {
  const serial = String(++serials);
  const { sent, confirmed } = await call(serial, {}, { pause: 120 });
  const [row] = await kept(serial);
  assert.deepEqual([row.result, row.bytes_in, row.bytes_out, row.peer, row.protocol, row.named],
    ['stored', sent.length, confirmed.length, '127.0.0.1', 'dlms', null]);
  assert.ok(row.took_ms >= 120 && row.took_ms < 5000);
  assert.ok(Math.abs(Date.parse(row.at) - Date.now()) < 20000);
  const list = (await admin.get(`/admin/exchange?meter=${idOf(serial)}`)).html;
  const [[at, device, address, result]] = rowsOf(list);
  assert.match(at, /^\d\d-\d\d-\d{4} \d\d:\d\d:\d\d\.\d{3}$/);
  assert.deepEqual([device, address, result], [serial, '127.0.0.1', 'Показания приняты']);
  const [q, r] = telegrams(await opened(serial, row.id));
  assert.deepEqual([q.side, q.hex, r.side, r.hex], ['in', spaced(sent), 'out', spaced(confirmed)]);
  assert.match(q.head, /От прибора \d+ байт, шла 1\d\d мс$/);
  assert.ok(r.at > q.at);
});

test('AT-232 telegrams are decoded as a tree beside their bytes', async () => {
  const serial = String(++serials);
  await call(serial);
  const [row] = await kept(serial);
  const [q, r] = telegrams(await opened(serial, row.id));
  assert.match(q.lines[0], /^wrapper, wPort 1 to 16/);
  assert.match(q.lines[1], /^ {2}\S.*\(0F\)/);
  assert.ok(q.lines.some((l) => l.includes(serial)), 'the serial number is read');
  assert.match(r.lines.join('\n'), /\(10\)/);
});

test('passwords are in no byte of the log: of the association, of a new one, of the radio', async () => {
  const serial = String(++serials);
  await call(serial);
  house.secret(serial, 'lls=Sesame77\nradio=old-one-11\n');
  const id = idOf(serial);
  for (const [kind, line, value] of [['radio_password', 'radio', 'new-one-77'], ['keys', 'lls', 'Sesame88']]) {
    house.secret(`command:${id}`, `${line}=${value}\n`);
    order(serial, kind, `(select sealed from meter_secret where identity = 'command:${id}')`);
  }
  const values = [];
  const { asked } = await call(serial, { values });
  assert.ok(asked.filter((a) => a.startsWith('set')).length === 2, asked.join());
  assert.match(values.map((v) => Buffer.from(v[1], 'hex').toString('latin1')).join(), /new-one-77.*Sesame88|Sesame88.*new-one-77/s, 'the meter did hear them');
  const [, row] = await kept(serial, 2);
  assert.equal(row.result, 'commands');
  for (const secret of ['Sesame77', 'Sesame88', 'new-one-77', 'old-one-11']) {
    assert.ok(!row.frames.includes(Buffer.from(secret).toString('hex')), secret);
  }
  const all = telegrams(await opened(serial, row.id));
  const aarq = all.find((t) => t.lines.some((l) => l.includes('password of 8 bytes')));
  assert.match(aarq.head, /пароль скрыт/);
  assert.match(aarq.hex, /2a 2a 2a 2a 2a 2a 2a 2a/);
  const sets = all.filter((t) => t.lines.some((l) => l.includes('(C1)')));
  assert.equal(sets.length, 2);
  assert.ok(sets.every((t) => /\*{8}/.test(t.lines.join())), 'the rest of the telegram is read');
  assert.equal(all.filter((t) => /пароль скрыт/.test(t.head)).length, 3);
});

test('AT-233 AT-234 what no protocol knows is kept too, and found by its address from «Ошибки связи»', async () => {
  const bytes = Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const m = await Meter.call(house.port, { local: '127.0.9.7' });
  m.send(bytes);
  await m.closed;
  await until(() => house.sql("select 1 from exchange where peer = '127.0.9.7'").length);
  await until(() => house.faults().some((f) => f.address === '127.0.9.7'));
  const fault = one("select id from session_fault where address = '127.0.9.7'");
  const faults = (await admin.get(`/admin/faults?id=${fault}`)).html;
  const link = faults.match(/href="(\/admin\/exchange\?address=[^"]*)"/)[1].replaceAll('&amp;', '&');
  const found = rowsOf((await admin.get(link)).html);
  assert.deepEqual(found.map((r) => [r[1], r[2], r[3], r[5], r[6]]), [['', '127.0.9.7', 'Ни один из известных протоколов', String(bytes.length), '0']]);
  const id = one("select id::text from exchange where peer = '127.0.9.7'");
  const [t] = telegrams((await admin.get(`/admin/exchange?id=${id}`)).html);
  assert.equal(t.hex, spaced(bytes));
  assert.match(t.head, /не разобрано/);
});

test('AT-228 AT-349 the message of a goldCard meter and its answer are one session, in hex as the figure has it, and decoded', async () => {
  const m = await Meter.call(house.port);
  m.send(real.Q6);
  await until(() => m.heard.length >= 17);
  const answer = m.heard;
  m.hangUp();
  await m.closed;
  const row = await until(() => house.sql("select id::text, meter_id from exchange where protocol = 'goldCard' and result = 'stored'")[0]);
  const all = telegrams((await admin.get(`/admin/exchange?meter=${row.meter_id}&id=${row.id}`)).html);
  assert.deepEqual(all.map((t) => [t.side, t.hex]), [['in', spaced(real.Q6)], ['out', spaced(answer)]]);
  assert.match(all[0].hex, /^68 03 00 00 40 06 01 20 15 71 64 00 04/);
  assert.match(all[0].lines.join('\n'), /20157164[\s\S]*515[.]?730/);
  assert.match(all[0].head, /От прибора/);
});

test('a session that names a meter and is refused stands with that meter, under the reason', async () => {
  const serial = String(++serials);
  await call(serial);
  house.exec(`update meter_identity set guard = '' where identity = '${serial}'`);
  const m = await Meter.call(house.port);
  m.send(push({ serial, volume: ++volume }));
  await m.closed;
  const [, row] = await kept(serial, 2);
  assert.deepEqual([row.result, row.named], ['key_expected', serial]);
  const rows = rowsOf((await admin.get(`/admin/exchange?meter=${idOf(serial)}&result=fault`)).html);
  assert.deepEqual(rows.map((r) => r[3]), ['Без шифрования от имени прибора, у которого есть ключ']);
  assert.ok(rowsOf((await admin.get(`/admin/exchange?q=${serial}`)).html).length === 1, 'and among all that failed');
});

test('several meters of one session each have it on their page', async () => {
  const serial = String(++serials);
  const other = String(++serials);
  const m = await Meter.call(house.port);
  m.send(push({ serial, volume: ++volume }));
  await m.frame();
  m.send(push({ serial: other, volume: ++volume }));
  await m.frame();
  m.hangUp();
  await m.closed;
  const [row] = await kept(serial);
  const [second] = await kept(other);
  assert.deepEqual([second.whole, second.frames], [row.id, null]);
  assert.equal(telegrams(await opened(other, second.id)).length, 4);
  assert.match(plain(await opened(serial, row.id)), new RegExp(`И приборы\\s*${other}`));
});

test('a meter that is deleted takes its sessions with it', async () => {
  const serial = String(++serials);
  await call(serial);
  await kept(serial);
  const id = idOf(serial);
  house.exec(`delete from meter where id = ${id}`, 'owner');
  assert.equal(Number(one(`select count(*) from exchange where meter_id = ${id}`)), 0);
});

test('AT-223 sessions are found by minutes, by bytes in hex and by text, and one way alone is shown', async () => {
  const serial = String(++serials);
  const { sent } = await call(serial);
  const [row] = await kept(serial);
  const count = async (query) => rowsOf((await admin.get(`/admin/exchange?meter=${idOf(serial)}&${query}`)).html).length;
  const minute = (ms) => one(`select to_char(now() + interval '${ms} ms', 'YYYY-MM-DD"T"HH24:MI') as m`);
  assert.equal(await count(`from=${minute(-120000)}&to=${minute(0)}`), 1);
  assert.equal(await count(`to=${minute(-120000)}`), 0);
  assert.equal(await count(`from=${minute(120000)}`), 0);
  assert.equal((await admin.get('/admin/exchange?from=yesterday')).status, 422);
  const part = sent.subarray(30, 36);
  assert.equal(await count(`q=${spaced(part)}`), 1);
  assert.equal(await count(`q=${part.toString('hex').toUpperCase()}`), 1);
  assert.equal(await count('q=СГ-Лазурь'), 1, 'text in the bytes');
  assert.equal(await count('q=de:ad:be:ef:99'), 0);
  assert.equal(await count('result=fine'), 1);
  assert.equal(await count('result=commands'), 0);
  assert.equal(await count('address=127.0.0.2'), 0);
  assert.deepEqual(telegrams(await opened(serial, row.id, '&side=out')).map((t) => t.side), ['out']);
});

test('AT-235 a session downloads as text that lazur-decode reads, and the list as CSV and XLSX', async () => {
  const serial = String(++serials);
  const { sent, confirmed } = await call(serial);
  const [row] = await kept(serial);
  const file = await admin.get(`/admin/exchange/${row.id}/text`);
  assert.equal(file.headers.get('content-type'), 'text/plain; charset=utf-8');
  assert.match(file.headers.get('content-disposition'), /^attachment; /);
  assert.deepEqual(file.html.split('\n').filter((l) => l && l[0] !== '#'), [spaced(sent), spaced(confirmed)]);
  assert.match(file.html, /^# \d\d-\d\d-\d{4} \d\d:\d\d:\d\d\.\d{3} {2}От прибора$/m);
  const read = spawnSync(path.join(house.stack.build, 'lazur-decode'), ['-'], { input: file.html, encoding: 'utf8' });
  assert.equal(read.status, 0, read.stderr);
  assert.ok(read.stdout.includes(serial));
  assert.equal((await admin.get('/admin/exchange/1/text')).status, 404);
  const lines = (await admin.get(`/admin/exchange.csv?meter=${idOf(serial)}`)).html.split('\r\n');
  assert.match(lines[1], new RegExp(`^\\d\\d-\\d\\d-\\d{4} \\d\\d:\\d\\d:\\d\\d\\.\\d{3};"${serial}";127\\.0\\.0\\.1;Показания приняты;\\d+;${sent.length};${confirmed.length};dlms$`));
  const xlsx = xlsxRows(saved(await admin.get(`/admin/exchange.csv?meter=${idOf(serial)}&format=xlsx`)).path);
  assert.ok(xlsx.some((r) => r.includes(serial)));
});

test('readings never wait for the log: it is locked, they are confirmed; what finds no room is counted, and shown', async () => {
  const lock = spawn(path.join(process.cwd(), 'tools/stack'), ['psql', 'owner', '-q', '-c',
    'begin; lock table exchange in access exclusive mode; select pg_sleep(600)'], { env: house.stack.env, stdio: 'ignore' });
  try {
    await until(() => house.sql("select 1 from pg_locks l join pg_class c on c.oid = l.relation where c.relname = 'exchange' and l.mode = 'AccessExclusiveLock' and l.granted").length);
    const before = Number(one('select count(*) from reading'));
    // Meters that go on and on after what was confirmed.
    const more = Buffer.concat([Buffer.from('0001000100103a98', 'hex'), Buffer.alloc(14900, 0x55)]);
    for (let i = 0; i < 130; i++) {
      const m = await Meter.call(house.port);
      m.send(push({ serial: String(++serials), volume: ++volume }));
      assert.equal((await m.frame()).tag, 0x10);
      m.send(more).hangUp();
      await m.closed;
    }
    assert.equal(Number(one('select count(*) from reading')), before + 130);
    await until(() => house.faults().some((f) => f.reason === 'not_logged'));
  } finally {
    house.exec("select pg_terminate_backend(pid) from pg_stat_activity where query like '%lock table exchange%' and pid <> pg_backend_pid()", 'postgres');
    lock.kill('SIGKILL');
  }
  const lost = Number(one("select sum(times) from session_fault where reason = 'not_logged'"));
  assert.match(plain((await admin.get('/admin/exchange')).html), new RegExp(`не сохранено сеансов: ${lost}, последний`));
  assert.ok(lost > 0 && lost < 130, `${lost} of them were lost`);
  const serial = String(++serials);
  await call(serial);
  await kept(serial);
});

test('AT-236 days are partitions: made ahead, dropped when they are over; zero keeps nothing and readings stay', async () => {
  const days = () => house.sql("select relname from pg_class where relname ~ '^exchange_2' and relkind = 'r' order by 1").map((r) => r.relname);
  const today = days()[0];
  const keep = (date) => house.exec(`select exchange_keep('${date}')`, 'owner');
  const day = (n) => one(`select to_char(now() at time zone 'UTC' + interval '${n} days', 'YYYY-MM-DD') as d`);
  const rows = Number(one('select count(*) from exchange'));
  keep(day(7));
  assert.equal(days()[0], today, 'seven whole days beside the one that is on');
  assert.equal(Number(one('select count(*) from exchange')), rows);
  keep(day(8));
  assert.ok(!days().includes(today));
  assert.equal(Number(one('select count(*) from exchange')), 0);
  keep(day(0));
  house.exec("update parameter set value = '0' where name = 'exchange_days'");
  const serial = String(++serials);
  await call(serial);
  await until(() => house.log().some((l) => /exchange log: off/.test(l)));
  await call(serial);
  assert.equal(Number(one('select count(*) from exchange')), 0);
  assert.equal(Number(one(`select count(*) from reading r join meter m on m.id = r.meter_id where m.serial = '${serial}'`)), 2);
  assert.match(plain((await admin.get('/admin/exchange')).html), /Журнал обмена выключен/);
  house.exec("update parameter set value = '7' where name = 'exchange_days'");
  await until(() => house.log().some((l) => /exchange log: on/.test(l)), 15000);
  await call(serial);
  await kept(serial);
});
