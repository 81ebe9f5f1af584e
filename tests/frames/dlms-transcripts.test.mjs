// Whole DLMS sessions, written by an encoder of this file and node:crypto,
// with nothing of lib/dlms: tests/data/dlms-transcripts.tsv must hold exactly
// them. tests/unit/test_dlms_transcript.c replays the file against the client.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import crypto from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../data/dlms-transcripts.tsv", import.meta.url));

const hex = (s) => Buffer.from(s.replace(/\s/g, ""), "hex");
const cat = (...parts) => Buffer.concat(parts.map((p) => (typeof p === "string" ? hex(p) : p)));
const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32BE(n); return b; };
const u16 = (n) => { const b = Buffer.alloc(2); b.writeUInt16BE(n); return b; };
const sized = (tag, ...parts) => {
  const b = cat(...parts);
  assert.ok(b.length < 128);
  return cat(Buffer.from([tag, b.length]), b);
};

const EK = hex("000102030405060708090A0B0C0D0E0F");
const AK = hex("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF");
const DED = hex("00112233445566778899AABBCCDDEEFF");
const CLIENT = hex("4D4D4D0000000001");
const SERVER = hex("4D4D4D0000BC614E");
const CTOS = Buffer.from("K56iVagY");
const STOC = Buffer.from("P6wRJ21F");
const SECRET = Buffer.from("GasSecret1234567");

// AES-128-GCM with a tag of 12 bytes over an APDU: SC, IC, ciphertext, tag.
function sealed(key, title, control, counter, plain) {
  const iv = cat(title, u32(counter));
  const c = crypto.createCipheriv("aes-128-gcm", key, iv, { authTagLength: 12 });
  c.setAAD(cat(Buffer.from([control]), AK));
  const body = cat(c.update(plain), c.final());
  return cat(Buffer.from([control]), u32(counter), body, c.getAuthTag());
}
const glo = (tag, title, control, counter, plain) =>
  sized(tag, sealed(EK, title, control, counter, plain));
const ded = (tag, title, control, counter, plain) =>
  sized(tag, sealed(DED, title, control, counter, plain));
const general = (title, control, counter, plain) =>
  cat("DB 08", title, sized(0, sealed(EK, title, control, counter, plain)).subarray(1));
const generalDed = (title, control, counter, plain) =>
  cat("DC 08", title, sized(0, sealed(DED, title, control, counter, plain)).subarray(1));
function gmac(title, control, counter, challenge) {
  const iv = cat(title, u32(counter));
  const c = crypto.createCipheriv("aes-128-gcm", EK, iv, { authTagLength: 12 });
  c.setAAD(cat(Buffer.from([control]), AK, challenge));
  c.final();
  return cat(Buffer.from([control]), u32(counter), c.getAuthTag());
}
const digest = (kind, ...parts) =>
  crypto.createHash(kind).update(cat(...parts)).digest();

// ---- APDUs ----
const CONFORMANCE = "60 3E BD"; // what the client of the test asks for
const initiate = (key) =>
  cat("01", key ? cat("01 10", key) : "00", "00 00 06 5F1F0400", CONFORMANCE, "1000");
const initiated = (conformance, pdu) => cat("08 00 06 5F1F0400", conformance, u16(pdu), "0007");
const oid = (arc, id) => cat("6085740508", Buffer.from([arc, id]));
const aarq = (context, title, mechanism, value, info) =>
  sized(0x60,
    sized(0xa1, sized(6, oid(1, context))),
    title ? sized(0xa6, sized(4, title)) : "",
    mechanism ? cat("8A020780", sized(0x8b, oid(2, mechanism))) : "",
    value ? sized(0xac, sized(0x80, value)) : "",
    sized(0xbe, sized(4, info)));
const aare = (context, title, mechanism, value, diagnostic, info) =>
  sized(0x61,
    sized(0xa1, sized(6, oid(1, context))),
    "A203020100", sized(0xa3, sized(0xa1, "0201", Buffer.from([diagnostic]))),
    title ? sized(0xa4, sized(4, title)) : "",
    mechanism ? cat("88020780", sized(0x89, oid(2, mechanism))) : "",
    value ? sized(0xaa, sized(0x80, value)) : "",
    sized(0xbe, sized(4, info)));
