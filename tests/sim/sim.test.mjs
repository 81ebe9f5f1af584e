// The simulator against a far end written by hand.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

import { startSim, sleep, until } from '../lib/sim.mjs';
import { ask, CLOCK, clockSeconds, readPush, readValue, SERIAL, startPeer, VALVE } from './peer.mjs';

const ONE = '700000000001';
const WITH_VALVE = { meters: 1, model: 'СГ-Лазурь G4-К' };
const confirm = (push, line) => { line.confirm(push); };

// A meter with its far end; both are gone after the body.
async function play(settings, handler, body, options) {
  const peer = await startPeer(handler, options);
  const sim = await startSim({ port: peer.port, period: '100ms', ...settings });
  try {
    await body({ peer, sim });
  } finally {
    const end = await sim.stop();
    await peer.stop();
    if (end.signal !== 'SIGKILL') assert.equal(end.code, 0, end.stderr);
  }
}

// A simulator that ends by itself, with its far end.
async function playOut(settings, handler, body, options) {
  const peer = await startPeer(handler, options);
  const sim = await startSim({ port: peer.port, control: '', ...settings });
  try {
    await body({ peer, sim, end: sim.ended });
  } finally {
    await sim.stop();
    await peer.stop();
  }
}

const linesOf = (sim, letter, serial = ONE) => sim.truth().map((l) => l.split(' '))
  .filter((f) => f[0] === letter && f[1] === serial);

test('a gas meter pushes the seventeen elements of the profile', async () => {
  await play(WITH_VALVE, confirm, async ({ peer, sim }) => {
    await until(() => peer.pushes.length > 0 && linesOf(sim, 'A').length > 0);
    const [push] = peer.pushes;
    assert.deepEqual(push.elements.map((e) => e.type),
      [9, 9, 9, 9, 9, 6, 16, 6, 18, 18, 22, 6, 6, 6, 17, 10, 22]);
    assert.equal(push.elements[0].value.toString('hex'), '0000190900ff');
    assert.equal(push.serial, ONE);
    assert.equal(push.model, 'СГ-Лазурь G4-К');
    assert.equal(push.confirmed, true);
    assert.ok(Math.abs(push.at - Date.now() / 1000) < 60);
    const said = ['S', ONE, String(push.at), String(push.volume), String(push.status), String(push.valve)];
    assert.deepEqual(linesOf(sim, 'S')[0], said);
    assert.deepEqual(linesOf(sim, 'A')[0], ['A', ONE, String(push.at)]);
  });
});

test('some models name their base station in an eighteenth', async () => {
  await play({ meters: 1, model: 'СГ-Лазурь G6-К' }, confirm, async ({ peer }) => {
    await until(() => peer.pushes.length > 0);
    const [push] = peer.pushes;
    assert.equal(push.elements.length, 18);
    const cell = push.elements[17].value.map((e) => e.value);
    assert.ok(cell[0] >= 1 && cell[0] <= 24);
    assert.deepEqual([cell[1], cell[4], cell[5]], [7701, 250, 1]);
  });
});

test('a meter without a valve or a thermometer says null there', async () => {
  await play({ meters: 1, model: 'СГ-Лазурь G1.6' }, confirm, async ({ peer }) => {
    await until(() => peer.pushes.length > 0);
    assert.equal(peer.pushes[0].elements[6].type, 0);
    assert.equal(peer.pushes[0].elements[10].type, 0);
  });
});

test('a large meter counts in 64 bits', async () => {
  await play({ meters: 1, model: 'СГ-Лазурь G10' }, confirm, async ({ peer }) => {
    await until(() => peer.pushes.length > 0);
    assert.equal(peer.pushes[0].elements[5].type, 21);
  });
});

