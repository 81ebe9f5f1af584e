// The consumption chart: its arithmetic on data known beforehand, its windows,
// who may see it, its file and its table.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { csvRows, decode, operatorAdd, plain, signIn } from '../lib/site.mjs';
import { startStack } from '../lib/stack.mjs';

let stack; let branch; let foreign; let site;
const ids = {};

const added = (statement) => Number(stack.exec(statement).trim());

// A meter with sessions [moment, dm3] and records of its archive [day, moment, dm3].
function meterAdd(serial, sessions, archive = [], of = branch, column = 'volume_dm3', type = 'СГ-Лазурь G4-К') {
  const subscriber = added(`insert into subscriber (branch_id, account, address) values (${of}, 'C${serial}', 'Адрес') returning id`);
  const id = added(`insert into meter (serial, meter_type_id, subscriber_id)
    values ('${serial}', (select id from meter_type where name = '${type}'), ${subscriber}) returning id`);
  for (const [at, value] of sessions) {
    stack.exec(`insert into reading (meter_id, at, received_at, ${column}) values (${id}, '${at}+03', now(), ${value})`);
  }
  for (const [day, at, value] of archive) {
    stack.exec(`insert into archive_daily (meter_id, day, at, volume_dm3) values (${id}, '${day}', '${at}+03', ${value})`);
  }
  return id;
}

before(async () => {
  stack = await startStack({ meters: 20, programs: ['operator', 'nginx'] });
  stack.exec("select partitions_ensure('2025-01-01', '2026-12-31')");
  branch = added("insert into branch (name) values ('Филиал графиков') returning id");
  foreign = added("insert into branch (name) values ('Чужой филиал графиков') returning id");
  operatorAdd(stack, 'g-viewer', 'view', [branch]);
  site = await signIn(stack, 'g-viewer');
});

after(() => stack?.stop());

const json = async (id, query = '') => {
  const page = await site.get(`/meters/${id}/chart.json${query}`);
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-type'), /^application\/json/);
  return JSON.parse(page.html);
};
const bars = async (id, query) => Object.fromEntries((await json(id, query)).points.map((p) => [p[3], p[2]]));
const flagged = async (id, query, bit) => (await json(id, query)).points.filter((p) => p[4] & bit).map((p) => p[3]);
const sum = (values) => Math.round(Object.values(values).reduce((a, b) => a + b, 0) * 1000) / 1000;

test('GC-127 a day is the difference of the counter at its two midnights', async () => {
  ids.midnights = meterAdd('C1', [['2026-03-02 00:00', 1000], ['2026-03-03 00:00', 3500], ['2026-03-04 00:00', 3500], ['2026-03-05 00:00', 10001]]);
  assert.deepEqual(await bars(ids.midnights, '?mode=day'), { '02-03-2026': 2.5, '03-03-2026': 0, '04-03-2026': 6.501 });
});

test('GC-127 between two readings the counter runs evenly, and a bar without a reading inside says that it is estimated', async () => {
  const id = meterAdd('C2', [['2026-03-02 12:00', 0], ['2026-03-06 12:00', 4000]]);
  assert.deepEqual(await bars(id, '?mode=day'), {
    '02-03-2026': 0.5, '03-03-2026': 1, '04-03-2026': 1, '05-03-2026': 1, '06-03-2026': 0.5 });
  assert.deepEqual(await flagged(id, '?mode=day', 1), ['03-03-2026', '04-03-2026', '05-03-2026']);
  assert.deepEqual(await flagged(id, '?mode=day', 2), ['02-03-2026', '06-03-2026'], 'its first and last day are known in part');
});

test('GC-127 archive and sessions are read together, and where they overlap gas counts once', async () => {
  const id = meterAdd('C3',
    [['2026-03-02 00:00', 1000], ['2026-03-03 10:00', 4000], ['2026-03-05 00:00', 8000]],
    [['2026-03-02', '2026-03-02 10:00', 2000], ['2026-03-03', '2026-03-03 10:00', 4000], ['2026-03-04', '2026-03-04 10:00', 6000]]);
  const days = await bars(id, '?mode=day');
  assert.equal(sum(days), 7, 'the difference of the first and the last value');
  assert.equal(days['02-03-2026'], 2.167, '1000 till ten, then 14 of the 24 hours in which 2000 ran');
  stack.exec(`delete from archive_daily where meter_id = ${id}`);
  assert.equal((await bars(id, '?mode=day'))['02-03-2026'], 2.118, 'without the archive the line is straighter');
});

