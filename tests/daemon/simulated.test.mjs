// The daemon and the simulator together: what `make run` shows.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startListener, until } from '../lib/listener.mjs';
import { compareReadings, readTruth } from '../kill/truth.mjs';
import { startSim } from '../lib/sim.mjs';
import { root } from '../lib/stack.mjs';

let house;
let sim;
const ONE = '700000000001';
before(async () => {
  house = await startListener({}, { archives: true });
  sim = await startSim({ port: house.port, meters: 1, model: 'СГ-Лазурь G6-К', period: '1h', linger: '2s' });
  await sim.order(`call ${ONE}`);
  await until(async () => one('select archive_day is not null from meter_state') && (await sim.stat()).in_flight === 0);
  house.id = one('select id from meter');
});
after(async () => {
  await sim?.stop();
  await house?.end();
});

const one = (sql) => Object.values(house.sql(sql)[0] ?? {})[0];
const states = () => Object.fromEntries(house.sql('select kind, state from command order by id').map((c) => [c.kind, c.state]));
const writes = () => sim.truth().map((l) => l.split(' ')).filter((f) => f[0] === 'W').map((f) => `${f[3]} ${f[4]} ${f[5]} ${f[6]}`);
const order = (kind, parameters) => house.exec(`begin;
  select set_config('app.role', 'admin', true), set_config('app.login', 'admin', true);
  select meter_order(array[${house.id}], '${kind}', '${JSON.stringify(parameters)}', null, ''); commit;`, 'owner');
const settled = () => one("select count(*) from command where state in ('queued', 'sent')") === 0;

test('a simulated meter carries out everything it is asked for, and its archive and base station are there', async () => {
  house.exec("update meter_type set has_counter = true where name = 'СГ-Лазурь G6-К'");
  house.exec(`update meter set registered_at = now() - interval '6 days'; update meter_state set archive_day = null;
    delete from archive_daily`);
  order('period', { period: 'twice_monthly' });
  order('pressure', { pressure_pa: 99000 });
  order('sync_reading', { volume_dm3: 4000000 });
  order('clock', {});
  order('server_address', { address: 'gas.example.ru', port: 4059 });
  await sim.order(`call ${ONE}`);
  await until(settled);
  assert.deepEqual(states(), { period: 'executed', pressure: 'executed', sync_reading: 'executed', clock: 'executed', server_address: 'executed' });
  assert.deepEqual(writes(), ['1 7.0.96.50.15.255 2 0', '3 7.0.42.0.0.255 2 0', '40 0.0.25.9.0.255 5 0', '22 0.0.15.0.4.255 4 0',
    '1 0.0.96.50.10.255 2 0', '40 0.0.25.9.0.255 3 0']);
  assert.deepEqual(house.sql('select period, pressure_set_pa from meter'), [{ period: 'twice_monthly', pressure_set_pa: 99000 }]);
  assert.equal(one('select count(*) from meter_cell'), 1);
  const days = house.sql('select volume_dm3, delta_dm3 from archive_daily order by day');
  assert.ok(days.length >= 5, `${days.length} days`);
  assert.ok(days.slice(1).every((d) => d.delta_dm3 >= 0));
  await sim.order(`call ${ONE}`);
  await until(() => one('select volume_dm3 from reading order by at desc limit 1') >= 4000000);
  assert.ok(one('select volume_dm3 from meter_state') < 4001000, 'the meter counts on from the synchronised reading');
});

test('the hours of three days are fetched at once', async () => {
  house.exec(`update meter set registered_at = now() - interval '3 days'; update meter_state set archive_day = null;
    update parameter set value = 'on' where name = 'hourly_archives'`);
  await sim.order(`call ${ONE}`);
  await until(() => one('select count(*) from archive_hourly') >= 71);
});

