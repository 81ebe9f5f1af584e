'use strict';
// A page as wrk sees it (what cabinet.js measures too), and the main table page beside a bare program with the same statement and a page
// of as many bytes, both behind the same nginx, in turn.

const fs = require('node:fs');
const path = require('node:path');
const { execFileSync, spawn } = require('node:child_process');
const s = require('./stack.js');
const table = require('./table.js');

const SITE = `http://127.0.0.1:${s.env.LAZUR_HTTP_PORT}`;
const PAGE = process.env.LAZUR_BENCH_PAGE || '/meters';
// The statement of the list as it first opens.
const STATEMENT = process.env.LAZUR_BENCH_STATEMENT || 'meter_page__serial__asc_first';

const cookiesOf = (answer) => answer.headers.getSetCookie().map((c) => c.split(';')[0]);

// Through the front door, as a person would.
async function signIn() {
  const password = `bench-${process.pid}-password`;
  execFileSync(path.join(s.ROOT, 'tools/stack'), ['operator-add', '--replace', 'bench', 'control'],
    { env: s.env, input: `${password}\n`, stdio: ['pipe', 'inherit', 'inherit'] });
  const form = await fetch(`${SITE}/sign-in`);
  const fields = new URLSearchParams({ login: 'bench', password });
  for (const [tag] of (await form.text()).matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
    const of = (name) => (new RegExp(`${name}="([^"]*)"`).exec(tag) || [])[1] || '';
    fields.append(of('name'), of('value'));
  }
  const answer = await fetch(`${SITE}/sign-in`, {
    method: 'POST', body: fields, redirect: 'manual',
    headers: { cookie: cookiesOf(form).join('; '), origin: SITE },
  });
  const cookie = cookiesOf(answer).find((c) => /^lazur=./.test(c));
  if (!cookie) throw new Error(`signing in gave ${answer.status}`);
  return cookie;
}

// A bare program at /NAME of the same server.
async function bareAt(name, workers, rows, ...page) {
  const socket = path.join(s.VAR, `run/${name}.sock`);
  const child = s.launch('load/bare_page', [socket, String(workers), s.conninfo('owner'), STATEMENT, String(rows), ...page.map(String)]);
  fs.appendFileSync(path.join(s.VAR, 'etc/nginx-local.conf'), `location /${name} { fastcgi_pass unix:run/${name}.sock; }\n`);
  process.kill(s.pidOf('nginx'), 'SIGHUP');
  for (let i = 0; i < 100; i++) {
    await s.sleep(100);
    const answer = await fetch(`${SITE}/${name}`).catch(() => null);
    if (answer && answer.ok) {
      return { path: `/${name}`, child, pid: child.pid, bytes: Buffer.byteLength(await answer.text()), rounds: [] };
    }
  }
  throw new Error(`the bare page ${name} does not answer`);
}

