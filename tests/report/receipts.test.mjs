// Receipts as printed: the words by pdftotext, the code by a barcode reader
// from the picture of the page.
import assert from 'node:assert/strict';
import test from 'node:test';
import { codesOf, measured, pagesOf, pdfInfo, receipts } from './samples.mjs';

const receipt = (more = {}) => {
  const r = { payee: 'ООО «Газ-Сервис»', inn: '7736050003', kpp: '773601001', account: '40602810700000000025',
    bank: 'ПАО СБЕРБАНК', bic: '049805746', corr: '30101810800000000746',
    last: 'Иванов', first: 'Иван', middle: 'Иванович', personal: '0012345', address: 'г. Клин, ул. Мира, 5-12',
    period: 'ноябрь 2026', payPeriod: '112026', kopecks: '123456', purpose: 'Оплата газа, л/с 0012345, ноябрь 2026',
    meter: '4711', reading: '12 345,678 м³ на 20-11-2026', readingM3: '12345.678', ...more };
  return Object.values(r);
};

const usualCode = 'ST00012|Name=ООО «Газ-Сервис»|PersonalAcc=40602810700000000025|BankName=ПАО СБЕРБАНК|BIC=049805746'
  + '|CorrespAcc=30101810800000000746|PayeeINN=7736050003|KPP=773601001|PersAcc=0012345|LastName=Иванов|FirstName=Иван'
  + '|MiddleName=Иванович|PayerAddress=г. Клин, ул. Мира, 5-12|Purpose=Оплата газа, л/с 0012345, ноябрь 2026'
  + '|PaymPeriod=112026|CounterId=4711|CounterVal=12345.678|Sum=123456|TechCode=02';

test('the code on the printed page is the payment, byte for byte', () => {
  assert.deepEqual(codesOf(receipts([receipt()]).file), [usualCode]);
});

test('both parts of a receipt say who pays whom, what for and how much', () => {
  const [page] = pagesOf(receipts([receipt()]).file);
  const [stub, own] = page.split('КВИТАНЦИЯ');
  assert.match(stub, /ИЗВЕЩЕНИЕ/);
  for (const part of [stub, own]) {
    for (const words of [/Получатель\s+ООО «Газ-Сервис»/, /ИНН\s+7736050003\s+КПП\s+773601001/,
      /Расчётный счёт\s+40602810700000000025\s+БИК\s+049805746/, /Банк\s+ПАО СБЕРБАНК/,
      /Корр\. счёт\s+30101810800000000746/, /Лицевой счёт\s+0012345\s+Период\s+ноябрь 2026/,
      /Плательщик\s+Иванов Иван Иванович/, /Адрес\s+г\. Клин, ул\. Мира, 5-12/,
      /Показания\s+12 345,678 м³ на 20-11-2026\s+Счётчик №\s+4711/,
      /Назначение\s+Оплата газа, л\/с 0012345, ноябрь 2026/, /Сумма платежа\s+1 234,56 руб\./]) {
      assert.match(part, words);
    }
  }
});

test('three receipts take two pages, each with a code of its own', () => {
  const { file } = receipts(['1', '2', '3'].map((n) => receipt({ personal: n, kopecks: `${n}00` })));
  assert.equal(pdfInfo(file).Pages, '2');
  const found = codesOf(file).map((c) => [c.match(/PersAcc=(\d)/)[1], c.match(/Sum=(\d+)/)[1]]);
  assert.deepEqual(found.sort(), [['1', '100'], ['2', '200'], ['3', '300']]);
});

test('one receipt a page when that is asked', () => {
  assert.equal(pdfInfo(receipts([receipt(), receipt(), receipt()], 1).file).Pages, '3');
});

test('a receipt with a wrong digit in its bank details is refused with the field, the others are printed', () => {
  const { file, refused } = receipts([
    receipt({ account: '40602810800000000025' }), receipt({ inn: '7736050004' }),
    receipt({ bic: '' }), receipt({ corr: '30101810400000000225' }), receipt({ kopecks: '-1' }), receipt()]);
  assert.deepEqual(refused, ['refused account key', 'refused inn key', 'refused bic missing',
    'refused corr_account key', 'refused sum negative']);
  assert.equal(pagesOf(file)[0].match(/ИЗВЕЩЕНИЕ/g).length, 1);
  assert.deepEqual(codesOf(file), [usualCode]);
});

test('without a sum there is a line to write it on, and none in the code', () => {
  const { file } = receipts([receipt({ kopecks: '0' })]);
  assert.match(pagesOf(file)[0], /Сумма платежа\s+_+ руб\. _+ коп\./);
  assert.ok(!codesOf(file)[0].includes('Sum='));
});

test('the longest values fit their strips, and the code is still read', () => {
  const long = (s, n) => s.repeat(Math.ceil(n / s.length)).slice(0, n);
  const { file } = receipts([receipt({ payee: long('Общество с ограниченной ответственностью Газ ', 160),
    bank: long('Акционерный коммерческий банк ', 90), address: long('Московская область, Клин, ', 120),
    last: long('Константинопольский-', 40), first: long('Александр-', 40), middle: long('Константинович-', 40),
    purpose: long('Оплата за природный газ по счётчику ', 160) }), receipt()]);
  const [page] = pagesOf(file);
  // the sum of the first part stands above the head of the second
  const words = page.split('\n').map((l) => (/Сумма платежа/.test(l) ? 's' : /КВИТАНЦИЯ/.test(l) ? 'k' : /ИЗВЕЩЕНИЕ/.test(l) ? 'i' : ''));
  assert.equal(words.join(''), 'isksisks');
  const codes = codesOf(file, 300);
  assert.equal(codes.length, 2);
  const read = codes.find((c) => !c.includes('Газ-Сервис'));
  assert.match(read, /\|Purpose=Оплата за природный газ[^|]{100,}\|/);
  assert.match(read, /\|TechCode=02$/);
});

test('hundreds of receipts go on in another document, in bounded memory', () => {
  const { file, parts, rssKib } = measured('receipts', 401);
  assert.equal(parts, 2);
  assert.equal(pdfInfo(file).Pages, '200');
  assert.equal(pdfInfo(`${file}.2`).Pages, '1');
  assert.ok(process.env.LAZUR_BUILD?.endsWith('-asan') || rssKib < 65536, `${rssKib} KiB`);
});
