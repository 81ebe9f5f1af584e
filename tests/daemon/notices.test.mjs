// What a meter's subscriber hears of it: sessions over TCP to the running
// listener, the cabinet over HTTP, SMS at the service.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { enter, meterAdd, noticeCount, noticesOf, subscriberAdd, table } from '../lib/cabinet.mjs';
import { dateTime, Meter, push } from '../lib/dlms.mjs';
import { alive, sleep, startListener, until } from '../lib/listener.mjs';
import { setParameters } from '../lib/mail.mjs';
import { startSmsc } from '../lib/smsc.mjs';

const REASONS = [
  [1, 'К счётчику поднесён магнит', 'tamper', 'к счётчику поднесён магнит'],
  [2, 'Нажата кнопка передачи данных', 'button', null],
  [4, 'Открыт корпус счётчика', 'case_opened', 'открыт корпус счётчика'],
  [8, 'Превышение допустимого расхода газа', 'flow_excess', 'превышение допустимого расхода газа'],
  [128, 'Реверс газа', 'reverse_flow', 'реверс газа'],
  [2048, 'Срабатывание датчика газа', 'gas_alarm', 'сработал датчик газа'],
];
const PHONE = '+7(903)000-00-01';
let smsc;
let house;
let stack;
before(async () => {
  smsc = await startSmsc();
  // All day long are quiet hours but for one: what is sent here is urgent.
  const hour = new Date(Date.now() + 3 * 3600000).getUTCHours();
  house = await startListener({ listeners: 1, idle: '3s', outbox_poll: '50ms', sms_address: smsc.address, sms_per_minute: 60000, carrier_timeout: '1s', carrier_retry: '200ms',
    quiet_from: hour, quiet_to: (hour + 23) % 24 }, { meters: 10, programs: ['cabinet', 'nginx'] });
  ({ stack } = house);
  setParameters(house, { sms_enabled: 'on', sms_login: 'gas', sms_password: 'secret' });
});
after(async () => { await house?.end(); await smsc?.stop(); });

let ivan; // signed in, with a page of his own
let people = 0;
// A subscriber with a cabinet and one meter, which has called once.
async function home({ sms = true, says = {}, ...data } = {}) {
  const n = String(++people).padStart(4, '0');
  const it = { serial: `77000000${n}`, email: `n${n}@example.ru`, clock: Date.now() - 1000000, volume: 1000 };
  it.id = subscriberAdd(stack, { email: it.email, phone: PHONE, ...data });
  if (sms) stack.exec(`update cabinet_account set wants_sms = true where subscriber_id = ${it.id}`);
  it.meter = meterAdd(stack, { serial: it.serial, owner: it.id });
  it.telegram = (status, more = {}) => push({ serial: it.serial, volume: it.volume += 10, valve: 1, status,
    at: dateTime(new Date(it.clock += 60000)), ...more });
  it.says = async (status, more) => hear(it.telegram(status, more));
  await it.says(0, says);
  return it;
}
// Each on a connection of its own, at once; all are confirmed.
const hear = (...telegrams) => Promise.all(telegrams.map(async (t) => {
  const m = await Meter.call(house.port);
  m.send(t);
  assert.equal((await m.frame())?.tag, 0x10, 'confirmed');
  m.hangUp();
}));
const active = (it) => house.sql(`select reason, times, (extract(epoch from first_at) * 1000)::bigint as first_ms,
  (extract(epoch from last_at) * 1000)::bigint as last_ms from notification
  where subscriber_id = ${it.id} and confirmed_at is null order by reason`);
const counts = (it) => Object.fromEntries(active(it).map((n) => [n.reason, n.times]));
const texts = (it) => smsc.sent.filter((s) => s.text.includes(it.serial)).map((s) => s.text.replace(`Счётчик ${it.serial}: `, ''));
const queued = (it) => house.sql(`select kind from outbox_sms where "values"->>'serial' = '${it.serial}' order by id`).map((r) => r.kind);
const page = async (site) => (await site.get('/cabinet/notifications')).html;
async function confirm(site, title) {
  const notice = noticesOf(await page(site)).find((n) => n.title === title);
  await site.post('/cabinet/notifications/confirm', { reason: notice.reason, shown: notice.shown });
}