const octets = (b) => sized(9, b);
const proofRequest = (invoke, proof) =>
  cat("C301", invoke, "000F0000280000FF0101", octets(proof));
const proofResponse = (invoke, proof) => cat("C701", invoke, "00 01 00", octets(proof));
const RLRQ = hex("6203800100");
const RLRE = hex("6303800100");
const VOLUME = "0003 07000D0200FF";
const CLOCK = "0008 0000010000FF";
const VALVE = "0046 000060030AFF";

function book() {
  // DLMS UA Green Book: AARQ and AARE with LLS, ciphered, with dedicated key
  return [
    ["C", aarq(3, SERVER, 1, Buffer.from("12345678"),
      glo(0x21, SERVER, 0x30, 0x01234567,
        cat("01 01 10", DED, "00 00 06 5F1F0400 007E1F 04B0")))],
    ["S", aare(3, null, 0, null, 0,
      glo(0x28, SERVER, 0x30, 0x01234567, hex("0800065F1F0400007C1F04000007")))],
  ];
}

// GMAC, general-glo, both protections; an answer in two blocks.
function gmacGeneral() {
  const c = (n, plain) => ["C", general(CLIENT, 0x30, n, plain)];
  const s = (n, plain) => ["S", general(SERVER, 0x30, n, plain)];
  return [
    ["C", aarq(3, CLIENT, 5, CTOS, glo(0x21, CLIENT, 0x30, 100, initiate()))],
    ["S", aare(3, SERVER, 5, STOC, 14,
      glo(0x28, SERVER, 0x30, 5000, initiated(CONFORMANCE, 0x100)))],
    c(102, proofRequest("C1", gmac(CLIENT, 0x10, 101, STOC))),
    s(5002, proofResponse("C1", gmac(SERVER, 0x10, 5001, CTOS))),
    c(103, cat("C001C2", VOLUME, "02 00")),
    s(5003, cat("C402C2 00 00000001 00 03 06 00 12")),
    c(104, hex("C002C2 00000001")),
    s(5004, cat("C402C2 01 00000002 00 02 D6 87")),
    ["C", RLRQ],
    ["S", RLRE],
  ];
}

// SHA-256, suite 1, dedicated key: ded- both ways, the proof under it too.
function sha256Dedicated() {
  const proofC = digest("sha256", SECRET, CLIENT, SERVER, STOC, CTOS);
  const proofS = digest("sha256", SECRET, SERVER, CLIENT, CTOS, STOC);
  return [
    ["C", aarq(3, CLIENT, 6, CTOS, glo(0x21, CLIENT, 0x31, 7, initiate(DED)))],
    ["S", aare(3, SERVER, 6, STOC, 14,
      glo(0x28, SERVER, 0x31, 9, initiated(CONFORMANCE, 0x400)))],
    ["C", ded(0xd3, CLIENT, 0x31, 8, proofRequest("C1", proofC))],
    ["S", ded(0xd7, SERVER, 0x31, 1, proofResponse("C1", proofS))],
    ["C", ded(0xd3, CLIENT, 0x31, 9, cat("C301C2", VALVE, "01 01 0F 00"))],
    ["S", ded(0xd7, SERVER, 0x31, 2, hex("C701C2 00 00"))],
    ["C", RLRQ],
    ["S", RLRE],
  ];
}

// MD5 without ciphering: a list, a SET that is refused, an exception.
function md5Plain() {
  const info = (key) => initiate(key);
  return [
    ["C", aarq(1, null, 3, CTOS, info())],
    ["S", aare(1, null, 3, STOC, 14, initiated(CONFORMANCE, 0x400))],
    ["C", proofRequest("C1", digest("md5", STOC, SECRET))],
    ["S", proofResponse("C1", digest("md5", CTOS, SECRET))],
    ["C", cat("C003C2 02", VOLUME, "02 00", CLOCK, "03 00")],
    ["S", hex("C403C2 02 00 06 0012D687 00 10 FF4C")],
    ["C", cat("C101C3", CLOCK, "03 00 10 FF4C")],
    ["S", hex("C501C3 03")],
    ["C", cat("C301C4", VALVE, "02 01 0F 00")],
    ["S", hex("D80102")],
    ["C", RLRQ],
    ["S", RLRE],
  ];
}

