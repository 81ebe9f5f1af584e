// The HTTP interface of the «СМС-центр» service as it is published: send.php,
// status.php and balance.php by POST, fmt=3, HTTP 200 also for errors.
//
//   const smsc = await startSmsc({ login: 'gas', password: 'secret' });
//   smsc.address          for the setting sms_address
//   smsc.sent             [{ id, phone, text, sender, charset }], repeats too
//   smsc.fail = (request) => 3          error_code of the next requests, 0 none
//   smsc.answer = { status: 500 } | { body: 'x' } | { hang: true } | null
//   smsc.status = (id) => 1             what status.php says of a known id
//   smsc.balance = 286.55
import http from 'node:http';

const words = { 1: 'parameters error', 2: 'authorise error', 3: 'no money', 4: 'IP blocked', 5: 'invalid date', 6: 'message is denied', 7: 'invalid number', 8: "can't be delivered", 9: 'too many requests' };

export async function startSmsc({ login = 'gas', password = 'secret' } = {}) {
  const smsc = { sent: [], requests: [], balance: 286.55, price: 3.8, fail: () => 0, answer: null, status: () => 1, errCode: 0, before: null };
  const refuse = (code, id) => ({ error: words[code], error_code: code, ...([3, 6, 7, 8].includes(code) && id ? { id } : {}) });

  const send = (f) => {
    const id = Number(f.get('id'));
    const code = smsc.fail(f);
    if (code) return refuse(code, id);
    if (!/^\+?\d{10,15}$/.test(f.get('phones') || '')) return refuse(7, id);
    if (smsc.balance < smsc.price) return refuse(3, id);
    smsc.balance = Math.round((smsc.balance - smsc.price) * 100) / 100;
    smsc.sent.push({ id, phone: f.get('phones'), text: f.get('mes'), sender: f.get('sender'), charset: f.get('charset'), at: Date.now() });
    const answer = { id, cnt: 1 };
    if (f.get('cost') === '3') Object.assign(answer, { cost: String(smsc.price), balance: String(smsc.balance) });
    return answer;
  };
  const status = (f) => {
    const code = smsc.fail(f);
    if (code) return refuse(code);
    const ids = (f.get('id') || '').split(',').filter(Boolean).map(Number);
    const phones = (f.get('phone') || '').split(',').filter(Boolean);
    const all = ids.map((id, i) => {
      const known = smsc.sent.some((s) => s.id === id && s.phone === phones[i]);
      if (!known) return { status: -3, id, phone: phones[i] };
      const s = smsc.status(id);
      return { status: s, last_date: '20.11.2026 10:00:00', last_timestamp: Math.floor(Date.now() / 1000), ...(s === 20 ? { err: smsc.errCode } : {}), id, phone: phones[i] };
    });
    return f.get('id').endsWith(',') || all.length > 1 ? all : all[0];
  };
  const balance = (f) => {
    const code = smsc.fail(f);
    return code ? refuse(code) : { balance: smsc.balance.toFixed(2), currency: 'RUR' };
  };

  const server = http.createServer((request, response) => {
    let text = '';
    request.on('data', (d) => { text += d; });
    request.on('end', async () => {
      const f = new URLSearchParams(text);
      const script = new URL(request.url, 'http://x').pathname.replace(/^.*\//, '');
      smsc.requests.push({ script, method: request.method, query: request.url.includes('?'), form: Object.fromEntries(f) });
      f.script = script;
      if (smsc.before) await smsc.before(script, f);
      if (smsc.answer?.hang) return; // never answered
      if (smsc.answer?.take) send(f); // taken, and the answer is lost
      if (smsc.answer?.cut || smsc.answer?.take) { request.socket.destroy(); return; }
      if (smsc.answer) { response.writeHead(smsc.answer.status || 200); response.end(smsc.answer.body || ''); return; }
      let answer;
      if (f.get('fmt') !== '3') answer = refuse(1);
      else if (f.get('login') !== login || f.get('psw') !== password) answer = refuse(2);
      else answer = { 'send.php': send, 'status.php': status, 'balance.php': balance }[script]?.(f) || refuse(1);
      response.setHeader('content-type', 'application/json; charset=utf-8');
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  smsc.port = server.address().port;
  smsc.address = `http://127.0.0.1:${smsc.port}/sys/`;
  smsc.stop = () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
  return smsc;
}
