// From an operator's order to the valve and back into the history.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Meter, push } from '../lib/dlms.mjs';
import { startListener, until } from '../lib/listener.mjs';

let house;
before(async () => { house = await startListener({ idle: '2s', answer: '500ms' }); });
after(() => house?.end());

let serials = 720000000000;

// A meter that has called once, and its id.
async function newMeter(valve = 1) {
  const serial = String(++serials);
  const m = await Meter.call(house.port);
  m.send(push({ serial, valve, volume: 1 }));
  assert.equal((await m.frame()).tag, 0x10);
  m.hangUp();
  const [{ id }] = house.sql(`select id from meter where serial = '${serial}'`);
  return { serial, id, valve };
}

// As the operator's screen does it.
const order = (meter, kind) => house.exec(`begin;
  select set_config('app.role', 'control', true), set_config('app.branchless', 'on', true), set_config('app.login', 'иванов', true);
  select command_queue(${meter.id}, '${kind}', '127.0.0.1'); commit;`);

const commands = (meter) => house.sql(`select id, kind, state, sent_at, delivered_at, executed_at, refusal from command
  where meter_id = ${meter.id} order by id`);
const valve = (meter) => house.sql(`select valve from meter_state where meter_id = ${meter.id}`)[0].valve;

// The meter pushes, hears its confirmation and obeys until it is hung up on.
async function session(meter, behaviour = {}, options = {}) {
  const state = { valve: meter.valve, ...behaviour };
  const m = await Meter.call(house.port);
  m.send(push({ serial: meter.serial, valve: meter.valve, volume: 2, ...options.body }, options));
  if (options.confirmed !== false) assert.equal((await m.frame()).tag, 0x10);
  const asked = await m.obey(state);
  meter.valve = state.valve;
  return asked;
}

const steps = (asked) => asked.map((a) => a.what);

test('a close is executed at once, seen in the same session, and written down', async () => {
  const meter = await newMeter(1);
  order(meter, 'valve_close');
  const asked = await session(meter);
  assert.deepEqual(steps(asked), ['associate', 'close', 'state', 'release']);
  assert.equal(asked[0].client, 16, 'the public client: the meter has no password');
  assert.equal(asked[1].target, '0046000060030aff', 'disconnect control 0-0:96.3.10.255 of class 70');
  assert.equal(meter.valve, 0);
  const [c] = commands(meter);
  assert.equal(c.state, 'executed');
  assert.ok(c.sent_at && c.executed_at && !c.refusal);
  assert.equal(valve(meter), 0);
  const next = await Meter.call(house.port);
  next.send(push({ serial: meter.serial, valve: 0, volume: 3 }));
  assert.equal((await next.frame()).tag, 0x10);
  assert.ok(await next.silent(200), 'nothing is left to do');
  next.hangUp();
});

test('an opening is delivered, waits for the button, and is executed by the push that says open', async () => {
  const meter = await newMeter(0);
  order(meter, 'valve_open');
  assert.deepEqual(steps(await session(meter)), ['associate', 'open', 'state', 'release']);
  let [c] = commands(meter);
  assert.equal(c.state, 'delivered');
  assert.ok(c.delivered_at && !c.executed_at);
  assert.equal(valve(meter), 2, 'Закрыт(разрешен)');

  const still = await Meter.call(house.port);
  still.send(push({ serial: meter.serial, valve: 2, volume: 2 }));
  await still.frame();
  assert.ok(await still.silent(200), 'not sent again while it waits for the button');
  still.hangUp();
  assert.equal(commands(meter)[0].state, 'delivered');

  const pressed = await Meter.call(house.port);
  pressed.send(push({ serial: meter.serial, valve: 1, volume: 2, status: 2, cause: 1 }));
  await pressed.frame();
  pressed.hangUp();
  [c] = commands(meter);
  assert.equal(c.state, 'executed');
  assert.ok(c.executed_at);
  assert.equal(valve(meter), 1);
});

test('a meter with a password is spoken to as client 32 with it', async () => {
  const meter = await newMeter(1);
  house.secret(meter.serial, 'lls=Sesame77\n');
  order(meter, 'valve_close');
  const asked = await session(meter, { password: 'Sesame77' });
  assert.deepEqual(steps(asked), ['associate', 'close', 'state', 'release']);
  assert.equal(asked[0].client, 32);
  assert.equal(commands(meter)[0].state, 'executed');
});

test('a wrong password is a refusal that says so', async () => {
  const meter = await newMeter(1);
  house.secret(meter.serial, 'lls=Wrong000\n');
  order(meter, 'valve_close');
  assert.deepEqual(steps(await session(meter, { password: 'Sesame77' })), ['associate']);
  const [c] = commands(meter);
  assert.equal(c.state, 'refused');
  assert.match(c.refusal, /authentication/);
});

