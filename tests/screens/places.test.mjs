// Where meters are: by base station, by hand, in squares; who may see and say it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { decode, operatorAdd, plain, signIn } from '../lib/site.mjs';
import { startStack } from '../lib/stack.mjs';

let stack; let ours; let theirs; let viewer; let admin;

const added = (statement) => Number(stack.exec(statement).trim());

function meterAdd(serial, branch) {
  const subscriber = branch === 0 ? 'null' : added(`insert into subscriber (branch_id, account, address)
    values (${branch}, 'P${serial}', 'ул. <Картографов>, 1') returning id`);
  return added(`insert into meter (serial, meter_type_id, subscriber_id)
    values ('${serial}', (select id from meter_type where name = 'СГ-Лазурь G4-К'), ${subscriber}) returning id`);
}

const placed = (id, latitude, longitude) => stack.exec(`insert into meter_place (meter_id, latitude_udeg, longitude_udeg, source)
  values (${id}, ${Math.round(latitude * 1e6)}, ${Math.round(longitude * 1e6)}, 'hand')`);

before(async () => {
  stack = await startStack({ meters: 20, programs: ['operator', 'nginx'] });
  ours = added("insert into branch (name) values ('Филиал карт') returning id");
  theirs = added("insert into branch (name) values ('Чужой филиал карт') returning id");
  operatorAdd(stack, 'p-viewer', 'view', [ours]);
  operatorAdd(stack, 'p-control', 'control', [ours]);
  operatorAdd(stack, 'p-admin', 'admin', [ours]);
  viewer = await signIn(stack, 'p-viewer');
  admin = await signIn(stack, 'p-admin');
});

after(() => stack?.stop());

const facts = (html) => Object.fromEntries([...html.matchAll(/<dt>([\s\S]*?)<\/dt><dd>([\s\S]*?)<\/dd>/g)].map((m) => [plain(m[1]), plain(m[2])]));

test('GC-116 a meter stands where the base station of its last session stands, and the page calls that approximate', async () => {
  const id = meterAdd('P1', ours);
  stack.exec(`insert into cell_site values (250, 2, 11, 4711, 55751244, 37618423, 1500);
    insert into meter_cell (meter_id, mcc, mnc, lac, cell_id, at) values (${id}, 250, 2, 11, 4711, '2026-03-04 05:06:07+03')`);
  const page = await viewer.get(`/meters/${id}/map`);
  assert.equal(page.status, 200);
  const said = facts(page.html);
  assert.equal(said['Координаты (широта, долгота)'], '55.751244, 37.618423');
  assert.equal(said['Откуда известны'], 'По базовой станции сотовой связи, последний сеанс 04-03-2026 05:06:07');
  assert.equal(said['Точность'], 'в пределах 1 500 м');
  assert.match(plain(page.html), /приблизительное[\s\S]*до 10 км/);
  stack.exec(`insert into cell_site values (250, 2, 11, 4712, 56000000, 38000000, 700);
    update meter_cell set cell_id = 4712 where meter_id = ${id}`);
  assert.equal(facts((await viewer.get(`/meters/${id}/map`)).html)['Координаты (широта, долгота)'], '56.000000, 38.000000', 'the next session came through another');
});

test('GC-117 a meter that cannot tell says so; one whose base station nobody knows says that', async () => {
  const silent = meterAdd('P2', ours);
  const page = await viewer.get(`/meters/${silent}/map`);
  assert.match(plain(page.html), /Счётчик не может определить свои координаты/);
  assert.doesNotMatch(page.html, /id="map"/);
  const lost = meterAdd('P3', ours);
  stack.exec(`insert into meter_cell (meter_id, mcc, mnc, lac, cell_id, at) values (${lost}, 250, 2, 11, 99999, now())`);
  assert.match(plain((await viewer.get(`/meters/${lost}/map`)).html), /Координаты не определены/);
  stack.exec('insert into cell_site values (250, 2, 11, 99999, 57000000, 39000000, 700); select places_from_cells(null)');
  assert.equal(facts((await viewer.get(`/meters/${lost}/map`)).html)['Координаты (широта, долгота)'], '57.000000, 39.000000', 'the list of stations has grown');
});

test('GC-116 an administrator says where a meter stands: it is written down, and no session moves it', async () => {
  const id = meterAdd('P4', ours);
  await admin.get(`/meters/${id}/map`);
  const answer = await admin.post(`/meters/${id}/map`, { latitude: '55,755800', longitude: ' 37.6173 ', back: '/meters?q=P4' });
  assert.equal(answer.status, 303);
  assert.equal(answer.location, `/meters/${id}/map?done=1&back=%2Fmeters%3Fq%3DP4`);
  const page = await admin.get(answer.location);
  assert.match(plain(page.html), /Место счётчика сохранено/);
  assert.match(facts(page.html)['Откуда известны'], /^Указал\(а\) p-admin,/);
  stack.exec(`insert into cell_site values (250, 2, 12, 1, 50000000, 40000000, 700);
    insert into meter_cell (meter_id, mcc, mnc, lac, cell_id, at) values (${id}, 250, 2, 12, 1, now())`);
  assert.equal(facts((await viewer.get(`/meters/${id}/map`)).html)['Координаты (широта, долгота)'], '55.755800, 37.617300');
  const [entry] = stack.sql("select operator_login, action, note, host(address) as address from audit_log order by id desc limit 1");
  assert.deepEqual(entry, { operator_login: 'p-admin', action: 'Указать координаты', note: 'прибор №P4, 55.7558 37.6173', address: '127.0.0.1' });
  await admin.post(`/meters/${id}/map`, { forget: '1' });
  assert.equal(facts((await viewer.get(`/meters/${id}/map`)).html)['Координаты (широта, долгота)'], '50.000000, 40.000000', 'taken back, the station counts');
  assert.equal(stack.sql('select action from audit_log order by id desc limit 1')[0].action, 'Удалить координаты');
});