test('several sessions of one meter in one batch are each seen', async (t) => {
  const it = await home();
  const other = await home();
  // A batch that waits for a row; what arrives meanwhile is the next one.
  const [{ n: before }] = house.sql('select count(*)::int as n from reading');
  const holder = spawn('psql', [stack.conninfo('owner'), '-X', '-q'], { stdio: ['pipe', 'ignore', 'ignore'] });
  t.after(() => holder.kill());
  holder.stdin.write(`begin; select from meter_state where meter_id = ${other.meter} for update;\n`);
  await until(() => house.sql("select 1 from pg_stat_activity where state = 'idle in transaction' and query like '%for update%'").length);
  const first = other.says(0);
  await until(() => house.sql("select 1 from pg_stat_activity where usename = 'lazur_listener' and wait_event_type = 'Lock'", 'postgres').length);
  const rest = hear(it.telegram(1), it.telegram(0), it.telegram(1), it.telegram(1 | 8));
  await sleep(500);
  holder.stdin.end('commit;\n');
  await Promise.all([first, rest]);
  assert.equal(house.sql('select count(*)::int as n from reading')[0].n, before + 5);
  assert.deepEqual(counts(it), { flow_excess: 1, tamper: 2 });
  assert.deepEqual(queued(it).sort(), ['flow_excess', 'tamper']);
  await house.reloaded({ listeners: 2 }); // for all that follows
});

test('GC-315, GC-317, GC-324, GC-326 each of the six states comes from the push into the cabinet with the meter\'s time, and as an SMS with number and text, the button without one, in quiet hours too', async () => {
  ivan = await home();
  ivan.site = await enter(stack, ivan.email);
  assert.equal(noticeCount(await page(ivan.site)), 0);
  for (const [bit, title, reason, words] of REASONS) {
    const sent = texts(ivan).length;
    await ivan.says(bit);
    const html = await page(ivan.site);
    assert.deepEqual(noticesOf(html).map((n) => [n.title, n.meters.length]), [[title, 1]]);
    assert.equal(noticeCount(html), 1);
    const second = Math.floor(ivan.clock / 1000) * 1000;
    assert.deepEqual(active(ivan), [{ reason, times: 1, first_ms: second, last_ms: second }]);
    if (words === null) assert.ok(!queued(ivan).includes('button'));
    else {
      await until(() => texts(ivan).length > sent);
      assert.deepEqual([texts(ivan).slice(sent), smsc.sent.at(-1).phone], [[words], '+79030000001']);
    }
    await confirm(ivan.site, title);
    await ivan.says(0);
  }
});

test('GC-319, GC-325 confirmed, a state that lasts is not told again; gone and back, it is, in the cabinet and by SMS', async () => {
  const was = queued(ivan).length;
  for (const [bit, title, reason] of REASONS) {
    await ivan.says(bit);
    await ivan.says(bit);
    assert.deepEqual(counts(ivan), { [reason]: 1 }, 'lasting is one event');
    await confirm(ivan.site, title);
    await ivan.says(bit | 32);
    assert.deepEqual([noticeCount(await page(ivan.site)), counts(ivan)], [0, {}], 'it lasts');
    await ivan.says(32);
    await ivan.says(bit);
    await ivan.says(0);
    await ivan.says(bit);
    const [again] = active(ivan);
    assert.deepEqual([again.reason, again.times, again.last_ms - again.first_ms], [reason, 2, 120000], 'it was back twice');
    assert.match(noticesOf(await page(ivan.site))[0].meters[0], /^2 события, с .+ по /);
    await confirm(ivan.site, title);
    await ivan.says(0);
  }
  const texted = REASONS.filter((r) => r[3] !== null).flatMap((r) => [r[2], r[2], r[2]]);
  assert.deepEqual(queued(ivan).slice(was), texted);
  const { rows } = table((await ivan.site.get('/cabinet/log')).html);
  for (const [, title] of REASONS) assert.equal(rows.filter((r) => r[2].includes(title)).length, 3);
});

test('several states at once are several notifications; one that joins is the only new one', async () => {
  const it = await home();
  await it.says(1 | 4);
  await it.says(1 | 4 | 2048);
  assert.deepEqual(counts(it), { case_opened: 1, gas_alarm: 1, tamper: 1 });
  assert.deepEqual(queued(it).sort(), ['case_opened', 'gas_alarm', 'tamper']);
});

test('each press of the button is an event, though nothing came between', async () => {
  const it = await home();
  for (const _ of [1, 2, 3]) await it.says(2, { cause: 1 });
  assert.deepEqual(counts(it), { button: 3 });
});

