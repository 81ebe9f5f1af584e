// A meter-sim for tests.
//
//   const sim = await startSim({ port, meters: 10, ... });   name=value settings
//   await sim.order('press 700000000001')    lines of the answer; throws on error
//   await sim.stat()                         { started, confirmed, pending ... }
//   sim.truth()                              lines of the truth file
//   await sim.until(async () => condition)
//   sim.kill(); await sim.start()            SIGKILL, and life goes on
//   const { code, stdout } = await sim.stop()
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const build = path.resolve(root, process.env.LAZUR_BUILD || 'build');

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Asks again until the answer is true; the error says what was waited for.
export async function until(condition, ms = 15000) {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${condition}`);
    await sleep(20);
  }
}

function tell(socketPath, line) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(socketPath);
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('error', reject);
    socket.on('data', (d) => {
      answer += d;
      if (!/^(ok|error: .*)\n$/m.test(answer.slice(-600)) || !answer.endsWith('\n')) return;
      const last = answer.trimEnd().split('\n').pop();
      if (last !== 'ok' && !last.startsWith('error: ')) return;
      socket.destroy();
      if (last === 'ok') resolve(answer.split('\n').slice(0, -2));
      else reject(new Error(last));
    });
    socket.on('connect', () => socket.write(`${line}\n`));
  });
}

export async function startSim(settings = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lazur-sim-'));
  const files = {
    state_file: path.join(folder, 'state'),
    truth_file: path.join(folder, 'truth'),
    control: path.join(folder, 'control'),
  };
  const all = { quiet: 'on', seed: 7, retry: '50ms', retry_max: '200ms', ...files, ...settings };
  const sim = {
    folder,
    files,
    async start() {
      const args = Object.entries(all).map(([k, v]) => `${k}=${v}`);
      const child = spawn(path.join(build, 'meter-sim'), args, { stdio: ['ignore', 'pipe', 'pipe'] });
      sim.child = child;
      sim.stdout = '';
      sim.stderr = '';
      child.stdout.on('data', (d) => { sim.stdout += d; });
      child.stderr.on('data', (d) => { sim.stderr += d; });
      sim.ended = new Promise((resolve) => {
        child.on('close', (code, signal) => { sim.code = code; resolve({ code, signal, stdout: sim.stdout, stderr: sim.stderr }); });
      });
      let over = false;
      sim.ended.then(() => { over = true; });
      if (all.control === files.control) {
        await until(async () => over || tell(files.control, 'stat').then(() => true, () => false));
      }
    },
    order: (line) => tell(files.control, line),
    async stat() {
      const [line] = await tell(files.control, 'stat');
      return Object.fromEntries(line.split(' ').map((p) => {
        const [k, v] = p.split('=');
        return [k, Number(v)];
      }));
    },
    async show(serial) {
      const [line] = await tell(files.control, `show ${serial}`);
      return Object.fromEntries(line.split(' ').slice(1).map((p) => p.split('=')));
    },
    truth: () => (fs.existsSync(files.truth_file)
      ? fs.readFileSync(files.truth_file, 'utf8').split('\n').filter(Boolean) : []),
    until,
    kill() {
      sim.child.kill('SIGKILL');
      return sim.ended;
    },
    async stop({ keep = false } = {}) {
      if (sim.child.exitCode === null && sim.child.signalCode === null) sim.child.kill('SIGTERM');
      const end = await sim.ended;
      if (!keep) fs.rmSync(folder, { recursive: true, force: true });
      return end;
    },
  };
  await sim.start();
  return sim;
}