test('both coordinates may be pasted into the first field', async () => {
  const id = meterAdd('P5', ours);
  await admin.get(`/meters/${id}/map`);
  for (const both of ['55.7558, 37.6173', '55.7558 37.6173', '55,7558; 37,6173']) {
    assert.equal((await admin.post(`/meters/${id}/map`, { latitude: both, longitude: '' })).status, 303, both);
    assert.deepEqual(stack.sql(`select latitude_udeg, longitude_udeg from meter_place where meter_id = ${id}`),
      [{ latitude_udeg: 55755800, longitude_udeg: 37617300 }], both);
    stack.exec(`delete from meter_place where meter_id = ${id}`);
  }
});

test('what is no coordinate is refused beside its field and what was typed stays', async () => {
  const id = meterAdd('P6', ours);
  await admin.get(`/meters/${id}/map`);
  for (const [latitude, longitude, field] of [['', '', 'latitude'], ['91', '37', 'latitude'], ['<b>', '37', 'latitude'], ['55', '', 'longitude'], ['55', '181', 'longitude'], ['55', '37 E', 'longitude']]) {
    const page = await admin.post(`/meters/${id}/map`, { latitude, longitude });
    assert.equal(page.status, 422);
    const input = new RegExp(`<input[^>]*id="${field}"[^>]*>`).exec(page.html)[0];
    assert.match(input, /aria-invalid="true"/, `${latitude} ${longitude}`);
    assert.equal(decode(/value="([^"]*)"/.exec(input)[1]), field === 'latitude' ? latitude : longitude);
    assert.match(page.html, new RegExp(`id="${field}-error"`));
  }
  assert.deepEqual(stack.sql(`select 1 as x from meter_place where meter_id = ${id}`), []);
});

test('only administrators say where a meter stands, and of their own branches', async () => {
  const id = meterAdd('P7', ours);
  const foreign = meterAdd('P8', theirs);
  const control = await signIn(stack, 'p-control');
  assert.doesNotMatch((await control.get(`/meters/${id}/map`)).html, /id="latitude"/);
  assert.equal((await control.post(`/meters/${id}/map`, { latitude: '1', longitude: '1' })).status, 403);
  assert.equal((await admin.get(`/meters/${foreign}/map`)).status, 404);
  await admin.get(`/meters/${id}/map`);
  assert.equal((await admin.post(`/meters/${foreign}/map`, { latitude: '1', longitude: '1' })).status, 404);
  assert.throws(() => stack.exec(`begin; select set_config('app.role', 'control', true), set_config('app.branches', '{${ours}}', true);
    select place_set(${id}, 1, 1, null); commit`, 'web'), (e) => e.code === 'LZ403');
  assert.deepEqual(stack.sql(`select 1 as x from meter_place where meter_id in (${id}, ${foreign})`), []);
});

const counted = () => stack.sql(`select level, x, y, branch_id, n, latitude_udeg_sum::text, longitude_udeg_sum::text from place_count where n <> 0 order by 1, 2, 3, 4`);
const truth = () => stack.sql(`select l as level, x >> (20 - l) as x, y >> (20 - l) as y, coalesce(branch_id, 0) as branch_id, count(*)::int as n,
    sum(latitude_udeg::bigint)::text as latitude_udeg_sum, sum(longitude_udeg::bigint)::text as longitude_udeg_sum
  from meter_place, generate_series(4, 16, 2) l group by 1, 2, 3, 4 order by 1, 2, 3, 4`);

test('counters of squares agree with the places after every kind of change', () => {
  const id = meterAdd('P9', ours);
  const steps = [
    `insert into meter_place (meter_id, latitude_udeg, longitude_udeg, source) values (${id}, 55755800, 37617300, 'hand')`,
    `update meter_place set latitude_udeg = latitude_udeg + 1 where meter_id = ${id}`,
    `update meter_place set longitude_udeg = -37617300, latitude_udeg = -latitude_udeg where meter_id = ${id}`,
    `update subscriber set branch_id = ${theirs} where id = (select subscriber_id from meter where id = ${id})`,
    `update meter set subscriber_id = null where id = ${id}`,
    `update meter_place set accuracy_m = 5`,
    `insert into meter_place (meter_id, latitude_udeg, longitude_udeg, source)
       select m.id, -85000000, 180000000, 'hand' from meter m where not exists (select from meter_place p where p.meter_id = m.id)`,
    `delete from meter where id = ${id}`,
    'delete from meter_place where meter_id % 3 = 0',
  ];
  for (const step of steps) {
    stack.exec(step);
    assert.deepEqual(counted(), truth(), step);
  }
});

