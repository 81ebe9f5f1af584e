// From an administrator's form to the meter and back: a new radio password,
// orders to more meters than a request takes, a deleted meter that calls again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { directory, fieldsOf } from '../lib/directory.mjs';
import { Meter, push } from '../lib/dlms.mjs';
import { finished, jobOf, jobRows, saved } from '../lib/documents.mjs';
import { until } from '../lib/listener.mjs';
import { plain, signIn } from '../lib/site.mjs';
import { startStack } from '../lib/stack.mjs';
import { addOperator } from '../lib/visitor.mjs';

const RADIO = '1 0.0.96.50.11.255 2';
const MANY = 12000;
let stack; let admin; let meters;
const one = (sql) => Object.values(stack.sql(sql)[0] ?? {})[0];

before(async () => {
  stack = await startStack({ programs: ['operator', 'admin', 'nginx', 'listener'], meters: 20, fresh: true });
  stack.exec(`update parameter set value = 'off' where name = 'daily_archives';
    insert into meter (serial, meter_type_id) select '77' || lpad(i::text, 6, '0'), (select id from meter_type where name = 'СГ-Лазурь G4')
      from generate_series(1, ${MANY}) i;
    insert into meter (serial, meter_type_id) select '78' || lpad(i::text, 6, '0'), (select id from meter_type where name = 'СГ-Лазурь G4') from generate_series(1, 10) i`);
  addOperator(stack, 'keeper', 'admin');
  admin = await signIn(stack, 'keeper');
  meters = directory(admin, '/admin/meters');
});
after(() => stack?.stop());

async function call(serial, volume, behaviour = {}) {
  const m = await Meter.call(stack.meterPort);
  m.send(push({ serial, volume, model: 'СГ-Лазурь G4-К' }));
  assert.equal((await m.frame()).tag, 0x10, 'confirmed');
  return m.serve(behaviour);
}

test('GC-184 the ordered password goes to the meter with its next session, and only then is shown', async () => {
  const serial = '730000000401';
  await call(serial, 1000);
  const id = one(`select id from meter where serial = '${serial}'`);
  await meters.send(`/${id}/password`, {});
  const shown = async () => plain((await admin.get(`/meters/${id}/radio`)).html);
  const store = {};
  assert.doesNotMatch(await shown(), /\b\d{8}\b/, 'nothing was known of it, and nothing is yet');
  await call(serial, 1001, { store });
  const password = Buffer.from(store[RADIO].slice(4), 'hex').toString();
  assert.match(password, /^\d{8}$/);
  assert.match(await shown(), new RegExp(`\\b${password}\\b`));
  assert.equal(one(`select state from command where meter_id = ${id}`), 'executed');
});

test('GC-186 a synchronised reading is shown and is nobody\'s consumption', async () => {
  const serial = '730000000401';
  const id = one(`select id from meter where serial = '${serial}'`);
  const asked = await meters.send(`/${id}/sync`, { volume: '70' });
  assert.equal((await admin.post(`/admin/meters/${id}/sync`, fieldsOf(asked.html))).status, 303);
  await call(serial, 1002, { store: {} });
  assert.equal(one(`select volume_dm3 from meter_state where meter_id = ${id}`), 70000);
  assert.match((await meters.page(`?q=${serial}&id=${id}`)).html, /Синхронизация показаний[\s\S]*70\.000 м³[\s\S]*Выполнена/);
});

test('GC-195 a deleted meter that calls again is registered anew, without its history', async () => {
  const serial = '730000000401';
  const id = one(`select id from meter where serial = '${serial}'`);
  await meters.remove(id);
  assert.equal(one(`select count(*)::int from meter_identity where identity = '${serial}'`), 0);
  await call(serial, 1003);
  const anew = one(`select id from meter where serial = '${serial}'`);
  assert.notEqual(anew, id);
  assert.equal(one(`select count(*)::int from reading where meter_id = ${anew}`), 1);
  assert.equal(one(`select count(*)::int from reading where meter_id = ${id}`), 0);
  assert.equal(one(`select count(*)::int from command where meter_id = ${anew}`), 0);
});

async function orderMany(fields, number) {
  const asked = await meters.send('/period', fields);
  assert.equal(asked.status, 428);
  assert.match(plain(asked.html), /Приборов много: команды раздаст сервер/);
  return admin.post('/admin/meters/period', { ...fieldsOf(asked.html), number });
}

test('GC-182 an order to more meters than a request takes is given by the worker, to each of them once', async () => {
  const id = jobOf(await orderMany({ serials: '77??????,78000001', period: 'weekly' }, String(MANY + 1)));
  const job = await finished(admin, id);
  assert.equal(job.state, 'done');
  assert.match(job.title, /^Установка периода передачи данных: 77\?{6},78000001$/);
  assert.match(saved(await admin.get(job.file)).bytes.toString(), new RegExp(`Команду получили приборов: ${MANY + 1}\\b`));
  assert.equal(one("select count(*)::int from command c join meter m on m.id = c.meter_id where c.kind = 'period' and c.state = 'queued' and c.parameters->>'period' = 'weekly' and c.operator_login = 'keeper'"), MANY + 1);
  assert.equal(one("select count(*)::int from command where kind = 'period'"), MANY + 1, 'each once');
  assert.equal(one('select count(*)::int from order_target'), 0);
  assert.equal(one("select note from audit_log where action = 'Установка периода передачи данных' order by id desc limit 1"),
    `приборы: 77??????,78000001 (${MANY + 1}), Раз в неделю, по понедельникам, с 00:00 до 06:00`);
});

test('an order whose worker dies is finished by the next one, and no meter gets it twice', async () => {
  stack.run('stop', 'listener');
  const id = jobOf(await orderMany({ serials: '77*', period: 'hourly' }, String(MANY)));
  // A worker that gave one piece and was killed: its claim runs out.
  stack.exec(`update job set state = 'running', claim = gen_random_uuid(), lease_until = now() - interval '1 s', started_at = now(), attempts = 1 where id = ${id}`);
  stack.exec(`begin; select * from order_begin(${id}); select order_step(${id}, (select claim from job where id = ${id}), 5000); commit;`, 'worker');
  assert.equal(one("select count(*)::int from command where parameters->>'period' = 'hourly'"), 5000);
  stack.run('start', 'listener');
  assert.equal((await finished(admin, id)).state, 'done');
  assert.equal(one("select count(*)::int from command where parameters->>'period' = 'hourly'"), MANY);
  assert.equal(one("select count(*)::int from command where parameters->>'period' = 'hourly' and state = 'queued'"), MANY);
});

test('an order that is cancelled gives no further command', async () => {
  stack.run('stop', 'listener');
  const id = jobOf(await orderMany({ serials: '77*', period: 'daily' }, String(MANY)));
  assert.equal((await admin.post(`/downloads/${id}/cancel`)).status, 303);
  stack.run('start', 'listener');
  await until(async () => jobRows((await admin.get('/downloads')).html).find((j) => String(j.id) === String(id))?.state === 'cancelled');
  assert.equal(one("select count(*)::int from command where parameters->>'period' = 'daily'"), 0);
  assert.throws(() => stack.exec(`begin; select * from order_begin(${id}); select order_step(${id}, gen_random_uuid(), 10); commit`, 'worker'), /LZ409/);
});
