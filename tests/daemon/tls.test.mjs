// The second door: the same sessions over TLS.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import tls from 'node:tls';
import { Meter, push } from '../lib/dlms.mjs';
import { sleep, startListener, until } from '../lib/listener.mjs';
import { freePort } from '../lib/stack.mjs';

let house, port, folder, settings;
const file = (name) => path.join(folder, name);
const read = (name) => fs.readFileSync(file(name));

function openssl(...args) {
  const r = spawnSync('openssl', args, { encoding: 'utf8', cwd: folder });
  assert.equal(r.status, 0, r.stderr);
}

// Signed by itself, or by the authority of a name.
function certificate(name, signer) {
  openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30',
    '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`, ...(signer ? ['-CA', `${signer}.pem`, '-CAkey', `${signer}.key`] : []));
  fs.chmodSync(file(`${name}.key`), 0o644);
}

before(async () => {
  house = await startListener({ listeners: 1 });
  folder = house.stack.folder;
  for (const name of ['server', 'fleet', 'stranger']) certificate(name);
  certificate('meter', 'fleet');
  port = await freePort();
  settings = { tls_port: port, tls_certificate: file('server.pem'), tls_key: file('server.key'), tls_handshake: '1s', first_byte: '2s' };
  await house.reloaded(settings);
});
after(() => house?.end());
beforeEach(() => house.exec('delete from session_fault; delete from meter'));

// As Meter.call, over TLS.
function call(options = {}) {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ port, host: '127.0.0.1', ca: read('server.pem'), servername: 'server', checkServerIdentity: () => undefined, ...options });
    socket.once('error', reject);
    socket.once('secureConnect', () => { socket.off('error', reject); resolve(new Meter(socket)); });
  });
}

const stored = (serial) => house.sql(`select 1 from reading r join meter m on m.id = r.meter_id where serial = '${serial}'`).length;
const fault = (reason, detail = /./) => until(() => house.faults().find((f) => f.reason === reason && detail.test(f.detail)));

test('a push over TLS 1.2 and 1.3 is stored and confirmed', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    const m = await call({ minVersion: version, maxVersion: version });
    assert.equal(m.socket.getProtocol(), version);
    m.send(push({ serial: `51${version.slice(-1)}`, volume: 1 }));
    assert.equal((await m.frame()).tag, 0x10);
    m.hangUp();
    assert.equal(stored(`51${version.slice(-1)}`), 1);
  }
  assert.deepEqual(house.faults(), []);
});

test('older versions are not spoken', async () => {
  await assert.rejects(call({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }));
  await fault('tls_failed');
});

test('an unconfirmed push is closed in order when it is stored', async () => {
  const m = await call();
  m.send(push({ serial: '520', volume: 1 }, { confirmed: false }));
  assert.equal(await m.closed, 'end');
  assert.equal(stored('520'), 1);
});

test('a telegram in many records, and many telegrams in one, are heard', async () => {
  const m = await call();
  for (const byte of push({ serial: '530', volume: 1 })) m.send(Buffer.from([byte]));
  assert.equal((await m.frame()).tag, 0x10);
  m.send(Buffer.concat([1, 2, 3, 4].map((v) => push({ serial: '530', volume: 1 + v }))));
  for (let i = 0; i < 4; i++) assert.equal((await m.frame()).tag, 0x10);
  m.hangUp();
  assert.equal(stored('530'), 5);
});

test('commands go over TLS too', async () => {
  await call().then(async (m) => { m.send(push({ serial: '540', volume: 1, valve: 1 })); await m.frame(); m.hangUp(); });
  house.exec(`begin;
    select set_config('app.role', 'control', true), set_config('app.branchless', 'on', true), set_config('app.login', 'иванов', true);
    select command_queue((select id from meter where serial = '540'), 'valve_close', '127.0.0.1'); commit;`);
  const m = await call();
  m.send(push({ serial: '540', volume: 2, valve: 1 }));
  assert.equal((await m.frame()).tag, 0x10);
  await m.obey({ valve: 1 });
  assert.equal(house.sql('select state from command')[0].state, 'executed');
});

test('who does not shake hands is shown and closed', async () => {
  const m = await Meter.call(port);
  await m.closed;
  m.hangUp();
  const told = await fault('tls_failed', /too slow/);
  assert.equal(told.address, '127.0.0.1');
});

test('who shakes hands and says nothing has no data', async () => {
  const m = await call();
  await m.closed;
  m.hangUp();
  await fault('no_data', /^/);
});