test('GC-324 a valve that was open and is shut is an SMS and no notification, whether the meter pushes it or a command did it', async () => {
  const pushed = await home();
  await pushed.says(0, { valve: 0 });
  await pushed.says(0, { valve: 0 });
  await pushed.says(0, { valve: 2 });
  await pushed.says(0, { valve: 1 });
  await pushed.says(0, { valve: 3 });
  await pushed.says(0, { valve: 0 });
  assert.deepEqual(queued(pushed), ['valve_closed']);
  await until(() => texts(pushed).includes('клапан закрыт'));

  const told = await home();
  stack.exec(`begin; select set_config('app.role', 'control', true), set_config('app.login', 'operator', true),
    set_config('app.branches', '{}', true), set_config('app.branchless', 'on', true);
    select command_queue(${told.meter}, 'valve_close', '127.0.0.1'); commit;`);
  const m = await Meter.call(house.port);
  m.send(told.telegram(0));
  assert.equal((await m.frame())?.tag, 0x10, 'confirmed');
  await m.obey({ valve: 1 });
  await until(() => texts(told).includes('клапан закрыт'));
  await told.says(0, { valve: 0 });
  assert.deepEqual(queued(told), ['valve_closed'], 'once');
  assert.deepEqual([counts(pushed), counts(told)], [{}, {}]);
});

test('a repeated telegram, also ten times at once, raises nothing twice', async () => {
  const it = await home();
  const alarm = it.telegram(2048);
  await hear(...Array(10).fill(alarm));
  await hear(alarm);
  await it.says(2048);
  assert.deepEqual([counts(it), queued(it)], [{ gas_alarm: 1 }, ['gas_alarm']]);
});

test('a listener killed at any moment loses no alarm and raises none twice', async () => {
  const homes = [];
  for (let i = 0; i < 5; i++) homes.push(await home());
  // Each on until it is confirmed, as meters do.
  const insists = async (telegram) => {
    for (;;) {
      const m = await Meter.call(house.port).catch(() => null);
      m?.send(telegram);
      if (m && (await m.frame())?.tag === 0x10) return m.hangUp();
      await sleep(20);
    }
  };
  const calls = homes.map(async (it) => {
    for (let i = 0; i < 12; i++) await insists(it.telegram(i % 2 ? 4 : 0));
  });
  const listeners = () => house.children().filter((c) => c.duty === 'listener' && alive(c.pid));
  for (let kills = 0; kills < 6; kills++) {
    await until(() => listeners().length > 0);
    process.kill(listeners()[0].pid, 'SIGKILL');
    await sleep(30 + Math.random() * 60);
  }
  await Promise.all(calls);
  for (const it of homes) assert.deepEqual([counts(it), queued(it).length], [{ case_opened: 6 }, 6]);
});

test('sessions that come late tell what nobody told, once, and send no SMS of what has passed', async () => {
  const it = await home();
  stack.exec(`update cabinet_account set registered_at = now() - interval '1 hour' where subscriber_id = ${it.id}`);
  const at = (minute) => ({ at: dateTime(new Date(it.clock - (60 - minute) * 60000)) });
  await it.says(0); // the newest
  await it.says(1, at(30));
  assert.deepEqual(counts(it), { tamper: 1 });
  await it.says(1, at(20));
  await it.says(1, at(40));
  assert.deepEqual(counts(it), { tamper: 1 }, 'the same event, from before and after');
  await it.says(1, at(-30));
  assert.deepEqual(counts(it), { tamper: 1 }, 'from before he registered');
  assert.deepEqual(queued(it), []);
  await it.says(1);
  assert.deepEqual([counts(it), queued(it)], [{ tamper: 2 }, ['tamper']]);
});

test('a clock that ran ahead or fell back neither hides an alarm nor repeats it', async () => {
  const it = await home();
  await it.says(1, { at: dateTime(new Date(Date.now() + 400 * 86400000)) });
  await it.says(1);
  await it.says(0);
  await it.says(1);
  assert.deepEqual(counts(it), { tamper: 2 });
  await it.says(2048 | 1, { at: dateTime(new Date('2000-01-01T00:00:00Z')) });
  assert.deepEqual(counts(it), { gas_alarm: 1, tamper: 2 });
});

