// The first day of a subscriber: allowed by an administrator, written to by a
// real mail server, in by the password he sets, told at once of a magnet on his
// meter, in the cabinet and by SMS, and out when he is switched off.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import test, { after, before } from 'node:test';
import { meterAdd } from '../lib/cabinet.mjs';
import { directory } from '../lib/directory.mjs';
import { startListener, until } from '../lib/listener.mjs';
import { setParameters, startMail } from '../lib/mail.mjs';
import { startSim } from '../lib/sim.mjs';
import { signIn } from '../lib/site.mjs';
import { startSmsc } from '../lib/smsc.mjs';
import { assertAccessible, inBrowser } from './browser.mjs';

const EMAIL = 'maria@example.ru';
const PASSWORD = 'Тёплый-дом1';
const SERIAL = '099400000001';
let house; let stack; let mail; let smsc; let sim; let admin; let people;
before(async () => {
  smsc = await startSmsc();
  house = await startListener({ listeners: 1, sms_address: smsc.address },
    { meters: 10, programs: ['operator', 'admin', 'cabinet', 'nginx'] });
  ({ stack } = house);
  mail = await startMail();
  setParameters(house, { sms_enabled: 'on', sms_login: 'gas', sms_password: 'secret', smtp_host: '127.0.0.1', smtp_port: mail.port, smtp_security: 'none',
    mail_from_address: 'gas@example.org', mail_from_name: 'Газ', login_url: `${stack.http}/` });
  admin = await signIn(stack, 'admin');
  people = directory(admin, '/admin/subscribers');
});
after(async () => { await sim?.stop(); await house?.end(); await mail?.stop(); await smsc?.stop(); });

test('GC-291, GC-294, GC-295, GC-315, GC-319, GC-324 the cabinet is allowed, a letter comes, its link sets the password; a magnet on the meter is red in the open cabinet and an SMS within seconds, until it is confirmed', () => inBrowser(stack.http, {}, async (page) => {
  const [{ branch, tariff }] = stack.sql('select (select min(id) from branch) as branch, (select min(id) from tariff) as tariff');
  const added = await people.add({ account: 'life-1', address: 'ул. Садовая, 3', first: 'Мария Ильинична', last: 'Щукина', branch, tariff, email: EMAIL, phone: '+7(903)000-00-02', cabinet: '1' });
  assert.equal(added.status, 303, JSON.stringify(added.errors));
  const [{ id }] = stack.sql("select id from subscriber where account = 'life-1'");
  meterAdd(stack, { serial: SERIAL, owner: id, last_at: '2026-03-04 05:06:07+03', volume_dm3: 1234, valve: 1 });

  await page.goto('/cabinet/sign-in');
  await page.fill('#email', EMAIL);
  await page.click('#forgotten');
  await page.getByRole('button', { name: 'Восстановить' }).click();
  const [letter] = await mail.arrived(1);
  const text = JSON.stringify(letter);
  for (const said of ['Мария Ильинична', 'в течение 10 минут', 'Никому не сообщайте Ваш пароль', EMAIL]) assert.ok(text.includes(said), said);
  const link = new RegExp(`${stack.http}/cabinet/password\\?token=[0-9a-f]{64}`).exec(text)[0];

  await page.goto(link);
  await page.fill('#password', PASSWORD);
  await page.fill('#again', PASSWORD);
  await page.getByRole('button', { name: 'Ok' }).click();
  await page.waitForURL(/sign-in/);
  await page.fill('#email', EMAIL);
  await page.fill('#password', PASSWORD);
  await page.getByRole('button', { name: 'Войти в личный кабинет' }).click();
  await page.waitForURL('**/cabinet/profile');
  assert.match(await page.textContent('main'), /Щукина/);
  assert.match(await page.textContent('main'), new RegExp(SERIAL));

  const section = (name) => page.locator('.side').getByRole('link', { name }).click();
  await section('Настройки');
  await page.getByLabel('Получать SMS уведомления').check();
  await page.getByRole('button', { name: 'Сохранить' }).click();
  await section('Профиль');

  // The magnet, while the page is open and nobody touches it.
  const list = `${stack.folder}/serials`;
  fs.writeFileSync(list, `${SERIAL};СГ-Лазурь G4-К;;1234;1\n`);
  sim = await startSim({ port: house.port, serials: list, period: '1h', linger: '100ms' });
  const told = page.locator('.side .count');
  assert.ok(await told.isHidden());
  await sim.order(`tamper ${SERIAL}`);
  await page.locator('#told').getByText('У вас есть уведомления: 1').waitFor();
  assert.equal(await told.textContent(), '1');
  assert.match(await page.locator('#news').textContent(), /уведомления: 1/, 'and it is said');
  await until(() => smsc.sent.length > 0);
  assert.deepEqual(smsc.sent.map((m) => [m.phone, m.text]), [['+79030000002', `Счётчик ${SERIAL}: к счётчику поднесён магнит`]]);

  // The button, while its section is open: another panel, under the red one.
  await section('Уведомления');
  await sim.order(`press ${SERIAL}`);
  const panels = page.locator('#told .told');
  await panels.nth(1).waitFor();
  assert.deepEqual(await panels.locator('h2').allTextContents(), ['К счётчику поднесён магнит', 'Нажата кнопка передачи данных']);
  const red = await panels.first().locator('header').evaluate((e) => getComputedStyle(e).backgroundColor);
  const [r, g, b] = red.match(/\d+/g).map(Number);
  assert.ok(r > g + 40 && r > b + 40, red);
  await page.getByRole('button', { name: 'Подтвердить прочтение: К счётчику поднесён магнит' }).click();
  await page.waitForLoadState();
  assert.deepEqual(await panels.locator('h2').allTextContents(), ['Нажата кнопка передачи данных']);
  assert.equal(await told.textContent(), '1');

  // The magnet stays: nothing. It goes and comes: once more.
  const hears = async (...orders) => {
    const { confirmed } = await sim.stat();
    for (const order of orders) await sim.order(order);
    await sim.until(async () => (await sim.stat()).confirmed > confirmed);
  };
  await hears(`tamper ${SERIAL}`);
  await hears(`set ${SERIAL} status=0`, `call ${SERIAL}`);
  assert.equal(await panels.count(), 1);
  await hears(`tamper ${SERIAL}`);
  await panels.nth(1).waitFor();
  await until(() => smsc.sent.length === 2);

  await section('Журнал');
  assert.deepEqual(await page.locator('.list tbody tr td:nth-child(2)').allTextContents(),
    ['Подтверждение уведомления в личном кабинете', 'Вход в личный кабинет абонента', 'Установлен новый пароль']);
  assert.match(await page.locator('.list tbody tr td:nth-child(3)').first().textContent(), /«К счётчику поднесён магнит»/);
  const [{ values }] = stack.sql(`select "values" from outbox_mail where kind = 'password_recovery'`);
  assert.doesNotMatch(JSON.stringify(values), /token=/, 'what was sent is not kept');

  const off = await people.edit(id, { cabinet: [] });
  assert.equal(off.status, 303, JSON.stringify(off.errors));
  assert.equal(stack.sql(`select cabinet_allowed from subscriber where id = ${id}`)[0].cabinet_allowed, false);
  await page.goto('/cabinet/profile');
  assert.match(page.url(), /\/cabinet\/sign-in/);
}));

