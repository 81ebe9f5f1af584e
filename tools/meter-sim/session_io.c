/* Bytes in and out of a connection, as slowly and as far as it goes. */
#include "tools/meter-sim/session_inner.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/tls.h"
#include "tools/meter-sim/chance.h"
#include "tools/meter-sim/push.h"

#define SLOW_READ_MAX 16 /* bytes of one look */
#define SLOW_READ_MS  100

/* What may still pass before the line is cut. */
static size_t allowed(const struct session *s, size_t len)
{
    return len < s->left ? len : s->left;
}

/* So many have passed; false: the line is cut, without a farewell. */
static bool passed(struct session *s, size_t n)
{
    const struct linger now = { 1, 0 };

    if (s->left == NEVER_CUT)
        return true;
    s->left -= (uint32_t)n;
    if (s->left > 0)
        return true;
    (void)setsockopt(s->io.fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    s->is_shaken = false;
    return false;
}

/* ---- in ---- */

/* A slow reader looks again after a rest. */
static void rest(struct session *s)
{
    s->is_resting = true;
    session_watch(s, 0);
    session_deadline(s, SLOW_READ_MS);
}

/* True while the connection lives. */
static bool read_some(struct session *s)
{
    bool is_slow = s->fault == FAULT_SLOW_READER;
    size_t room = (size_t)SESSION_IN_MAX - s->in_len;
    uint8_t *at = s->in + s->in_len;
    ssize_t n;

    room = allowed(s, is_slow && room > SLOW_READ_MAX ? SLOW_READ_MAX : room);
    n = s->tls != NULL ? tls_recv(s->tls, at, room)
                       : recv(s->io.fd, at, room, 0);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if (n == 0) {
        if (s->phase == AWAITING && !push_is_confirmed(session_meter(s)))
            session_delivered(s, false);
        return false;
    }
    s->in_len = (uint16_t)(s->in_len + n);
    if (!session_frames(s) || !passed(s, (size_t)n))
        return false;
    if (is_slow)
        rest(s);
    return true;
}

/* What TLS has opened already the loop does not know of. */
bool session_read(struct session *s)
{
    bool lives = read_some(s);

    while (lives && !s->is_resting && s->tls != NULL && tls_pending(s->tls))
        lives = read_some(s);
    return lives;
}

/* ---- out ---- */

/* All bytes of the telegram have left. False: hang up. */
static bool pushed(struct session *s)
{
    s->phase = AWAITING;
    s->sent_us = clock_monotonic_us();
    s->out_len = s->out_at = 0;
    if (s->fault == FAULT_DROP_EARLY || s->fault == FAULT_DROP_UNHEARD ||
        s->fault == FAULT_GARBAGE)
        return false;
    if (s->fault == FAULT_SLOW)
        session_deadline(s, s->sim->set.confirm_ms);
    session_watch(s, EV_READ);
    return true;
}

static size_t portion(struct session *s)
{
    size_t left = (size_t)(s->out_len - s->out_at);
    size_t some = 1 + (size_t)chance_below(&s->sim->chance, 24);

    if (s->phase == PUSHING && s->fault == FAULT_SLOW && some < left)
        left = some;
    return allowed(s, left);
}

static ssize_t put(struct session *s, const uint8_t *at, size_t len)
{
    if (s->tls != NULL)
        return tls_send(s->tls, (struct bytes){ at, len });
    return send(s->io.fd, at, len, MSG_NOSIGNAL);
}

/* Goes on with the handshake. False: hang up. */
static bool shake(struct session *s)
{
    switch (tls_shake(s->tls)) {
    case TLS_SHAKEN:
        s->is_shaken = true;
        break;
    case TLS_WANTS_READ:
        session_watch(s, EV_READ);
        break;
    case TLS_WANTS_WRITE:
        session_watch(s, EV_WRITE);
        break;
    case TLS_BROKEN:
        log_debug("TLS: %s", tls_reason());
        s->sim->stats.refused++;
        return false;
    }
    return true;
}

/* What is left of a telegram or of an answer. */
static void send_on(struct session *s)
{
    if (s->out_at == s->out_len) {
        s->out_len = s->out_at = 0;
        session_watch(s, s->is_resting ? 0 : EV_READ);
    } else if (s->fault == FAULT_SLOW && s->phase == PUSHING) {
        session_watch(s, EV_READ);
        session_deadline(s, 30 + (int64_t)chance_below(&s->sim->chance, 90));
    } else {
        session_watch(s, EV_READ | EV_WRITE);
    }
}

bool session_send(struct session *s)
{
    ssize_t n;

    if (s->tls != NULL && !s->is_shaken) {
        if (!shake(s))
            return false;
        if (!s->is_shaken)
            return true;
    }
    n = put(s, s->out + s->out_at, portion(s));
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        session_watch(s, EV_READ | EV_WRITE);
        return true;
    }
    if (n < 0) {
        s->sim->stats.refused += errno == ECONNREFUSED;
        return false;
    }
    s->out_at = (uint16_t)(s->out_at + n);
    if (!passed(s, (size_t)n))
        return false;
    if (s->out_at == s->out_len && s->phase == PUSHING)
        return pushed(s);
    send_on(s);
    return true;
}
