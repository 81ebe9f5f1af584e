// Valve commands from the screen: who may, what is asked, what is queued, and
// what the history of commands says.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { meterRows, operatorAdd, plain, ranges, signIn, tabTable } from '../lib/site.mjs';
import { startStack } from '../lib/stack.mjs';

let stack; let branch; let site; let id;

const one = (query) => Object.values(stack.sql(query)[0])[0];
const added = (statement) => Number(stack.exec(statement).trim());
const commands = () => stack.sql(`select kind, state, operator_login, superseded_by is not null as replaced
  from command where meter_id = ${id} order by id`);

before(async () => {
  stack = await startStack({ meters: 20, programs: ['operator', 'nginx'] });
  branch = added("insert into branch (name) values ('Филиал клапанов') returning id");
  operatorAdd(stack, 'v-control', 'control', [branch]);
  operatorAdd(stack, 'v-viewer', 'view', [branch]);
  operatorAdd(stack, 'v-admin', 'admin', [branch]);
  const subscriber = added(`insert into subscriber (branch_id, account, full_name, address)
    values (${branch}, 'V1', 'Иванова Анна', 'г. Казань, ул. Мира, д. 5') returning id`);
  id = added(`insert into meter (serial, meter_type_id, subscriber_id, period)
    values ('880001', (select id from meter_type where name = 'СГ-Лазурь G4-К'), ${subscriber}, 'daily') returning id`);
  site = await signIn(stack, 'v-control');
});

after(() => stack?.stop());

beforeEach(() => {
  stack.exec(`delete from command where meter_id = ${id};
    update meter_state set valve = 1, last_at = now(), received_at = now() where meter_id = ${id}`);
});

const ask = (who, action) => who.get(`/meters/${id}/valve?action=${action}`);
async function give(who, action, fields = {}) {
  await ask(who, action);
  return who.post(`/meters/${id}/valve`, { action, ...fields });
}
const row = async () => meterRows((await site.get('/meters?q=880001')).html)[0];

test('GC-078 the question names the meter, its address and subscriber, what happens and when; declining queues nothing', async () => {
  const question = plain((await ask(site, 'close')).html);
  for (const part of ['Закрыть клапан?', '880001', 'г. Казань, ул. Мира, д. 5', 'Иванова Анна', 'V1', 'Открыт',
    'Счётчик закроет клапан сразу, как только получит команду', 'При следующем сеансе связи, ожидается',
    'Каждый день с 00:00 до 01:00', 'Клапаном этого счётчика ещё не управляли', 'Не менять']) {
    assert.ok(question.includes(part), part);
  }
  const expected = one("select to_char((date_trunc('day', now()) + interval '1 day') at time zone 'Europe/Moscow', 'DD-MM-YYYY') as d");
  assert.ok(question.includes(`${expected} 00:00:00`), 'the next night');
  assert.ok(plain((await ask(site, 'open')).html).includes('откроется только после нажатия кнопки'));
  assert.deepEqual(commands(), []);
});

test('GC-078 a confirmed command is recorded, waits for the session, is shown beside the valve and in the log', async () => {
  const answer = await give(site, 'close', { back: '/meters?q=880001&size=25' });
  assert.equal(answer.status, 303);
  assert.equal(answer.location, '/meters?q=880001&size=25&done=close');
  assert.deepEqual(commands(), [{ kind: 'valve_close', state: 'queued', operator_login: 'v-control', replaced: false }]);
  const shown = await row();
  assert.deepEqual([shown.valve, shown.waiting], ['Открыт', 'Ждёт сеанса связи: закрыть клапан']);
  const log = stack.sql("select action, note, address from audit_log where operator_login = 'v-control' and note like '%880001%' order by id desc limit 1");
  assert.deepEqual(log, [{ action: 'Закрыть клапан', note: 'прибор №880001', address: '127.0.0.1' }]);
});

test('after a command the window says so, as long as it is true, and offers the opposite', async () => {
  const answer = await give(site, 'close');
  assert.equal(answer.location, `/meters?meter=${id}&done=close`);
  const page = await site.get(answer.location);
  assert.match(page.html, /id="done"[\s\S]*Команда «Закрыть клапан» подана/);
  assert.match(page.html, new RegExp(`href="/meters/${id}/valve\\?action=open`));
  stack.exec(`update command set state = 'executed', executed_at = now() where meter_id = ${id}`);
  assert.doesNotMatch((await site.get(answer.location)).html, /id="done"/);
});

test('two clicks are one command, and the second is told that it waits already', async () => {
  const logged = () => one("select count(*) from audit_log where operator_login = 'v-control' and action = 'Закрыть клапан'");
  const logBefore = logged();
  await ask(site, 'close');
  const both = await Promise.all([1, 2].map(() => site.post(`/meters/${id}/valve`, { action: 'close' })));
  assert.deepEqual(both.map((a) => a.status).sort(), [303, 409]);
  assert.equal(commands().length, 1);
  const third = await give(site, 'close');
  assert.equal(third.status, 409);
  assert.match(third.html, /Такая команда уже ждёт сеанса связи/);
  assert.match((await ask(site, 'close')).html, /Такая команда уже ждёт сеанса связи/);
  const page = await site.get(`/meters?meter=${id}`);
  assert.match(page.html, /Закрыть клапан: Такая команда уже ждёт сеанса связи/);
  assert.equal(commands().length, 1);
  assert.equal(logged() - logBefore, 1);
});