test('an electricity meter names its values with scaler and unit', async () => {
  await play({ meters: 1, model: 'Aidon' }, confirm, async ({ peer, sim }) => {
    await until(() => linesOf(sim, 'A').length > 0);
    const { elements } = peer.pushes[0];
    assert.equal(elements[0].value[0].value.toString('hex'), SERIAL);
    const [name, value, unit] = elements[2].value;
    assert.equal(name.value.toString('hex'), '0100010800ff');
    assert.deepEqual(unit.value.map((v) => v.value), [0, 30]);
    assert.equal(linesOf(sim, 'S')[0][3], String(value.value));
  });
});

test('an electricity meter says what it counted by four tariffs, which add up', async () => {
  await play({ meters: 1, model: 'ЭС-Лазурь 4Т' }, confirm, async ({ peer, sim }) => {
    await until(() => linesOf(sim, 'A').length > 0);
    const registers = peer.pushes[0].elements.slice(2, 7).map((e) => e.value);
    assert.deepEqual(registers.map((r) => r[0].value.toString('hex')), [0, 1, 2, 3, 4].map((t) => `01000108${`0${t}`}ff`));
    const wh = registers.map((r) => r[1].value);
    assert.equal(wh[0], wh[1] + wh[2] + wh[3] + wh[4]);
    assert.equal(String(wh[0]), linesOf(sim, 'S')[0][3]);
    assert.equal(linesOf(sim, 'S')[0][5], '-', 'its relay is no part of the push');
  });
});

test('the smallest meter says who, when and how much, and is deaf', async () => {
  let answer = 'nothing was asked';
  const handler = async (push, line, n) => { if (n === 1) answer = await line.ask(ask.associate()); };
  await play({ meters: 1, model: 'СГ-Капля LoRa' }, handler, async ({ peer, sim }) => {
    await until(() => linesOf(sim, 'U').length > 0);
    assert.equal(peer.pushes[0].elements.length, 3);
    assert.equal(peer.pushes[0].confirmed, false);
    assert.ok(peer.lines[0].whole.length < 90, `${peer.lines[0].whole.length} bytes`);
    assert.equal(answer, null);
  });
});

test('a fleet is mixed as it is told to be', async () => {
  await play({ meters: 200, rate: 1000, model: 'СГ-Капля LoRa:25;СГ-Лазурь G10:75' }, confirm, async ({ sim }) => {
    const small = (await sim.order('dump')).filter((l) => l.endsWith('LoRa')).length;
    assert.ok(small > 25 && small < 75, `${small} of 200`);
  });
});

test('a telegram that was not confirmed comes again unchanged, and no other before it', async () => {
  const handler = (push, line, n) => { if (n > 3) line.confirm(push); };
  await play(WITH_VALVE, handler, async ({ peer, sim }) => {
    await until(() => peer.pushes.length >= 6);
    const shape = (p) => [p.invoke, p.at, p.volume];
    for (const again of peer.pushes.slice(1, 4)) assert.deepEqual(shape(again), shape(peer.pushes[0]));
    assert.ok(peer.pushes[4].at > peer.pushes[0].at);
    assert.ok(peer.pushes[4].invoke !== peer.pushes[0].invoke);
    assert.equal(linesOf(sim, 'A')[0][2], String(peer.pushes[0].at));
  });
});

test('the pause before a repetition doubles up to its limit', async () => {
  const came = [];
  const handler = () => { came.push(Date.now()); };
  await play({ ...WITH_VALVE, retry: '100ms', retry_max: '400ms' }, handler, async () => {
    await until(() => came.length >= 6);
    const pauses = came.slice(1).map((t, i) => t - came[i]);
    assert.ok(pauses[0] >= 85 && pauses[1] >= 175 && pauses[2] >= 355, `${pauses}`);
    assert.ok(pauses[4] >= 355, `${pauses}`);
  });
});

test('a confirmation of another telegram does not count', async () => {
  const handler = (push, line) => { line.confirm({ invoke: push.invoke ^ 1 }); };
  await play(WITH_VALVE, handler, async ({ sim }) => {
    await until(async () => (await sim.stat()).mismatched >= 2);
    assert.equal(linesOf(sim, 'A').length, 0);
    assert.equal((await sim.stat()).pending, 1);
  });
});