function wrk(url, seconds, cookie) {
  const args = ['-t1', '-c32', `-d${seconds}s`, '--latency', ...(cookie ? ['-H', `Cookie: ${cookie}`] : []), url];
  return new Promise((done, failed) => {
    let text = '';
    const child = spawn('wrk', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.on('data', (d) => { text += d; });
    child.on('error', failed);
    child.on('exit', () => {
      const ms = (p) => {
        const [, n, unit] = new RegExp(`\\b${p}%\\s+([0-9.]+)(us|ms|s)`).exec(text);
        return Number(n) * { us: 0.001, ms: 1, s: 1000 }[unit];
      };
      if (/Non-2xx|Socket errors/.test(text)) failed(new Error(text));
      else {
        done({ per_s: Number(/Requests\/sec:\s+([0-9.]+)/.exec(text)[1]), p50: ms(50), p99: ms(99),
          requests: Number(/(\d+) requests in/.exec(text)[1]) });
      }
    });
  });
}

async function measured(side, seconds, pids) {
  const before = pids.map(s.proc.cpuSeconds);
  const r = await wrk(SITE + side.path, seconds, side.cookie);
  const [web, pg, nginx] = pids.map((pid, i) => (s.proc.cpuSeconds(pid) - before[i]) * 1e6 / r.requests);
  return { ...r, web, pg, nginx };
}

async function inTurn(sides, rounds) {
  for (const side of sides) await wrk(SITE + side.path, 1, side.cookie);
  for (let round = 0; round < rounds.n; round++) {
    for (const side of round % 2 ? [...sides].reverse() : sides) {
      side.rounds.push(await measured(side, rounds.seconds, [side.pid, s.postmaster(), s.pidOf('nginx')]));
    }
  }
}

function printRounds(sides, title) {
  const line = (side) => {
    const of = (key, digits) => table.spread(side.rounds.map((r) => r[key]), digits);
    return [side.name, side.bytes, of('per_s'), of('p50', 1), of('p99', 1), of('web'), of('pg'), of('nginx')];
  };
  table.print(title, ['', 'bytes', 'req/s', 'p50 ms', 'p99 ms', 'FastCGI us', 'PostgreSQL us', 'nginx us'], sides.map(line));
}

function compare(ours, bare) {
  const ratio = (of) => ours.rounds.map((r, i) => of(r) / of(bare.rounds[i]));
  const most = ratio((r) => r.per_s);
  const cpu = ratio((r) => r.web + r.pg + r.nginx);
  console.log(`${ours.name} / ${bare.name}: req/s ${table.spread(most, 2)}, processor time ${table.spread(cpu, 2)}`);
  return table.median(most);
}

function printMemory(before, after, served) {
  const mib = (n) => (n / 1048576).toFixed(1);
  table.print('Memory of the web program, MiB',
    ['', 'resident, shared pages counted in each', 'resident, shared pages divided'], [
      [`before, ${before.processes} processes`, mib(before.rss), mib(before.pss)],
      [`after ${served} pages`, mib(after.rss), mib(after.pss)],
    ]);
}

module.exports = async function page(rounds) {
  s.stack('start', 'operator', 'nginx');
  const cookie = await signIn();
  const answer = await fetch(SITE + PAGE, { headers: { cookie } });
  const html = await answer.text();
  const bytes = Buffer.byteLength(html);
  const rows = Number((/<option value="(\d+)" selected>/.exec(html) || [0, 0])[1]);
  if (!answer.ok || !rows || !html.includes('BENCH000')) throw new Error(`${PAGE} gave ${answer.status}, not the list`);
  const pid = s.pidOf('operator');
  const workers = s.proc.tree(pid).length - 1;
  const load = path.join(s.ROOT, 'tests/load');
  const plain = await bareAt('bare-plain', workers, rows, 'plain', path.join(load, 'bare_page.cst'), bytes);
  const same = await bareAt('bare-ours', workers, rows, 'ours', path.join(s.ROOT, 'templates'), path.join(load, 'bare_page.hdf'));
  if (Math.abs(same.bytes - bytes) > bytes / 20) {
    throw new Error(`the page has ${bytes} bytes, and ${same.bytes} with bare_page.hdf: the screen has changed, write that file again`);
  }
  const sides = [
    { name: 'bare, a plain table', ...plain },
    { name: 'bare, our template', ...same },
    { name: 'ours', path: PAGE, pid, cookie, bytes, rounds: [] },
  ];

  const before = s.proc.memory(pid);
  await inTurn(sides, rounds);
  printRounds(sides, `Main table page, ${rows} rows of ${s.METERS}, wrk -t1 -c32, ${workers} workers each, `
    + `${rounds.n} rounds of ${rounds.seconds} s in turn (min / median / max)`);
  compare(sides[2], sides[0]);
  const most = compare(sides[2], sides[1]);
  table.target('main table page, req/s beside the bare one', '>= 0.70', most.toFixed(2), most >= 0.7);
  printMemory(before, s.proc.memory(pid), sides[2].rounds.reduce((sum, r) => sum + r.requests, 0));
  await s.end(plain.child);
  await s.end(same.child);
};
Object.assign(module.exports, { SITE, cookiesOf, bareAt, inTurn, printRounds, compare });