test('a command the meter will not do is refused with its reason', async () => {
  const meter = await newMeter(1);
  order(meter, 'valve_close');
  assert.deepEqual(steps(await session(meter, { refuse: true })), ['associate', 'close', 'state', 'release']);
  const [c] = commands(meter);
  assert.equal(c.state, 'refused');
  assert.match(c.refusal, /denied/);
  assert.ok(!c.executed_at);
  assert.equal(valve(meter), 1);
});

test('a meter that says yes and does nothing is told again in its next session', async () => {
  const meter = await newMeter(1);
  order(meter, 'valve_close');
  await session(meter, { deaf: true });
  assert.equal(commands(meter)[0].state, 'sent');
  assert.deepEqual(steps(await session(meter)), ['associate', 'close', 'state', 'release']);
  assert.equal(commands(meter)[0].state, 'executed');
});

test('a session broken after the method is resolved by the next push', async () => {
  const done = await newMeter(1);
  order(done, 'valve_close');
  await session(done, { hangUpAfter: 'action' });
  await until(() => house.faults().some((f) => f.reason === 'broken_off'));
  assert.equal(commands(done)[0].state, 'sent');
  const m = await Meter.call(house.port);
  m.send(push({ serial: done.serial, valve: 0, volume: 2 }));
  await m.frame();
  assert.ok(await m.silent(200), 'what the push proves is not asked again');
  m.hangUp();
  assert.equal(commands(done)[0].state, 'executed');

  const undone = await newMeter(1);
  order(undone, 'valve_close');
  await session(undone, { hangUpAfter: 'action', refuse: true });
  assert.deepEqual(steps(await session(undone)), ['associate', 'close', 'state', 'release']);
  assert.equal(commands(undone)[0].state, 'executed');
});

test('an old telegram sent again proves nothing: the command goes out', async () => {
  const meter = await newMeter(1);
  const old = push({ serial: meter.serial, valve: 0, volume: 1 });
  const first = await Meter.call(house.port);
  first.send(old);
  assert.equal((await first.frame()).tag, 0x10);
  first.hangUp();
  order(meter, 'valve_close');
  await session(meter, { hangUpAfter: 'action', refuse: true });
  assert.equal(commands(meter)[0].state, 'sent');
  const again = await Meter.call(house.port);
  again.send(old);
  assert.equal((await again.frame()).tag, 0x10);
  assert.deepEqual(steps(await again.obey({ valve: 1 })), ['associate', 'close', 'state', 'release']);
  assert.equal(commands(meter)[0].state, 'executed');
});

test('a command given while another is on its way supersedes it and follows on the same connection', async () => {
  const meter = await newMeter(1);
  order(meter, 'valve_close');
  let once = true;
  const asked = await session(meter, { before: () => {
    if (once) order(meter, 'valve_open');
    once = false;
  } });
  assert.deepEqual(steps(asked), ['associate', 'close', 'state', 'open', 'state', 'release']);
  const [close, open] = commands(meter);
  assert.equal(close.state, 'superseded');
  assert.ok(close.executed_at, 'superseded, but the meter had done it');
  assert.equal(open.state, 'delivered');
  assert.equal(valve(meter), 2);
});

test('a command waits for its own meter only', async () => {
  const [one, other] = [await newMeter(1), await newMeter(1)];
  order(one, 'valve_close');
  const m = await Meter.call(house.port);
  m.send(push({ serial: other.serial, valve: 1, volume: 2 }));
  await m.frame();
  assert.ok(await m.silent(200));
  m.hangUp();
  assert.equal(commands(one)[0].state, 'queued');
});

test('an unconfirmed push fetches its command too', async () => {
  const meter = await newMeter(1);
  order(meter, 'valve_close');
  assert.deepEqual(steps(await session(meter, {}, { confirmed: false })), ['associate', 'close', 'state', 'release']);
  assert.equal(commands(meter)[0].state, 'executed');
});

test('a faulty valve refuses in words', async () => {
  const meter = await newMeter(3);
  order(meter, 'valve_close');
  await session(meter, { deaf: true });
  assert.deepEqual(commands(meter).map((c) => [c.state, c.refusal]), [['refused', 'the valve is faulty']]);
});

test('a meter that never answers is given up, and its command waits', async () => {
  const meter = await newMeter(1);
  order(meter, 'valve_close');
  const m = await Meter.call(house.port);
  m.send(push({ serial: meter.serial, valve: 1, volume: 2 }));
  assert.equal((await m.frame()).tag, 0x10);
  assert.equal((await m.frame()).tag, 0x60);
  const began = Date.now();
  await m.closed;
  assert.ok(Date.now() - began < 5000);
  m.hangUp();
  assert.equal(commands(meter)[0].state, 'sent');
  await until(() => house.faults().some((f) => f.reason === 'no_answer'));
});