test('a server that acts before it confirms is hung up on', async () => {
  const answers = [];
  const handler = async (push, line) => { answers.push(await line.ask(ask.associate())); };
  await play(WITH_VALVE, handler, async ({ sim }) => {
    await until(() => answers.length >= 1);
    assert.equal(answers[0], null);
    assert.equal(linesOf(sim, 'A').length, 0);
  });
});

test('an unconfirmed push is delivered by an orderly close and never called confirmed', async () => {
  await play({ meters: 1, model: 'СГ-Бриз G4' }, () => {}, async ({ peer, sim }) => {
    await until(() => peer.pushes.length >= 3);
    assert.equal(peer.pushes[0].confirmed, false);
    assert.ok(peer.pushes[1].at > peer.pushes[0].at);
    assert.ok(linesOf(sim, 'U').length >= 2);
    assert.equal(linesOf(sim, 'A').length, 0);
  });
});

test('closing acts at once, opening waits for the button, which calls with its bit and cause', async () => {
  const states = [];
  const handler = async (push, line, n) => {
    line.confirm(push);
    if (n > 2) return;
    assert.equal((await line.ask(ask.associate()))[0], 0x61);
    const acted = await line.ask(ask.act(70, VALVE, n));
    assert.equal(acted.toString('hex').slice(0, 8), 'c701c100');
    const got = await line.ask(ask.get(70, VALVE, 3));
    states.push(readValue(got, 4).value);
    const output = await line.ask(ask.get(70, VALVE, 2));
    assert.equal(readValue(output, 4).value, false);
    assert.equal((await line.ask(ask.release()))[0], 0x63);
  };
  await play({ ...WITH_VALVE, period: '1h' }, handler, async ({ peer, sim }) => {
    await sim.order(`call ${ONE}`);
    await until(() => states.length === 1);
    assert.equal(peer.pushes[0].valve, 1);
    await sim.order(`call ${ONE}`);
    await until(() => states.length === 2);
    assert.equal(peer.pushes[1].valve, 0);
    assert.deepEqual(states, [0, 2]);
    await sim.order(`press ${ONE}`);
    await until(() => peer.pushes.length === 3);
    const pressed = peer.pushes[2];
    assert.deepEqual([pressed.valve, pressed.status & 2, pressed.cause], [1, 2, 1]);
    const commands = linesOf(sim, 'C');
    assert.deepEqual(commands.map((c) => [c[2], c[4], c[5]]), [['close', '0', '0'], ['open', '0', '2']]);
    const [moved] = linesOf(sim, 'V');
    assert.deepEqual([moved[3], moved[4]], ['1', 'button']);
    assert.ok(Number(moved[2]) > Number(commands[1][3]));
  });
});

test('somebody presses the button of a ready meter by themselves when told to', async () => {
  await play({ ...WITH_VALVE, press: '200ms' }, confirm, async ({ peer, sim }) => {
    await sim.order(`set ${ONE} valve=2`);
    await until(() => peer.pushes.some((p) => p.cause === 1 && p.valve === 1));
  });
});

test('a leak found after opening closes the valve and raises an alarm', async () => {
  await play({ ...WITH_VALVE, leak_check: '200ms', leak: 1000 }, confirm, async ({ peer, sim }) => {
    await sim.order(`set ${ONE} valve=2`);
    await sim.order(`press ${ONE}`);
    await until(() => peer.pushes.some((p) => p.cause === 2));
    const alarm = peer.pushes.find((p) => p.cause === 2);
    assert.deepEqual([alarm.valve, alarm.status & 16], [0, 16]);
    assert.deepEqual(linesOf(sim, 'V').map((v) => v[4]), ['control', 'button', 'leak']);
  });
});

