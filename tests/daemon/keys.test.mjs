// Other keys for a meter: it takes them, refuses them, or dies on the way, and
// nobody is ever locked out. The meter is played with ciphers of its own.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { gasBody, Meter, notification, push, wrapper } from '../lib/dlms.mjs';
import { seal, serveSecure } from '../lib/dlms_secure.mjs';
import { startListener, until } from '../lib/listener.mjs';

let house;
before(async () => { house = await startListener({ idle: '400ms', answer: '500ms' }); });
after(() => house?.end());

const SET = 'set 15 0.0.40.0.0.255 7';
const LOOK = 'get 15 0.0.40.0.0.255 1';
const TRANSFER = 'act 64 0.0.43.0.0.255 2';
const CLOSE = ['act 70 0.0.96.3.10.255 1', 'get 70 0.0.96.3.10.255 3'];
const one = (sql) => house.sql(sql)[0];
let serials = 750000000000;
let volume = 1000;

const lines = (has) => Object.entries({ ...(has.ek ? { mechanism: 5 } : {}), ...has })
  .filter(([k]) => k !== 'counters').map(([k, v]) => `${k}=${Buffer.isBuffer(v) ? v.toString('hex') : v}\n`).join('');
const kept = (meter) => one(`select encode(sealed, 'hex') as sealed, encode(candidate, 'hex') as candidate, sent, outcome, outcome_refusal as why
  from meter_secret where identity = '${meter.serial}'`);
const state = (meter) => house.sql(`select kind, state from command where meter_id = ${meter.id} order by id`).map((c) => `${c.kind} ${c.state}`).join();
const told = (meter) => house.sql(`select action from audit_log where note like '%${meter.serial}%' order by id`).map((l) => l.action);

async function call(meter, behaviour = {}) {
  const m = await Meter.call(house.port);
  m.send(push({ serial: meter.serial, volume: ++volume }));
  assert.equal((await m.frame()).tag, 0x10, 'confirmed');
  return serveSecure(m, meter.has, behaviour);
}

// A meter that has these secrets, and is to have those.
async function changing(has, next) {
  const meter = { serial: String(++serials), has };
  assert.deepEqual(await call(meter), []);
  meter.id = one(`select id from meter where serial = '${meter.serial}'`).id;
  house.secret(meter.serial, lines({ ...has, ...next }));
  meter.next = kept(meter).sealed;
  // It pushes in the clear; who may is another matter.
  house.exec(`insert into meter_plain (meter_id) values (${meter.id})`, 'owner');
  const mark = one(`select key_mark as m from meter_secret where identity = '${meter.serial}'`).m;
  house.secret(meter.serial, lines(has));
  meter.was = kept(meter).sealed;
  const names = Object.keys(next).join();
  meter.order = () => house.exec(`begin; select set_config('app.role', 'admin', true), set_config('app.login', 'admin', true);
    select meter_keys_rotate(${meter.id}, array['\\x${meter.was}'::bytea], '${meter.serial}', '\\x${meter.next}', ${mark}, '{${names}}', '127.0.0.1'); commit;`, 'owner');
  meter.order();
  return meter;
}
const password = () => changing({ lls: 'Sesame77' }, { lls: 'Sesame88' });
const ciphered = () => changing({ ek: randomBytes(16), ak: randomBytes(16), kek: randomBytes(16), title: randomBytes(8) },
  { ek: randomBytes(16), ak: randomBytes(16) });
const closeValve = (meter) => house.exec(`begin;
  select set_config('app.role', 'control', true), set_config('app.branchless', 'on', true), set_config('app.login', 'иванов', true);
  select command_queue(${meter.id}, 'valve_close', '127.0.0.1'); commit;`);

function confirmed(meter) {
  assert.deepEqual(kept(meter), { ...kept(meter), sealed: meter.next, candidate: null, sent: false, outcome: 'confirmed' });
  assert.match(state(meter), /keys executed/);
  assert.equal(told(meter).at(-1), 'Ключи прибора сменены');
}
const unknown = (meter) => assert.deepEqual(kept(meter), { ...kept(meter), sealed: meter.was, candidate: meter.next, sent: true });

test('a meter that follows СПОДЭС lets in who knows its secret by AES-128, and nobody else', async () => {
  const meter = { serial: String(++serials), has: { hls: 'GasSecret1234567' } };
  await call(meter);
  meter.id = one(`select id from meter where serial = '${meter.serial}'`).id;
  house.secret(meter.serial, 'mechanism=2\nhls=GasSecret1234567\n');
  closeValve(meter);
  assert.deepEqual(await call(meter), ['associate', ...CLOSE, 'release']);
  assert.equal(state(meter), 'valve_close executed');
  house.secret(meter.serial, 'mechanism=2\nhls=Another123456789\n');
  closeValve(meter);
  assert.deepEqual(await call(meter), ['associate'], 'the proof is refused');
  await until(() => house.faults().some((f) => f.reason === 'not_let_in' && f.detail.includes(meter.serial)));
});

