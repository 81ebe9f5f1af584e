/* A telegram for the exchange log, without what nobody may read. */
#include "daemon/drivers/dlms_inner.h"

#include <string.h>

#include "lib/dlms/cosem_control.h"

#define OVERWRITTEN '*'
#define ASSOCIATION 15 /* interface class */

struct hiding {
    uint8_t *at; /* the telegram */
    size_t len;
    bool secretive; /* the command that is on carries a secret */
    bool some;      /* was hidden */
    bool astray;    /* what is secret does not stand in the telegram itself */
};

static void cover(struct hiding *h, struct bytes b)
{
    if (b.len == 0)
        return;
    if (b.at < h->at || b.at + b.len > h->at + h->len) {
        h->astray = true; /* put together from several frames */
        return;
    }
    memset(h->at + (b.at - h->at), OVERWRITTEN, b.len);
    h->some = true;
}

/* Calls itself; the depth of a decoded value is capped. */
static void cover_value(struct hiding *h, const struct dlms_value *v)
{
    cover(h, dlms_value_octets(v));
    for (size_t i = 0; i < dlms_value_count(v); i++)
        cover_value(h, dlms_value_at(v, i));
}

/* A password or a proof that one is known, a secret, keys. */
static bool guarded(const struct hiding *h, const struct dlms_target *t)
{
    return h->secretive || t->class_id == ASSOCIATION ||
           t->class_id == DLMS_SECURITY_SETUP;
}

static void cover_request(struct hiding *h, const struct dlms_request *q)
{
    if (q->has_value && guarded(h, &q->target))
        cover_value(h, &q->value);
    for (size_t i = 0; i < q->n; i++) {
        if (q->list[i].has_value && guarded(h, &q->list[i].target))
            cover_value(h, &q->list[i].value);
    }
    if (guarded(h, &q->target))
        cover(h, q->block.raw);
}

static void cover_response(struct hiding *h, const struct dlms_response *r)
{
    if (r->has_value)
        cover_value(h, &r->value);
    for (size_t i = 0; i < r->n; i++) {
        if (r->list[i].has_value)
            cover_value(h, &r->list[i].value);
    }
    cover(h, r->block.raw);
}

/* A challenge is no secret, a password is. */
static void cover_aarq(struct hiding *h, const struct dlms_aarq *q)
{
    if (q->mechanism <= DLMS_LLS)
        cover(h, q->password);
    if (q->has_initiate)
        cover(h, q->initiate.dedicated_key);
}

static void cover_apdu(struct hiding *h, struct arena *a, struct bytes apdu)
{
    struct dlms_apdu u;

    if (dlms_apdu_read(a, apdu, &u) != ERR_OK) {
        h->astray = h->secretive;
        return;
    }
    switch (u.tag) {
    case DLMS_AARQ:
        cover_aarq(h, &u.aarq);
        break;
    case DLMS_SET_REQUEST:
    case DLMS_ACTION_REQUEST:
        cover_request(h, &u.request);
        break;
    case DLMS_GET_RESPONSE:
        if (h->secretive)
            cover_response(h, &u.response);
        break;
    case DLMS_ACTION_RESPONSE: /* its octets are proofs */
        cover_response(h, &u.response);
        break;
    case DLMS_GENERAL_BLOCK_TRANSFER:
        if (h->secretive)
            cover(h, u.general_block.raw);
        break;
    default: /* says nothing secret, or says it ciphered */
        break;
    }
}

static void cover_all(struct hiding *h)
{
    memset(h->at, OVERWRITTEN, h->len);
    h->some = true;
}

static void cover_telegram(struct hiding *h, struct arena *a)
{
    struct bytes telegram = { h->at, h->len }, apdu;
    struct dlms_frame head;
    const char *fault;

    if (dlms_unpack(a, telegram, &head, &apdu, &fault) == ERR_OK)
        cover_apdu(h, a, apdu);
    else
        h->astray = h->secretive;
    if (h->astray)
        cover_all(h);
    else if (h->some)
        dlms_frame_seal(h->at, h->len);
}

static bool is_secretive(const struct dlms_command *c)
{
    return c->now.kind == COMMAND_RADIO_PASSWORD ||
           c->now.kind == COMMAND_KEYS || c->now.kind == COMMAND_SERVER_ADDRESS;
}

bool dlms_hide(const void *state, struct arena *a, uint8_t *at, size_t len)
{
    struct hiding h = { .secretive = is_secretive(state) };
    bool some = false;
    const char *fault;

    while (len > 0) {
        ssize_t n = dlms_driver.telegram_len(a, at, len, &fault);

        h.at = at;
        h.len = n > 0 ? (size_t)n : len;
        h.some = h.astray = false;
        if (n > 0)
            cover_telegram(&h, a);
        else if (h.secretive)
            cover_all(&h);
        some = some || h.some;
        at += h.len;
        len -= h.len;
    }
    return some;
}