test('a meter with a password obeys nobody without it', async () => {
  const said = {};
  const handler = async (push, line, n) => {
    line.confirm(push);
    const password = { 1: 'wrong', 2: undefined, 3: 'secret' }[n];
    if (n > 3) return;
    const client = password === undefined ? 16 : 32;
    said[n] = { aare: await line.ask(ask.associate(password), client) };
    if (n === 1) return;
    said[n].act = await line.ask(ask.act(70, VALVE, 1), client);
    said[n].look = await line.ask(ask.get(1, SERIAL, 2), client);
  };
  await play({ ...WITH_VALVE, lls_password: 'secret' }, handler, async ({ peer }) => {
    await until(() => peer.pushes.length >= 4);
    assert.match(said[1].aare.toString('hex'), /a203020101a305a10302010d/);
    assert.match(said[2].aare.toString('hex'), /a203020100/);
    assert.equal(said[2].act[3], 3);
    assert.equal(readValue(said[2].look, 4).value.toString(), ONE);
    assert.equal(said[3].act[3], 0);
    assert.equal(peer.pushes[3].valve, 0);
  });
});

test('what a meter does not know it refuses as the standard says', async () => {
  const said = {};
  const handler = async (push, line, n) => {
    line.confirm(push);
    if (n > 1) return;
    said.early = await line.ask(ask.get(1, SERIAL, 2));
    await line.ask(ask.associate());
    said.object = await line.ask(ask.get(3, '0100010800ff', 2));
    said.classId = await line.ask(ask.get(3, SERIAL, 2));
    said.attribute = await line.ask(ask.get(1, SERIAL, 9));
    said.method = await line.ask(ask.act(70, VALVE, 3));
    said.set = await line.ask(ask.set(8, CLOCK, 2, '00'));
    said.clock = await line.ask(ask.get(8, CLOCK, 2));
  };
  await play(WITH_VALVE, handler, async ({ peer }) => {
    await until(() => peer.pushes.length >= 2);
    assert.equal(said.early.toString('hex').slice(0, 4), 'd801');
    assert.deepEqual([said.object[3], said.object[4]], [1, 4]);
    assert.deepEqual([said.classId[3], said.classId[4]], [1, 9]);
    assert.deepEqual([said.attribute[3], said.attribute[4]], [1, 3]);
    assert.equal(said.method[3], 11);
    assert.equal(said.set[3], 12, 'type unmatched: null is no time');
    assert.ok(Math.abs(clockSeconds(readValue(said.clock, 4).value) - Date.now() / 1000) < 60);
  });
});

test('a broken valve says so and stays', async () => {
  let result;
  const handler = async (push, line) => {
    line.confirm(push);
    await line.ask(ask.associate());
    result = (await line.ask(ask.act(70, VALVE, 1)))[3];
  };
  await play({ ...WITH_VALVE, period: '1h' }, handler, async ({ sim }) => {
    await sim.order(`set ${ONE} valve=3`);
    await sim.order(`call ${ONE}`);
    await until(() => result !== undefined);
    assert.equal(result, 1);
    assert.equal((await sim.show(ONE)).valve, '3');
  });
});

test('a meter that drops early never sends its last byte', async () => {
  await play({ ...WITH_VALVE, period: '1h', drop_bytes: 20 }, () => {}, async ({ peer, sim }) => {
    await sim.order(`fault ${ONE} drop_early`);
    await sim.order(`call ${ONE}`);
    await until(() => peer.lines.length === 1 && peer.lines[0].over);
    assert.equal(peer.lines[0].whole.length, 20);
    assert.equal(linesOf(sim, 'A').length, 0);
  });
});

test('a meter that drops unheard sends all and believes nothing', async () => {
  await play({ ...WITH_VALVE, period: '1h', retry: '1h', retry_max: '1h' }, confirm, async ({ peer, sim }) => {
    await sim.order(`fault ${ONE} drop_unheard`);
    await sim.order(`call ${ONE}`);
    await until(async () => peer.pushes.length === 1 && (await sim.stat()).failed === 1);
    assert.equal(linesOf(sim, 'S').length, 1);
    assert.equal(linesOf(sim, 'A').length, 0);
  });
});

