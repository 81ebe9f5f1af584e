'use strict';
// Key order and table split: the WAL that a session costs right after a
// checkpoint, when each page it touches is logged whole, and when the pages
// are warm; with and without compression.

const s = require('./stack.js');
const table = require('./table.js');

const CASES = [
  { what: 'rows only, key (meter, time)', rows: 'meter_first', state: '' },
  { what: 'rows only, key (time, meter)', rows: 'time_first', state: '' },
  { what: 'key (meter, time) + narrow state', rows: 'meter_first', state: 'narrow', ours: true },
  { what: 'key (time, meter) + narrow state', rows: 'time_first', state: 'narrow' },
  { what: 'the same state with an index on its time', rows: 'meter_first', state: 'indexed' },
  { what: 'state in the list table, its time indexed', rows: 'meter_first', state: 'wide' },
];
const COLD = [25, 20];
const WARM = [300, 200];

// Bytes of WAL for a session, of batches of a case.
function feed(c, [batches, size], compression, seed) {
  const before = s.lsn();
  s.psql(['-c', `set wal_compression = ${compression}`,
    '-c', `call keys.feed('${c.rows}', '${c.state}', ${batches}, ${size}, ${seed})`], 'postgres');
  return (s.lsn() - before) / (batches * size);
}

function hot(state) {
  if (!state) return [0, 0];
  return s.query(`select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables
    where schemaname = 'keys' and relname = '${state}'`).split('\t').map(Number);
}

// The same question by either key: the last sessions of one meter.
function historyMs(rows) {
  const plan = s.query(`explain (analyze, format json) select * from keys.${rows}
    where meter_id = 4711 order by at desc limit 10`);
  return JSON.parse(plan)[0]['Execution Time'];
}

module.exports = async function keys() {
  s.script('keys.sql');
  const rows = CASES.map((c, i) => {
    s.checkpoint();
    const off = feed(c, COLD, 'off', 0.1 + i / 100);
    s.checkpoint();
    const lz4 = feed(c, COLD, 'lz4', 0.2 + i / 100);
    const before = hot(c.state);
    feed(c, WARM, 'lz4', 0.3);
    const warm = feed(c, WARM, 'lz4', 0.4);
    const after = hot(c.state);
    const share = (after[1] - before[1]) / (after[0] - before[0]);
    return [c.what + (c.ours ? ' (ours)' : ''), off.toFixed(0), lz4.toFixed(0),
      warm.toFixed(0), c.state ? `${(share * 100).toFixed(0)} %` : ''];
  });
  table.print('WAL of a session by key order and table split, bytes',
    ['', 'after a checkpoint, off', 'lz4', 'warm, lz4', 'HOT'], rows);
  const sorted = JSON.parse(s.query(`explain (analyze, format json)
    select meter_id from meter_state order by last_at desc, meter_id desc limit 10`))[0]['Execution Time'];
  table.print('Questions, ms', ['', 'ms'], [
    ['ten last sessions of one meter, key (meter, time)', historyMs('meter_first').toFixed(2)],
    ['the same, key (time, meter)', historyMs('time_first').toFixed(2)],
    [`ten of ${s.METERS} meters by their last session, narrow state without an index on it`, sorted.toFixed(2)],
  ]);
};