const squares = async (who, level, x0 = 0, x1 = x0, y0 = 0, y1 = y0) => {
  const page = await who.get(`/map/squares.json?level=${level}&x0=${x0}&x1=${x1}&y0=${y0}&y1=${y1}`);
  assert.equal(page.status, 200);
  return JSON.parse(page.html);
};

test('the map of all meters answers squares of the box, in the scope of who asks', async () => {
  operatorAdd(stack, 'p-sum', 'view', [added("insert into branch (name) values ('Филиал квадратов') returning id")]);
  const branch = stack.sql("select id from branch where name = 'Филиал квадратов'")[0].id;
  const who = await signIn(stack, 'p-sum');
  assert.match(plain((await who.get('/map')).html), /Ни у одного счётчика нет координат/);
  const near = [];
  for (let i = 0; i < 12; i++) {
    near.push(meterAdd(`PS${i}`, branch));
    placed(near[i], 56.0 + (i % 4) * 0.00001, 44.0 + Math.floor(i / 4) * 0.5);
  }
  placed(meterAdd('PX', theirs), 56.0, 44.0);
  assert.match(plain((await who.get('/map')).html), /На карте счётчиков: 12\. [\s\S]*Филиал квадратов ?12/);
  for (let level = 2; level <= 8; level++) {
    const side = 2 ** level;
    const all = level <= 6 ? await squares(who, level, 0, side - 1, 0, side - 1) : await squares(who, level, side / 2, side / 2 + 60, side / 4, side / 4 + 60);
    assert.equal(all.reduce((n, s) => n + s[2], 0), 12, `level ${level}`);
  }
  const at = (level, lon) => Math.floor(((lon + 180) / 360) * 2 ** level);
  const row = (level, lat) => Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * 2 ** level);
  const three = await squares(who, 10, at(10, 44), at(10, 45), row(10, 56.1), row(10, 55.9));
  assert.deepEqual(three.map((s) => s[2]), [4, 4, 4]);
  assert.deepEqual(three.map((s) => s[4]).sort(), [44, 44.5, 45]);
  const close = await squares(who, 20, at(20, 44), at(20, 44), row(20, 56.00004), row(20, 55.99999));
  assert.equal(close.reduce((n, s) => n + s[2], 0), 4);
  const [x, y] = close[0];
  const list = JSON.parse((await who.get(`/map/square.json?level=20&x=${x}&y=${y}`)).html);
  assert.ok(list.length >= 1 && list.length <= 4);
  assert.ok(list.every(([id, serial]) => near.includes(id) && serial.startsWith('PS')), 'no meter of the other branch in the same house');
  assert.equal(list[0][3], 'ул. <Картографов>, 1');
});

test('a meter alone is named when the map is close enough', async () => {
  const id = meterAdd('P"10', ours);
  placed(id, -33.5, -70.25);
  const at = (level, lon) => Math.floor(((lon + 180) / 360) * 2 ** level);
  const row = (level, lat) => Math.floor(((1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2) * 2 ** level);
  const [alone] = await squares(admin, 18, at(18, -70.25), at(18, -70.25), row(18, -33.5), row(18, -33.5));
  assert.deepEqual(alone.slice(2), [1, -33.5, -70.25, id, 'P"10']);
  const [far] = await squares(admin, 12, at(12, -70.25), at(12, -70.25), row(12, -33.5), row(12, -33.5));
  assert.deepEqual(far.slice(2), [1, -33.5, -70.25]);
});

test('a box that is not of this world, or of too many squares, is refused', async () => {
  for (const query of ['', 'level=1&x0=0&x1=0&y0=0&y1=0', 'level=21&x0=0&x1=0&y0=0&y1=0', 'level=4&x0=0&x1=16&y0=0&y1=0',
    'level=4&x0=5&x1=4&y0=0&y1=0', 'level=10&x0=0&x1=100&y0=0&y1=100', 'level=4&x0=-1&x1=1&y0=0&y1=0', 'level=x&x0=0&x1=0&y0=0&y1=0']) {
    assert.equal((await viewer.get(`/map/squares.json?${query}`)).status, 422, query);
  }
  assert.equal((await viewer.get('/map/square.json?level=10&x=1&y=1')).status, 422, 'a square of a whole region is no list');
});

test('without a map server the pages may load pictures from nowhere else', async () => {
  const page = await viewer.get('/map');
  assert.match(page.headers.get('content-security-policy'), /img-src 'self' data: ?;/);
  assert.match(page.html, /data-tiles=""/);
  assert.equal((await viewer.get('/map', { 'Map-Tiles': 'http://evil.example' })).html.includes('evil'), false, 'a browser cannot name one');
});