test('a duplicate is the same telegram twice in one connection', async () => {
  const seconds = [];
  const handler = async (push, line) => {
    seconds.push(readPush(await line.next()));
    line.confirm(push);
    line.confirm(push);
  };
  await play({ ...WITH_VALVE, period: '1h' }, handler, async ({ peer, sim }) => {
    await sim.order(`fault ${ONE} duplicate`);
    await sim.order(`call ${ONE}`);
    await until(() => linesOf(sim, 'A').length === 1);
    assert.deepEqual(seconds[0].elements, peer.pushes[0].elements);
    assert.equal((await sim.stat()).mismatched, 0);
  });
});

test('a repeat is a confirmed telegram that comes again in the next call', async () => {
  await play({ ...WITH_VALVE, period: '1h' }, confirm, async ({ peer, sim }) => {
    await sim.order(`fault ${ONE} repeat`);
    for (let n = 1; n <= 3; n++) {
      await sim.order(`call ${ONE}`);
      await until(() => linesOf(sim, 'A').length === n);
    }
    assert.equal(peer.pushes[1].at, peer.pushes[0].at);
    assert.ok(peer.pushes[2].at > peer.pushes[1].at);
  });
});

test('a slow meter needs many pieces and is understood', async () => {
  const pieces = [];
  const handler = async (line) => {
    line.socket.on('data', (d) => pieces.push(d.length));
    line.confirm(readPush(await line.next()));
    await line.hangUp();
  };
  await play({ ...WITH_VALVE, period: '1h' }, handler, async ({ sim }) => {
    await sim.order(`fault ${ONE} slow`);
    await sim.order(`call ${ONE}`);
    await until(() => linesOf(sim, 'A').length === 1);
    assert.ok(pieces.length >= 5, `${pieces}`);
  }, { raw: true });
});

test('garbage is never a telegram', async () => {
  const settings = { ...WITH_VALVE, period: '20ms', retry: '20ms', retry_max: '20ms', fault_garbage: 1000 };
  await play(settings, () => {}, async ({ peer, sim }) => {
    await until(() => peer.lines.filter((l) => l.over).length >= 30);
    assert.equal(linesOf(sim, 'S').length, 0);
    for (const l of peer.lines.filter((x) => x.over)) {
      const wrapped = l.whole.subarray(0, 2).toString('hex') === '0001';
      assert.ok(wrapped ? l.whole[8] === 0xee : l.whole[0] >= 0x80);
    }
  }, { raw: true });
});

test('what befalls a meter is in its status word and clock', async () => {
  const settings = { ...WITH_VALVE, period: '1h' };
  await play(settings, confirm, async ({ peer, sim }) => {
    const now = Date.now() / 1000;
    const seen = {};
    for (const fault of ['tamper', 'cover', 'battery', 'reverse', 'clock']) {
      await sim.order(`set ${ONE} status=0 clock=0`);
      await sim.order(`fault ${ONE} ${fault}`);
      const n = peer.pushes.length;
      await sim.order(`call ${ONE}`);
      await until(() => peer.pushes.length > n && linesOf(sim, 'A').length > n);
      seen[fault] = peer.pushes[n];
    }
    assert.equal(seen.tamper.status & 1, 1);
    assert.equal(seen.tamper.cause, 2);
    assert.equal(seen.cover.status & 4, 4);
    assert.equal(seen.battery.status & 32, 32);
    assert.equal(seen.battery.elements[8].value, 3050);
    assert.equal(seen.reverse.status & 128, 128);
    assert.ok(Math.abs(seen.clock.at - now) > 86400 * 365);
  });
});

test('no meter time is ever told twice, whatever the clock does', async () => {
  const settings = { ...WITH_VALVE, period: '20ms', fault_clock: 500 };
  await play(settings, confirm, async ({ sim }) => {
    await until(() => linesOf(sim, 'A').length >= 60);
    const told = linesOf(sim, 'A').map((f) => f[2]);
    assert.equal(new Set(told).size, told.length);
    assert.ok(new Set(told.map((t) => Math.floor(t / 86400 / 366))).size >= 3);
  });
});

