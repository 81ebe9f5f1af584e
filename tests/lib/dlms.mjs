// A meter for tests, spoken byte by byte: what the listener hears and says is
// in sight here, and nothing is shared with the code that is tested.
//
//   const m = await Meter.call(port);
//   m.send(push({ serial: '4711', volume: 1234567 }));
//   await m.frame()                  { tag, apdu, source, destination }
//   await m.obey({ valve: 1 })       plays the meter's side of commands
//   await m.closed                   'end' or 'reset'
import net from 'node:net';

const u8 = (v) => Buffer.from([v & 0xff]);
const be = (n, v) => {
  const b = Buffer.alloc(n);
  if (n === 8) b.writeBigInt64BE(BigInt.asIntN(64, BigInt(v)));
  else b.writeIntBE(n === 4 ? v | 0 : (v << (32 - 8 * n)) >> (32 - 8 * n), 0, n);
  return b;
};
const length = (n) => (n < 128 ? u8(n) : n < 256 ? Buffer.from([0x81, n]) : Buffer.concat([u8(0x82), be(2, n)]));

// A-XDR values with their tags.
export const x = {
  nothing: () => u8(0),
  u8: (v) => Buffer.concat([u8(0x11), u8(v)]),
  i8: (v) => Buffer.concat([u8(0x0f), u8(v)]),
  u16: (v) => Buffer.concat([u8(0x12), be(2, v)]),
  i16: (v) => Buffer.concat([u8(0x10), be(2, v)]),
  u32: (v) => Buffer.concat([u8(0x06), be(4, v)]),
  i32: (v) => Buffer.concat([u8(0x05), be(4, v)]),
  u64: (v) => Buffer.concat([u8(0x15), be(8, v)]),
  f32: (v) => { const b = Buffer.alloc(5); b[0] = 0x17; b.writeFloatBE(v, 1); return b; },
  choice: (v) => Buffer.concat([u8(0x16), u8(v)]),
  octets: (b) => Buffer.concat([u8(0x09), length(b.length), b]),
  text: (s) => Buffer.concat([u8(0x0a), length(Buffer.byteLength(s)), Buffer.from(s)]),
  structure: (...v) => Buffer.concat([u8(0x02), length(v.length), ...v]),
  array: (...v) => Buffer.concat([u8(0x01), length(v.length), ...v]),
  name: (obis) => x.octets(Buffer.from(obis.split('.').map(Number))),
};

// COSEM date-time of a moment, at so many minutes to add to get UTC.
export function dateTime(moment, deviation = -180) {
  const t = new Date(moment.getTime() - deviation * 60000);
  return Buffer.concat([be(2, t.getUTCFullYear()),
    Buffer.from([t.getUTCMonth() + 1, t.getUTCDate(), t.getUTCDay() || 7,
      t.getUTCHours(), t.getUTCMinutes(), t.getUTCSeconds(), 0xff]),
    be(2, deviation), u8(0)]);
}

export const wrapper = (apdu, source = 1, destination = 16) =>
  Buffer.concat([be(2, 1), be(2, source), be(2, destination), be(2, apdu.length), apdu]);

export const notification = (body, { invoke = 1, confirmed = true, at } = {}) => Buffer.concat([
  u8(0x0f), be(4, (confirmed ? 0x40000000 : 0) | invoke), at ? Buffer.concat([u8(12), at]) : u8(0), body]);

let told = 0;

// The gas profile of docs/protocol.md; what is undefined is null-data.
export function gasBody(m) {
  const value = (v, put) => (v === undefined || v === null ? x.nothing() : put(v));
  return x.structure(
    x.octets(Buffer.from('0000190900ff', 'hex')),
    x.octets(Buffer.from(m.serial)),
    x.octets(Buffer.from(m.model ?? 'СГ-Лазурь G4-К')),
    x.octets(Buffer.from(m.firmware ?? '1.0')),
    m.at === null ? x.nothing() : x.octets(Buffer.isBuffer(m.at) ? m.at : dateTime(m.at ?? new Date(Date.now() - 3600000 + 1000 * told++))),
    value(m.volume, (v) => (v > 0xffffffff ? x.u64(v) : x.u32(v))),
    value(m.temperature, x.i16),
    value(m.pressure, x.u32),
    value(m.battery, x.u16),
    value(m.charge, x.u16),
    value(m.valve, x.choice),
    value(m.status, x.u32),
    value(m.working, x.u32),
    value(m.tamper, x.u32),
    value(m.signal, x.u8),
    value(m.operator, x.text),
    value(m.cause ?? 0, x.choice),
    ...(m.cell ? [m.cell] : [])); // since then: cell_info of class 47
}

export const push = (m, options = {}) => wrapper(notification(gasBody(m), options));