test('GC-082 the opposite command replaces the one that waits; the replaced stays in the history, not executed', async () => {
  await give(site, 'close');
  assert.match(plain((await ask(site, 'open')).html), /Эта команда отменит ту, что ещё ждёт сеанса связи/);
  assert.equal((await give(site, 'open')).status, 303);
  assert.deepEqual(commands().map((c) => [c.kind, c.state, c.replaced]),
    [['valve_close', 'superseded', true], ['valve_open', 'queued', false]]);
  assert.equal((await row()).waiting, 'Ждёт сеанса связи: открыть клапан');
  const tab = tabTable((await site.get(`/meters?meter=${id}&tab=commands`)).html);
  assert.deepEqual(tab.rows.map((r) => [r[0], r[1], r[3]]), [
    ['v-control', 'Открыть клапан (ждёт сеанса связи)', ''],
    ['v-control', 'Закрыть клапан (отменена следующей командой)', '']]);
});

test('GC-080 a delivered opening waits for the button: «Закрыт(разрешен)», «Выполнена» empty, and is not asked twice', async () => {
  stack.exec(`update meter_state set valve = 0 where meter_id = ${id}`);
  await give(site, 'open');
  stack.exec(`update command set state = 'delivered', sent_at = now(), delivered_at = now() where meter_id = ${id};
    update meter_state set valve = 2 where meter_id = ${id}`);
  const shown = await row();
  assert.deepEqual([shown.valve, shown.waiting], ['Закрыт(разрешен)', ''], 'it waits for no session any more');
  const page = await site.get(`/meters?meter=${id}&tab=commands`);
  assert.deepEqual(tabTable(page.html).rows[0].slice(1, 2), ['Открыть клапан (передана, ждёт нажатия кнопки)']);
  assert.equal(tabTable(page.html).rows[0][3], '');
  assert.match(page.html, /Открытие уже разрешено, осталось нажать кнопку на счётчике/);
  assert.equal((await give(site, 'open')).status, 409);
  assert.equal((await give(site, 'close')).status, 303, 'closing still can');
});

test('the question tells what happened last time', async () => {
  stack.exec(`insert into command (meter_id, kind, state, operator_login, submitted_at, executed_at)
    values (${id}, 'valve_close', 'executed', 'samara', '2016-01-13 09:57:14+03', '2016-01-13 09:57:36+03')`);
  const question = plain((await ask(site, 'open')).html);
  assert.match(question, /Закрыть клапан, 13-01-2016 09:57:14, samara ?выполнена 13-01-2016 09:57:36/);
});

test('GC-084 the history of commands has its columns and sorts by command, submitted and executed only', async () => {
  stack.exec(`insert into command (meter_id, kind, state, operator_login, submitted_at, executed_at) values
    (${id}, 'valve_open', 'executed', 'b', '2016-01-01 00:00+03', '2016-01-09 00:00+03'),
    (${id}, 'valve_close', 'superseded', 'a', '2016-01-02 00:00+03', null),
    (${id}, 'valve_open', 'executed', 'c', '2016-01-03 00:00+03', '2016-01-04 00:00+03')`);
  const show = async (address) => tabTable((await site.get(address)).html);
  const tab = await show(`/meters?meter=${id}&tab=commands`);
  assert.deepEqual(tab.head, ['Оператор', 'Команда', 'Подана', 'Выполнена']);
  assert.equal(tab.links.length, 3, 'the operator is no link');
  const who = (t) => t.rows.map((r) => r[0]).join('');
  assert.equal(who(tab), 'cab', 'newest first');
  const [command, submitted, executed] = tab.links;
  assert.equal(who(await show(submitted)), 'bac', 'submitted, ascending');
  assert.equal(who(await show(command)), 'abc', 'command, ascending');
  const byDone = await show(executed);
  assert.equal(who(byDone), 'cba', 'executed, ascending, not executed last');
  assert.equal(who(await show(byDone.links[2])), 'bca', 'executed, descending, not executed last');
  assert.deepEqual(byDone.rows[1], ['b', 'Открыть клапан', '01-01-2016 00:00:00', '09-01-2016 00:00:00']);
  for (const odd of ['operator', 'state', "1'"]) {
    assert.equal(who(await show(`/meters?meter=${id}&tab=commands&tsort=${encodeURIComponent(odd)}`)), 'cab', odd);
  }
});