test('chance strikes about as often as asked', async () => {
  await play({ meters: 50, rate: 400, fault_duplicate: 300 }, confirm, async ({ sim }) => {
    await until(async () => (await sim.stat()).started >= 600);
    const { started, faults } = await sim.stat();
    assert.ok(faults / started > 0.2 && faults / started < 0.4, `${faults} of ${started}`);
  });
});

test('only the named meter has faults', async () => {
  await play({ meters: 10, rate: 200, fault_cover: 1000, fault_serial: '700000000003' }, confirm, async ({ peer }) => {
    await until(() => peer.pushes.length >= 40);
    const odd = new Set(peer.pushes.filter((p) => p.status & 4).map((p) => p.serial));
    assert.deepEqual([...odd], ['700000000003']);
  });
});

test('gas flows while the valve is open and speed makes it flow faster', async () => {
  await play({ ...WITH_VALVE, speed: 100000 }, confirm, async ({ peer, sim }) => {
    await until(() => peer.pushes.length >= 30 && new Set(peer.pushes.map((p) => p.volume)).size >= 3);
    await sim.order(`set ${ONE} valve=0`);
    await until(() => peer.pushes.filter((p) => p.valve === 0).length >= 2);
    const before = (await sim.show(ONE)).volume;
    await sleep(1500);
    assert.equal((await sim.show(ONE)).volume, before);
  });
});

test('the list of serials says model, password, first volume and valve', async () => {
  const list = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'lazur-list-')), 'serials');
  fs.writeFileSync(list, ['021180000018;СГ-Бриз G4-КД;;1234567;0', '7359992892587665;Kamstrup Omnipower;;5000',
    '055;Неведомый G6-К', '021180000018;СГ-Бриз G4-КД', ''].join('\n'));
  await play({ serials: list }, confirm, async ({ peer, sim }) => {
    await until(() => new Set(peer.pushes.map((p) => p.serial)).size === 3);
    const first = peer.pushes.find((p) => p.serial === '021180000018');
    assert.deepEqual([first.model, first.volume, first.valve], ['СГ-Бриз G4-КД', 1234567, 0]);
    assert.equal(peer.pushes.find((p) => p.serial === '055').model, 'Неведомый G6-К');
    assert.equal(peer.pushes.find((p) => p.serial === '055').valve, 1);
    assert.ok(peer.pushes.find((p) => p.serial.startsWith('735')).volume >= 5000);
    assert.equal((await sim.order('dump')).length >= 3, true);
  });
  fs.rmSync(path.dirname(list), { recursive: true });
});

test('the list of serials says hours and battery, and counting goes on from there', async () => {
  const list = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'lazur-list-')), 'serials');
  fs.writeFileSync(list, ['021;СГ-Лазурь G4;;100;;40000;7;3567;540', '022;СГ-Лазурь G4;;100;;;;3150;40'].join('\n'));
  await play({ serials: list }, confirm, async ({ peer, sim }) => {
    const said = (serial) => peer.pushes.filter((p) => p.serial === serial)
      .map(({ elements: e }) => ({ mv: e[8].value, charge: e[9].value, status: e[11].value, hours: e[12].value, tamper: e[13].value }));
    await until(() => said('021').length > 1 && said('022').length > 0);
    const good = { mv: 3567, charge: 540, status: 0, hours: 40000, tamper: 7 };
    assert.deepEqual(said('021').slice(0, 2), [good, good]);
    assert.deepEqual(said('022')[0], { mv: 3150, charge: 40, status: 32, hours: 0, tamper: 0 });
    await sim.kill();
    await sim.start(); // the list is read again, and what was lived stays
    const n = said('021').length;
    await until(() => said('021').length > n);
    assert.equal(said('021').at(-1).hours, 40000);
  });
  fs.rmSync(path.dirname(list), { recursive: true });
});

