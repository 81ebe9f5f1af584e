# A mail server for tests (aiosmtpd): records what came, as a line of JSON each,
# read by Python's own MIME parser. What it refuses is told by the recipient:
#   r550@ no such user    r450@ not now, twice    d554@ the letter is refused
#   d452@ not now, once   drop@ ends in the middle   policy@ 550 5.7.1
# Options are one JSON object: port, security (none, starttls, tls), cert, key,
# login, password, refuse_sender, refuse_all (421), delay (seconds at DATA), log.
import asyncio
import base64
import email
import email.header
import email.policy
import email.utils
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

opt = json.loads(sys.argv[1])
tries = {}


def say(what):
    sys.stdout.write(json.dumps(what) + '\n')
    sys.stdout.flush()


def part_of(p):
    return {'type': p.get_content_type(), 'charset': p.get_content_charset(), 'language': p.get('Content-Language'),
            'transfer': p.get('Content-Transfer-Encoding'), 'text': p.get_content()}


def told(raw, session, envelope):
    m = email.message_from_bytes(raw, policy=email.policy.default)
    defects = [str(d) for p in m.walk() for d in p.defects]
    defects += [str(d) for h in m.values() for d in getattr(h, 'defects', [])]
    # Not by the policy above: Python 3.11 puts a space between the encoded words of a name.
    folded = email.utils.parseaddr(str(email.message_from_bytes(raw)['From']).replace('\r\n', ''))[0]
    name = str(email.header.make_header(email.header.decode_header(folded)))
    head = raw.split(b'\r\n\r\n', 1)[0].decode('ascii')
    return {
        'from': envelope.mail_from, 'to': envelope.rcpt_tos,
        'tls': session.ssl is not None or opt['security'] == 'tls', 'authenticated': bool(session.authenticated),
        'subject': m['Subject'], 'header_from': m['From'], 'header_to': m['To'],
        'name': name, 'address': m['From'].addresses[0].addr_spec,
        'message_id': m['Message-ID'], 'date': m['Date'].datetime.timestamp(), 'auto': m['Auto-Submitted'],
        'headings': m.keys(), 'defects': defects, 'type': m.get_content_type(), 'head': head,
        'longest': max(len(line) for line in raw.split(b'\r\n')),
        'parts': [part_of(p) for p in (m.iter_parts() if m.is_multipart() else [m])],
        'raw': base64.b64encode(raw).decode(),
    }


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, options):
        if opt.get('refuse_all'):
            return '421 4.3.2 closing'
        if opt.get('refuse_sender'):
            return '553 5.7.1 sender address rejected: not owned by user'
        envelope.mail_from = address
        return '250 OK'

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split('@')[0]
        tries[address] = tries.get(address, 0) + 1
        say({'try': address})
        if name.startswith('r550'):
            return '550 5.1.1 no such user'
        if name.startswith('policy'):
            return '550 5.7.1 relaying denied'
        if name.startswith('r450') and tries[address] < 3:
            return '450 4.2.1 mailbox busy'
        envelope.rcpt_tos.append(address)
        return '250 OK'

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split('@')[0]
        if opt.get('delay'):
            await asyncio.sleep(opt['delay'])
        if name.startswith('d554'):
            return '554 5.6.0 this looks like spam'
        if name.startswith('d452') and tries[envelope.rcpt_tos[0]] < 2:
            return '452 4.3.1 disk full'
        if name.startswith('drop') and tries[envelope.rcpt_tos[0]] < 2:
            say(told(envelope.original_content, session, envelope))
            server.transport.abort()
            return '250 never heard'
        say(told(envelope.original_content, session, envelope))
        return '250 2.0.0 taken'


def authenticate(server, session, envelope, mechanism, data):
    good = (data.login.decode(), data.password.decode()) == (opt['login'], opt['password'])
    say({'auth': mechanism, 'good': good, 'tls': session.ssl is not None})
    return AuthResult(success=good, handled=False)


def context():
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.load_cert_chain(opt['cert'], opt['key'])
    return c


def factory():
    more = {}
    if opt.get('login'):
        more.update(auth_required=True, authenticator=authenticate, auth_require_tls=opt['security'] == 'starttls')
        if opt['security'] == 'tls':
            more.update(auth_require_tls=False)
    if opt['security'] == 'starttls':
        more.update(tls_context=context(), require_starttls=True)
    return SMTP(Handler(), hostname='mail.test', **more)


async def main():
    loop = asyncio.get_running_loop()
    tls = context() if opt['security'] == 'tls' else None
    server = await loop.create_server(factory, '127.0.0.1', opt['port'], ssl=tls)
    say({'ready': True})
    loop.add_reader(sys.stdin, sys.exit)
    async with server:
        await server.serve_forever()

asyncio.run(main())
