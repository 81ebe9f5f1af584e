// The meter's side of an association with secrets, by IEC 62056-5-3 and node's
// own ciphers: a password (LLS), AES-128 of the challenge (HLS 2 of СПОДЭС), or
// GMAC (HLS 5) with everything ciphered.
//
//   const has = { lls: 'Sesame77' };
//   const has = { hls: 'GasSecret1234567' };
//   const has = { ek, ak, kek, title };                  Buffers
//   await serveSecure(meter, has, { refuse: 3 })
//     what      (has) => {}        done before a new secret is answered
//     refuse    result             says no, and keeps what it has
//     dies      'before', 'after'  it takes the new secret; no answer
//     hangsUp   true               on wrong secrets, instead of a refusal
// Changes `has` as it is told to; returns what was asked, in words.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const AUTHENTICATED = 0x10;
const CIPHERED = 0x30;
const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32BE(n); return b; };
const lengthOf = (n) => (n < 128 ? Buffer.from([n]) : Buffer.from([0x81, n]));
const field = (tag, ...parts) => { const b = Buffer.concat(parts); return Buffer.concat([Buffer.from([tag]), lengthOf(b.length), b]); };

export function seal(has, title, counter, plain) {
  const c = createCipheriv('aes-128-gcm', has.ek, Buffer.concat([title, u32(counter)]), { authTagLength: 12 });
  c.setAAD(Buffer.concat([Buffer.from([CIPHERED]), has.ak]));
  return Buffer.concat([Buffer.from([CIPHERED]), u32(counter), c.update(plain), c.final(), c.getAuthTag()]);
}

export function open(has, title, b) {
  const d = createDecipheriv('aes-128-gcm', has.ek, Buffer.concat([title, b.subarray(1, 5)]), { authTagLength: 12 });
  d.setAAD(Buffer.concat([b.subarray(0, 1), has.ak]));
  d.setAuthTag(b.subarray(-12));
  return Buffer.concat([d.update(b.subarray(5, -12)), d.final()]);
}

function gmac(has, title, counter, challenge) {
  const c = createCipheriv('aes-128-gcm', has.ek, Buffer.concat([title, u32(counter)]), { authTagLength: 12 });
  c.setAAD(Buffer.concat([Buffer.from([AUTHENTICATED]), has.ak, challenge]));
  c.update(Buffer.alloc(0));
  c.final();
  return Buffer.concat([Buffer.from([AUTHENTICATED]), u32(counter), c.getAuthTag()]);
}

function unwrap(kek, wrapped) {
  const d = createDecipheriv('id-aes128-wrap', kek, Buffer.alloc(8, 0xa6));
  return Buffer.concat([d.update(wrapped), d.final()]);
}

// Fields of an AARQ: tag -> content.
function fields(apdu) {
  const out = {};
  let at = 2;
  if (apdu[1] > 0x80) at += apdu[1] & 0x7f;
  while (at < apdu.length) {
    const long = apdu[at + 1] > 0x80;
    const n = long ? apdu[at + 2] : apdu[at + 1];
    const from = at + (long ? 3 : 2);
    out[apdu[at]] = apdu.subarray(from, from + n);
    at = from + n;
  }
  return out;
}

const REJECTED = '61 1F A1 09 06 07 60 85 74 05 08 01 01 A2 03 02 01 01 A3 05 A1 03 02 01 0D BE 06 04 04 0E 01 06 01';
const ACCEPTED = '61 29 A1 09 06 07 60 85 74 05 08 01 01 A2 03 02 01 00 A3 05 A1 03 02 01 00 BE 10 04 0E 08 00 06 5F 1F 04 00 00 1C 1D 04 00 00 07';
const INITIATED = Buffer.from('0800065f1f0400001c1d04000007', 'hex');

class Ciphered {
  constructor(has) {
    this.has = { ...has }; // the keys of this association, whatever changes
    this.counter = has.counter ?? 1;
    this.heard = [];
  }

  associate(apdu) {
    const f = fields(apdu);
    this.client = f[0xa6]?.subarray(2);
    this.theirs = f[0xac]?.subarray(2);
    if (!this.client || !this.theirs || f[0xbe]?.[2] !== 0x21) return null;
    const ciphered = f[0xbe].subarray(4);
    try {
      if (open(this.has, this.client, ciphered)[0] !== 0x01) return null;
    } catch {
      return null;
    }
    this.heard.push(ciphered.readUInt32BE(1));
    this.ours = randomBytes(16);
    return field(0x61, Buffer.from('a109060760857405080103a203020100a305a10302010e', 'hex'),
      field(0xa4, field(0x04, this.has.title)), Buffer.from('88020780890760857405080205', 'hex'),
      field(0xaa, field(0x80, this.ours)),
      field(0xbe, field(0x04, field(0x28, seal(this.has, this.has.title, this.counter++, INITIATED)))));
  }

