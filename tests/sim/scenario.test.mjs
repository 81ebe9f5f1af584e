// Scenarios: what befalls meters, when, and what is written down of it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { startSim, sleep, until } from '../lib/sim.mjs';
import { startPeer } from './peer.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const build = path.resolve(root, process.env.LAZUR_BUILD || 'build');
const kept = path.join(root, 'tools/meter-sim/scenarios');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lazur-scenario-'));
after(() => fs.rmSync(folder, { recursive: true }));

const confirm = (push, line) => { line.confirm(push); };
const serial = (n) => `7000000000${String(n).padStart(2, '0')}`;
let files = 0;
const written = (text) => {
  const file = path.join(folder, `${files += 1}.scn`);
  fs.writeFileSync(file, text);
  return file;
};
const check = (file) => spawnSync(path.join(build, 'meter-sim'), ['-n', `scenario=${file}`], { encoding: 'utf8' });

// Meters under a scenario; body gets what was done so far.
async function play(scenario, settings, body, handler = confirm) {
  const deeds_file = path.join(folder, `${files += 1}.jsonl`);
  const peer = await startPeer(handler);
  const sim = await startSim({ port: peer.port, meters: 20, model: 'СГ-Лазурь G4-К', period: '1h', seed: 0, deeds_file,
    scenario: scenario.includes('\n') ? written(scenario) : scenario, ...settings });
  const deeds = () => fs.readFileSync(deeds_file, 'utf8').split('\n').filter(Boolean).map((l) => JSON.parse(l));
  const status = (n) => sim.show(serial(n)).then((m) => Number(m.status));
  try {
    return await body({ peer, sim, deeds, status });
  } finally {
    await sim.stop();
    await peer.stop();
  }
}

test('every scenario that is kept reads well, and a wrong one is refused at its place', () => {
  for (const name of fs.readdirSync(kept)) assert.equal(check(path.join(kept, name)).stdout, 'fine\n', name);
  const wrong = written('seed 1\nat 5s dance all\n');
  const { status, stderr } = check(wrong);
  assert.equal(status, 1);
  assert.ok(stderr.includes(`${wrong}:2:7: what happens is missing here`), stderr);
});

test('a bad day befalls whom it should, is told by those, and is written down', async () => {
  await play(path.join(kept, 'bad-day.scn'), { meters: 40 }, async ({ peer, sim, deeds, status }) => {
    await until(() => deeds().some((d) => d.line === 16));
    assert.deepEqual(await Promise.all([1, 2, 3, 4].map(status)), [1, 4, 32, 128]);
    assert.equal((await sim.show(serial(5))).valve, '3');
    await until(() => peer.pushes.some((p) => p.serial === serial(1) && p.status === 1 && p.cause === 2));
    await until(() => peer.pushes.some((p) => p.serial === serial(15) && (p.status & 16) && p.valve === 0));
    await until(() => deeds().some((d) => d.line === 20), 20000);
    assert.deepEqual(await Promise.all([1, 2, 3, 4, 15].map(status)), [0, 0, 0, 0, 0], 'all is repaired');
    const all = deeds();
    assert.deepEqual(all.filter((d) => d.line === 11).map((d) => [d.at_ms, d.deed, d.serial, d.meters]),
      [[1200000, 'magnet', serial(1), undefined], [1200000, 'magnet', undefined, 1]]);
    assert.deepEqual(all.filter((d) => d.line === 16 && d.meters === undefined).length, 10);
    assert.equal(all.filter((d) => d.line === 17 && d.meters !== undefined).length, 4, 'every hour from the first to the fourth');
    assert.deepEqual(all.filter((d) => d.line === 18).map((d) => [d.at_ms / 3600000, d.state]), [[1, 'begins'], [2, 'ends']]);
    await sim.ended;
  });
});

