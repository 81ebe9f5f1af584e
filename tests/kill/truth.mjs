// Compares what the meters know (the truth file of meter-sim, described in
// tools/meter-sim/truth.h) with what the database says.
//
//   node tests/kill/truth.mjs TRUTH READINGS.json [COMMANDS.json]
//
// READINGS: [{ serial, at, volume, status, valve }], at in seconds;
// COMMANDS: [{ id, serial, kind, state, submitted_us, sent_us, executed_us,
// superseded_by }]. Prints counts and faults; fails when there is a fault.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

const FAULTS_SHOWN = 20;

// What a session may still do after the command it carries was superseded.
const SESSION_US = 5_000_000;

export function readTruth(text) {
  const truth = {
    sent: new Map(), // "serial at" -> "volume status valve"
    shown: new Map(), // serial -> [{ at_us, valve }], of what was sent
    confirmed: new Set(),
    closed: new Set(),
    commands: new Map(), // serial -> [{ kind, at_us, result, valve }]
    valves: new Map(), // serial -> [{ at_us, valve, why }]
    writes: new Map(), // serial -> [{ at_us, object, result, value }]
    lines: 0,
    faults: [],
  };
  const push = (map, key, value) => {
    if (!map.has(key)) map.set(key, []);
    map.get(key).push(value);
  };
  for (const line of text.split('\n')) {
    const f = line.split(' ');
    truth.lines++;
    if (f[0] === 'S' && f.length === 6) {
      const key = `${f[1]} ${f[2]}`;
      const said = `${f[3]} ${f[4]} ${f[5]}`;
      if (truth.sent.has(key) && truth.sent.get(key) !== said) {
        truth.faults.push(`sent with two contents: ${key}`);
      }
      truth.sent.set(key, said);
      push(truth.shown, f[1], { at_us: Number(f[2]) * 1e6, valve: f[5] });
    } else if (f[0] === 'A' && f.length === 3) {
      truth.confirmed.add(`${f[1]} ${f[2]}`);
    } else if (f[0] === 'U' && f.length === 3) {
      truth.closed.add(`${f[1]} ${f[2]}`);
    } else if (f[0] === 'C' && f.length === 6) {
      push(truth.commands, f[1], { kind: f[2], at_us: Number(f[3]), result: Number(f[4]), valve: Number(f[5]) });
    } else if (f[0] === 'V' && f.length === 5) {
      push(truth.valves, f[1], { at_us: Number(f[2]), valve: Number(f[3]), why: f[4] });
    } else if (f[0] === 'W' && f.length === 8) {
      push(truth.writes, f[1], { at_us: Number(f[2]), object: `${f[3]} ${f[4]} ${f[5]}`, result: Number(f[6]), value: f[7] });
    } else if (line === '') {
      truth.lines--;
    } else {
      truth.faults.push(`not a line of truth: ${line}`);
    }
  }
  for (const key of [...truth.confirmed, ...truth.closed]) {
    if (!truth.sent.has(key)) truth.faults.push(`confirmed but never sent: ${key}`);
  }
  return truth;
}

// A reading as the truth file writes it.
function saidBy(row) {
  return `${row.volume} ${row.status} ${row.valve === null || row.valve === undefined ? '-' : row.valve}`;
}

function countBy(items, key) {
  const n = new Map();
  for (const i of items) n.set(key(i), (n.get(key(i)) || 0) + 1);
  return n;
}

// Readings: none lost, none doubled, none made up, none changed.
export function compareReadings(truth, rows) {
  const faults = [...truth.faults];
  const stored = new Map();
  for (const row of rows) {
    const key = `${row.serial} ${row.at}`;
    if (stored.has(key)) faults.push(`stored twice: ${key}`);
    stored.set(key, saidBy(row));
    if (!truth.sent.has(key)) faults.push(`stored but never sent: ${key}`);
    else if (truth.sent.get(key) !== saidBy(row)) {
      faults.push(`stored otherwise: ${key}: sent ${truth.sent.get(key)}, stored ${saidBy(row)}`);
    }
  }
  for (const key of truth.confirmed) {
    if (!stored.has(key)) faults.push(`confirmed but not stored: ${key}`);
  }
  // The same by volume, which no key of the database knows.
  const sentVolumes = countBy([...truth.sent], ([key, said]) => `${key.split(' ')[0]} ${said.split(' ')[0]}`);
  for (const [key, n] of countBy(rows, (r) => `${r.serial} ${r.volume}`)) {
    if (n > (sentVolumes.get(key) || 0)) {
      faults.push(`stored ${n} times, sent ${sentVolumes.get(key) || 0} times: serial and volume ${key}`);
    }
  }
  const closedLost = [...truth.closed].filter((key) => !stored.has(key));
  for (const key of closedLost) faults.push(`closed in order but not stored: ${key}`);
  return {
    faults,
    counts: {
      sent: truth.sent.size, confirmed: truth.confirmed.size, stored: rows.length,
      stored_unheard: [...stored.keys()].filter((k) => !truth.confirmed.has(k) && !truth.closed.has(k)).length,
      unconfirmed_closed: truth.closed.size, unconfirmed_lost: closedLost.length,
    },
  };
}

function bySerial(rows) {
  const map = new Map();
  for (const row of rows) {
    if (!map.has(row.serial)) map.set(row.serial, []);
    map.get(row.serial).push(row);
  }
  for (const list of map.values()) list.sort((a, b) => a.id - b.id);
  return map;
}

const kindOf = (command) => (command.kind === 'valve_close' ? 'close' : 'open');

