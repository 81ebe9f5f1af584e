// Telegrams of real meters: lazur-decode must find in each exactly what
// tests/data/dlms-push.tsv says is there, and survive each cut short.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const decoder = `${process.env.LAZUR_BUILD ?? `${root}build`}/lazur-decode`;

const [head, ...lines] = readFileSync(`${root}tests/data/dlms-push.tsv`, "utf8")
  .trimEnd()
  .split("\n");
const columns = head.split("\t");
const telegrams = lines.map((line) => {
  const fields = line.split("\t");
  return Object.fromEntries(columns.map((name, i) => [name, fields[i] ?? ""]));
});

function keyArguments(keys) {
  return keys
    .split(" ")
    .filter((key) => key !== "")
    .flatMap((key) => [key.startsWith("ek=") ? "-k" : "-a", key]);
}

function decode(args, input) {
  const run = spawnSync(decoder, args, { input, encoding: "utf8", timeout: 20000 });
  assert.equal(run.error, undefined);
  assert.equal(run.signal, null, run.stderr);
  return run;
}

test("the corpus holds thirteen telegrams", () => {
  assert.equal(telegrams.length, 13);
});

for (const t of telegrams) {
  test(`${t.id} decodes to exactly the expected values`, () => {
    const run = decode(["--json", ...keyArguments(t.keys), t.hex]);
    assert.equal(run.status, 0, run.stderr);
    assert.deepEqual(JSON.parse(run.stdout), JSON.parse(t.expected));
  });

  test(`${t.id} prints as a tree that names every object`, () => {
    const run = decode([...keyArguments(t.keys), t.hex]);
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stdout, /data-notification \(0F\)/);
    for (const name of Object.keys(JSON.parse(t.expected).obis ?? {}))
      assert.ok(run.stdout.includes(`${name}`), `${name} is missing`);
  });

  test(`${t.id} cut short at any byte is an error with its offset`, () => {
    const cuts = [];
    for (let n = 1; n < t.hex.length / 2; n++) cuts.push(t.hex.slice(0, 2 * n));
    const run = decode(["--json", ...keyArguments(t.keys), "-"], cuts.join("\n"));
    assert.equal(run.status, 1);
    assert.equal(run.stdout, "");
    const errors = run.stderr.trimEnd().split("\n");
    assert.equal(errors.length, cuts.length);
    for (const e of errors) assert.match(e, /^lazur-decode: offset \d+: \w/);
  });
}

test("spaces, colons, 0x and several arguments are read as one telegram", () => {
  const spaced = decode(["--json", "0x10", "40 00:00", "01,00"]);
  assert.equal(spaced.status, 0, spaced.stderr);
  assert.deepEqual(JSON.parse(spaced.stdout), {
    apdu: "data-notification-confirm",
    "long-invoke-id": "40000001",
  });
});

test("standard input is read a telegram a line, past comments", () => {
  const run = decode(["--json"], "# a confirmation\n\n1040000001 00\n1040000002 00\n");
  assert.equal(run.status, 0, run.stderr);
  assert.equal(run.stdout.trimEnd().split("\n").length, 2);
});

test("text that is no hex is refused with its place", () => {
  const run = decode(["0F4X"]);
  assert.equal(run.status, 1);
  assert.match(run.stderr, /not hex at character 4/);
});

test("a ciphered telegram without a key is shown closed", () => {
  const ciphered = telegrams.find((t) => t.id === "u9n-udp-wrapper-00");
  const run = decode([ciphered.hex]);
  assert.equal(run.status, 0, run.stderr);
  assert.match(run.stdout, /system title: 2F19229199164103/);
  assert.match(run.stdout, /closed: no key is given/);
});

test("a ciphered telegram with a wrong key is refused by its tag", () => {
  const ciphered = telegrams.find((t) => t.id === "u9n-udp-wrapper-00");
  const wrong = "00".repeat(16);
  const run = decode(["-k", wrong, "-a", wrong, ciphered.hex]);
  assert.equal(run.status, 1);
  assert.match(run.stderr, /authentication tag does not match/);
});

test("a push of the gas profile shows each value with its unit", () => {
  const hex = readFileSync(`${root}tests/fuzz/corpus/gas-push`).toString("hex");
  const run = decode([hex]);
  assert.equal(run.status, 0, run.stderr);
  for (const want of [
    /^ +7\.0\.13\.2\.0\.255 \(.*\): 1234\.567 m3$/m,
    /^ +7\.0\.41\.0\.0\.255 \(.*\): 20\.0 °C$/m,
    /^ +7\.0\.42\.0\.0\.255 \(.*\): 101325 Pa$/m,
    /^ +0\.0\.96\.6\.3\.255 \(.*\): 3\.600 V$/m,
    /^ +0\.0\.96\.6\.1\.255 \(.*\): 87\.5 %$/m,
    /^ +0\.0\.96\.1\.0\.255 \(.*\): "021180000018"$/m,
  ])
    assert.match(run.stdout, want);
});

test("quotes and backslashes of a meter's text stay inside their JSON string", () => {
  const text = Buffer.from('a"b\\c<Газ>').toString("hex");
  const length = (text.length / 2).toString(16).padStart(2, "0");
  const run = decode(["--json", `0F0000000100 0202 0906 0000600100FF 09${length} ${text}`]);
  assert.equal(run.status, 0, run.stderr);
  assert.equal(JSON.parse(run.stdout).obis["0.0.96.1.0.255"].text, 'a"b\\c<Газ>');
});

test("segments of HDLC are one push", () => {
  const hex = readFileSync(`${root}tests/fuzz/corpus/hdlc-segments`).toString("hex");
  const run = decode([hex]);
  assert.equal(run.status, 0, run.stderr);
  assert.match(run.stdout, /more follow\nHDLC, 1\.17 to 16.*last\n/);
  assert.match(run.stdout, /1234\.567 m3/);
});

test("a wrong option ends with 2 and the usage", () => {
  const run = decode(["--yaml"]);
  assert.equal(run.status, 2);
  assert.match(run.stderr, /^usage: lazur-decode/);
});

test("an error shows the bytes around it", () => {
  const run = decode(["0001 0001 0010 0008 0F40000001 00 0702"]);
  assert.equal(run.status, 1);
  assert.match(run.stdout, /error: offset 6: type 7 is not known/);
  assert.match(run.stdout, /\[07\]/);
});