test('the history of commands goes by pages', async () => {
  stack.exec(`insert into command (meter_id, kind, state, operator_login, submitted_at)
    select ${id}, 'valve_open', 'superseded', 'n' || i, '2016-01-01'::timestamptz + i * interval '1 day' from generate_series(1, 11) i`);
  const second = await site.get(`/meters?meter=${id}&tab=commands&tpage=2`);
  assert.deepEqual(tabTable(second.html).rows.map((r) => r[0]), ['n1']);
  assert.equal(ranges(second.html)[1], 'Записи с 11 до 11 из 11 записей');
});

test('GC-026 GC-033 GC-034 a viewer sees the buttons disabled with the reason, and is refused when asking directly', async () => {
  const viewer = await signIn(stack, 'v-viewer');
  const page = await viewer.get(`/meters?meter=${id}`);
  assert.match(page.html, /disabled[^>]*title="Ваша роль не даёт права управлять клапаном"/);
  assert.doesNotMatch(page.html, /valve\?action/);
  assert.equal((await ask(viewer, 'close')).status, 403);
  assert.equal((await viewer.post(`/meters/${id}/valve`, { action: 'close' })).status, 403);
  assert.deepEqual(commands(), []);
});

test('GC-027 GC-029 an operator with control and an administrator may', async () => {
  assert.equal((await give(site, 'close')).status, 303);
  const admin = await signIn(stack, 'v-admin');
  assert.equal((await give(admin, 'open')).status, 303);
  assert.deepEqual(commands().map((c) => c.operator_login), ['v-control', 'v-admin']);
});

test('GC-083 a meter without a valve has no valve buttons, and a command given directly is refused in words', async () => {
  stack.exec(`update meter set meter_type_id = (select id from meter_type where name = 'СГ-Лазурь G4') where id = ${id}`);
  const page = await site.get(`/meters?meter=${id}`);
  assert.match(page.html, /disabled[^>]*title="У этого счётчика нет клапана"/);
  assert.doesNotMatch(page.html, /valve\?action/);
  const answer = await give(site, 'close');
  assert.equal(answer.status, 422);
  assert.match(answer.html, /У этого счётчика нет клапана/);
  assert.deepEqual(commands(), []);
  stack.exec(`update meter set meter_type_id = (select id from meter_type where name = 'СГ-Лазурь G4-К') where id = ${id}`);
});

test('a command without the token of a page of ours, or by GET, changes nothing', async () => {
  await ask(site, 'close');
  for (const csrf of ['', 'x', '0'.repeat(64)]) {
    const answer = await site.post(`/meters/${id}/valve`, { action: 'close', csrf });
    assert.equal(answer.status, 403, csrf);
  }
  assert.equal((await site.get(`/meters/${id}/valve?action=close&confirm=1`)).status, 200);
  assert.deepEqual(commands(), []);
});

test('an action that is none is refused, and the way back leads nowhere but to this window', async () => {
  for (const action of ['', 'explode', 'valve_close']) {
    assert.equal((await ask(site, action)).status, 422, action);
    assert.equal((await site.post(`/meters/${id}/valve`, { action })).status, 422, action);
  }
  for (const back of ['https://example.org/', '//example.org', '/sign-out', 'javascript:alert(1)', '/meters\\@x', '/metersx', '/meters?a=\r\nX-Y: z']) {
    stack.exec(`delete from command where meter_id = ${id}`);
    const answer = await give(site, 'close', { back });
    if (answer.status === 303) assert.equal(answer.location, `/meters?meter=${id}&done=close`, back);
    else assert.equal(answer.status, 422, back);
  }
  for (const unknown of ['99999999', '999999999999999999']) {
    assert.equal((await site.get(`/meters/${unknown}/valve?action=close`)).status, 404);
  }
});

test('a calendar session that is due soon is named by its day, one that was missed has no day', async () => {
  const expected = async (period, minutes, last) => {
    stack.exec(`update meter set period = '${period}', period_minutes = ${minutes} where id = ${id};
      update meter_state set received_at = ${last} where meter_id = ${id}`);
    const found = /ожидается (\d\d)-(\d\d)-\d{4} (\d\d:\d\d)/.exec(plain((await ask(site, 'close')).html));
    return found && [Number(found[1]), Number(found[2]), found[3]];
  };
  assert.equal((await expected('monthly', 'null', 'now()'))[0], 1);
  assert.equal((await expected('monthly', 'null', "now() - interval '1 year'"))[0], 1);
  assert.ok([1, 22, 26].includes((await expected('thrice_monthly', 'null', 'now()'))[0]));
  const [day, month] = await expected('twice_monthly', 'null', 'now()');
  assert.ok(month === 2 ? [26, 28, 29].includes(day) : [28, 29, 30, 31].includes(day), `${day}.${month}`);
  assert.equal((await expected('monthly', 'null', 'null'))[0], 1, 'one that never called');
  assert.equal(await expected('hourly', 'null', "now() - interval '3 hours'"), null);
  assert.notEqual(await expected('hourly', 'null', "now() - interval '10 minutes'"), null);
  assert.equal(await expected('minutes', 30, "now() - interval '31 minutes'"), null);
  stack.exec(`update meter set period = 'daily', period_minutes = null where id = ${id}`);
});