test('told is who uses the cabinet: not without one, nor when it is switched off, nor of a meter bound to nobody', async () => {
  const without = await home({ password: false, sms: false });
  const off = await home({ cabinet_allowed: false });
  const free = await home();
  stack.exec(`update meter set subscriber_id = null where id = ${free.meter}`);
  for (const it of [without, off, free]) await it.says(2048 | 2);
  for (const it of [without, off, free]) assert.deepEqual([counts(it), queued(it)], [{}, []]);
  // He who comes to it later hears what begins from then on.
  stack.exec(`insert into cabinet_account (subscriber_id, password_hash) values (${without.id}, 'x');
    update meter set subscriber_id = ${free.id} where id = ${free.meter};`);
  free.clock = Date.now(); // what it showed before is nobody's
  for (const it of [without, free]) await it.says(2048);
  for (const it of [without, free]) assert.deepEqual(counts(it), {}, 'it began before');
  for (const it of [without, free]) await it.says(4);
  assert.deepEqual([counts(without), queued(without)], [{ case_opened: 1 }, []]);
  assert.deepEqual([counts(free), queued(free)], [{ case_opened: 1 }, ['case_opened']]);
});

test('what a meter tells goes with it to the next subscriber from then on, and leaves nothing with the one before', async () => {
  const it = await home();
  const next = await home();
  await it.says(1);
  const site = await enter(stack, it.email);
  assert.equal(noticeCount(await page(site)), 1);
  stack.exec(`update meter set subscriber_id = ${next.id} where id = ${it.meter}`);
  assert.deepEqual([noticeCount(await page(site)), noticesOf(await page(site))], [0, []]);
  assert.deepEqual(counts(next), {});
  await it.says(4); // taken before it was his
  assert.deepEqual([counts(it), counts(next)], [{}, {}]);
  it.clock = Date.now() - 30000;
  await it.says(128);
  assert.deepEqual([counts(it), counts(next)], [{}, { reverse_flow: 1 }]);
});

test('GC-323 no SMS without the wish for it, without a number that can be sent to, or with sending switched off; the session is stored all the same', async () => {
  const unasked = await home({ sms: false });
  const numberless = await home({ phone: '' });
  const wrong = await home({ phone: '+7 903 dom' });
  for (const it of [unasked, numberless, wrong]) await it.says(1, { valve: 0 });
  const switched = await home();
  setParameters(house, { sms_enabled: 'off' });
  await switched.says(1);
  setParameters(house, { sms_enabled: 'on' });
  for (const it of [unasked, numberless, wrong, switched]) assert.deepEqual([counts(it), queued(it)], [{ tamper: 1 }, []]);
});

test('GC-190 tampering that an attached meter does not detect is told to nobody', async () => {
  const it = await home();
  stack.exec(`insert into attached_meter (meter_id, attached_type_id, serial, corrects_temperature, corrects_pressure, detects_tamper)
    select ${it.meter}, id, '777', false, false, false from attached_type where name = 'ВК-G4Т'`);
  await it.says(1 | 4);
  assert.deepEqual(counts(it), { case_opened: 1 });
});

test('GC-329 an SMS service that is away holds up neither sessions nor the cabinet; the SMS goes out once it is back', async () => {
  const it = ivan;
  const { site } = it;
  const sent = texts(it).length;
  smsc.answer = { hang: true };
  await it.says(2048);
  assert.equal(noticeCount(await page(site)), 1);
  smsc.answer = null;
  await until(() => texts(it).length > sent, 20000);
  await it.says(0);
});

test('an open page hears of it with its next question, and stays signed in by none of them', async () => {
  const it = ivan;
  const { site } = it;
  const ask = (word) => site.get(`/cabinet/notifications/news?v=${word}`, { 'lazur-background': '1' });
  const first = (await ask('0')).html;
  assert.match(first, /^1\./);
  assert.equal((await ask(first)).status, 204);
  await it.says(4);
  const second = await ask(first);
  assert.deepEqual([second.status, parseInt(second.html, 10)], [200, 2]);
  assert.equal(/data-news="([^"]*)"/.exec(await page(site))[1], second.html);
  await it.says(0);
  await it.says(4);
  assert.equal((await ask(second.html)).status, 200, 'one more event of the same reason');

  const idle = (minutes) => stack.exec(`update cabinet_session set active_at = now() - interval '${minutes} minutes' where subscriber_id = ${it.id}`);
  stack.exec(`update cabinet_session set remembered = false where subscriber_id = ${it.id}`);
  idle(29);
  await ask(second.html);
  assert.ok(house.sql(`select active_at < now() - interval '28 minutes' as old from cabinet_session where subscriber_id = ${it.id}`)[0].old);
  idle(31);
  assert.equal((await ask(second.html)).status, 401);
});