test('meters live on after the simulator is killed: no volume goes back, nothing was sent unwritten', async () => {
  const handler = (push, line) => { if (push.at % 3) line.confirm(push); };
  const settings = { meters: 200, rate: 500, speed: 100000, fault_drop_unheard: 50, fault_repeat: 50 };
  await play(settings, handler, async ({ peer, sim }) => {
    for (let i = 0; i < 6; i++) {
      const n = peer.pushes.length;
      await until(() => peer.pushes.length > n + 150);
      await sim.kill();
      await sim.start();
    }
    await sleep(200);
    const sent = new Map();
    const last = new Map();
    for (const [letter, serial, at, volume] of sim.truth().map((l) => l.split(' '))) {
      if (letter !== 'S') continue;
      const key = `${serial} ${at}`;
      assert.equal(sent.get(key) || volume, volume, `${key} said two things`);
      if (!sent.has(key)) {
        assert.ok(Number(volume) >= (last.get(serial) || 0), `${key} went back`);
        last.set(serial, Number(volume));
      }
      sent.set(key, volume);
    }
    for (const p of peer.pushes) assert.equal(sent.get(`${p.serial} ${p.at}`), String(p.volume));
    assert.ok(peer.pushes.length > 900);
  });
});

test('half a line that a kill left behind does not spoil the next', async () => {
  const truth = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'lazur-half-')), 'truth');
  fs.writeFileSync(truth, 'S 7000');
  await playOut({ meters: 1, once: 'on', truth_file: truth }, confirm, async ({ end }) => {
    await end;
    const lines = fs.readFileSync(truth, 'utf8').split('\n');
    assert.equal(lines[0], 'S 7000');
    assert.match(lines[1], /^S 700000000001 \d+ \d+ \d+ /);
  });
  fs.rmSync(path.dirname(truth), { recursive: true });
});

test('once lets each meter call once and ends', async () => {
  await playOut({ meters: 300, once: 'on' }, confirm, async ({ peer, end }) => {
    const { code, stdout } = await end;
    assert.equal(code, 0);
    assert.match(stdout, /fleet sessions=300 .* pending=0 /);
    assert.equal(new Set(peer.pushes.map((p) => p.serial)).size, 300);
  });
});

test('once gives up after its tries when nobody listens', async () => {
  await playOut({ port: 1, meters: 5, once: 'on', tries: 3, retry: '1ms' }, confirm, async ({ end }) => {
    const { code, stdout } = await end;
    assert.equal(code, 0);
    assert.match(stdout, /sessions=15 .* refused=15 .* pending=5 /);
  });
});

test('drain sends what is unconfirmed and starts nothing new, resume goes on', async () => {
  let deaf = true;
  const handler = (push, line) => { if (!deaf) line.confirm(push); };
  await play({ meters: 20, rate: 200, model: 'СГ-Лазурь G4' }, handler, async ({ sim }) => {
    await until(async () => (await sim.stat()).pending === 20);
    deaf = false;
    await sim.order('drain');
    await until(async () => (await sim.stat()).pending === 0);
    await sleep(100);
    const before = await sim.stat();
    await sleep(300);
    assert.equal((await sim.stat()).started, before.started);
    await sim.order('resume');
    await until(async () => (await sim.stat()).started > before.started);
  });
});

test('no more sessions at once than concurrency allows', async () => {
  const handler = async (push, line) => { await sleep(50); line.confirm(push); };
  await play({ meters: 100, rate: 1000, concurrency: 7 }, handler, async ({ peer }) => {
    await until(() => peer.pushes.length >= 100);
    assert.ok(peer.mostOpen <= 9, `${peer.mostOpen}`); // the peer sees a close a little late
    assert.ok(peer.mostOpen >= 5);
  });
});

test('calls come from as many addresses as asked', async () => {
  await play({ meters: 30, rate: 300, source: '127.0.0.11', sources: 4 }, confirm, async ({ peer }) => {
    await until(() => peer.pushes.length >= 40);
    assert.deepEqual([...new Set(peer.pushes.map((p) => p.address))].sort(),
      ['127.0.0.11', '127.0.0.12', '127.0.0.13', '127.0.0.14']);
  });
});

