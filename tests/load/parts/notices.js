'use strict';
// From a meter's alarm to the SMS service that has taken the message, and from
// a letter's cause to the mail server that has it: how long at a steady rate,
// how many a second at once, beside a client that only hands over.

const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const path = require('node:path');
const { spawn } = require('node:child_process');
const s = require('./stack.js');
const table = require('./table.js');

const STEADY = Number(process.env.LAZUR_BENCH_ALARMS_PER_S || 20);
const MANY = Number(process.env.LAZUR_BENCH_MESSAGES || 1000);
const AT_ONCE = 8; // of the bare clients

const percentile = (values, p) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))];
const perSecond = (moments) => (moments.length - 1) / ((Math.max(...moments) - Math.min(...moments)) / 1000);

async function until(what, ms = 120000) {
  for (const end = Date.now() + ms; !what();) {
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await s.sleep(10);
  }
}

// The least of a mail server: takes everything, at once.
function startMail() {
  const taken = new Map(); // recipient -> ms
  const server = net.createServer((socket) => {
    let heard = '', to = '', data = false;
    const say = (line) => socket.write(`${line}\r\n`);
    socket.setEncoding('latin1');
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (text) => {
      heard += text;
      for (;;) {
        const end = heard.indexOf(data ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const line = heard.slice(0, end);
        heard = heard.slice(end + (data ? 5 : 2));
        if (data) {
          taken.set(to, performance.now());
          data = false;
          say('250 taken');
        } else if (/^DATA/i.test(line)) {
          data = true;
          say('354 go on');
        } else if (/^QUIT/i.test(line)) {
          socket.end('221 bye\r\n');
        } else {
          to = (/^RCPT TO:<([^>]*)>/i.exec(line) || [0, to])[1];
          say('250 yes');
        }
      }
    });
    say('220 bench');
  });
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => done({ port: server.address().port, taken, stop: () => server.close() }));
  });
}

// ---- clients that only hand over ----