test('an answer that breaks the standard ends the session and nothing else', async () => {
  const meter = await newMeter(1);
  order(meter, 'valve_close');
  const m = await Meter.call(house.port);
  m.send(push({ serial: meter.serial, valve: 1, volume: 2 }));
  await m.frame();
  const f = await m.frame();
  m.reply(f, 'C4 01 C1 00 16 01');
  await m.closed;
  m.hangUp();
  await until(() => house.faults().some((y) => y.reason === 'bad_answer'));
  assert.deepEqual(steps(await session(meter)), ['associate', 'close', 'state', 'release']);
  assert.equal(commands(meter)[0].state, 'executed');
});

test('a push that comes while a command is on does not disturb it', async () => {
  const meter = await newMeter(1);
  order(meter, 'valve_close');
  const state = { valve: 1 };
  const m = await Meter.call(house.port);
  state.before = () => m.send(push({ serial: meter.serial, valve: 1, volume: 9 }, { confirmed: false }));
  m.send(push({ serial: meter.serial, valve: 1, volume: 2 }));
  await m.frame();
  assert.deepEqual(steps(await m.obey(state)), ['associate', 'close', 'state', 'release']);
  assert.equal(commands(meter)[0].state, 'executed');
});

// A generator of its own, so that a failure can be played again.
function chance(seed) {
  let s = seed;
  return (n) => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return Math.floor((s / 2 ** 32) * n);
  };
}

test('any prefix of any session, repeated in any order and by several lines at once, changes nothing', async () => {
  const sessions = [];
  const record = (m) => {
    const send = m.send.bind(m);
    const at = sessions.push(Buffer.alloc(0)) - 1;
    m.send = (bytes) => { sessions[at] = Buffer.concat([sessions[at], bytes]); return send(bytes); };
    return m;
  };
  const pushed = async (body, options, act = async () => {}) => {
    const m = record(await Meter.call(house.port));
    m.send(push(body, options));
    if (options?.confirmed !== false) await m.frame();
    await act(m);
    m.hangUp();
    await m.closed;
  };
  const meter = await newMeter(1);
  const body = (volume, more = {}) => ({ serial: meter.serial, valve: meter.valve, volume, ...more });
  const obeyed = (kind) => async (m) => {
    const state = { valve: meter.valve };
    await m.obey(state);
    meter.valve = state.valve;
    assert.equal(commands(meter).at(-1).kind, kind);
  };
  await pushed(body(100));
  await pushed(body(200), { confirmed: false });
  order(meter, 'valve_close');
  await pushed(body(300), {}, obeyed('valve_close'));
  order(meter, 'valve_open');
  await pushed(body(400), {}, obeyed('valve_open'));
  await pushed(body(500, { valve: 1, status: 33 }), {}, async (m) => { m.send(push(body(600, { valve: 1 }))); await m.frame(); });
  await pushed({ serial: String(++serials), volume: 7 });
  house.exec(`begin; select set_config('app.role', 'admin', true), set_config('app.login', 'admin', true);
    select meter_order(array[${meter.id}], 'pressure', '{"pressure_pa": 99325}', null, ''); commit;`, 'owner');
  await pushed(body(700, { valve: 1 }), {}, (m) => m.serve({ store: {} }));
  assert.deepEqual(commands(meter).map((c) => `${c.kind} ${c.state}`), ['valve_close executed', 'valve_open executed', 'pressure executed']);

  const tables = ['reading', 'register', 'register_value', 'meter', 'meter_state', 'meter_identity', 'command', 'meter_setting', 'meter_charge',
    'archive_daily', 'archive_hourly', 'meter_event', 'meter_journal', 'account_operation', 'notification', 'outbox_sms', 'outbox_mail', 'audit_log'];
  const all = () => house.sql(tables.map((t) => `select '${t}' as name, count(*)::int as n, md5(coalesce(string_agg(x::text, e'\\n' order by x::text), '')) as sum from ${t} x`).join(' union all '));
  const before_ = all();
  assert.equal(sessions.length, 7);
  const seed = Number(process.env.LAZUR_SEED ?? 20261120);
  const pick = chance(seed);
  const lines = Array.from({ length: 6 }, (_, i) => Array.from({ length: 25 }, () => {
    const session = sessions[pick(sessions.length)];
    // Whole ones too, and cuts at the very ends.
    const n = [session.length, pick(session.length + 1), pick(session.length + 1), session.length - pick(3)][pick(4)];
    return { local: `127.0.6.${i + 1}`, bytes: session.subarray(0, n), resets: pick(3) === 0 };
  }));
  await Promise.all(lines.map(async (line) => {
    for (const { local, bytes, resets } of line) {
      const m = await Meter.call(house.port, { local });
      m.send(bytes);
      if (resets) m.vanish();
      else m.hangUp();
      await m.closed;
    }
  }));
  // What came of a line that was reset may still be under way: who comes after
  // it at either listener is answered after it.
  for (let i = 0; i < 8; i++) {
    const m = await Meter.call(house.port);
    m.send(sessions[0]);
    await m.frame();
    m.hangUp();
  }
  assert.deepEqual(all(), before_, `seed ${seed}`);
});