// Until when an action of this command may come: its successor's submission
// and the rest of a session that was on.
function lastMoment(command, list) {
  const next = list.find((c) => c.id === command.superseded_by);
  return next ? next.submitted_us + SESSION_US : Infinity;
}

// The meter shows the valve in a push after the moment, or moved it there.
function reached(truth, serial, kind, since_us) {
  const wanted = kind === 'close' ? '0' : '1';
  for (const c of truth.commands.get(serial) || []) {
    if (c.kind === kind && c.result === 0 && c.at_us >= since_us) return true;
  }
  // Meter time has whole seconds.
  return (truth.shown.get(serial) || []).some((p) => p.valve === wanted && p.at_us >= since_us - 1e6);
}

// Commands: what a meter did was asked and not yet taken back; what was asked
// last was done last.
export function compareCommands(truth, rows) {
  const faults = [];
  const commands = bySerial(rows);
  let actions = 0;
  for (const [serial, acts] of truth.commands) {
    const list = commands.get(serial) || [];
    for (const act of acts) {
      actions++;
      const cause = list.find((c) => kindOf(c) === act.kind && c.sent_us !== null &&
        c.sent_us <= act.at_us && act.at_us <= lastMoment(c, list));
      if (!cause) faults.push(`done but not asked: ${serial} ${act.kind} at ${act.at_us}`);
    }
  }
  for (const [serial, list] of commands) {
    for (const c of list) {
      if (c.state === 'executed' && !reached(truth, serial, kindOf(c), c.sent_us ?? c.submitted_us)) {
        faults.push(`called executed but never done: ${serial} command ${c.id}`);
      }
    }
    const last = list[list.length - 1];
    const act = (truth.commands.get(serial) || []).at(-1);
    if (!['executed', 'delivered'].includes(last.state)) {
      faults.push(`last command is ${last.state}: ${serial} command ${last.id}`);
    } else if (act === undefined || act.result !== 0 || act.kind !== kindOf(last)) {
      if (!reached(truth, serial, kindOf(last), last.sent_us ?? last.submitted_us)) {
        faults.push(`last command was not the last done: ${serial} command ${last.id}`);
      }
    }
  }
  const states = Object.fromEntries(countBy(rows, (c) => c.state));
  return { faults, counts: { commands: rows.length, actions, ...states } };
}

const PRESSURE = '3 7.0.42.0.0.255 2';
const SYNC = '1 7.0.96.50.15.255 2';
const last = (list) => list[list.length - 1];

// The number of its command, and what it set.
function writeOf(w) {
  if (w.object === PRESSURE) return { kind: 'pressure', value: parseInt(w.value.slice(2), 16) };
  if (w.object === SYNC) return { kind: 'sync_reading', id: parseInt(w.value.slice(6, 14), 16), value: parseInt(w.value.slice(16), 16) };
  return null;
}

// Orders of administrators: rows are { id, serial, kind, state, value, sent_us,
// pressure_pa (what the database knows of the meter) }. What a meter was told
// was asked and sent; what is called executed was told; what was asked last is
// done, and the database knows it.
export function compareOrders(truth, rows) {
  const faults = [];
  const orders = bySerial(rows);
  let writes = 0;
  for (const [serial, list] of truth.writes) {
    for (const w of list) {
      const told = writeOf(w);
      if (told === null || w.result !== 0) continue;
      writes++;
      const cause = (orders.get(serial) || []).some((c) => c.kind === told.kind && c.value === told.value
        && (told.id === undefined || told.id === c.id) && c.sent_us !== null && c.sent_us <= w.at_us);
      if (!cause) faults.push(`told but not asked: ${serial} ${told.kind} ${told.value}`);
    }
  }
  for (const [serial, list] of orders) {
    const told = (truth.writes.get(serial) || []).map(writeOf).filter(Boolean);
    for (const c of list.filter((o) => o.state === 'executed')) {
      if (!told.some((w) => w.kind === c.kind && w.value === c.value && (w.id === undefined || w.id === c.id))) {
        faults.push(`called executed but never told: ${serial} command ${c.id}`);
      }
    }
    for (const kind of new Set(list.map((c) => c.kind))) {
      const c = last(list.filter((o) => o.kind === kind));
      if (c.state !== 'executed') faults.push(`last ${kind} is ${c.state}: ${serial} command ${c.id}`);
      else if (last(told.filter((w) => w.kind === kind))?.value !== c.value) faults.push(`last ${kind} was not the last told: ${serial}`);
      if (kind === 'pressure' && c.pressure_pa !== c.value) faults.push(`the database knows another pressure: ${serial}`);
    }
  }
  return { faults, counts: { orders: rows.length, writes } };
}

function main([truthFile, readingsFile, commandsFile]) {
  const truth = readTruth(fs.readFileSync(truthFile, 'utf8'));
  const results = [compareReadings(truth, JSON.parse(fs.readFileSync(readingsFile, 'utf8')))];
  if (commandsFile) results.push(compareCommands(truth, JSON.parse(fs.readFileSync(commandsFile, 'utf8'))));
  const faults = results.flatMap((r) => r.faults);
  console.log(JSON.stringify(Object.assign({}, ...results.map((r) => r.counts), { faults: faults.length })));
  for (const f of faults.slice(0, FAULTS_SHOWN)) console.log(f);
  return faults.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.length < 4) {
    console.error('usage: truth.mjs TRUTH READINGS.json [COMMANDS.json]');
    process.exitCode = 2;
  } else {
    process.exitCode = main(process.argv.slice(2));
  }
}
