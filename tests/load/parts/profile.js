'use strict';
// Decoding of an archive of 1,000 rows, on one processor.

const { execFileSync } = require('node:child_process');
const path = require('node:path');
const s = require('./stack.js');
const table = require('./table.js');

module.exports = async function profile(rounds) {
  const runs = Array.from({ length: rounds.n }, () =>
    JSON.parse(execFileSync(path.join(s.BUILD, 'load/profile_rows'), [String(Math.min(rounds.seconds, 3))], { encoding: 'utf8' })));
  table.print(`A profile of 1,000 rows of five columns, ${runs[0].bytes} bytes, decoded (min / median / max)`,
    ['rows/s', 'us each profile', 'bytes of memory'],
    [[table.spread(runs.map((r) => r.rows_per_s)), table.spread(runs.map((r) => r.us_per_profile)), runs[0].memory]]);
};