export class Meter {
  static call(port, { local } = {}) {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ port, host: '127.0.0.1', localAddress: local, allowHalfOpen: true });
      socket.once('error', reject);
      socket.once('connect', () => { socket.off('error', reject); resolve(new Meter(socket)); });
    });
  }

  constructor(socket) {
    this.socket = socket;
    this.heard = Buffer.alloc(0);
    this.waiting = [];
    this.over = false;
    this.closed = new Promise((resolve) => {
      const end = (how) => {
        this.over = true;
        this.how ??= how;
        this.wake();
        resolve(this.how);
      };
      socket.on('end', () => end('end'));
      socket.on('error', () => end('reset'));
      socket.on('close', () => end('end'));
    });
    socket.on('data', (d) => { this.heard = Buffer.concat([this.heard, d]); this.wake(); });
  }

  wake() {
    this.waiting.splice(0).forEach((f) => f());
  }

  send(bytes) {
    this.socket.write(bytes);
    return this;
  }

  hangUp() {
    this.socket.end();
    return this;
  }

  vanish() {
    this.socket.resetAndDestroy ? this.socket.resetAndDestroy() : this.socket.destroy();
  }

  // The next frame, null when the connection ends before one is whole.
  async frame() {
    for (;;) {
      const h = this.heard;
      if (h.length >= 8 && h.length >= 8 + h.readUInt16BE(6)) {
        const end = 8 + h.readUInt16BE(6);
        this.heard = h.subarray(end);
        return { tag: h[8], apdu: h.subarray(8, end), source: h.readUInt16BE(2), destination: h.readUInt16BE(4), bytes: h.subarray(0, end) };
      }
      if (this.over) return null;
      await new Promise((resolve) => this.waiting.push(resolve));
    }
  }

  // Whether nothing has come for so long.
  async silent(ms) {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return this.heard.length === 0 && !this.over;
  }

  reply(frame, hex) {
    this.send(wrapper(Buffer.from(hex.replace(/ /g, ''), 'hex'), frame.destination, frame.source));
  }

  // Plays disconnect control until the listener closes. state: { valve,
  // password, refuse, deaf, hangUpAfter, before }; returns what was asked, in
  // order.
  async obey(state) {
    const asked = [];
    for (;;) {
      const f = await this.frame();
      if (f === null) break;
      const invoke = f.apdu.subarray(2, 3).toString('hex');
      if (f.tag === 0x60) {
        asked.push({ what: 'associate', client: f.source });
        if (state.password !== undefined && !f.apdu.includes(Buffer.from(state.password))) {
          this.reply(f, '61 1F A1 09 06 07 60 85 74 05 08 01 01 A2 03 02 01 01 A3 05 A1 03 02 01 0D BE 06 04 04 0E 01 06 01');
        } else {
          this.reply(f, '61 29 A1 09 06 07 60 85 74 05 08 01 01 A2 03 02 01 00 A3 05 A1 03 02 01 00 BE 10 04 0E 08 00 06 5F 1F 04 00 00 10 15 04 00 00 07');
        }
      } else if (f.tag === 0xc3) {
        const method = f.apdu[11];
        asked.push({ what: method === 1 ? 'close' : 'open', target: f.apdu.subarray(3, 11).toString('hex') });
        if (state.hangUpAfter === 'action') {
          if (!state.refuse) state.valve = method === 1 ? 0 : 2;
          this.vanish();
          break;
        }
        if (state.before) await state.before(asked);
        if (!state.refuse && !state.deaf) state.valve = method === 1 ? 0 : 2;
        this.reply(f, `C7 01 ${invoke} ${state.refuse ? '03' : '00'} 00`);
      } else if (f.tag === 0xc0) {
        asked.push({ what: 'state' });
        this.reply(f, `C4 01 ${invoke} 00 16 0${state.valve}`);
      } else if (f.tag === 0x62) {
        asked.push({ what: 'release' });
        this.reply(f, '63 03 80 01 00');
      } else {
        asked.push({ what: f.tag.toString(16) });
      }
    }
    this.hangUp();
    return asked;
  }

  // Plays a whole meter: what is set is kept, what is asked for is given, in
  // hex; keys are "class obis attribute", as '1 0.0.96.50.10.255 2'.
  //   store     { key: hex }            attributes, changed by SET
  //   refuse    { key: result }         data-access-result, action-result
  //   lies      true                    says yes, keeps nothing
  //   get, act  (key, selection) => hex, result    instead of the store
  //   vanishAt  key                     does it, and never answers
  //   before    async (key) => {}
  // Returns what was asked: ['associate', 'get KEY', 'set KEY', 'act KEY', 'release'].
  async serve({ store = {}, refuse = {}, lies = false, get, act, vanishAt, before, values = [] } = {}) {
    const asked = [];
    for (;;) {
      const f = await this.frame();
      if (f === null) break;
      const a = f.apdu;
      const invoke = a.subarray(2, 3).toString('hex');
      if (f.tag === 0x60) {
        asked.push('associate');
        this.reply(f, '61 29 A1 09 06 07 60 85 74 05 08 01 01 A2 03 02 01 00 A3 05 A1 03 02 01 00 BE 10 04 0E 08 00 06 5F 1F 04 00 00 1C 1D 04 00 00 07');
        continue;
      }
      if (f.tag === 0x62) {
        asked.push('release');
        this.reply(f, '63 03 80 01 00');
        continue;
      }
      const key = `${a.readUInt16BE(3)} ${[...a.subarray(5, 11)].join('.')} ${a[11]}`;
      const verb = { 0xc0: 'get', 0xc1: 'set', 0xc3: 'act' }[f.tag];
      const rest = a.subarray(13).toString('hex');
      asked.push(`${verb} ${key}`);
      values.push([`${verb} ${key}`, rest]);
      if (before) await before(`${verb} ${key}`);
      if (verb === 'set' && !(key in refuse) && !lies) store[key] = rest;
      if (vanishAt === `${verb} ${key}`) {
        this.vanish();
        break;
      }
      const result = refuse[key] ?? 0;
      const hex = (n) => n.toString(16).padStart(2, '0');
      if (verb === 'set') this.reply(f, `C5 01 ${invoke} ${hex(result)}`);
      else if (verb === 'act') this.reply(f, `C7 01 ${invoke} ${hex(act ? act(key, rest) ?? result : result)} 00`);
      else {
        const value = (get && get(key, rest)) ?? store[key];
        this.reply(f, result || value === undefined ? `C4 01 ${invoke} 01 ${hex(result || 4)}` : `C4 01 ${invoke} 00 ${value}`);
      }
    }
    this.hangUp();
    return asked;
  }
}
