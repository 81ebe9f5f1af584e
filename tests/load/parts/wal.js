'use strict';
// What a session of our listener costs in WAL and on disk: right after a
// checkpoint, when each page is logged whole on its first touch, and warm.

const s = require('./stack.js');
const table = require('./table.js');

const SIZES = `select sum(pg_relation_size(c.oid)), sum(pg_indexes_size(c.oid)), sum(n_tup_ins)
  from pg_class c join pg_inherits i on i.inhrelid = c.oid
  join pg_stat_user_tables t on t.relid = c.oid
 where i.inhparent = 'reading'::regclass`;
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
  const sizes = numbers(SIZES);
  const hot = updates();
  const warm = await walOf({ inflight: 512, count: 60000 });
  await s.sleep(1500);
  const grown = numbers(SIZES).map((v, i) => v - sizes[i]);
  const [upd, hotUpd] = updates().map((v, i) => v - hot[i]);
  const state = numbers("select pg_relation_size('meter_state') / count(*), pg_indexes_size('meter_state') / count(*) from meter_state");

  table.print('A session on disk', ['', 'ours', 'limits measured with bare programs'], [
    ['WAL right after a checkpoint, lz4, bytes', cold.toFixed(0), '7677 (12219 without compression)'],
    ['WAL warm, bytes', warm.toFixed(0), '401 ... 453'],
    ['row of reading, bytes', (grown[0] / grown[2]).toFixed(1), '93.1 ... 106.6'],
    ['its key, bytes', (grown[1] / grown[2]).toFixed(1), '41.6'],
    ['row of meter_state + its key, bytes (once for a meter)', state.map((v) => v.toFixed(0)).join(' + '), '117 + 22.5'],
    ['HOT updates of meter_state', `${(hotUpd * 100 / upd).toFixed(1)} %`, '100 %'],
  ]);
  table.target('WAL of a session right after a checkpoint, beside rows + narrow state', '<= 1.1 x 7677', cold.toFixed(0), cold <= 1.1 * 7677);
};