  hear(apdu) {
    const from = apdu[1] > 0x80 ? 2 + (apdu[1] & 0x7f) : 2;
    this.heard.push(apdu.readUInt32BE(from + 1));
    return open(this.has, this.client, apdu.subarray(from));
  }

  // 200 GET, 201 SET, 203 ACTION: answers are four more.
  answer(tag, plain) {
    return field(tag + 4, seal(this.has, this.has.title, this.counter++, plain));
  }

  proof(value) {
    const counter = value.readUInt32BE(1);
    if (!gmac(this.has, this.client, counter, this.ours).equals(value)) return null;
    return gmac(this.has, this.has.title, this.counter++, this.theirs);
  }
}

// HLS 2, and nothing ciphered.
class Proven {
  constructor(has) {
    this.has = { ...has };
  }

  associate(apdu) {
    const f = fields(apdu);
    this.client = true;
    this.theirs = f[0xac]?.subarray(2);
    if (!this.theirs || !f[0x8b]?.equals(Buffer.from('60857405080202', 'hex'))) return null;
    this.ours = randomBytes(16);
    return field(0x61, Buffer.from('a109060760857405080101a203020100a305a10302010e88020780890760857405080202', 'hex'),
      field(0xaa, field(0x80, this.ours)), field(0xbe, field(0x04, INITIATED)));
  }

  hear(apdu) {
    return apdu;
  }

  answer(tag, plain) {
    return plain;
  }

  proof(value) {
    const of = (challenge) => {
      const c = createCipheriv('aes-128-ecb', Buffer.from(this.has.hls), null).setAutoPadding(false);
      return Buffer.concat([c.update(challenge), c.final()]);
    };
    return of(this.ours).equals(value) ? of(this.theirs) : null;
  }
}

export async function serveSecure(meter, has, { refuse, dies, hangsUp, what, valve = 0, frames = [] } = {}) {
  const asked = [];
  let line;
  for (;;) {
    const f = await meter.frame();
    if (f === null) break;
    frames.push(f.bytes);
    const send = (b) => meter.reply(f, b.toString('hex'));
    if (f.tag === 0x60) {
      line = has.ek ? new Ciphered(has) : has.hls ? new Proven(has) : null;
      const welcome = line ? line.associate(f.apdu) : f.apdu.includes(Buffer.from(has.lls)) && Buffer.from(ACCEPTED.replace(/ /g, ''), 'hex');
      asked.push(welcome ? 'associate' : 'turned away');
      if (welcome) send(welcome);
      else if (hangsUp) { meter.vanish(); break; } else meter.reply(f, REJECTED);
      if (welcome && line?.heard) has.counters = line.heard;
      continue;
    }
    if (f.tag === 0x62) {
      asked.push('release');
      meter.reply(f, '63 03 80 01 00');
      continue;
    }
    const a = line ? line.hear(f.apdu) : f.apdu;
    const invoke = a[2];
    const verb = { 0xc0: 'get', 0xc1: 'set', 0xc3: 'act' }[a[0]];
    const key = `${verb} ${a.readUInt16BE(3)} ${[...a.subarray(5, 11)].join('.')} ${a[11]}`;
    const value = a.subarray(13);
    const tell = (hex) => send(line ? line.answer(f.tag, Buffer.from(hex, 'hex')) : Buffer.from(hex, 'hex'));
    const byte = (n) => n.toString(16).padStart(2, '0');
    if (key === 'act 15 0.0.40.0.0.255 1') {
      const proof = line.proof(value.subarray(2));
      tell(`c701${byte(invoke)}${proof ? `000100${Buffer.concat([Buffer.from([9, proof.length]), proof]).toString('hex')}` : '0300'}`);
      continue;
    }
    asked.push(key);
    const take = {
      'set 15 0.0.40.0.0.255 7': () => { has.lls = value.subarray(2).toString(); },
      'act 64 0.0.43.0.0.255 2': () => {
        const list = value.toString('hex');
        // array of two {enum, octet-string of 24}
        const [, unicast, authentication] = /^0102020216000918(.{48})020216020918(.{48})$/.exec(list);
        has.ek = unwrap(has.kek, Buffer.from(unicast, 'hex'));
        has.ak = unwrap(has.kek, Buffer.from(authentication, 'hex'));
      },
    }[key];
    if (take) {
      if (what) await what(has);
      if (dies === 'before') { meter.vanish(); break; }
      if (refuse === undefined) take();
      if (dies === 'after') { meter.vanish(); break; }
    }
    const result = take ? byte(refuse ?? 0) : '00';
    if (verb === 'set') tell(`c501${byte(invoke)}${result}`);
    else if (verb === 'act') tell(`c701${byte(invoke)}${result}00`);
    else if (/^get 70 /.test(key)) tell(`c401${byte(invoke)}00160${valve}`);
    else if (key === 'get 15 0.0.40.0.0.255 1') tell(`c401${byte(invoke)}0009060000280000ff`);
    else tell(`c401${byte(invoke)}0104`);
  }
  meter.hangUp();
  return asked;
}
