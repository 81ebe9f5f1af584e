// The far end of a meter's connection, for tests of the simulator: takes
// DLMS wrapper frames apart by hand, so that the simulator is not measured
// with its own library.
import net from 'node:net';

const WRAPPER = 8;

// One A-XDR value at offset at: { type, value, end }.
export function readValue(b, at = 0) {
  const type = b[at++];
  const number = (size, signed) => {
    const value = size === 8 ? Number(b.readBigUInt64BE(at))
      : signed ? b.readIntBE(at, size) : b.readUIntBE(at, size);
    return { type, value, end: at + size };
  };
  switch (type) {
    case 0: return { type, value: null, end: at };
    case 1: case 2: {
      const n = b[at++];
      const value = [];
      for (let i = 0; i < n; i++) {
        const v = readValue(b, at);
        value.push(v);
        at = v.end;
      }
      return { type, value, end: at };
    }
    case 3: return { type, value: b[at] !== 0, end: at + 1 };
    case 6: return number(4, false);
    case 9: case 10: {
      const n = b[at++];
      return { type, value: b.subarray(at, at + n), end: at + n };
    }
    case 15: return number(1, true);
    case 16: return number(2, true);
    case 17: case 22: return number(1, false);
    case 18: return number(2, false);
    case 21: return number(8, false);
    default: throw new Error(`type ${type} at ${at - 1}`);
  }
}

// COSEM date-time to seconds since 1970.
export function clockSeconds(b) {
  const deviation = b.readInt16BE(9);
  return Date.UTC(b.readUInt16BE(0), b[2] - 1, b[3], b[5], b[6], b[7]) / 1000 + deviation * 60;
}

export function readPush(apdu) {
  if (apdu[0] !== 0x0f) throw new Error(`not a push: ${apdu.toString('hex')}`);
  const invoke = apdu.readUInt32BE(1);
  const body = readValue(apdu, 6 + apdu[5]);
  if (body.end !== apdu.length) throw new Error('bytes behind the body');
  const push = { invoke, confirmed: (invoke & 0x40000000) !== 0, elements: body.value };
  const e = body.value;
  if (e.length === 17 || e.length === 18) {
    Object.assign(push, {
      serial: e[1].value.toString(), model: e[2].value.toString(), at: clockSeconds(e[4].value),
      volume: e[5].value, valve: e[10].value, status: e[11].value, cause: e[16].value,
    });
  } else {
    Object.assign(push, {
      serial: e[0].value[1].value.toString(), at: clockSeconds(e[1].value[1].value),
      volume: e[2].value[1].value, valve: null, status: 0,
    });
  }
  return push;
}

export function wrap(apdu, from = 16, to = 1) {
  const head = Buffer.alloc(WRAPPER);
  head.writeUInt16BE(1, 0);
  head.writeUInt16BE(from, 2);
  head.writeUInt16BE(to, 4);
  head.writeUInt16BE(apdu.length, 6);
  return Buffer.concat([head, apdu]);
}

const hex = (text) => Buffer.from(text.replace(/\s/g, ''), 'hex');

// Requests of a client, IEC 62056-5-3 by hand.
export const ask = {
  associate(password) {
    const initiate = 'be10 040e 01000000 065f1f0400 00201d 0400';
    if (password === undefined) return hex(`601d a109 0607 60857405080101 ${initiate}`);
    const secret = Buffer.from(password).toString('hex');
    const len = (n) => n.toString(16).padStart(2, '0');
    const size = password.length;
    const body = `a109 0607 60857405080101 8a02 0780 8b07 60857405080201 ac${len(size + 2)} 80${len(size)}${secret} ${initiate}`;
    return hex(`60${len(hex(body).length)}${body}`);
  },
  get: (classId, name, attribute) => hex(`c001c1 ${classId.toString(16).padStart(4, '0')}${name}${attribute.toString(16).padStart(2, '0')}00`),
  set: (classId, name, attribute, value) => hex(`c101c1 ${classId.toString(16).padStart(4, '0')}${name}${attribute.toString(16).padStart(2, '0')}00${value}`),
  act: (classId, name, method) => hex(`c301c1 ${classId.toString(16).padStart(4, '0')}${name}${method.toString(16).padStart(2, '0')}010f00`),
  release: () => hex('6203 800100'),
};

export const VALVE = '000060030aff';
export const CLOCK = '0000010000ff';
export const SERIAL = '0000600100ff';

// One connection: await frames, send frames.
class Line {
  constructor(socket) {
    this.socket = socket;
    this.bytes = Buffer.alloc(0);
    this.whole = Buffer.alloc(0); // everything that ever came
    this.waiting = [];
    this.over = false;
    socket.on('data', (d) => {
      this.bytes = Buffer.concat([this.bytes, d]);
      this.whole = Buffer.concat([this.whole, d]);
      this.wake();
    });
    socket.on('close', () => { this.over = true; this.wake(); });
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.on('close', resolve));
  }

  wake() {
    for (const w of this.waiting.splice(0)) w();
  }

  // The next APDU, or null when the meter hung up.
  async next() {
    for (;;) {
      const len = this.bytes.length >= WRAPPER ? WRAPPER + this.bytes.readUInt16BE(6) : Infinity;
      if (this.bytes.length >= len) {
        const frame = this.bytes.subarray(0, len);
        this.bytes = this.bytes.subarray(len);
        this.source = frame.readUInt16BE(2);
        this.destination = frame.readUInt16BE(4);
        return frame.subarray(WRAPPER);
      }
      if (this.over) return null;
      await new Promise((resolve) => this.waiting.push(resolve));
    }
  }

  send(apdu, client = 16) {
    this.socket.write(wrap(apdu, client, 1));
  }

  confirm(push) {
    const apdu = Buffer.alloc(6);
    apdu[0] = 0x10;
    apdu.writeUInt32BE(push.invoke >>> 0, 1);
    this.send(apdu);
  }

  async ask(apdu, client = 16) {
    this.send(apdu, client);
    return this.next();
  }

  hangUp() {
    this.socket.end();
    return this.closed;
  }
}

// startPeer(async (push, line, n) => ...): called for the first push of each
// connection; the connection is closed in order when it returns.
export async function startPeer(handler, { raw = false } = {}) {
  const pushes = [];
  const lines = [];
  const failures = [];
  let open = 0;
  let mostOpen = 0;
  const server = net.createServer((socket) => {
    const line = new Line(socket);
    lines.push(line);
    mostOpen = Math.max(mostOpen, ++open);
    line.closed.then(() => { open--; });
    (async () => {
      if (raw) return handler(line, lines.length);
      const apdu = await line.next();
      if (apdu === null) return undefined;
      const push = readPush(apdu);
      push.address = socket.remoteAddress;
      pushes.push(push);
      await handler(push, line, pushes.length);
      return line.hangUp();
    })().catch((e) => { failures.push(e); socket.destroy(); });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', 4096, resolve));
  return {
    port: server.address().port,
    pushes,
    lines,
    failures,
    get mostOpen() { return mostOpen; },
    get open() { return open; },
    async stop() {
      for (const l of lines) l.socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      if (failures.length) throw failures[0];
    },
  };
}
