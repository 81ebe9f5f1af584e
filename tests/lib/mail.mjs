// What letters and SMS need in tests: a mail server, certificates, parameters.
//
//   const mail = await startMail({ security: 'starttls', login: 'l', password: 'p', ca });
//   mail.letters          what came, parsed; mail.tried addresses of RCPT
//   await mail.stop()
//   const ca = certificates(folder);   { file, cert, key }
//   setParameters(house, { smtp_host: '127.0.0.1', smtp_password: '…' })
import { spawn, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { freePort, root } from './stack.mjs';
import { until } from './listener.mjs';

export async function startMail(options = {}) {
  const { ca, ...rest } = options;
  const opt = { security: 'none', port: await freePort(), cert: ca?.cert, key: ca?.key, ...rest };
  const mail = { port: opt.port, letters: [], tried: [], auths: [], errors: '' };
  const child = spawn('/usr/bin/python3', [path.join(root, 'tests/lib/mail_server.py'), JSON.stringify(opt)],
    { stdio: ['pipe', 'pipe', 'pipe'] }); // its stdin closes with us, and it ends
  let ready = false;
  const ended = new Promise((resolve) => { child.on('exit', resolve); });
  child.stderr.on('data', (d) => { mail.errors += d; });
  readline.createInterface({ input: child.stdout }).on('line', (line) => {
    const told = JSON.parse(line);
    if (told.ready) ready = true;
    else if (told.try) mail.tried.push(told.try);
    else if (told.auth) mail.auths.push(told);
    else mail.letters.push(told);
  });
  mail.pid = child.pid;
  mail.stop = async () => { child.kill('SIGKILL'); await ended; };
  mail.arrived = (n) => until(() => mail.letters.length >= n && mail.letters);
  await until(() => { if (child.exitCode !== null) throw new Error(mail.errors); return ready; });
  return mail;
}

// A certificate authority of a test's own and a server's certificate by it.
export function certificates(folder, name = '127.0.0.1') {
  const at = (f) => path.join(folder, f);
  const run = (...args) => {
    const r = spawnSync('openssl', args, { encoding: 'utf8' });
    if (r.status !== 0) throw new Error(r.stderr);
  };
  run('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=test authority', '-keyout', at('ca.key'), '-out', at('ca.pem'));
  run('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=mail.test', '-keyout', at('mail.key'), '-out', at('mail.csr'));
  fs.writeFileSync(at('mail.ext'), `subjectAltName=${/^[0-9.]+$/.test(name) ? 'IP' : 'DNS'}:${name}\n`);
  run('x509', '-req', '-in', at('mail.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2', '-extfile', at('mail.ext'), '-out', at('mail.pem'));
  fs.chmodSync(at('ca.pem'), 0o644);
  return { file: at('ca.pem'), cert: at('mail.pem'), key: at('mail.key') };
}

// As lib/base/seal.h seals, by another library.
function seal(house, about, text) {
  const key = Buffer.from(fs.readFileSync(path.join(house.stack.var, 'secret/secret.key'), 'utf8').trim(), 'hex');
  const nonce = crypto.randomBytes(12);
  const c = crypto.createCipheriv('aes-256-gcm', key, nonce);
  c.setAAD(Buffer.from(about));
  return Buffer.concat([Buffer.from([1]), nonce, c.update(text, 'utf8'), c.final(), c.getAuthTag()]).toString('hex');
}

export function setParameters(house, values) {
  const quote = (s) => `'${String(s).replace(/'/g, "''")}'`;
  house.exec(Object.entries(values).map(([name, value]) => {
    if (!name.endsWith('_password')) return `update parameter set value = ${quote(value)} where name = '${name}';`;
    const sealed = value === '' ? 'null' : `'\\x${seal(house, `parameter:${name}`, value)}'`;
    return `update parameter set sealed = ${sealed} where name = '${name}';`;
  }).join('\n'));
}
