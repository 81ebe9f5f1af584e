/* Chooses how a client is let in by what it asks for, and leaves the rest to
 * the library. */
#include "tools/meter-sim/server.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/dlms/server.h"
#include "tools/meter-sim/chance.h"
#include "tools/meter-sim/keys.h"

#define CHALLENGE_LEN 16

struct server {
    struct dlms_server *dlms;
    struct asking asking;
};

static struct bytes password_of(const struct meter *m)
{
    return (struct bytes){ (const uint8_t *)m->lls, strlen(m->lls) };
}

/* A meter without a secret obeys everybody. */
static bool trusts(const struct meter *m, uint8_t mechanism)
{
    return mechanism != DLMS_LOWEST ||
           (m->lls[0] == '\0' && keys_of(m) == NULL);
}

/* The mechanisms beside none, and the secret that goes with each. */
static uint8_t mechanism_of(const struct meter *m, uint8_t asked,
                            struct bytes *secret)
{
    const struct keys *k = keys_of(m);

    *secret = (struct bytes){ NULL, 0 };
    if (asked == DLMS_LOWEST)
        return DLMS_LOWEST;
    if (asked == DLMS_LLS || k == NULL) {
        *secret = password_of(m);
        return DLMS_LLS;
    }
    *secret = (struct bytes){ k->secret.hls, k->secret.hls_len };
    if (k->secret.has_mechanism && k->secret.mechanism > DLMS_LLS)
        return k->secret.mechanism;
    return keys_cipher(m) ? DLMS_HLS_GMAC : DLMS_LLS;
}

/* The client that comes now: the mechanism it asks for decides. */
static void server_open(struct server *s, const struct server_of *of,
                        struct arena *a, uint8_t asked)
{
    static const uint8_t other[] = "another secret";
    struct dlms_server_settings how = { .max_pdu = SERVER_PDU_MAX,
                                        .answer_pdu = SERVER_PDU_MAX,
                                        .objects = &objects_served,
                                        .ctx = &s->asking };
    uint8_t *challenge = arena_alloc(a, CHALLENGE_LEN);

    dlms_server_free(s->dlms);
    for (size_t i = 0; i < CHALLENGE_LEN; i++)
        challenge[i] = (uint8_t)chance_next(of->chance);
    how.challenge = (struct bytes){ challenge, CHALLENGE_LEN };
    how.mechanism = mechanism_of(of->m, asked, &how.secret);
    if (of->wrong_key && how.mechanism != DLMS_LOWEST)
        how.secret = (struct bytes){ other, sizeof other - 1 };
    if (how.mechanism > DLMS_LLS)
        keys_security(of->m, of->wrong_key, &how.security);
    s->asking.trusted = trusts(of->m, how.mechanism);
    s->dlms = dlms_server_new(&how);
}

static uint8_t asked_by(struct arena *a, struct bytes apdu)
{
    struct dlms_apdu q;

    if (apdu.len > 0 && apdu.at[0] == DLMS_AARQ &&
        dlms_apdu_read(a, apdu, &q) == ERR_OK)
        return q.aarq.mechanism;
    return DLMS_LOWEST;
}

enum err server_hear(struct server **s, const struct server_of *of,
                     struct arena *a, struct bytes apdu, struct dlms_out *out)
{
    enum err e;

    if (*s == NULL && (*s = calloc(1, sizeof **s)) == NULL)
        fatal("no memory for a server");
    (*s)->asking.m = of->m;
    (*s)->asking.now_us = of->now_us;
    (*s)->asking.hands = of->hands;
    if ((*s)->dlms == NULL || (apdu.len > 0 && apdu.at[0] == DLMS_AARQ))
        server_open(*s, of, a, asked_by(a, apdu));
    e = dlms_server_hear((*s)->dlms, apdu, out);
    if (dlms_server_security((*s)->dlms)->control != 0)
        keys_used(of->m, dlms_server_security((*s)->dlms));
    return e;
}

void server_free(struct server *s)
{
    if (s == NULL)
        return;
    dlms_server_free(s->dlms);
    free(s);
}
