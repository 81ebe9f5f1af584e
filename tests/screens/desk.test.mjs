// The note of a meter and the password of its radio.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';

import { decode, facts, operatorAdd, plain, signIn } from '../lib/site.mjs';
import { emptyLog, startStack } from '../lib/stack.mjs';

let stack; let branch; let admin; let control; let viewer; let id; let other;

const added = (statement) => Number(stack.exec(statement).trim());
const note = () => stack.sql(`select note from meter where id = ${id}`)[0].note;
const log = () => stack.sql("select operator_login, action, note from audit_log where operator_login like 'd-%' and action <> 'Вход в систему' order by id");
const was = (html) => decode(/name="was" value="([^"]*)"/.exec(html)[1]);

before(async () => {
  stack = await startStack({ meters: 20, programs: ['operator', 'nginx'] });
  branch = added("insert into branch (name) values ('Филиал стола') returning id");
  for (const [login, role] of [['d-admin', 'admin'], ['d-control', 'control'], ['d-viewer', 'view']]) operatorAdd(stack, login, role, [branch]);
  const subscriber = added(`insert into subscriber (branch_id, account, address) values (${branch}, 'D1', 'ул. Мира, 5') returning id`);
  [id, other] = ['891001', '891002'].map((serial) => added(`insert into meter (serial, meter_type_id, subscriber_id)
    values ('${serial}', (select id from meter_type where name = 'СГ-Лазурь G4-К'), ${subscriber}) returning id`));
  [admin, control, viewer] = await Promise.all(['d-admin', 'd-control', 'd-viewer'].map((l) => signIn(stack, l)));
});

after(() => stack?.stop());
beforeEach(() => stack.exec(`update meter set note = '' where id = ${id}; ${emptyLog("operator_login like 'd-%'")}`));

async function write(text, who = admin, shown) {
  const page = await who.get(`/meters/${id}/note`);
  return who.post(`/meters/${id}/note`, { text, was: shown ?? was(page.html) });
}

test('GC-075 an administrator writes a note; it stands in the panel, in the log, and can be removed', async () => {
  const answer = await write('  Собака во дворе\r\nключ у соседей <кв. 2> \n');
  assert.equal(answer.status, 303);
  assert.equal(answer.location, `/meters?meter=${id}&done=note`);
  assert.equal(note(), 'Собака во дворе\nключ у соседей <кв. 2>');
  assert.match(plain((await admin.get(answer.location)).html), /Примечание сохранено · 891001/);
  assert.equal(facts((await viewer.get(`/meters?open=${id}&q=891001`)).html, id)['Примечание'], 'Собака во дворе ключ у соседей <кв. 2>');
  assert.equal((await write('')).status, 303);
  assert.equal(note(), '');
  assert.deepEqual(log().map((l) => [l.operator_login, l.action, l.note]), [
    ['d-admin', 'Изменить примечание', 'прибор №891001: Собака во дворе\nключ у соседей <кв. 2>'],
    ['d-admin', 'Изменить примечание', 'прибор №891001: удалено']]);
});

test('GC-075 GC-034 for the others the note is text to read, and a form sent directly is refused', async () => {
  stack.exec(`update meter set note = 'Ключ <у соседей>' where id = ${id}`);
  for (const who of [viewer, control]) {
    const { html } = await who.get(`/meters/${id}/note`);
    assert.match(html, /<p class="note-text"[^>]*>Ключ &lt;у соседей&gt;<\/p>/);
    assert.doesNotMatch(html, /<textarea/);
    assert.equal((await who.post(`/meters/${id}/note`, { text: 'x', was: 'Ключ <у соседей>' })).status, 403);
  }
  assert.equal(note(), 'Ключ <у соседей>');
  stack.exec(`update meter set note = '' where id = ${id}`);
  assert.match(plain((await viewer.get(`/meters/${id}/note`)).html), /Примечания нет/);
});

test('a note that somebody changed meanwhile is shown, and one\'s own words are kept', async () => {
  const shown = was((await admin.get(`/meters/${id}/note`)).html);
  stack.exec(`update meter set note = 'Чужое' where id = ${id}`);
  const refused = await write('Моё', admin, shown);
  assert.equal(refused.status, 409);
  assert.match(plain(refused.html), /примечание изменил кто-то другой.*Чужое/);
  assert.match(refused.html, /<textarea[^>]*>\s*Моё<\/textarea>/);
  assert.equal(note(), 'Чужое');
  assert.equal((await write('Моё', admin, was(refused.html))).status, 303);
  assert.equal(note(), 'Моё');
});

