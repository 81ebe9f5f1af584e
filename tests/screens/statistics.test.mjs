// «Статистика» (GC-265, GC-266) and the same figures for Prometheus.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test, { after, before } from 'node:test';
import { decode, plain } from '../lib/site.mjs';
import { startStack } from '../lib/stack.mjs';
import { Visitor, addOperator } from '../lib/visitor.mjs';

let stack;
let admin;
let now;
const where = '/admin/statistics';

// A sample a minute of 40 days: la5 is 0.1 a day old at noon of its day, cons
// is 2 a second; of the last day every number is its own.
before(async () => {
  stack = await startStack({ programs: 'web', meters: 20, fresh: true });
  admin = new Visitor(stack, { address: '127.0.9.1' });
  await admin.signIn(addOperator(stack, 'stat-admin', 'admin'));
  now = Number(stack.sql('select extract(epoch from now())::bigint as s')[0].s);
});
after(async () => { if (stack) await stack.stop(); });

const fill = (host = 'gas-1') => stack.exec(`
  delete from statistics_sample; delete from statistics_host;
  insert into statistics_sample (host, at, span_ms, la5_permille, la15_permille, cons_millihz, sessions_millihz,
      commit_p50_us, commit_p99_us, connections, commands, command_oldest_s, mail, sms, jobs, database_bytes, wal_bytes_s,
      disk_free_bytes, disk_total_bytes)
    select '${host}', now() - n * interval '1 minute', 60000, 250, 300, 2000, 1900, 2500, 18000, 7, 0, 0, 0, 0, 0,
           1234567890, 250000, 80000000000, 100000000000
      from generate_series(1, 4 * 1440) n where n not between 300 and 420;
  select statistics_add('${host}', now() - interval '3 days', 60000, 2, 726, 650, 12345, 12000, 2500, 18000, 7, 80000000000, 100000000000,
    '{5000,1,4000,9000000,1000,1000,1000,900,0,0,0,0,0,0,0,0,0,100}',
    '[{"duty":"parent","pid":10,"state":"S","started_us":1795164041789448,"memory_bytes":11091968,"cpu_ms":12000,"restarts":0},
      {"duty":"listener","pid":11,"state":"S","started_us":1795164041789448,"memory_bytes":31091968,"cpu_ms":912000,"restarts":3}]')`);

const spansOf = (html) => [...html.matchAll(/id="span-(\w+)" href="([^"]*)"([^>]*)>([^<]*)</g)]
  .map((m) => ({ code: m[1], href: decode(m[2]), current: m[3].includes('aria-current'), word: m[4] }));
const step = (html, which) => {
  const m = new RegExp(`<a [^>]*id="stat-${which}" href="([^"]*)"`).exec(html);
  return m ? decode(m[1]) : null;
};
const facts = (html) => Object.fromEntries([...(/<dl class="facts stat-facts">([\s\S]*?)<\/dl>/.exec(html) || ['', ''])[1]
  .matchAll(/<dt>([\s\S]*?)<\/dt><dd>([\s\S]*?)<\/dd>/g)].map((m) => [plain(m[1]), plain(m[2]).replaceAll('\u00a0', ' ')]));
