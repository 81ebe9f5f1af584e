// goldCard frames for tests, real and made up, by an encoder of their own.
//
//   real.Q6                            bytes of tests/data/goldcard-frames.tsv
//   message({ counter: 4, day: ... })  as Q6, with other values
//   days([[25, 4, [1, 2, ...]], ...])  the long frame, a month each
import fs from 'node:fs';

const be = (n, v) => {
  const b = Buffer.alloc(n);
  b.writeUIntBE(v, 0, n);
  return b;
};

export const bytes = (hex) => Buffer.from(hex.replace(/\s/g, ''), 'hex');

export const lines = fs.readFileSync(new URL('../data/goldcard-frames.tsv', import.meta.url), 'utf8')
  .trimEnd().split('\n').slice(1).map((line) => {
    const [id, at, printed, repaired, note] = line.split('\t');
    return { id, at, printed, repaired, note };
  });
export const real = Object.fromEntries(lines.filter((l) => l.repaired).map((l) => [l.id, bytes(l.repaired)]));

// CRC-16/XMODEM: what the listener tries, and nobody has proved.
export function crc(b) {
  let c = 0;
  for (const octet of b) {
    c ^= octet << 8;
    for (let i = 0; i < 8; i++) c = c & 0x8000 ? (c << 1) ^ 0x1021 : c << 1;
    c &= 0xffff;
  }
  return c;
}

const closed = (body) => Buffer.concat([body, be(2, crc(body.subarray(5))), Buffer.from([0x16])]);

// A frame of the meter around a block.
export function frame(block, { sequence = 6, number = '20157164', counter = 4, kind = 1, variety = '010015', length } = {}) {
  return closed(Buffer.concat([
    bytes('680300'), be(2, block.length + 21), Buffer.from([sequence, kind]), bytes(number), be(2, counter),
    be(2, length ?? block.length), bytes(variety), block]));
}

export const object = (id, value) => Buffer.concat([bytes(id), Buffer.from([value.length]), value]);

// The clock is twelve digits, YYMMDDhhmmss, as the meter has it.
export const present = ({ clock = '250507004210', battery = 3657, volume = 515730 } = {}) => Buffer.concat([
  bytes(clock), be(2, battery), bytes('400bdabfdc801400'), be(4, volume), be(4, 4)]);

export const message = (m = {}) => frame(Buffer.concat([
  Buffer.from([3]), object('c387', present(m)), object('c388', Buffer.concat([be(4, m.volume ?? 515730), be(4, 4)])),
  object('210d', Buffer.from([1]))]), m);

const bcd = (n) => (Math.floor(n / 10) << 4) | (n % 10);
export const days = (months, head = {}) => frame(Buffer.concat([
  Buffer.from([0, 0x51, months.length]),
  ...months.map(([year, month, volumes]) => Buffer.concat([
    Buffer.from([bcd(year), bcd(month)]), ...Array.from({ length: 31 }, (_, i) => be(4, volumes[i] ?? 0))]))]), head);

// What the server says to a message.
export function answer(to) {
  return closed(Buffer.concat([bytes('6803000011'), to.subarray(5, 6), Buffer.from([5]), to.subarray(7, 11),
    be(2, (to.readUInt16BE(11) + 1) & 0xffff), Buffer.from([0])]));
}