test('bytes that are no TLS harm nobody', async () => {
  const hello = Buffer.from('16030100c4010000c00303', 'hex');
  const kinds = [
    () => crypto.randomBytes(1 + crypto.randomInt(2000)),
    () => push({ serial: '550', volume: 1 }),
    () => Buffer.concat([hello, crypto.randomBytes(300)]),
    () => Buffer.concat([Buffer.from([0x16, 3, crypto.randomInt(5), 0xff, 0xff]), crypto.randomBytes(3000)]),
    () => Buffer.from('15030100020228', 'hex'),
    () => Buffer.from('GET / HTTP/1.0\r\n\r\n'),
  ];
  const [{ pid }] = house.children().filter((c) => c.duty === 'listener');
  await Promise.all(Array.from({ length: 240 }, (_, i) => new Promise((resolve) => {
    const s = net.connect({ port, host: '127.0.0.1' }, () => s.write(kinds[i % kinds.length]()));
    s.on('error', () => {}).on('data', () => {}).on('close', resolve).setTimeout(3000, () => s.destroy());
  })));
  // Broken after a good handshake too: a record that no key made.
  await Promise.all(Array.from({ length: 20 }, async () => {
    const raw = net.connect({ port, host: '127.0.0.1' });
    raw.on('error', () => {});
    const s = tls.connect({ socket: raw, rejectUnauthorized: false });
    s.on('error', () => {});
    await new Promise((r) => { s.once('secureConnect', r); });
    raw.write(Buffer.concat([Buffer.from('1703030100', 'hex'), crypto.randomBytes(256)]));
    await new Promise((r) => { raw.once('close', r); });
  }));
  assert.ok(house.children().some((c) => c.pid === pid), 'the process is the same');
  const m = await call();
  m.send(push({ serial: '551', volume: 1 }));
  assert.equal((await m.frame()).tag, 0x10);
  m.hangUp();
  assert.equal(stored('550'), 0);
  await fault('tls_failed');
});

test('a simulated fleet calls over TLS, obeys, and forgets nothing', async () => {
  const r = spawnSync(path.join(house.stack.build, 'meter-sim'), ['port=' + port, 'tls=on', 'tls_ca=' + file('server.pem'),
    'meters=40', 'once=on', 'fault_slow=200', 'fault_duplicate=100', 'quiet=on', 'linger=100ms'], { encoding: 'utf8', timeout: 60000 });
  assert.equal(r.status, 0, r.stderr + r.stdout);
  assert.equal(house.sql("select count(*)::int as n from meter where serial like '7000000000%'")[0].n, 40);
});

test('an idle connection over TLS is bounded in memory', async (t) => {
  await house.reloaded({ ...settings, first_byte: '60s' });
  const [{ pid }] = house.children().filter((c) => c.duty === 'listener');
  const rss = () => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
  await Promise.all(Array.from({ length: 20 }, () => call()));
  const before_ = rss();
  const many = [];
  for (let i = 0; i < 10; i++) many.push(...await Promise.all(Array.from({ length: 40 }, () => call())));
  await sleep(300);
  const each = (rss() - before_) / many.length;
  many.forEach((m) => m.socket.destroy());
  t.diagnostic(`an idle connection over TLS takes ${each.toFixed(1)} KiB`);
  assert.ok(each < 32, `${each} KiB`);
});

test('with an authority for meters only its meters are let in', async () => {
  await house.reloaded({ ...settings, tls_client_ca: file('fleet.pem') });
  const refused = async (options) => {
    const m = await call(options).catch(() => null);
    m?.send(push({ serial: '560', volume: 1 }));
    await m?.closed;
  };
  await refused();
  await refused({ cert: read('stranger.pem'), key: read('stranger.key') });
  const m = await call({ cert: read('meter.pem'), key: read('meter.key') });
  m.send(push({ serial: '561', volume: 1 }));
  assert.equal((await m.frame()).tag, 0x10);
  m.hangUp();
  assert.equal(stored('560'), 0);
  await fault('tls_failed', /certificate/);
});

test('a certificate that cannot be read stops the start, not a running house', async () => {
  for (const wrong of [{ tls_certificate: '/nowhere.pem' }, { tls_key: file('stranger.key') }, { tls_client_ca: house.conf }]) {
    const r = house.check(...Object.entries({ ...settings, ...wrong }).map(([k, v]) => `${k}=${v}`));
    assert.notEqual(r.status, 0, JSON.stringify(wrong));
  }
  house.reload({ tls_certificate: '/nowhere.pem' });
  await until(() => house.log().some((l) => l.includes('nowhere.pem')));
  const m = await call({ cert: read('meter.pem'), key: read('meter.key') });
  m.hangUp();
});
