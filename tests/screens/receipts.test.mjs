// Receipts: what is printed, what the QR code says, and when there is none.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { codesOf, finished, jobOf, pagesOf, saved } from '../lib/documents.mjs';
import { operatorAdd, plain, signIn } from '../lib/site.mjs';
import { startStack } from '../lib/stack.mjs';

let stack; let good; let bad; let site; let debtor; let saver; let unbound; let badMeter;

const added = (statement) => Number(stack.exec(statement).trim());
const month = new Date().toLocaleDateString('en-CA', { timeZone: 'Europe/Moscow' }).slice(0, 7).split('-');
const months = ['январь', 'февраль', 'март', 'апрель', 'май', 'июнь', 'июль', 'август', 'сентябрь', 'октябрь', 'ноябрь', 'декабрь'];
const period = `${months[Number(month[1]) - 1]} ${month[0]}`;

const bank = { full_name: 'АО «Газ-Сервис»', bank: 'ПАО «Банк»', bic: '049905902', account: '40702810600000007101',
  corr_account: '30101810000000000902', inn: '9900012012', kpp: '990101001' };

const subscriber = (branch, account, name, balance, counted = true) => added(`insert into subscriber
  (branch_id, account, full_name, address, balance_kopecks, calculates_balance)
  values (${branch}, '${account}', '${name}', 'г. Клин, ул. Мира, 5-12', ${balance}, ${counted}) returning id`);
const meter = (serial, owner) => added(`insert into meter (serial, meter_type_id, subscriber_id)
  values ('${serial}', (select min(id) from meter_type), ${owner}) returning id`);

before(async () => {
  stack = await startStack({ meters: 20, programs: ['operator', 'nginx', 'listener'] });
  const columns = Object.keys(bank).join(', ');
  const values = Object.values(bank).map((v) => `'${v}'`).join(', ');
  good = added(`insert into branch (name, ${columns}) values ('Платёжный', ${values}) returning id`);
  bad = added(`insert into branch (name, ${columns}) values ('Без БИК', ${values}) returning id`);
  stack.exec(`update branch set bic = '' where id = ${bad}`);
  operatorAdd(stack, 'k-viewer', 'view', [good, bad], true);
  site = await signIn(stack, 'k-viewer');
  await site.get('/help');
  debtor = meter('041100000001', subscriber(good, '0012345', 'Щукина Мария Ильинична', -123456));
  stack.exec(`update meter_state set last_at = '2026-03-04 05:06:07+03', volume_dm3 = 13903408 where meter_id = ${debtor}`);
  saver = meter('041100000002', subscriber(good, '0012346', 'Ли Чан', 5000));
  meter('041100000003', subscriber(good, '0012347', 'Петров Пётр Петрович', -99, false));
  badMeter = meter('041100000004', subscriber(bad, '0012348', 'Сидоров Сидор', -100));
  unbound = meter('041100000005', 'null');
});

after(() => stack?.stop());

const receipt = async (id) => {
  const file = saved(await site.get(`/meters/${id}/receipt`));
  return { ...file, text: pagesOf(file.path).join('\n'), code: codesOf(file.path) };
};

test('GC-072, GC-073 a debt is printed with subscriber, account, amount and the bank details of the branch', async () => {
  const { name, text } = await receipt(debtor);
  assert.equal(name, 'Квитанция 0012345.pdf');
  assert.match(text, /ИЗВЕЩЕНИЕ[\s\S]*КВИТАНЦИЯ/);
  for (const word of ['Щукина Мария Ильинична', '0012345', 'г. Клин, ул. Мира, 5-12', '1 234,56 руб.',
    period, '041100000001', '13903,408 м³ на 04-03-2026', ...Object.values(bank)]) {
    assert.ok(text.replaceAll('\u00a0', ' ').split(word).length > 2, `both parts have ${word}\n${text}`);
  }
});

test('GC-073 the QR code says what is printed, field by field of the standard', async () => {
  const { code } = await receipt(debtor);
  const [service, ...fields] = code[0].split('|');
  assert.equal(service, 'ST00012');
  assert.deepEqual(Object.fromEntries(fields.map((f) => f.split(/=(.*)/s).slice(0, 2))), {
    Name: bank.full_name, PersonalAcc: bank.account, BankName: bank.bank, BIC: bank.bic, CorrespAcc: bank.corr_account,
    Sum: '123456', Purpose: `Оплата газа, л/с 0012345, ${period}`, PayeeINN: bank.inn, KPP: bank.kpp, PersAcc: '0012345',
    LastName: 'Щукина', FirstName: 'Мария', MiddleName: 'Ильинична', PayerAddress: 'г. Клин, ул. Мира, 5-12',
    PaymPeriod: `${month[1]}${month[0]}`, CounterId: '041100000001', CounterVal: '13903.408', TechCode: '02' });
});