test('GC-127 weeks begin on Monday, months on their first day, and all three modes add up alike', async () => {
  const id = meterAdd('C4', [['2026-01-28 00:00', 0], ['2026-02-01 00:00', 400], ['2026-02-02 00:00', 500], ['2026-03-11 00:00', 37500]]);
  assert.deepEqual(await bars(id, '?mode=month&span=all'), { '01-2026': 0.4, '02-2026': 27.1, '03-2026': 10 });
  const weeks = await bars(id, '?mode=week&span=all');
  assert.equal(Object.keys(weeks)[0], '26-01-2026 \u2013 01-02-2026');
  assert.equal(weeks['26-01-2026 \u2013 01-02-2026'], 0.5);
  assert.equal(weeks['02-02-2026 \u2013 08-02-2026'], 7);
  for (const mode of ['day', 'week', 'month']) assert.equal(sum(await bars(id, `?mode=${mode}&span=all`)), 37.5, mode);
});

test('GC-127 a counter that falls was reset: that interval counts as nothing and the page says so', async () => {
  const id = meterAdd('C5', [['2026-03-02 00:00', 900000], ['2026-03-03 00:00', 905000], ['2026-03-04 00:00', 100], ['2026-03-05 00:00', 2100]]);
  assert.deepEqual(await bars(id, '?mode=day'), { '02-03-2026': 5, '03-03-2026': 0, '04-03-2026': 2 });
  assert.match(plain((await site.get(`/meters/${id}/chart`)).html), /Показания счётчика уменьшались/);
  assert.doesNotMatch(plain((await site.get(`/meters/${ids.midnights}/chart`)).html), /Показания счётчика уменьшались/);
});

test('GC-127 one reading out of the order of its neighbours is a slip and makes no consumption', async () => {
  for (const [serial, slip] of [['C6', 9999999], ['C7', 3]]) {
    const id = meterAdd(serial, [['2026-03-02 00:00', 1000], ['2026-03-03 00:00', 2000], ['2026-03-03 12:00', slip], ['2026-03-04 00:00', 3000]]);
    assert.deepEqual(await bars(id, '?mode=day'), { '02-03-2026': 1, '03-03-2026': 1 }, `a slip to ${slip}`);
  }
});

test('GC-126 flow is what ran between two sessions by the hours between them', async () => {
  const id = meterAdd('C8', [['2026-03-02 00:00', 0], ['2026-03-02 02:00', 500], ['2026-03-02 02:30', 1500], ['2026-03-03 02:30', 1500]],
    [['2026-03-02', '2026-03-02 01:00', 499]]);
  assert.deepEqual(await bars(id, '?mode=flow'), {
    '02-03-2026 02:00:00': 0.25, '02-03-2026 02:30:00': 2, '03-03-2026 02:30:00': 0 }, 'the archive has no part in it');
});

test('GC-118 moments are the wall clock of the server, wherever the browser is', async () => {
  const { points: [[start, end]], from, to } = await json(ids.midnights, '?mode=day&span=all');
  assert.equal(new Date(start).toISOString(), '2026-03-02T00:00:00.000Z');
  assert.equal(new Date(end).toISOString(), '2026-03-03T00:00:00.000Z');
  assert.deepEqual([from, to].map((ms) => new Date(ms).toISOString().slice(0, 10)), ['2026-03-02', '2026-03-06']);
});

test('GC-118 electricity is shown in kWh and kW', async () => {
  const id = meterAdd('C9', [['2026-03-02 00:00', 1000], ['2026-03-02 12:00', 25000], ['2026-03-03 00:00', 37000]], [], branch, 'energy_wh', 'Счётчик электроэнергии DLMS');
  assert.deepEqual(await bars(id, '?mode=day'), { '02-03-2026': 36 });
  assert.deepEqual(Object.values(await bars(id, '?mode=flow')), [2, 1]);
  assert.match(plain((await site.get(`/meters/${id}/chart`)).html), /Потребление, кВт·ч/);
  assert.match(plain((await site.get(`/meters/${id}/chart?mode=flow`)).html), /Мощность, кВт/);
});

const link = (html, id) => { const m = new RegExp(`<a class="btn btn-quiet" id="${id}" href="([^"]*)"`).exec(html); return m && decode(m[1]); };

test('GC-124 a month, half a year, a year and the whole life end at the newest value', async () => {
  const id = meterAdd('C10', [['2025-01-15 12:00', 0], ['2026-03-10 12:00', 420000]]);
  const window = async (span) => (({ from, to }) => [from, to].map((ms) => new Date(ms).toISOString().slice(0, 10)))(await json(id, `?span=${span}`));
  assert.deepEqual(await window('1m'), ['2026-02-11', '2026-03-11']);
  assert.deepEqual(await window('6m'), ['2025-09-11', '2026-03-11']);
  assert.deepEqual(await window('1y'), ['2025-03-11', '2026-03-11']);
  assert.deepEqual(await window('all'), ['2025-01-15', '2026-03-11']);
  const page = await site.get(`/meters/${id}/chart`);
  const buttons = [...page.html.matchAll(/<a class="btn btn-quiet" id="(?:span|mode)-\w+"[^>]*><span aria-hidden="true">([^<]*)</g)].map((m) => decode(m[1]));
  assert.deepEqual(buttons, ['1М', '6М', '1Г', '∞', '-', 'С', 'Н', 'М']);
});