test('a meter that takes a new password is spoken to with it from then on, and with the old one until then', async () => {
  const meter = await password();
  assert.equal(kept(meter).sealed, meter.was);
  assert.deepEqual(await call(meter), ['associate', SET, 'release']);
  assert.equal(meter.has.lls, 'Sesame88');
  confirmed(meter);
  assert.deepEqual(house.sql(`select name, how, set_by from meter_secret_item where identity = '${meter.serial}'`), [{ name: 'lls', how: 'rotation', set_by: 'admin' }]);
  closeValve(meter);
  assert.deepEqual(await call(meter), ['associate', ...CLOSE, 'release']);
});

test('a meter that refuses a new password keeps the old one here too, with its own words', async () => {
  const meter = await password();
  assert.deepEqual(await call(meter, { refuse: 3 }), ['associate', SET, 'release']);
  assert.deepEqual(kept(meter), { ...kept(meter), sealed: meter.was, candidate: null, sent: false, outcome: 'refused' });
  assert.match(kept(meter).why, /denied/);
  assert.equal(state(meter), 'keys refused');
  assert.equal(told(meter).at(-1), 'Смена ключей не выполнена');
  closeValve(meter);
  assert.deepEqual(await call(meter), ['associate', ...CLOSE, 'release']);
});

test('a meter that took the password and died before it said so is known by it at the next session', async () => {
  const meter = await password();
  assert.deepEqual(await call(meter, { dies: 'after' }), ['associate', SET]);
  await until(() => house.faults().some((f) => f.reason === 'broken_off'));
  unknown(meter);
  assert.deepEqual(await call(meter), ['associate', LOOK, 'release'], 'it is let in by the new one: nothing is sent twice');
  confirmed(meter);
});

test('a meter that died before it took the password is given it again, over the old one', async () => {
  const meter = await password();
  assert.deepEqual(await call(meter, { dies: 'before' }), ['associate', SET]);
  await until(() => kept(meter).sent);
  assert.deepEqual(await call(meter), ['turned away', 'associate', SET, 'release'], 'both are tried in one session');
  confirmed(meter);
});

test('a meter that hangs up on a wrong password is tried with one, then with the other', async () => {
  const meter = await password();
  await call(meter, { dies: 'before' });
  assert.deepEqual(await call(meter, { hangsUp: true }), ['turned away']);
  unknown(meter);
  assert.deepEqual(await call(meter, { hangsUp: true }), ['associate', SET, 'release']);
  confirmed(meter);
});

test('a meter that lets nobody in keeps both, whatever happens', async () => {
  const meter = await password();
  await call(meter, { dies: 'after' });
  meter.has.lls = 'neither';
  for (let i = 0; i < 3; i += 1) {
    assert.deepEqual(await call(meter), ['turned away', 'turned away']);
    unknown(meter);
    assert.equal(state(meter), 'keys sent');
  }
  meter.has.lls = 'Sesame88';
  await call(meter);
  await call(meter);
  confirmed(meter);
});

test('a meter that lets nobody in before anything was sent has refused, and the old password stays', async () => {
  const meter = await password();
  meter.has.lls = 'neither';
  assert.deepEqual(await call(meter), ['turned away', 'turned away']);
  assert.equal(state(meter), 'keys refused');
  assert.deepEqual(kept(meter), { ...kept(meter), sealed: meter.was, candidate: null });
});

test('what is more urgent goes first, over whichever password the meter has, and proves it', async () => {
  const meter = await password();
  await call(meter, { dies: 'after' });
  closeValve(meter);
  const asked = await call(meter);
  assert.deepEqual(asked.slice(-4), ['associate', ...CLOSE, 'release'], asked.join());
  confirmed(meter);
  assert.match(state(meter), /valve_close executed/);
});

test('a listener killed while the meter takes its keys loses neither', async () => {
  const meter = await password();
  await call(meter, { what: () => {
    for (const c of house.children().filter((k) => k.duty === 'listener')) process.kill(c.pid, 'SIGKILL');
  } });
  unknown(meter);
  await until(async () => { try { (await Meter.call(house.port)).hangUp(); return true; } catch { return false; } });
  assert.deepEqual(await call(meter), ['associate', LOOK, 'release']);
  confirmed(meter);
});

