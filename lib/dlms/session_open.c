/* Being let in, by none, LLS or HLS, and leaving (IEC 62056-5-3, 9.3.2 and
 * 9.2.7.4). */
#include "lib/dlms/session_inner.h"

#include <string.h>

/* The current association: reply_to_HLS_authentication is its method 1. */
static const struct dlms_target reply_to_hls = {
    .class_id = 15, .name = { { 0, 0, 40, 0, 0, 255 } }, .index = 1
};

/* A PDU must at least hold a request of one attribute; 9.4.6.4 asks for more
 * than 11. */
#define PDU_MIN 32

static bool is_hls(const struct dlms_session *s)
{
    return s->how.mechanism >= DLMS_HLS;
}

static struct bytes our_title(const struct dlms_session *s)
{
    return (struct bytes){ s->security.title, DLMS_TITLE_LEN };
}

static bool title_given(const struct dlms_session *s)
{
    static const uint8_t none[DLMS_TITLE_LEN];

    return memcmp(s->security.title, none, DLMS_TITLE_LEN) != 0;
}

static enum err check_access(const struct dlms_session *s)
{
    size_t len = s->how.challenge.len;

    if (s->how.mechanism > DLMS_HLS_SHA256)
        return err_raise(ERR_INVALID, "%s is not possible",
                         dlms_mechanism_name(s->how.mechanism));
    if (is_hls(s) && (len < DLMS_CHALLENGE_MIN || len > DLMS_CHALLENGE_MAX))
        return err_raise(ERR_INVALID, "a challenge of %zu bytes", len);
    if ((s->security.control != 0 || s->how.mechanism == DLMS_HLS_GMAC ||
         s->how.mechanism == DLMS_HLS_SHA256) &&
        !title_given(s))
        return err_raise(ERR_INVALID, "no system title of ours");
    return ERR_OK;
}

/* InitiateRequest, protected when the association is. */
static enum err initiate(struct dlms_session *s, struct dlms_out *o)
{
    struct dlms_initiate i = { .version = 6,
                               .conformance = s->how.conformance,
                               .max_pdu = s->how.max_pdu };
    struct dlms_out plain;

    if (s->security.has_dedicated)
        i.dedicated_key = (struct bytes){ s->security.dedicated, DLMS_KEY_LEN };
    dlms_out_init(&plain, s->work);
    dlms_initiate_request_put(&plain, &i);
    return dlms_security_wrap(&s->security, dlms_out_bytes(&plain), o);
}

enum err session_aarq(struct dlms_session *s, struct dlms_out *out)
{
    struct dlms_apdu q = { .tag = DLMS_AARQ };
    struct dlms_out info;
    enum err e;

    dlms_out_init(&info, s->work);
    if ((e = check_access(s)) != ERR_OK || (e = initiate(s, &info)) != ERR_OK)
        return e;
    q.aarq.context = s->security.control != 0 ? DLMS_LN_CIPHERED : DLMS_LN;
    q.aarq.mechanism = s->how.mechanism;
    if (s->how.mechanism != DLMS_LOWEST)
        q.aarq.password = is_hls(s) ? s->how.challenge : s->how.secret;
    if (title_given(s))
        q.aarq.title = our_title(s);
    q.aarq.information = dlms_out_bytes(&info);
    return dlms_apdu_put(out, &q);
}

static enum err refused(struct dlms_session *s, struct dlms_heard *heard,
                        const char *why)
{
    heard->event = DLMS_SESSION_REFUSED;
    heard->why = why;
    s->phase = SESSION_OVER;
    return ERR_OK;
}

static const char *diagnostic(const struct dlms_aare *r)
{
    return r->by_provider ? dlms_provider_diagnostic_name(r->diagnostic)
                          : dlms_diagnostic_name(r->diagnostic);
}

/* The meter's InitiateResponse, or its error, out of the protection. */
static enum err read_initiate(struct dlms_session *s, const struct dlms_aare *r,
                              struct dlms_service_error *error, bool *failed)
{
    struct bytes plain = r->information;
    struct dlms_apdu apdu;
    enum err e;

    *failed = false;
    if (plain.len == 0)
        return err_raise(ERR_PROTOCOL, "AARE without user-information");
    if (dlms_tag_ciphered(plain.at[0])) {
        if ((e = dlms_security_unwrap(&s->security, s->work, plain, &plain)) !=
            ERR_OK)
            return e;
    } else if (s->security.control != 0 &&
               plain.at[0] != DLMS_CONFIRMED_SERVICE_ERROR) {
        return err_raise(ERR_PROTOCOL, "InitiateResponse came unprotected");
    }
    if (plain.at[0] != DLMS_CONFIRMED_SERVICE_ERROR)
        return dlms_initiate_response_read(plain, &s->agreed);
    if ((e = dlms_apdu_read(s->work, plain, &apdu)) != ERR_OK)
        return e;
    *error = apdu.service_error;
    *failed = true;
    return ERR_OK;
}