// What makes lines long: a name, a login, an address, a link.
const long = {
  name: 'Александра Константиновна Преображенская-Долгорукова', login: 'преображенская.александра.константиновна', code: '048151', at: '20-11-2026 12:15',
  email: 'aleksandra.konstantinovna.preobrazhenskaya@oblgaz-primorsko-akhtarsk.example.ru', branch: 'Приморско-Ахтарский межрайонный филиал',
  serial: '099300000001', model: 'СГ-Лазурь G4-К', command: 'закрыть клапан',
};
const paper = { region: { enabled: false }, 'landmark-one-main': { enabled: false }, 'page-has-heading-one': { enabled: false } };

test('every letter, in both languages, is readable on a telephone and in a window, by day and by night: its link in sight, nothing beside the paper, no picture from outside', async () => {
  const site = `${stack.http}/`;
  const kinds = stack.sql("select kind from message_kind where channel = 'mail' and kind <> 'plain' order by 1").map((k) => k.kind);
  const link = `${site}cabinet/password?token=${'0123456789abcdef'.repeat(4)}`;
  const values = JSON.stringify({ ...long, link });
  const before_ = mail.letters.length;
  for (const kind of kinds) for (const language of ['ru', 'en']) stack.exec(`select letter_queue('${kind}', '${kind.replaceAll('_', '-')}-${language}@example.org', '${language}', '${values}')`);
  stack.exec("update outbox_mail set urgent = true where state = 'queued'"); // the night does not matter here
  const letters = (await mail.arrived(before_ + 2 * kinds.length)).slice(before_);
  for (const colorScheme of ['light', 'dark']) {
    await inBrowser(stack.http, { colorScheme }, async (page) => {
      const asked = [];
      page.on('request', (r) => asked.push(r.url()));
      for (const letter of letters) {
        const [to] = letter.to;
        await page.setContent(letter.parts.find((p) => p.type === 'text/html').text);
        for (const width of [640, 390]) {
          const what = `${to} at ${width} px, ${colorScheme}`;
          await page.setViewportSize({ width, height: 800 });
          const seen = await page.evaluate(() => ({
            out: [document.documentElement, ...document.querySelectorAll('p, li, h2, a')].filter((e) => e.scrollWidth > e.clientWidth && e.clientWidth > 0 || e.getBoundingClientRect().right > innerWidth)
              .map((e) => e.textContent.slice(0, 80)),
            links: [...document.querySelectorAll('a')].filter((a) => a.checkVisibility()).map((a) => a.href), text: document.body.innerText,
          }));
          assert.deepEqual(seen.out, [], what);
          if (to.startsWith('email-code')) assert.match(seen.text, /048151/, what);
          else assert.deepEqual(seen.links, [to.startsWith('password') ? link : site], what);
        }
        if (to.includes('-ru@')) await assertAccessible(page, `${to}, ${colorScheme}`, paper, 5);
        assert.match(letter.parts.find((p) => p.type === 'text/plain').text, to.startsWith('email-code') ? /048151/ : /http:/, to);
      }
      assert.deepEqual(asked, []);
    });
  }
});
