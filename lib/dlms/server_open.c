/* Letting a client in: AARQ, and the proof of HLS (IEC 62056-5-3, 9.3.2). */
#include "lib/dlms/server_inner.h"

#include <string.h>

enum { INITIATE_ERROR = 1, KIND_INITIATE = 6 };
enum { VERSION_TOO_LOW = 1, INCOMPATIBLE = 2, PDU_TOO_SHORT = 3, OTHER = 0 };
#define PDU_MIN 12

/* Empty when the server was given none. */
static struct bytes our_title(const struct dlms_server *s)
{
    static const uint8_t none[DLMS_TITLE_LEN];
    bool given = memcmp(s->security.title, none, DLMS_TITLE_LEN) != 0;

    return (struct bytes){ s->security.title, given ? DLMS_TITLE_LEN : 0 };
}

static void reject(struct dlms_aare *r, uint8_t diagnostic)
{
    r->result = DLMS_REJECTED_PERMANENT;
    r->diagnostic = diagnostic;
}

static void reject_initiate(struct dlms_aare *r, uint8_t value)
{
    reject(r, DLMS_DIAGNOSTIC_NO_REASON);
    r->has_error = true;
    r->error =
        (struct dlms_service_error){ INITIATE_ERROR, KIND_INITIATE, value };
}

static enum err read_initiate(struct dlms_server *s, const struct dlms_aarq *q,
                              struct dlms_initiate *out)
{
    struct bytes plain = q->information;
    enum err e;

    if (plain.len > 0 && dlms_tag_ciphered(plain.at[0])) {
        if ((e = dlms_security_unwrap(&s->security, s->work, plain, &plain)) !=
            ERR_OK)
            return e;
    } else if (s->security.control != 0) {
        return err_raise(ERR_PROTOCOL, "InitiateRequest came unprotected");
    }
    return dlms_initiate_request_read(plain, out);
}

/* What both can; the rest of the AARE. */
static enum err negotiate(struct dlms_server *s, const struct dlms_initiate *i,
                          struct dlms_aare *r)
{
    struct dlms_initiate ours = { .version = 6, .max_pdu = s->how.max_pdu };
    struct dlms_out plain, info;

    ours.conformance = i->conformance & s->how.conformance;
    if (i->version < 6)
        reject_initiate(r, VERSION_TOO_LOW);
    else if (ours.conformance == 0)
        reject_initiate(r, INCOMPATIBLE);
    else if (i->max_pdu != 0 && i->max_pdu < PDU_MIN)
        reject_initiate(r, PDU_TOO_SHORT);
    if (r->has_error)
        return ERR_OK;
    if (i->dedicated_key.len == DLMS_KEY_LEN) {
        s->security.has_dedicated = true;
        s->security.heard_dedicated = false;
        memcpy(s->security.dedicated, i->dedicated_key.at, DLMS_KEY_LEN);
    }
    s->agreed = ours;
    s->agreed.max_pdu = i->max_pdu;
    dlms_out_init(&plain, s->work);
    dlms_out_init(&info, s->work);
    dlms_initiate_response_put(&plain, &ours);
    r->information = (struct bytes){ 0 };
    if (dlms_security_wrap(&s->security, dlms_out_bytes(&plain), &info) !=
        ERR_OK)
        return ERR_IO;
    r->information = dlms_out_bytes(&info);
    return ERR_OK;
}

/* Whether q comes as this server asks; else why not, in r. */
static bool let_in(const struct dlms_server *s, const struct dlms_aarq *q,
                   struct dlms_aare *r)
{
    enum dlms_context context =
        s->security.control != 0 ? DLMS_LN_CIPHERED : DLMS_LN;
    bool wrong_password = q->mechanism == DLMS_LLS &&
                          !dlms_secret_same(q->password, s->how.secret);
    bool bad_challenge =
        q->mechanism >= DLMS_HLS && (q->password.len < DLMS_CHALLENGE_MIN ||
                                     q->password.len > DLMS_CHALLENGE_MAX);