test('bench prints sessions a second and percentiles', async () => {
  const settings = { mode: 'bench', meters: 1000, model: 'СГ-Лазурь G4', concurrency: 16, seconds: 1,
    hang_up: 'on', state_file: '' };
  await playOut(settings, confirm, async ({ peer, end }) => {
    const { code, stdout } = await end;
    assert.equal(code, 0);
    const [, perSecond, confirmed, p50, p99] = /^bench .* sessions_s=(\d+) confirmed=(\d+) .* p50_us=(\d+) p99_us=(\d+)/
      .exec(stdout).map(Number);
    assert.ok(perSecond > 100 && confirmed > 100 && p50 > 0 && p99 >= p50, stdout);
    assert.ok(peer.mostOpen <= 40, `${peer.mostOpen}`);
  });
});

test('idle holds connections and says which were lost', async () => {
  const settings = { mode: 'idle', concurrency: 300, seconds: 3, state_file: '' };
  await playOut(settings, () => new Promise(() => {}), async ({ peer, end }) => {
    await until(() => peer.open === 300);
    for (const l of peer.lines.slice(0, 20)) l.socket.destroy();
    const { code, stdout, stderr } = await end;
    assert.equal(code, 0, stderr);
    assert.match(stdout, /idle held=300 wanted=300\nidle left=280 lost=20/);
  }, { raw: true });
});

test('callall calls everybody once, calm ends faults by chance', async () => {
  const settings = { meters: 40, model: 'СГ-Лазурь G4', period: '1h', fault_cover: 1000 };
  await play(settings, confirm, async ({ peer, sim }) => {
    await sim.order('callall');
    await until(async () => (await sim.stat()).confirmed === 40 && (await sim.stat()).in_flight === 0);
    assert.equal(new Set(peer.pushes.map((p) => p.serial)).size, 40);
    assert.ok(peer.pushes.every((p) => p.status & 4));
    assert.equal((await sim.stat()).faults, 40);
    await sim.order('calm');
    await sim.order('callall');
    await until(async () => (await sim.stat()).confirmed === 80);
    assert.equal((await sim.stat()).faults, 40);
  });
});

test('orders that make no sense are refused', async () => {
  await play(WITH_VALVE, confirm, async ({ sim }) => {
    await assert.rejects(sim.order('dance'), /no such order/);
    await assert.rejects(sim.order('press 1'), /no such meter/);
    await assert.rejects(sim.order('press'), /no such meter/);
    await assert.rejects(sim.order(`fault ${ONE} love`), /no such fault/);
    await assert.rejects(sim.order(`set ${ONE} valve=9`), /cannot set that/);
    await assert.rejects(sim.order(`set ${ONE} valve`), /name=value/);
    await assert.rejects(sim.order(`set ${ONE} volume=0`), /cannot set that/);
    assert.ok((await sim.order('help')).length >= 10);
  });
});

test('a wrong setting stops the start', async () => {
  const wrongs = [{ moters: 3 }, { model: 'a:50;b:40' }, { keys: '/nonexistent' }, { scenario: '/nonexistent' }, { mode: 'dance' }, { address: 'nowhere' }, { first_serial: 'x' },
    { serials: '/nonexistent' }, { fault_serial: '1' }, { period: 'soon' }];
  for (const wrong of wrongs) {
    const sim = await startSim({ control: '', ...wrong });
    const { code, stderr } = await sim.ended;
    assert.equal(code, 1, JSON.stringify(wrong));
    assert.match(stderr, /meter-sim/);
    await sim.stop();
  }
});

test('two simulators do not play the same state file', async () => {
  await play(WITH_VALVE, confirm, async ({ sim }) => {
    const second = await startSim({ meters: 1, control: '', state_file: sim.files.state_file });
    const { code, stderr } = await second.ended;
    assert.equal(code, 1);
    assert.match(stderr, /state file/);
    await second.stop();
  });
});
