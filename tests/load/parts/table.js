'use strict';
// Numbers of rounds, and tables of them as people read them.

const median = (v) => {
  const s = [...v].sort((a, b) => a - b);
  const m = s.length >> 1;
  return s.length % 2 ? s[m] : (s[m - 1] + s[m]) / 2;
};

// "min / median / max" of values that many rounds gave.
const spread = (v, digits = 0) =>
  [Math.min(...v), median(v), Math.max(...v)].map((x) => x.toFixed(digits)).join(' / ');

function print(title, head, rows) {
  const all = [head, ...rows].map((r) => r.map(String));
  const width = head.map((_, c) => Math.max(...all.map((r) => r[c].length)));
  const line = (r) => `| ${r.map((cell, c) => cell.padEnd(width[c])).join(' | ')} |`;
  console.log(`\n${title}\n`);
  console.log(line(all[0]));
  console.log(`|${width.map((w) => '-'.repeat(w + 2)).join('|')}|`);
  all.slice(1).forEach((r) => console.log(line(r)));
}

// What was asked for and what came: kept for the last table and the exit code.
const verdicts = [];
function target(what, wanted, got, holds) {
  verdicts.push([what, wanted, got, holds ? 'yes' : 'NO']);
}

function verdict() {
  if (verdicts.length === 0) return true;
  print('Targets', ['what', 'wanted', 'measured', 'holds'], verdicts);
  return verdicts.every((v) => v[3] === 'yes');
}

module.exports = { median, spread, print, target, verdict };