test('keys go wrapped by the master key over a ciphered association, both in one transfer, and the next session is ciphered by them', async () => {
  const meter = await ciphered();
  const old = { ...meter.has };
  const frames = [];
  assert.deepEqual(await call(meter, { frames }), ['associate', TRANSFER]);
  confirmed(meter);
  assert.notDeepEqual(meter.has.ek, old.ek);
  assert.notDeepEqual(meter.has.ak, old.ak);
  for (const f of frames) for (const k of [old.ek, old.ak, old.kek, meter.has.ek, meter.has.ak]) assert.ok(!f.includes(k));
  closeValve(meter);
  assert.deepEqual(await call(meter), ['associate', ...CLOSE, 'release']);
  assert.match(state(meter), /valve_close executed/);
});

test('a meter that refuses its keys keeps the old ones here too', async () => {
  const meter = await ciphered();
  assert.deepEqual(await call(meter, { refuse: 3 }), ['associate', TRANSFER, 'release']);
  assert.deepEqual(kept(meter), { ...kept(meter), sealed: meter.was, candidate: null, outcome: 'refused' });
});

test('a meter that took its keys and died, and one that died before, are both spoken to at the next session', async () => {
  const took = await ciphered();
  assert.deepEqual(await call(took, { dies: 'after' }), ['associate', TRANSFER]);
  await until(() => kept(took).sent);
  assert.deepEqual(await call(took), ['associate', LOOK, 'release']);
  confirmed(took);
  const not = await ciphered();
  assert.deepEqual(await call(not, { dies: 'before' }), ['associate', TRANSFER]);
  assert.deepEqual(await call(not), ['turned away', 'associate', TRANSFER]);
  confirmed(not);
});

test('counters of ours only grow, from session to session', async () => {
  const meter = await ciphered();
  const heard = [];
  for (let i = 0; i < 3; i += 1) {
    if (i > 0) closeValve(meter);
    await call(meter);
    heard.push(...meter.has.counters);
  }
  assert.ok(heard.length > 8);
  for (let i = 1; i < heard.length; i += 1) assert.ok(heard[i] > heard[i - 1], heard.join());
});

test('a push ciphered by the new keys is understood while nobody knows whether the meter has them', async () => {
  const meter = await ciphered();
  await call(meter, { dies: 'after' });
  await until(() => kept(meter).sent);
  // The same keys under the name by which ciphered pushes are known.
  const title = meter.has.title.toString('hex').toUpperCase();
  house.secret(title, lines({ ...meter.has, ek: randomBytes(16) }));
  const wrong = one(`select encode(sealed, 'hex') as sealed, key_mark as mark from meter_secret where identity = '${title}'`);
  house.secret(title, lines(meter.has));
  house.exec(`update meter_secret set candidate = sealed, candidate_mark = key_mark, candidate_command = 1, sent = true, sealed = '\\x${wrong.sealed}', key_mark = ${wrong.mark} where identity = '${title}';
    insert into meter_counter (title, heard) values ('${title}', 5000)`, 'owner');
  const m = await Meter.call(house.port);
  const plain = notification(gasBody({ serial: `${meter.serial}1`, volume: 4242 }), { confirmed: false });
  const body = seal(meter.has, meter.has.title, 77, plain);
  m.send(wrapper(Buffer.concat([Buffer.from([0xdb, 8]), meter.has.title, Buffer.from(body.length < 128 ? [body.length] : [0x81, body.length]), body])));
  await until(() => house.sql(`select 1 from meter m join meter_state s on s.meter_id = m.id where m.serial = '${meter.serial}1' and s.volume_dm3 is not null`).length === 1);
  m.hangUp();
  assert.deepEqual(one(`select candidate, outcome from meter_secret where identity = '${title}'`), { candidate: null, outcome: 'confirmed' }, 'and that proves them');
  assert.equal(Number(one(`select heard from meter_counter where title = '${title}'`).heard), 77, 'it counts anew');
});

test('no key or password stands in a log, a fault or any table', async () => {
  const meter = await ciphered();
  await call(meter, { dies: 'before' });
  meter.has.ak = randomBytes(16);
  await call(meter);
  const secrets = [meter.has.ek, meter.has.kek].flatMap((k) => [k.toString('hex'), k.toString('hex').toUpperCase()]).concat('Sesame77', 'Sesame88');
  const log = house.log().join('\n');
  for (const s of secrets) assert.ok(!log.includes(s));
  const tables = house.sql("select relname as t from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace", 'owner');
  for (const { t } of tables) {
    const text = JSON.stringify(house.sql(`select coalesce(string_agg(x::text, '|'), '') as s from "${t}" x`, 'owner'));
    for (const s of secrets) {
      assert.ok(!text.includes(s), `${t}`);
      assert.ok(!text.includes(Buffer.from(s).toString('hex')), `${t}, as bytes`);
    }
  }
});