static struct dlms_hls hls_of(const struct dlms_session *s)
{
    return (struct dlms_hls){
        .mechanism = s->how.mechanism,
        .is_client = true,
        .secret = s->how.secret,
        .ours = s->how.challenge,
        .theirs = s->their_challenge,
        .by_maker = s->how.hls,
        .ctx = s->how.hls_ctx,
    };
}

/* Our proof, as the action that brings it. */
static enum err send_proof(struct dlms_session *s, struct dlms_out *out)
{
    struct dlms_apdu q = { .tag = DLMS_ACTION_REQUEST };
    struct dlms_hls h = hls_of(s);
    struct dlms_proof proof;
    struct dlms_out plain;
    enum err e;

    if ((e = dlms_hls_prove(&h, &s->security, &proof)) != ERR_OK)
        return e;
    q.request.invoke = session_next_invoke(s);
    q.request.target = reply_to_hls;
    q.request.has_value = true;
    q.request.value.type = DLMS_OCTET_STRING;
    q.request.value.octets = (struct bytes){ proof.at, proof.len };
    dlms_out_init(&plain, s->work);
    if ((e = dlms_apdu_put(&plain, &q)) != ERR_OK)
        return e;
    s->phase = SESSION_PROVING;
    return session_send(s, &plain, out);
}

/* A meter that answers with our own challenge could have our own proof. */
static enum err take_challenge(struct dlms_session *s,
                               const struct dlms_aare *r)
{
    if (r->challenge.len < DLMS_CHALLENGE_MIN ||
        r->challenge.len > DLMS_CHALLENGE_MAX)
        return err_raise(ERR_PROTOCOL, "a challenge of %zu bytes",
                         r->challenge.len);
    if (dlms_secret_same(r->challenge, s->how.challenge))
        return err_raise(ERR_PROTOCOL, "our own challenge came back");
    s->their_challenge = (struct bytes){ arena_memdup(s->life, r->challenge.at,
                                                      r->challenge.len),
                                         r->challenge.len };
    return ERR_OK;
}

enum err session_aare(struct dlms_session *s, const struct dlms_aare *r,
                      struct dlms_heard *heard, struct dlms_out *out)
{
    struct dlms_service_error error = { 0 };
    bool failed = false;
    enum err e;

    /* A title that is none is a meter's own affair until one is needed. */
    if (r->title.len == DLMS_TITLE_LEN &&
        (e = dlms_security_peer(&s->security, r->title)) != ERR_OK)
        return e;
    if (r->result != DLMS_ACCEPTED) {
        if (r->has_error && r->diagnostic <= 1) /* says more than no reason */
            return refused(s, heard,
                           dlms_service_error_text(s->work, &r->error));
        return refused(s, heard, diagnostic(r));
    }
    if ((e = read_initiate(s, r, &error, &failed)) != ERR_OK)
        return e;
    if (failed)
        return refused(s, heard, dlms_service_error_text(s->work, &error));
    if (s->agreed.max_pdu != 0 && s->agreed.max_pdu < PDU_MIN)
        return refused(s, heard, "initiate: pdu-size-too-short");
    if (!is_hls(s)) {
        s->phase = SESSION_READY;
        heard->event = DLMS_SESSION_OPEN;
        return ERR_OK;
    }
    if ((e = take_challenge(s, r)) != ERR_OK)
        return e;
    return send_proof(s, out);
}

enum err session_no_aare(struct dlms_session *s, const struct dlms_apdu *apdu,
                         struct dlms_heard *heard)
{
    heard->has_exception = apdu->tag == DLMS_EXCEPTION_RESPONSE;
    if (heard->has_exception)
        heard->exception = apdu->exception;
    return refused(s, heard, session_why(s, apdu));
}

enum err session_proof(struct dlms_session *s, const struct dlms_apdu *apdu,
                       struct dlms_heard *heard)
{
    struct dlms_hls h = hls_of(s);
    const struct dlms_response *r = &apdu->response;

    if (session_is_refusal(apdu->tag))
        return session_no_aare(s, apdu, heard);
    if (apdu->tag != DLMS_ACTION_RESPONSE || r->form != DLMS_NORMAL ||
        ((r->invoke ^ s->invoke) & 0x0F) != 0)
        return err_raise(ERR_PROTOCOL, "%02X to a proof", apdu->tag);
    if (r->result != DLMS_SUCCESS)
        return refused(s, heard, "authentication-failure");
    if (!r->has_value || dlms_hls_check(&h, &s->security,
                                        dlms_value_octets(&r->value)) != ERR_OK)
        return refused(s, heard, "the meter does not know the secret");
    s->phase = SESSION_READY;
    heard->event = DLMS_SESSION_OPEN;
    return ERR_OK;
}

enum err session_rlrq(struct dlms_session *s, struct dlms_out *out)
{
    struct dlms_apdu q = { .tag = DLMS_RLRQ };
    struct dlms_out info;
    enum err e;

    q.release.has_reason = true;
    if (s->how.protected_release) {
        dlms_out_init(&info, s->work);
        if ((e = initiate(s, &info)) != ERR_OK)
            return e;
        q.release.information = dlms_out_bytes(&info);
    }
    return dlms_apdu_put(out, &q);
}