test('the same seed befalls the same meters at the same times, another does not', async () => {
  const once = (seed) => play(`seed ${seed}\nspeed 100\ngroup some = share 30%\nat 10s magnet some\nevery 5s to 20s opened 20% of all\nend 25s\n`,
    { meters: 100 }, async ({ sim, deeds }) => {
      await sim.ended;
      return deeds().map((d) => [d.at_ms, d.line, d.serial, d.meters]);
    });
  const [first, second, other] = [await once(5), await once(5), await once(6)];
  assert.ok(first.length > 50);
  assert.deepEqual(first, second);
  assert.notDeepEqual(first, other);
});

test('a silent meter does not call, and one in an outage finds nobody and comes again', async () => {
  await play('during 0s..1500ms silence 700000000001\nduring 0s..1500ms outage 700000000002\n', { meters: 3, period: '200ms' }, async ({ peer, sim }) => {
    await until(() => peer.pushes.filter((p) => p.serial === serial(3)).length >= 4);
    assert.deepEqual([...new Set(peer.pushes.map((p) => p.serial))], [serial(3)]);
    assert.ok((await sim.stat()).refused > 0);
    await until(() => new Set(peer.pushes.map((p) => p.serial)).size === 3);
  });
});

test('a storm is everybody at once, as many at a time as there are sockets for', async () => {
  const slowly = async (push, line) => { await sleep(20); line.confirm(push); };
  await play(`at 300ms storm all\n`.padEnd(24, '#').concat('\n'), { meters: 300, concurrency: 50 }, async ({ peer, sim, deeds }) => {
    await until(async () => (await sim.stat()).confirmed >= 300);
    assert.equal(new Set(peer.pushes.map((p) => p.serial)).size, 300);
    assert.ok(peer.mostOpen > 20 && peer.mostOpen <= 60, `${peer.mostOpen}`);
    assert.deepEqual(deeds().map((d) => [d.deed, d.meters]), [['storm', 300]]);
  }, slowly);
});

test('a line is cut after so many bytes, and the telegram comes again', async () => {
  await play('at 100ms cut 700000000001 after 60 bytes\n', { meters: 1 }, async ({ peer, sim, deeds }) => {
    await until(() => peer.pushes.length === 1);
    assert.equal(peer.lines[0].whole.length <= 60, true);
    assert.equal(deeds()[0].bytes, 60);
    assert.equal((await sim.stat()).failed, 1);
  });
});

test('a slow reader takes its time, and hears all the same', async () => {
  let took;
  const handler = async (push, line) => {
    const began = Date.now();
    line.confirm(push);
    const aare = await line.ask(Buffer.from('601da109060760857405080101be10040e01000000065f1f040000201d0400', 'hex'));
    took = aare === null ? -1 : Date.now() - began;
  };
  await play('at 100ms slow 700000000001\n', { meters: 1 }, async () => {
    await until(() => took !== undefined);
    assert.ok(took >= 250, `${took} ms for 53 bytes`);
  }, handler);
});

test('a replay is the telegram of before, once more', async () => {
  await play('at 100ms replay 700000000001\n', { meters: 1 }, async ({ peer }) => {
    await until(() => peer.pushes.length === 2);
    assert.equal(peer.pushes[1].at, peer.pushes[0].at);
    assert.equal(peer.pushes[1].invoke, peer.pushes[0].invoke);
  });
});

test('clocks jump and drift as they are told to', async () => {
  await play('speed 60\nat 1s clock 700000000001 +2h\nat 1s drift 700000000002 +1h per 1m\nat 2m call all\n', { meters: 3 }, async ({ peer }) => {
    await until(() => peer.pushes.length === 3);
    const off = Object.fromEntries(peer.pushes.map((p) => [p.serial.slice(-1), p.at - Date.now() / 1000]));
    assert.ok(Math.abs(off[1] - 7200) < 30, `${off[1]}`);
    assert.ok(off[2] > 3600 && off[2] < 9000, `${off[2]}`);
    assert.ok(Math.abs(off[3]) < 30, `${off[3]}`);
  });
});
