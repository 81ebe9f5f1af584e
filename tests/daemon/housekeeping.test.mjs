// The worker keeps house; the notifier empties the outboxes.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { sleep, startListener, until } from '../lib/listener.mjs';

let house;
before(async () => { house = await startListener({ outbox_poll: '50ms', worker_period: '1s', partition_months: 5, listeners: 1 }); });
after(() => house?.end());

const months = (table) => house.sql(`select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = '${table}'::regclass order by 1`).map((r) => r.name);

test('partitions are made for as many months ahead as the settings say', async () => {
  const last = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() + 5, 1));
  const name = `${last.getUTCFullYear()}_${String(last.getUTCMonth() + 1).padStart(2, '0')}`;
  for (const table of ['reading', 'register_value', 'archive_daily']) {
    await until(() => months(table).includes(`${table}_${name}`));
  }
  house.exec(`drop table reading_${name}`);
  await until(() => months('reading').includes(`reading_${name}`));
});

test('what nobody needs any more is deleted, and the rest stays', async () => {
  house.exec(`insert into operator (login, password_hash, role) values ('петров', 'x', 'view');
    insert into operator_session (token_hash, operator_id, address, active_at)
      select t::bytea, o.id, '127.0.0.1', now() - a::interval from operator o, (values ('old', '25 hours'), ('new', '1 hour')) v (t, a);
    insert into sign_in_attempt (at, login, address) values (now() - interval '25 hours', 'old', '127.0.0.1'), (now(), 'new', '127.0.0.1');
    insert into session_fault (reason, address, slot_at, first_at, last_at)
      select r, '127.0.0.1', now() - a::interval, now() - a::interval, now() - a::interval
        from (values ('old', '91 days'), ('new', '89 days')) v (r, a);`);
  await until(() => house.sql(`select (select count(*) from operator_session)::int as s,
    (select count(*) from sign_in_attempt)::int as a, (select count(*) from session_fault)::int as f`)
    .every((r) => r.s === 1 && r.a === 1 && r.f === 1));
  assert.deepEqual(house.sql(`select convert_from(token_hash, 'UTF8') as s from operator_session`), [{ s: 'new' }]);
  assert.deepEqual(house.sql('select login from sign_in_attempt'), [{ login: 'new' }]);
  assert.deepEqual(house.sql('select reason from session_fault'), [{ reason: 'new' }]);
});

test('without a way out messages stay queued, and that is said once', async () => {
  house.exec(`insert into outbox_mail (recipient, subject, body, reason) values ('a@example.org', 'Тема', 'Текст', 'test'), ('b@example.org', 'Тема', 'Текст', 'test')`);
  await until(() => house.log().some((l) => l.includes('mail waits')));
  await sleep(500);
  assert.equal(house.log().filter((l) => l.includes('mail waits')).length, 1);
  assert.deepEqual(house.sql('select state, attempts from outbox_mail'), [{ state: 'queued', attempts: 0 }, { state: 'queued', attempts: 0 }]);
});

test('with a folder each message is delivered once, as a file', async () => {
  const folder = path.join(house.stack.folder, 'outbox');
  fs.mkdirSync(folder);
  fs.chmodSync(folder, 0o777);
  house.reload({ outbox_folder: folder });
  house.exec(`insert into outbox_sms (phone, body, reason) values ('+70000000000', 'Клапан закрыт', 'test')`);
  await until(() => house.sql(`select (select count(*) from outbox_mail where state = 'delivered')
    + (select count(*) from outbox_sms where state = 'delivered') as n`)[0].n === 3);
  const names = fs.readdirSync(folder).sort();
  assert.deepEqual(names, ['mail-1.eml', 'mail-2.eml', 'sms-1.txt']);
  const letter = fs.readFileSync(path.join(folder, 'mail-1.eml'), 'utf8');
  assert.match(letter, /\r\nTo: <a@example\.org>\r\nSubject: =\?UTF-8\?B\?0KLQtdC80LA=\?=\r\n/);
  assert.match(letter, /\r\n\r\n0KLQtdC60YHRgg==\r\n$/);
  assert.equal(fs.readFileSync(path.join(folder, 'sms-1.txt'), 'utf8'), 'To: +70000000000\n\nКлапан закрыт\n');
});

test('what could not be delivered is tried again later', async () => {
  await house.reloaded({ outbox_folder: '/nowhere' });
  house.exec(`insert into outbox_mail (recipient, subject, body, reason) values ('c@example.org', 'Тема', 'Текст', 'test')`);
  const [row] = await until(() => {
    const r = house.sql(`select state, attempts, next_at > now() as later from outbox_mail where recipient = 'c@example.org'`);
    return r[0].attempts > 0 && r;
  }, 20000);
  assert.deepEqual(row, { state: 'queued', attempts: 1, later: true });
});

test('when the database is away for a while both go on afterwards', async () => {
  const folder = path.join(house.stack.folder, 'outbox');
  await house.reloaded({ outbox_folder: folder });
  house.stack.run('db-stop', 'immediate');
  await sleep(1500);
  house.stack.run('db-start');
  house.exec(`insert into outbox_sms (phone, body, reason) values ('+70000000001', 'Клапан открыт', 'test')`);
  await until(() => fs.readdirSync(folder).filter((f) => f.startsWith('sms-')).length === 2, 25000);
});

test('GC-218 a job too large for a form is handed out by the worker; a price that was set for this moment is in force', async () => {
  house.exec(`insert into meter (serial, meter_type_id) select n::text, (select min(id) from meter_type where software_type <> '') from generate_series(880001, 880020) n;
    insert into meter_job (kind, name, numbers, masks, address, port, made_by) values ('server_address', 'Переезд', '8800*', '{8800*}', 'x.ru', 4059, 'admin');
    insert into tariff (name, price_kopecks_per_1000_m3) values ('К полудню', 100);
    insert into tariff_price select id, now() + interval '1 second', 200 from tariff where name = 'К полудню'`);
  await until(() => house.sql(`select count(*)::int as n from command where kind = 'server_address' and state = 'queued'`)[0].n === 20);
  await until(() => house.sql(`select price_kopecks_per_1000_m3::int as p from tariff where name = 'К полудню'`)[0].p === 200);
});