const values = (html) => [...(/class="card-table stat-values"[\s\S]*?<tbody>([\s\S]*?)<\/tbody>/.exec(html) || ['', ''])[1].matchAll(/<tr>([\s\S]*?)<\/tr>/g)]
  .map((r) => [...r[1].matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map((c) => plain(c[1])));

test('before the first sample the page says that there is none and what to look at', async () => {
  const { status, text } = await admin.get(where);
  assert.equal(status, 200);
  assert.match(text, /За это время данных нет/);
  assert.match(text, /Проверьте, что он запущен/);
  const older = (await admin.get(step(text, 'previous'))).text;
  assert.match(older, /За это время данных нет/);
  assert.doesNotMatch(older, /Проверьте, что он запущен/, 'what did not run then may run now');
  assert.equal(facts(text)['Команд ждут счётчиков'], '0');
  assert.deepEqual(Object.entries(facts(text)).filter(([, value]) => value === ''), [], 'no name stands without its figure');
});

test('la5, la15 and cons are drawn without scripts, with the line at 0,7 and a hole where samples are missing (GC-265)', async () => {
  fill();
  const { text } = await admin.get(where);
  assert.match(text, /la5: средняя за 5 минут/);
  assert.match(text, /la15: средняя за 15 минут/);
  assert.match(text, /cons: подключения счётчиков, 1\/с/);
  const paths = [...text.matchAll(/<path class="chart-line[^"]*" d="([^"]*)"/g)].map((m) => m[1]);
  assert.equal(paths.length, 3);
  for (const path of paths) {
    assert.match(path, /^(?:[ML]\d+ \d+(?:h1)?)+$/);
    assert.equal(path.match(/M/g).length, 2, 'two hours are missing');
  }
  const y = Number(/class="stat-limit" d="M700 (\d+)H9900"/.exec(text)[1]);
  assert.equal(y, 2240 - Math.trunc(0.7 * (2240 - 120)), '0.7 of a scale up to 1');
});

test('the interval is 1 day, 2 days, 1 week or 1 month, and [≪] and [≫] go to its neighbours (GC-266)', async () => {
  const { text } = await admin.get(where);
  assert.deepEqual(spansOf(text).map((s) => s.word), ['1 день', '2 дня', '1 неделя', '1 месяц']);
  assert.deepEqual(spansOf(text).map((s) => s.current), [true, false, false, false]);
  assert.equal(step(text, 'next'), null, 'the future is not there yet');
  for (const [i, days] of [1, 2, 7, 30].entries()) {
    const page = (await admin.get(spansOf(text)[i].href)).text;
    assert.equal(spansOf(page)[i].current, true);
    const json = JSON.parse((await admin.get(decode(/data-src="([^"]*)"/.exec(page)[1]))).text);
    assert.equal(json.to - json.from, days * 86400000);
    assert.ok(json.rows.length <= 400, `${json.rows.length} points`);
    const before_ = (await admin.get(step(page, 'previous'))).text;
    const source = /data-src="([^"]*)"/.exec(before_);
    const older = JSON.parse((await admin.get(source ? decode(source[1]) : `${where}.json${step(page, 'previous').slice(where.length)}`)).text);
    assert.equal(older.to, json.from, 'the interval before ends where this one begins');
    assert.equal(step(before_, 'next'), spansOf(page)[i].href.split('&end')[0], 'and the one after it is this again');
  }
});

test('a step of the chart is the mean of its samples, and no step is invented', async () => {
  stack.exec(`delete from statistics_sample; insert into statistics_sample
    select 'gas-1', to_timestamp(${now - 86400 - (now % 600)} + s), 60000, la, la, cons, 0, null, null, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
      from (values (60, 100, 1000), (120, 300, 3000), (300, 200, 2000), (301, 900, 500)) v (s, la, cons)`);
  const end = now - (now % 600) + 600;
  const json = JSON.parse((await admin.get(`${where}.json?span=2d&end=${end}`)).text);
  assert.equal(json.step, 600000);
  assert.deepEqual(json.rows.map((r) => r.slice(1)), [[0.375, 0.375, 1.625]]);
  const fine = JSON.parse((await admin.get(`${where}.json?span=1d&end=${now - 80000}`)).text);
  assert.deepEqual(fine.rows.map((r) => r.slice(1)), [[0.2, 0.2, 2], [0.9, 0.9, 0.5]]);
  fill();
});

test('the page holds the same numbers as a table, newest first', async () => {
  const { text } = await admin.get(where);
  const rows = values(text);
  assert.ok(rows.length > 200);
  assert.match(rows[0][0], /^\d\d-\d\d-\d{4} \d\d:\d\d$/);
  assert.deepEqual(rows[50].slice(1), ['0.25', '0.30', '2.00', '1.90', '18.0']);
});

test('below stands what an administrator needs: sessions, commits, queues, sizes, disk, processes since when', async () => {
  stack.exec(`insert into outbox_mail (recipient, subject, body, reason) values ('a@b.ru', '', '', 'x');
    insert into outbox_sms (phone, body, reason) select '79160000000', '', 'x' from generate_series(1, 2);
    insert into command (meter_id, kind, operator_login, submitted_at)
      select min(id), 'valve_open', 'stat-admin', now() - interval '5 hours' from meter`);
  const { text } = await admin.get(where);
  const said = facts(text);
  assert.equal(said.la5, '0,73');
  assert.equal(said.la15, '0,65');
  assert.equal(said['Процессоров'], '2');
  assert.equal(said['Подключено счётчиков'], '7');
  assert.equal(said['Сеансов записывается, 1/с'], '12,00');
  assert.equal(said['До записи, половина сеансов, мс'], '2,5');
  assert.equal(said['До записи, 99 из 100 сеансов, мс'], '18,0');
  assert.equal(said['Команд ждут счётчиков'], '1');
  assert.equal(said['Старейшая ждёт'], '5 ч');
  assert.equal(said['Писем в очереди'], '1');
  assert.equal(said['SMS в очереди'], '2');
  assert.equal(said['Документов готовится'], '0');
  assert.match(said['База данных'], /^\d+,\d [МГ]Б$/);
  assert.equal(said['Свободно на диске'], '80,0 ГБ из 100,0 ГБ');
  assert.match(text, /<th scope="row">приём счётчиков<\/th><td class="num">11<\/td><td class="at"><time[^>]*>[^<]+<\/time><\/td><td class="num">31,1\u00a0МБ<\/td><td class="num">15\u00a0мин<\/td><td class="num">3<\/td>/);
  assert.match(text, /<th scope="row" class="code">reading<\/th><td class="num">\d+,\d\u00a0кБ<\/td>/);
  assert.match(text, /<th scope="row" class="code">lazur_admin<\/th>/);
  assert.doesNotMatch(text, /не справляется с нагрузкой|меньше десятой/);
});

test('overload, a full disk and a silent host are said in words', async () => {
  stack.exec(`update statistics_sample set la15_permille = 701, disk_free_bytes = 9000000000 where at = (select max(at) from statistics_sample);
    update statistics_host set at = now() - interval '3 hours'`);
  const { text } = await admin.get(where);
  assert.match(text, /la15 выше 0,7: сервер не справляется с нагрузкой/);
  assert.match(text, /На диске осталось меньше десятой части места/);
  assert.match(text, /Сервер молчит: 3\u00a0ч/);
  fill();
});

test('several hosts are told apart and chosen by name; a strange name is the first host', async () => {
  fill();
  stack.exec(`select statistics_add('gas-2 <b>', now(), 60000, 4, 100, 100, 500, 500, null, null, 0, 1, 2, '{0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0}', '[]')`);
  const { text } = await admin.get(where);
  const hosts = [...(/<p class="stat-hosts">([\s\S]*?)<\/p>/.exec(text)[1]).matchAll(/<a [^>]*href="([^"]*)"([^>]*)>([^<]*)</g)];
  assert.deepEqual(hosts.map((m) => [decode(m[3]), m[2].includes('aria-current')]), [['gas-1', true], ['gas-2 <b>', false]]);
  assert.equal(facts((await admin.get(decode(hosts[1][1]))).text)['Процессоров'], '4');
  assert.equal(facts((await admin.get(`${where}?host=x`)).text)['Процессоров'], '2');
  assert.doesNotMatch(text, /<b>(?!\d)gas|gas-2 <b>/);
  fill();
});

test('what makes no sense in the address is refused or is the usual', async () => {
  assert.equal((await admin.get(`${where}?span=100y`)).status, 200);
  assert.equal((await admin.get(`${where}?end=-5`)).status, 422);
  assert.equal((await admin.get(`${where}?end=99999999999999`)).status, 422);
  assert.equal((await admin.get(`${where}?end=0`)).status, 200);
});

test('the page speaks English too', async () => {
  admin.cookies.set('lang', 'en');
  const { text } = await admin.get(where);
  admin.cookies.delete('lang');
  assert.match(text, /<h1>Statistics<\/h1>/);
  assert.deepEqual(spansOf(text).map((s) => s.word), ['1 day', '2 days', '1 week', '1 month']);
  assert.equal(facts(text).la5, '0.73');
  assert.doesNotMatch(/<main[\s\S]*<\/main>/.exec(text)[0], /[а-яё]/i);
});

// ---- samples grow old -----------------------------------------------------------

test('minutes older than five weeks become hours, and 13 months later they are forgotten', () => {
  stack.exec(`delete from statistics_sample; insert into statistics_sample
    select 'gas-1', date_trunc('hour', now()) - interval '50 days' + n * interval '1 minute', 60000, n * 10, 0, n * 100, 0,
           n, n * 2, 0, n, 0, 0, 0, 0, 0, 0, 100 - n, 100 from generate_series(1, 60) n;
    insert into statistics_sample select 'gas-1', now() - interval '1 day', 60000, 1, 1, 1, 1, null, null, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1`);
  assert.equal(Number(stack.sql('select statistics_thin() as n')[0].n), 60);
  const [hour] = stack.sql(`select span_ms, la5_permille, cons_millihz, commit_p99_us, commands, disk_free_bytes,
    at = date_trunc('hour', now()) - interval '50 days' + interval '1 hour' as whole from statistics_sample order by at limit 1`);
  assert.deepEqual({ ...hour, span_ms: Number(hour.span_ms) },
    { span_ms: 3600000, la5_permille: 305, cons_millihz: 3050, commit_p99_us: 120, commands: 60, disk_free_bytes: 40, whole: true });
  assert.equal(Number(stack.sql('select count(*) as n from statistics_sample')[0].n), 2);
  assert.equal(Number(stack.sql('select statistics_thin() as n')[0].n), 0, 'once is enough');
  stack.exec("update statistics_sample set at = now() - interval '14 months' where span_ms > 60000");
  assert.equal(Number(stack.sql('select statistics_thin() as n')[0].n), 1);
  fill();
});

test('the database shows statistics to administrators alone, and lets the worker write nothing but samples', () => {
  for (const role of ['view', 'control', 'security', 'admin', '']) {
    const seen = stack.exec(`begin; select set_config('app.role', '${role}', true) \\g /dev/null
      select count(*) > 0 from statistics_sample; rollback`, 'admin').trim();
    assert.equal(seen, role === 'admin' ? 't' : 'f', role);
  }
  for (const role of ['web', 'worker', 'listener']) {
    assert.throws(() => stack.exec('select * from statistics_sample', role), { code: '42501' }, role);
    assert.throws(() => stack.exec('delete from statistics_sample', role), { code: '42501' }, role);
  }
});

// ---- Prometheus -------------------------------------------------------------------

// The text exposition format 0.0.4, strictly: every line is a comment of a known
// family or a sample of the family that was announced last.
function parse(text) {
  assert.ok(text.endsWith('\n'));
  const families = new Map();
  let family;
  for (const line of text.slice(0, -1).split('\n')) {
    const help = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/.exec(line);
    const type = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)$/.exec(line);
    if (help) {
      assert.ok(!families.has(help[1]), `${help[1]} is announced once`);
      family = { name: help[1], help: help[2], samples: [] };
      families.set(help[1], family);
    } else if (type) {
      assert.equal(type[1], family.name);
      assert.equal(family.type, undefined);
      family.type = type[2];
    } else {
      const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? (-?[0-9.]+(?:e[+-]?\d+)?|\+Inf)$/.exec(line);
      assert.ok(sample, `no sample: ${line}`);
      assert.ok(family.type, line);
      const base = family.type === 'histogram' ? sample[1].replace(/_(bucket|sum|count)$/, '') : sample[1];
      assert.equal(base, family.name, line);
      if (family.type === 'counter') assert.match(family.name, /_total$/);
      const labels = Object.fromEntries([...(sample[2] || '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map((m) => [m[1], m[2].replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c))]));
      const key = JSON.stringify([sample[1], labels]);
      assert.ok(!family.samples.some((s) => s.key === key), `${line} stands twice`);
      family.samples.push({ key, name: sample[1], labels, value: Number(sample[3]) });
    }
  }
  return families;
}
const prometheus = () => new Visitor(stack, { address: '127.0.0.1' }).get('/metrics');

test('/metrics is the text format of Prometheus, with every figure of the page', async () => {
  fill('gas "1" \\');
  const { status, headers, text } = await prometheus();
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(headers['set-cookie'], undefined);
  const all = parse(text);
  const one = (name, labels = {}) => {
    const found = all.get(name).samples.filter((s) => Object.entries(labels).every(([k, v]) => s.labels[k] === v));
    assert.equal(found.length, 1, name);
    return found[0].value;
  };
  assert.equal(one('lazur_connections_total', { host: 'gas "1" \\' }), 5000);
  assert.equal(one('lazur_connections_refused_total'), 1);
  assert.equal(one('lazur_sessions_total'), 4000);
  assert.equal(one('lazur_load5'), 0.726);
  assert.equal(one('lazur_load15'), 0.65);
  assert.equal(one('lazur_connections_open'), 7);
  assert.equal(one('lazur_commands_waiting'), 1);
  assert.ok(one('lazur_command_oldest_seconds') >= 18000);
  assert.equal(one('lazur_outbox_waiting', { channel: 'mail' }), 1);
  assert.equal(one('lazur_outbox_waiting', { channel: 'sms' }), 2);
  assert.equal(one('lazur_jobs_waiting'), 0);
  assert.equal(one('lazur_disk_free_bytes'), 80000000000);
  assert.ok(one('lazur_database_bytes') > 1e6);
  assert.ok(one('lazur_wal_bytes_total') > 1e6);
  assert.ok(one('lazur_table_bytes', { table: 'reading' }) > 0);
  assert.equal(one('process_start_time_seconds', { duty: 'listener' }), 1795164041.789448);
  assert.equal(one('process_resident_memory_bytes', { duty: 'listener' }), 31091968);
  assert.equal(one('process_cpu_seconds_total', { duty: 'listener' }), 912);
  assert.equal(one('lazur_process_restarts_total', { duty: 'listener' }), 3);
});

test('the histogram of commits adds up: buckets grow, the last is the count', async () => {
  const all = parse((await prometheus()).text);
  const { samples } = all.get('lazur_commit_seconds');
  const buckets = samples.filter((s) => s.name.endsWith('_bucket'));
  assert.deepEqual(buckets.map((s) => s.labels.le), ['0.001', '0.002', '0.005', '0.01', '0.02', '0.05', '0.1', '0.2', '0.5', '1', '2', '5', '10', '+Inf']);
  assert.deepEqual(buckets.map((s) => s.value), [1000, 2000, 3000, ...Array(10).fill(3900), 4000]);
  assert.equal(samples.find((s) => s.name.endsWith('_count')).value, 4000);
  assert.equal(samples.find((s) => s.name.endsWith('_sum')).value, 9);
});

test('/metrics is for this host and for addresses that are allowed, for nobody else', async () => {
  const stranger = new Visitor(stack, { address: '127.0.9.7' });
  assert.equal((await stranger.get('/metrics')).status, 403);
  assert.equal((await admin.get('/metrics')).status, 403, 'a session does not help');
  fs.writeFileSync(`${stack.folder}/var/etc/metrics-allow.conf`, 'allow 127.0.9.7;\n');
  process.kill(stack.pid('nginx'), 'SIGHUP');
  // Old workers of nginx answer until they have noticed.
  for (let i = 0, good = 0; i < 200 && good < 10; i++) {
    good = (await stranger.get('/metrics')).status === 200 ? good + 1 : 0;
    await new Promise((r) => setTimeout(r, 50));
  }
  assert.equal((await stranger.get('/metrics')).status, 200);
  assert.equal((await new Visitor(stack, { address: '127.0.9.8' }).get('/metrics')).status, 403);
});

test('without any host /metrics still parses', async () => {
  stack.exec('delete from statistics_sample; delete from statistics_host');
  const all = parse((await prometheus()).text);
  assert.deepEqual(all.get('lazur_sessions_total').samples, []);
  assert.equal(all.get('lazur_commands_waiting').samples.length, 1);
});
