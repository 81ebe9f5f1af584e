// A browser without a screen: cookies, forms, redirects seen and not followed.
//
//   const v = new Visitor(stack, { address: '127.0.0.7' });
//   await v.signIn('admin');                 the stack's password unless given
//   const page = await v.get('/meters');     { status, headers, text }
//   await v.post('/sign-out', {});           with the token of the last page
import http from 'node:http';

export class Visitor {
  constructor(stack, { address = '127.0.0.1', headers = {} } = {}) {
    this.stack = stack;
    this.address = address;
    this.headers = headers;
    this.cookies = new Map();
    this.csrf = '';
  }

  // body: an object of fields, a string or a Buffer as it goes out.
  request(method, path, { body, headers = {} } = {}) {
    const data = body === undefined || typeof body === 'string' || Buffer.isBuffer(body)
      ? body : new URLSearchParams(body).toString();
    const all = { ...this.headers, ...headers };
    const cookie = [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; ');
    if (cookie && all.Cookie === undefined) all.Cookie = cookie;
    if (data !== undefined) {
      all['Content-Type'] = all['Content-Type'] || 'application/x-www-form-urlencoded';
      all['Content-Length'] = Buffer.byteLength(data);
    }
    return new Promise((resolve, reject) => {
      const req = http.request({
        host: '127.0.0.1', port: this.stack.httpPort, method, path, headers: all,
        localAddress: this.address, agent: false,
      }, (res) => {
        const parts = [];
        res.on('data', (p) => parts.push(p));
        res.on('error', reject);
        res.on('end', () => resolve(this.#take(res, Buffer.concat(parts))));
      });
      req.on('error', reject);
      req.end(data);
    });
  }

  #take(res, bytes) {
    const text = bytes.toString('utf8');
    for (const line of res.headers['set-cookie'] || []) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      if (/;\s*max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const token = text.match(/name="csrf" value="([0-9a-f]+)"/);
    if (token) this.csrf = token[1];
    return {
      status: res.statusCode, headers: res.headers, text, bytes,
      to: res.headers.location || '', cookies: res.headers['set-cookie'] || [],
    };
  }

  get(path, headers) {
    return this.request('GET', path, { headers });
  }

  post(path, fields = {}, headers) {
    return this.request('POST', path, { body: { csrf: this.csrf, ...fields }, headers });
  }

  async signIn(login, password = this.stack.password, fields = {}) {
    await this.get('/sign-in');
    const answer = await this.post('/sign-in', { login, password, ...fields });
    if (answer.status === 303) await this.get('/help'); // the token of the session
    return answer;
  }
}

// An operator of a test's own, with the password of the stack's others.
export function addOperator(stack, login, role, branches = 'all') {
  stack.exec(`
    insert into operator (login, password_hash, role)
      select '${login}', password_hash, '${role}' from operator where login = 'admin'
      on conflict (login) do nothing;
    insert into operator_branch select o.id, b.id from operator o, branch b
      where o.login = '${login}' and '${branches}' = 'all' on conflict do nothing`);
  return login;
}
