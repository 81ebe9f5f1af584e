'use strict';
// What a session of our listener costs in WAL and on disk: right after a
// checkpoint, when each page is logged whole on its first touch, and warm.

const s = require('./stack.js');
const table = require('./table.js');

// Of all partitions; a row, by what they hold.
const SIZES = `select sum(pg_relation_size(inhrelid)) / n, sum(pg_indexes_size(inhrelid)) / n
  from pg_inherits, (select count(*) as n from reading) r
 where inhparent = 'reading'::regclass group by n`;
const numbers = (sql) => s.query(sql).split('\t').map(Number);
const updates = () => numbers("select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relid = 'meter_state'::regclass");

async function walOf(options) {
  const before = s.lsn();
  const r = await s.client('dlms', s.env.LAZUR_METER_PORT, options);
  await s.sleep(300);
  return (s.lsn() - before) / r.confirmed;
}

module.exports = async function wal() {
  s.stack('start', 'listener');
  await s.client('dlms', s.env.LAZUR_METER_PORT, { inflight: 64, count: 5000 });
  s.checkpoint();
  const cold = await walOf({ inflight: 20, count: 500 });
  await s.client('dlms', s.env.LAZUR_METER_PORT, { inflight: 512, count: 60000 });
  await s.sleep(1500);
  const hot = updates();
  const warm = await walOf({ inflight: 512, count: 60000 });
  await s.sleep(1500);
  const row = numbers(SIZES);
  const [upd, hotUpd] = updates().map((v, i) => v - hot[i]);
  const state = numbers("select pg_relation_size('meter_state') / count(*), pg_indexes_size('meter_state') / count(*) from meter_state");

  table.print('A session on disk', ['', 'ours', 'limits measured with bare programs'], [
    ['WAL right after a checkpoint, lz4, bytes', cold.toFixed(0), '7677 (12219 without compression)'],
    ['WAL warm, bytes', warm.toFixed(0), '401 ... 453'],
    ['row of reading, bytes', row[0].toFixed(1), '93.1 ... 106.6'],
    ['its key, bytes', row[1].toFixed(1), '41.6'],
    ['row of meter_state + its key, bytes (once for a meter)', state.map((v) => v.toFixed(0)).join(' + '), '117 + 22.5'],
    ['HOT updates of meter_state', `${(hotUpd * 100 / upd).toFixed(1)} %`, '100 %'],
  ]);
  table.target('WAL of a session right after a checkpoint, beside rows + narrow state', '<= 1.1 x 7677', cold.toFixed(0), cold <= 1.1 * 7677);
};