test('GC-125 << goes back interval by interval to the first value, >> forward and stops at the newest', async () => {
  const id = meterAdd('C11', [['2026-01-05 00:00', 0], ['2026-03-20 00:00', 74000]]);
  let page = await site.get(`/meters/${id}/chart?mode=day&span=1m`);
  assert.equal(link(page.html, 'chart-next'), null, 'nothing is newer');
  const ends = [];
  for (let back = link(page.html, 'chart-previous'); back; back = link(page.html, 'chart-previous')) {
    ends.push(new URL(back, 'http://x').searchParams.get('end'));
    page = await site.get(back);
  }
  assert.deepEqual(ends, ['2026-02-21', '2026-01-21']);
  const forward = [];
  for (let next = link(page.html, 'chart-next'); next; next = link(page.html, 'chart-next')) {
    forward.push(new URL(next, 'http://x').searchParams.get('end'));
    page = await site.get(next);
  }
  assert.deepEqual(forward, ['2026-02-21', '2026-03-21']);
  page = await site.get(`/meters/${id}/chart?span=all`);
  assert.equal(link(page.html, 'chart-previous') || link(page.html, 'chart-next'), null, 'a whole life has no next');
});

test('GC-126 a life of hourly readings comes as no more than 2000 points that lose no gas', async () => {
  const id = meterAdd('C12', []);
  stack.exec(`insert into reading (meter_id, at, received_at, volume_dm3)
    select ${id}, '2025-01-01 00:00+03'::timestamptz + i * interval '1 hour', now(), i * 100 + (i % 7) from generate_series(0, 16800) i`);
  const { points } = await json(id, '?mode=flow&span=all');
  assert.ok(points.length > 1900 && points.length <= 2000, String(points.length));
  const gas = points.reduce((a, [start, end, value]) => a + value * (end - start) / 3600000, 0);
  assert.ok(Math.abs(gas - 1680) < 5, `${gas} m3 of 1680`);
  assert.equal(sum(await bars(id, '?mode=day&span=all')), 1680);
});

test('GC-118 the table holds the same numbers as the picture, newest first, and a total', async () => {
  const page = await site.get(`/meters/${ids.midnights}/chart?mode=day`);
  const rows = [...page.html.matchAll(/<tr><th scope="row">([^<]*)<\/th><td class="num">([^<]*)<\/td>/g)].map((m) => [m[1], m[2]]);
  assert.deepEqual(rows, [['04-03-2026', '6.501'], ['03-03-2026', '0.000'], ['02-03-2026', '2.500']]);
  assert.match(plain(page.html), /Всего: 9\.001 м³/);
});

test('GC-118 the chart downloads as CSV with numbers a spreadsheet takes', async () => {
  const page = await site.get(`/meters/${ids.midnights}/chart.csv?mode=day`);
  assert.match(decodeURIComponent(page.headers.get('content-disposition')), /График C1 05-03-2026\.csv/);
  assert.deepEqual(csvRows(page.bytes), [['Период', 'Потребление, м³', 'Примечание'],
    ['02-03-2026', '2,500', ''], ['03-03-2026', '0,000', ''], ['04-03-2026', '6,501', '']]);
});

test('GC-118 a meter of another branch has no chart, in none of its forms', async () => {
  const id = meterAdd('C13', [['2026-03-02 00:00', 0], ['2026-03-03 00:00', 1000]], [], foreign);
  for (const what of ['chart', 'chart.json', 'chart.csv']) assert.equal((await site.get(`/meters/${id}/${what}`)).status, 404, what);
});

test('GC-118 a meter without values has a sentence instead of a picture', async () => {
  const page = await site.get(`/meters/${meterAdd('C14', [])}/chart`);
  assert.equal(page.status, 200);
  assert.match(plain(page.html), /Показаний ещё не было/);
  assert.deepEqual((await json(ids.midnights, '?mode=flow&end=2026-03-02')).points, [], 'and a window without a session has no point');
});

test('GC-124 what the address says wrongly is as if it had not been said', async () => {
  const usual = await json(ids.midnights);
  for (const odd of ['?mode=hour', '?span=99y', '?end=2026-13-45', "?end=2026-03-0'", '?end=infinity', '?mode=&span=&end=']) {
    assert.deepEqual(await json(ids.midnights, odd), usual, odd);
  }
  assert.deepEqual((await json(ids.midnights, '?end=1999-01-01')).points.length, 1, 'before the first day is the first day');
  assert.deepEqual(await json(ids.midnights, '?end=2999-01-01'), usual);
});