test('a note of a thousand characters is taken, a longer one is refused beside the field; a note of several lines can be changed', async () => {
  assert.equal((await write('я'.repeat(1000))).status, 303);
  const long = await write('я'.repeat(1001));
  assert.equal(long.status, 422);
  assert.match(plain(long.html), /Примечание не длиннее 1000 знаков/);
  assert.equal(note(), 'я'.repeat(1000));
  assert.equal((await write('а\r\nб')).status, 303);
  // As a browser sends a hidden field of several lines.
  assert.equal((await write('в', admin, 'а\r\nб')).status, 303);
  assert.equal(note(), 'в');
});

// ---- radio passwords

function secret(serial, text, key = path.join(stack.var, 'secret/secret.key')) {
  const r = spawnSync(path.join(stack.build, 'lazur-secret'), ['-d', stack.conninfo('owner'), '-k', key, 'set', serial], { input: text, encoding: 'utf8' });
  assert.equal(r.status, 0, r.stderr);
}
const look = (who, meter = id) => who.get(`/meters/${meter}/radio`);
const password = (html) => /<output id="radio-password">([^<]*)<\/output>/.exec(html)?.[1];

test('GC-071 the password is shown to control and administrators, and each look is in the log without it', async () => {
  secret('891001', 'ek=000102030405060708090a0b0c0d0e0f\nradio=4071-8253\n');
  for (const who of [control, admin]) {
    const answer = await look(who);
    assert.equal(password(answer.html), '4071-8253');
    assert.match(plain(answer.html), /891001.*Просмотр записан в протокол работы/);
    assert.match(answer.headers.get('cache-control'), /no-store/);
    assert.doesNotMatch(answer.html, /000102030405/i, 'other secrets stay where they are');
  }
  assert.deepEqual(log(), ['d-control', 'd-admin'].map((operator_login) => ({ operator_login, action: 'Посмотреть пароль радиоканала', note: 'прибор №891001' })));
  const bytes = stack.sql("select encode(sealed, 'escape') as s from meter_secret where identity = '891001'")[0].s;
  assert.doesNotMatch(bytes, /4071/, 'in the database it is sealed');
});

test('GC-071 GC-033 GC-034 a viewer has no such button, and is refused when asking directly, with a line in the log', async () => {
  secret('891001', 'radio=1\n');
  const page = (await viewer.get(`/meters?meter=${id}`)).html;
  assert.match(page, /disabled[^>]*title="Ваша роль не даёт права видеть пароли радиоканала"/);
  assert.doesNotMatch(page, /\/radio/);
  const answer = await look(viewer);
  assert.equal(answer.status, 403);
  assert.equal(password(answer.html), undefined);
  assert.deepEqual(log().map((l) => l.action), ['Отказано в доступе']);
});

test('GC-071 a meter without a password says so, and the look is in the log all the same', async () => {
  assert.match(plain((await look(control, other)).html), /Пароля нет.*не задан/);
  secret('891002', 'lls=12345678\n');
  assert.match(plain((await look(control, other)).html), /Пароля нет/);
  assert.equal(log().length, 2);
});

test('GC-031 the password of a meter of another branch is not there, and nothing is logged', async () => {
  const foreign = stack.sql(`select id from meter where branch_id is not null and branch_id <> ${branch} limit 1`)[0].id;
  assert.equal((await look(control, foreign)).status, 404);
  assert.deepEqual(log(), []);
});

test('a password sealed with the key of another installation is told as such, and nothing breaks', async () => {
  stack.exec(`insert into meter_secret values ('891002', '\\x01${'00'.repeat(40)}') on conflict (identity) do update set sealed = excluded.sealed`);
  const answer = await look(control, other);
  assert.equal(answer.status, 200);
  assert.match(plain(answer.html), /прочитать его здесь нельзя/);
  stack.exec("delete from meter_secret where identity = '891002'");
});

test('meters of the demonstration city have radio passwords', async () => {
  const seeded = stack.sql(`select m.id from meter m join meter_secret s on s.identity = m.serial
    where m.branch_id is not null and m.id not in (${id}, ${other}) limit 1`)[0].id;
  const operator = await signIn(stack, 'operator');
  assert.match(password((await look(operator, seeded)).html), /^\d{8}$/);
});

test('lazur-secret load takes all lines of its input or none', () => {
  const load = (input) => spawnSync(path.join(stack.build, 'lazur-secret'),
    ['-d', stack.conninfo('owner'), '-k', path.join(stack.var, 'secret/secret.key'), 'load'], { input, encoding: 'utf8' });
  const there = () => stack.sql("select identity from meter_secret where identity like 'L%' order by 1").map((r) => r.identity);
  assert.equal(load('L1 radio=1\nL2 radio=2 lls=x\n').status, 0);
  assert.deepEqual(there(), ['L1', 'L2']);
  assert.equal(load('L3 radio=3\nL4\n').status, 1);
  assert.equal(load('L3 radio=3\nL4 pin=4\n').status, 1);
  assert.deepEqual(there(), ['L1', 'L2']);
});