test('firmware goes to a simulated meter, which then says its new version', async () => {
  house.exec(`insert into meter_job (id, kind, name, exact, version, software_type, file_name, file_size, file_sha256, made_by, spread)
      values (1, 'firmware', 'новая', array['${ONE}'], (select firmware from meter), 'СГ-Лазурь G6-К', 'lazur-g6-2.2.0.bin', 5000, '\\x00', 'admin', true);
    insert into firmware_piece values (1, 0, decode(repeat('5a', 5000), 'hex'));
    select meter_job_give(array[${house.id}], 'firmware');`);
  await sim.order(`call ${ONE}`);
  await until(() => house.sql("select state from command where kind = 'firmware' order by id limit 1")[0].state === 'executed');
  await sim.order(`call ${ONE}`);
  await until(() => one('select firmware from meter') === '2.2.0');
  assert.deepEqual(house.sql("select state from command where kind = 'firmware' order by id").map((c) => c.state), ['executed', 'cancelled']);
});

test('a simulated meter with keys ciphers what it says, is commanded in cipher, and another key is a fault', async () => {
  const serial = '700000000007';
  const title = `4C5A53${Number(serial).toString(16).toUpperCase().padStart(10, '0')}`;
  const items = ['mechanism=5', 'ek=000102030405060708090a0b0c0d0e0f', 'ak=101112131415161718191a1b1c1d1e1f'];
  const keys = path.join(house.stack.folder, 'keys');
  fs.writeFileSync(keys, `${serial} ${items.join(' ')}\n`);
  for (const name of [title, serial]) house.secret(name, [...items, `title=${title}`].join('\n'));
  const keyed = await startSim({ port: house.port, meters: 1, first_serial: serial, model: 'СГ-Лазурь G6-К', keys, period: '1h', linger: '2s' });
  const calls = async () => {
    await keyed.order(`call ${serial}`);
    await until(async () => (await keyed.stat()).in_flight === 0);
  };
  try {
    await calls();
    await until(() => one(`select count(*) from reading r join meter m on m.id = r.meter_id where m.serial = '${serial}'`) === 1);
    await until(async () => (await keyed.stat()).confirmed === 1);
    house.id = one(`select id from meter where serial = '${serial}'`);
    order('pressure', { pressure_pa: 98000 });
    await calls();
    await until(() => one(`select state from command where meter_id = ${house.id} and kind = 'pressure'`) === 'executed');
    assert.ok(keyed.truth().some((l) => / 3 7\.0\.42\.0\.0\.255 2 0 /.test(l)));
    await keyed.order(`fault ${serial} wrong_key`);
    await calls();
    await until(() => house.faults().some((f) => f.reason === 'decryption_failed'));
  } finally {
    await keyed.stop();
  }
});

test('simulated goldCard meters are answered each, and what they say twice is stored once', async () => {
  const water = await startSim({ port: house.port, meters: 5, first_serial: 808220157160, model: 'Счётчик воды goldCard',
    once: 'on', hang_up: 'on', fault_duplicate: 600 });
  assert.equal((await water.ended).code, 0, water.stderr);
  const rows = house.sql(`select m.serial, count(*)::int as n, bool_and(r.volume_dm3 > 0 and r.battery_mv between 2000 and 4000
      and r.at between now() - interval '1 day' and now() + interval '1 minute') as sane
    from reading r join meter m on m.id = r.meter_id where m.serial like 'goldCard/%' group by 1 order by 1`);
  assert.deepEqual(rows, [0, 1, 2, 3, 4].map((i) => ({ serial: `goldCard/2015716${i}`, n: 1, sane: true })));
  await water.stop();
});

test('a line that breaks, stalls and lies loses and doubles nothing', async () => {
  const sim = await startSim({ port: house.port, meters: 60, first_serial: '710000000001', model: 'СГ-Лазурь G4-К:70;ЭС-Лазурь 4Т:30', seed: 0,
    scenario: path.join(root, 'tools/meter-sim/scenarios/bad-line.scn'), period: '10min', linger: '100ms' });
  try {
    assert.equal((await sim.ended).code, 0, sim.stderr);
    const { faults, counts } = compareReadings(readTruth(sim.truth().join('\n')), house.sql(`select m.serial,
        extract(epoch from r.at)::bigint as at, coalesce(r.volume_dm3, r.energy_wh) as volume, r.status, r.valve
      from reading r join meter m on m.id = r.meter_id where m.serial like '7100%'`));
    assert.deepEqual(faults, []);
    assert.ok(counts.confirmed > 60, JSON.stringify(counts));
    assert.ok(Number(/failed=(\d+)/.exec(sim.stdout)[1]) > 20, 'the line did break');
  } finally {
    await sim.stop();
  }
});