async function inParallel(n, act) {
  let next = 0;
  const one = async () => { while (next < n) await act(next++); };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

async function bareSms(smsc) {
  const agent = new http.Agent({ keepAlive: false });
  const begin = smsc.sent.length;
  const form = (i) => new URLSearchParams({ login: 'gas', psw: 'secret', phones: '+79030000000',
    mes: `Счётчик BENCH${i}: сработал датчик газа`, id: 9000000 + i, charset: 'utf-8', fmt: 3, cost: 3 }).toString();
  const began = performance.now();
  await inParallel(MANY, (i) => new Promise((done, failed) => {
    const request = http.request(`${smsc.address}send.php`, { method: 'POST', agent,
      headers: { 'content-type': 'application/x-www-form-urlencoded' } }, (answer) => answer.resume().on('end', done));
    request.on('error', failed);
    request.end(form(i));
  }));
  if (smsc.sent.length !== begin + MANY) throw new Error('the service did not take all of the bare messages');
  return MANY / ((performance.now() - began) / 1000);
}

async function bareMail(mail) {
  const letter = `Subject: bench\r\n\r\n${'x'.repeat(70)}\r\n`.repeat(30);
  const began = performance.now();
  await inParallel(MANY, (i) => new Promise((done, failed) => {
    const said = ['EHLO bench', 'MAIL FROM:<a@example.org>', `RCPT TO:<bare${i}@example.org>`, 'DATA', `${letter}.`, 'QUIT'];
    const socket = net.connect(mail.port, '127.0.0.1');
    socket.on('error', failed);
    socket.on('data', () => socket.write(`${said.shift() ?? ''}\r\n`));
    socket.on('close', done);
  }));
  return MANY / ((performance.now() - began) / 1000);
}

// ---- ours ----

// The listener and notifier with the services of this measurement.
async function startListener(smsc) {
  s.stack('start', 'listener');
  s.stack('stop', 'listener');
  const conf = path.join(s.VAR, 'etc/meter-listener.conf');
  const own = path.join(s.VAR, 'etc/notices.conf');
  fs.writeFileSync(own, fs.readFileSync(conf, 'utf8').split('\n').filter((l) => !/^outbox_folder/.test(l)).join('\n')
    + `sms_address = ${smsc.address}\nsms_per_minute = 1000000\nmail_per_minute = 1000000\nquiet_from = 0\nquiet_to = 0\n`
    + (process.getuid() === 0 ? 'user = www-data\n' : ''));
  const child = spawn(path.join(s.BUILD, 'meter-listener'), ['-c', own], { stdio: ['ignore', 'ignore', 'ignore'] });
  await s.listens(s.env.LAZUR_METER_PORT);
  return child;
}

function settle() {
  s.query(`update subscriber set cabinet_allowed = true, email = 'n' || id || '@example.org', phone = '+79030000000'
     where account < lpad('${MANY + STEADY * 60}', 10, '0');
    update meter_state set status = 0 where status & 2048 <> 0;
    delete from outbox_sms;
    insert into cabinet_account (subscriber_id, password_hash, wants_sms)
      select id, 'x', true from subscriber where cabinet_allowed on conflict (subscriber_id) do update set wants_sms = true;`);
}

const serialOf = (n) => `BENCH${String(n).padStart(8, '0')}`;

// One session that tells an alarm; when its last byte was sent.
async function alarm({ dateTime, Meter, push }, n) {
  const meter = await Meter.call(s.env.LAZUR_METER_PORT);
  const at = performance.now();
  meter.send(push({ serial: serialOf(n), volume: 9000000 + n, valve: 1, status: 2048,
    at: dateTime(new Date(Date.now() + 3600000)) })); // after whatever was measured before
  if ((await meter.frame())?.tag !== 0x10) throw new Error(`${serialOf(n)} was not confirmed`);
  meter.hangUp();
  return at;
}

function ended(child) {
  return new Promise((done) => {
    child.on('exit', done);
    child.kill('SIGTERM');
  });
}

// Begun by the clock; how long each took until it was taken.
async function steadily(seconds, begin, taken) {
  const sent = new Map();
  const under = [];
  const began = performance.now();
  for (let i = 0; i < STEADY * seconds; i++) {
    const due = began + (i * 1000) / STEADY;
    if (due > performance.now()) await s.sleep(due - performance.now());
    under.push(begin(i).then(([key, at]) => sent.set(key, at)));
  }
  await Promise.all(under);
  await until(() => [...sent.keys()].every((key) => taken.has(key)));
  return [...sent].map(([key, at]) => taken.get(key) - at);
}

function lettersBy(psql) {
  let heard = '';
  const waiting = [];
  psql.stdout.on('data', (d) => {
    heard += d;
    for (let end = heard.indexOf('\n'); end >= 0; end = heard.indexOf('\n')) {
      heard = heard.slice(end + 1);
      waiting.shift()?.();
    }
  });
  return (to) => new Promise((done) => {
    waiting.push(() => done([to, performance.now()]));
    psql.stdin.write(`select letter_queue('test_letter', '${to}', 'ru', '{"login": "bench"}');\n`);
  });
}

module.exports = async function notices(rounds) {
  const { startSmsc } = await import('../../lib/smsc.mjs');
  const { setParameters } = await import('../../lib/mail.mjs');
  const dlms = await import('../../lib/dlms.mjs');
  const smsc = await startSmsc();
  smsc.balance = 1e9;
  const texts = new Map();
  smsc.before = (script, f) => {
    const serial = script === 'send.php' && /BENCH\d{8}/.exec(f.get('mes') || '');
    if (serial) texts.set(serial[0], performance.now());
  };
  const mail = await startMail();
  settle();
  setParameters({ stack: { var: s.VAR }, exec: (text) => s.query(text) }, { sms_enabled: 'on', sms_login: 'gas', sms_password: 'secret',
    smtp_host: '127.0.0.1', smtp_port: mail.port, smtp_security: 'none', mail_from_address: 'gas@example.org' });
  const listener = await startListener(smsc);
  const psql = spawn('psql', [s.conninfo('owner'), '-X', '-q', '-A', '-t'], { stdio: ['pipe', 'pipe', 'inherit'], cwd: '/' });
  const letter = lettersBy(psql);
  try {
    const seconds = rounds.seconds * 2;
    await letter('warm@example.org');
    await until(() => mail.taken.has('warm@example.org'));
    const smsMs = await steadily(seconds, async (i) => [serialOf(i), await alarm(dlms, i)], texts);
    const mailMs = await steadily(seconds, (i) => letter(`steady${i}@example.org`), mail.taken);

    const first = STEADY * 60;
    let n = 0;
    await Promise.all(Array.from({ length: 32 }, async () => { while (n < MANY) await alarm(dlms, first + n++); }));
    await until(() => Array.from({ length: MANY }, (_, i) => serialOf(first + i)).every((key) => texts.has(key)));
    const smsMany = perSecond(Array.from({ length: MANY }, (_, i) => texts.get(serialOf(first + i))));
    s.query(`select count(letter_queue('test_letter', 'many' || n || '@example.org', 'ru', '{"login": "bench"}')) from generate_series(1, ${MANY}) n`);
    const many = Array.from({ length: MANY }, (_, i) => `many${i + 1}@example.org`);
    await until(() => many.every((to) => mail.taken.has(to)));
    const mailMany = perSecond(many.map((to) => mail.taken.get(to)));
    const [smsBare, mailBare] = [await bareSms(smsc), await bareMail(mail)];

    const line = (name, ms, ours, bare) => [name, percentile(ms, 0.5).toFixed(0), percentile(ms, 0.99).toFixed(0), ours.toFixed(0), bare.toFixed(0), (ours / bare).toFixed(2)];
    table.print(`Messages: ${STEADY} a second for ${seconds} s, from the last byte of the push (SMS) or the commit (letter) until they are taken; ${MANY} at once`,
      ['', 'p50 ms', 'p99 ms', 'at once/s', 'a bare client/s', 'ours / bare'],
      [line('SMS of alarms', smsMs, smsMany, smsBare), line('letters', mailMs, mailMany, mailBare)]);
    const worst = Math.max(percentile(smsMs, 0.99), percentile(mailMs, 0.99));
    table.target('alarm or letter until it is taken, p99', '< 2000 ms', `${worst.toFixed(0)} ms`, worst < 2000);
    const twice = s.number("select count(*) from (select from outbox_sms group by phone, \"values\"->>'serial' having count(*) > 1) x");
    table.target('alarms told twice', '0', String(twice), twice === 0);
  } finally {
    psql.stdin.end();
    await ended(listener);
    await smsc.stop();
    mail.stop();
  }
};