test('without a debt there is no sum, and words say that nothing is owed', async () => {
  const { text, code } = await receipt(saver);
  assert.match(text, /задолженности нет,\s+переплата 50,00 руб\./);
  assert.match(text, /________ руб\. ____ коп\./);
  assert.doesNotMatch(code[0], /\|Sum=/);
});

test('GC-073 a branch without a bank detail, or with a wrong digit in one, has no receipts, and words say which', async () => {
  const words = async () => {
    const page = await site.get(`/meters/${badMeter}/receipt`);
    assert.equal(page.status, 422);
    assert.equal(page.headers.get('content-disposition'), null);
    return plain(page.html);
  };
  assert.match(await words(), /Филиал «Без БИК»: БИК — не заполнено/);
  stack.exec(`update branch set bic = '${bank.bic}', account = '40702810600000007102' where id = ${bad}`);
  assert.match(await words(), /Филиал «Без БИК»: расчётный счёт — не сходится контрольная цифра/);
  stack.exec(`update branch set account = '${bank.account}', inn = '9900012013' where id = ${bad}`);
  assert.match(await words(), /ИНН — не сходится контрольная цифра/);
  stack.exec(`update branch set inn = '${bank.inn}', full_name = '' where id = ${bad}`);
  assert.match(await words(), /полное наименование — не заполнено/);
  stack.exec(`update branch set full_name = 'x', bic = '' where id = ${bad}`);
});

test('GC-072 a meter without a subscriber has no receipt, the button says so, and neither has one of another branch', async () => {
  const page = await site.get(`/meters/${unbound}/receipt`);
  assert.equal(page.status, 422);
  assert.match(plain(page.html), /Счётчик не привязан к абоненту/);
  const window = (await site.get(`/meters?q=041100000005&meter=${unbound}`)).html;
  assert.match(window, /disabled title="Счётчик не привязан к абоненту">(?:(?!<\/button>)[\s\S])*Квитанция</);
  const [{ id }] = stack.sql(`select min(id) as id from meter where branch_id not in (${good}, ${bad})`);
  assert.equal((await site.get(`/meters/${id}/receipt`)).status, 404);
});

test('GC-072 receipts for all: one for each subscriber of the operator, and the note names the branch that has none', async () => {
  const page = await site.get('/receipts');
  assert.match(plain(page.html), /Абонентов, которым будут квитанции: 4/);
  assert.match(plain(page.html), /Без БИК: БИК — не заполнено \(абонентов: 1\)/);
  const job = await finished(site, jobOf(await site.post('/receipts')));
  assert.equal(job.state, 'done', JSON.stringify(job));
  assert.equal(job.note, 'Без квитанций: Без БИК (БИК: не заполнено) — абонентов: 1.');
  const file = saved(await site.get(job.file));
  assert.equal(file.name, 'Квитанции.pdf');
  const pages = pagesOf(file.path);
  assert.equal(pages.length, 2, 'two on a page');
  for (const name of ['Щукина Мария Ильинична', 'Ли Чан', 'Петров Пётр Петрович']) {
    assert.equal(pages.join('').split(name).length - 1, 2, `${name} once: in the stub and in the receipt`);
  }
  assert.doesNotMatch(pages.join(''), /Сидоров/);
  assert.deepEqual(codesOf(file.path).map((c) => /PersAcc=(\d+)/.exec(c)[1]).sort(), ['0012345', '0012346', '0012347']);
});

test('when no branch has bank details there is no file, and the list says why', async () => {
  stack.exec(`update branch set bic = '' where id = ${good}`);
  const job = await finished(site, jobOf(await site.post('/receipts')));
  stack.exec(`update branch set bic = '${bank.bic}' where id = ${good}`);
  assert.equal(job.state, 'failed');
  assert.equal(job.why, 'Документ получился бы пустым');
  assert.match(job.note, /^Без квитанций: Без БИК .* Платёжный \(БИК: не заполнено\) — абонентов: 3\.$/);
});