// HLS 2 as СПОДЭС has it: AES-128 of the challenge under the password.
function aesPlain() {
  const proof = (challenge) => {
    const c = crypto.createCipheriv("aes-128-ecb", SECRET, null).setAutoPadding(false);
    return cat(c.update(cat(challenge, Buffer.alloc(16 - challenge.length))), c.final());
  };
  return [
    ["C", aarq(1, null, 2, CTOS, initiate())],
    ["S", aare(1, null, 2, STOC, 14, initiated(CONFORMANCE, 0x400))],
    ["C", proofRequest("C1", proof(STOC))],
    ["S", proofResponse("C1", proof(CTOS))],
    ["C", cat("C001C2", VOLUME, "02 00")],
    ["S", hex("C401C2 00 06 0012D687")],
    ["C", RLRQ],
    ["S", RLRE],
  ];
}

// SHA-1, suite 1, dedicated key in general-ded-ciphering both ways.
function sha1GeneralDedicated() {
  return [
    ["C", aarq(3, CLIENT, 4, CTOS, glo(0x21, CLIENT, 0x31, 7, initiate(DED)))],
    ["S", aare(3, SERVER, 4, STOC, 14,
      glo(0x28, SERVER, 0x31, 9, initiated(CONFORMANCE, 0x400)))],
    ["C", generalDed(CLIENT, 0x31, 8, proofRequest("C1", digest("sha1", STOC, SECRET)))],
    ["S", generalDed(SERVER, 0x31, 1, proofResponse("C1", digest("sha1", CTOS, SECRET)))],
    ["C", generalDed(CLIENT, 0x31, 9, cat("C001C2", VOLUME, "02 00"))],
    ["S", generalDed(SERVER, 0x31, 2, hex("C401C2 00 06 0012D687"))],
    ["C", RLRQ],
    ["S", RLRE],
  ];
}

const sessions = { book, gmac_general: gmacGeneral, sha256_dedicated: sha256Dedicated, md5_plain: md5Plain,
  aes_plain: aesPlain, sha1_general_dedicated: sha1GeneralDedicated };
const lines = Object.entries(sessions).flatMap(([name, session]) =>
  session().map(([who, apdu]) => `${name}\t${who}\t${apdu.toString("hex").toUpperCase()}`));

test("the transcripts are those of another implementation, byte by byte", () => {
  assert.deepEqual(readFileSync(file, "utf8").trimEnd().split("\n"), lines);
});

test("the ciphered AARQ is that of the Green Book, and so is the InitiateResponse", () => {
  const book = lines.filter((l) => l.startsWith("book\t")).map((l) => l.split("\t")[2]);
  assert.equal(book[0],
    "6066A109060760857405080103A60A04084D4D4D0000BC614E8A0207808B0760857405080201" +
    "AC0A80083132333435363738BE34043221303001234567801302FF8A7874133D414CED25B425" +
    "34D28DB0047720606B175BD52211BE6841DB204D39EE6FDB8E356855");
  assert.ok(book[1].endsWith("BE230421281F3001234567891214A0845E475714383F65BC19745CA235906525E4F3E1C893"));
});

test("every APDU of the transcripts prints as a tree in the standard's words", () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const decoder = `${process.env.LAZUR_BUILD ?? `${root}build`}/lazur-decode`;
  const trees = lines.map((l) => {
    const run = spawnSync(decoder, [l.split("\t")[2]], { encoding: "utf8", timeout: 20000 });
    assert.equal(run.status, 0, `${l}\n${run.stdout}${run.stderr}`);
    return run.stdout;
  }).join("");
  for (const words of ["HLS GMAC", "system title: 4D4D4D0000BC614E", "1.0.0.255",
    "read-write-denied", "service-not-supported", "general-glo-ciphering", "general-ded-ciphering"])
    assert.ok(trees.includes(words), `${words} is missing`);
});

// WRITE=1 node tests/frames/dlms-transcripts.test.mjs | grep -P "\\t[CS]\\t"
if (process.env.WRITE === "1") console.log(lines.join("\n"));