    if (q->context != context)
        reject(r, DLMS_DIAGNOSTIC_CONTEXT_NOT_SUPPORTED);
    else if (q->mechanism == DLMS_LOWEST && s->how.mechanism != DLMS_LOWEST)
        reject(r, DLMS_DIAGNOSTIC_AUTHENTICATION_REQUIRED);
    else if (q->mechanism != s->how.mechanism)
        reject(r, DLMS_DIAGNOSTIC_MECHANISM_NOT_RECOGNISED);
    else if (wrong_password || bad_challenge)
        reject(r, DLMS_DIAGNOSTIC_AUTHENTICATION_FAILURE);
    return r->result == DLMS_ACCEPTED;
}

enum err server_aarq(struct dlms_server *s, const struct dlms_aarq *q,
                     struct dlms_apdu *answer)
{
    struct dlms_aare *r = &answer->aare;
    struct dlms_initiate theirs = { 0 };
    enum err e;

    answer->tag = DLMS_AARE;
    r->context = q->context;
    s->phase = SERVER_IDLE;
    s->receiving.tag = 0;
    s->sending.tag = 0;
    s->security.has_dedicated = false;
    s->security.has_peer = false; /* each client has its own */
    if (!let_in(s, q, r))
        return ERR_OK;
    if ((q->title.len == DLMS_TITLE_LEN &&
         dlms_security_peer(&s->security, q->title) != ERR_OK) ||
        read_initiate(s, q, &theirs) != ERR_OK) {
        reject_initiate(r, OTHER);
        return ERR_OK;
    }
    r->title = our_title(s);
    if ((e = negotiate(s, &theirs, r)) != ERR_OK || r->has_error)
        return e;
    s->phase = q->mechanism >= DLMS_HLS ? SERVER_PROVING : SERVER_ASSOCIATED;
    if (s->phase == SERVER_ASSOCIATED)
        return ERR_OK;
    r->diagnostic = DLMS_DIAGNOSTIC_AUTHENTICATION_REQUIRED;
    r->mechanism = q->mechanism;
    r->challenge = s->how.challenge;
    s->their_challenge =
        (struct bytes){ arena_memdup(s->life, q->password.at, q->password.len),
                        q->password.len };
    return ERR_OK;
}

static bool is_reply_to_hls(const struct dlms_request *q)
{
    static const struct obis current = { { 0, 0, 40, 0, 0, 255 } };

    return q->form == DLMS_NORMAL && q->target.class_id == 15 &&
           obis_same(q->target.name, current) && q->target.index == 1 &&
           q->has_value && q->value.type == DLMS_OCTET_STRING;
}

enum err server_proof(struct dlms_server *s, const struct dlms_request *q,
                      struct dlms_apdu *answer)
{
    const struct dlms_hls h = { s->how.mechanism,   false,
                                s->how.secret,      s->how.challenge,
                                s->their_challenge, s->how.hls,
                                s->how.ctx };
    struct dlms_response *r = &answer->response;
    struct dlms_proof *proof = arena_alloc(s->work, sizeof(*proof));
    enum err e;

    if (!is_reply_to_hls(q))
        return err_raise(ERR_PROTOCOL, "the proof is awaited");
    answer->tag = DLMS_ACTION_RESPONSE;
    r->invoke = q->invoke;
    if (dlms_hls_check(&h, &s->security, q->value.octets) != ERR_OK) {
        r->result = DLMS_READ_WRITE_DENIED;
        s->phase = SERVER_IDLE;
        return ERR_OK;
    }
    if ((e = dlms_hls_prove(&h, &s->security, proof)) != ERR_OK)
        return e;
    r->has_value = true;
    r->value.type = DLMS_OCTET_STRING;
    r->value.octets = (struct bytes){ proof->at, proof->len };
    s->phase = SERVER_ASSOCIATED;
    return ERR_OK;
}
