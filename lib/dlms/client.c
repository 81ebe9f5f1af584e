/* Associate, do the steps, release: see client.h for the states. */
#include "lib/dlms/client.h"

/* Invoke-id 1 ... 15 in the low bits; C0: high priority, confirmed. */
#define INVOKE_FLAGS 0xC0u
#define MAX_PDU      0x1000u

static uint8_t next_invoke(uint8_t invoke)
{
    unsigned id = invoke & 0x0Fu;

    return (uint8_t)(INVOKE_FLAGS | (id % 15 + 1));
}

static uint8_t request_tag(enum dlms_service service)
{
    switch (service) {
    case DLMS_SERVICE_GET:
        return DLMS_GET_REQUEST;
    case DLMS_SERVICE_SET:
        return DLMS_SET_REQUEST;
    case DLMS_SERVICE_ACTION:
        break;
    }
    return DLMS_ACTION_REQUEST;
}

/* C0, C1, C3 are answered by C4, C5, C7. */
static uint8_t response_tag(enum dlms_service service)
{
    return (uint8_t)(request_tag(service) + 4);
}

enum err dlms_client_start(struct dlms_client *c, const struct dlms_step *steps,
                           size_t n, struct bytes password,
                           struct dlms_out *out)
{
    struct dlms_apdu q = { .tag = DLMS_AARQ };

    *c = (struct dlms_client){ .steps = steps, .n = n };
    c->phase = DLMS_ASSOCIATING;
    q.aarq.context = DLMS_LN;
    q.aarq.mechanism = password.len > 0 ? DLMS_LLS : DLMS_LOWEST;
    q.aarq.password = password;
    q.aarq.has_initiate = true;
    q.aarq.initiate = (struct dlms_initiate){
        .version = 6,
        .conformance = DLMS_CONFORMANCE_GET | DLMS_CONFORMANCE_SET |
                       DLMS_CONFORMANCE_ACTION,
        .max_pdu = MAX_PDU,
    };
    return dlms_apdu_put(out, &q);
}

enum err dlms_client_release(struct dlms_client *c, struct dlms_out *out)
{
    struct dlms_apdu q = { .tag = DLMS_RLRQ };

    c->phase = DLMS_RELEASING;
    q.release.has_reason = true;
    return dlms_apdu_put(out, &q);
}

/* The step at c->at, or the release behind the last. */
static enum err send_next(struct dlms_client *c, struct dlms_out *out)
{
    const struct dlms_step *step;
    struct dlms_apdu q = { 0 };

    if (c->at >= c->n && c->holds) {
        c->phase = DLMS_HOLDING;
        return ERR_OK;
    }
    if (c->at >= c->n)
        return dlms_client_release(c, out);
    step = &c->steps[c->at];
    c->phase = DLMS_WORKING;
    c->invoke = next_invoke(c->invoke);
    q.tag = request_tag(step->service);
    q.request.invoke = c->invoke;
    q.request.target = step->target;
    q.request.has_value = step->value != NULL;
    if (step->value != NULL)
        q.request.value = *step->value;
    q.request.has_selection = step->selection != NULL;
    q.request.selector = step->selector;
    if (step->selection != NULL)
        q.request.selection = *step->selection;
    return dlms_apdu_put(out, &q);
}

enum err dlms_client_more(struct dlms_client *c, const struct dlms_step *steps,
                          size_t n, struct dlms_out *out)
{
    c->steps = steps;
    c->n = n;
    c->at = 0;
    return send_next(c, out);
}

static enum err eat_aare(struct dlms_client *c, const struct dlms_aare *r,
                         struct dlms_reply *reply, struct dlms_out *out)
{
    reply->diagnostic = r->diagnostic;
    if (r->result != DLMS_ACCEPTED || !r->has_initiate) {
        reply->event = DLMS_EVENT_REFUSED;
        c->phase = DLMS_DONE;
        return ERR_OK;
    }
    reply->event = DLMS_EVENT_ASSOCIATED;
    c->server_max_pdu = r->initiate.max_pdu;
    return send_next(c, out);
}

static enum err eat_response(struct dlms_client *c,
                             const struct dlms_response *r,
                             struct dlms_reply *reply, struct dlms_out *out)
{
    /* Only the id: meters differ in whether they repeat the flags. */
    if ((r->invoke & 0x0F) != (c->invoke & 0x0F))
        return err_raise(ERR_PROTOCOL,
                         "offset 2: an answer to invoke-id %u, not %u",
                         r->invoke & 0x0Fu, c->invoke & 0x0Fu);
    reply->event = DLMS_EVENT_ANSWERED;
    reply->step = c->at;
    reply->result = r->result;
    reply->has_value = r->has_value;
    if (r->has_value)
        reply->value = r->value;
    c->at++;
    return send_next(c, out);
}

/* The meter could not do it and says so without naming the request. */
static enum err eat_refusal(struct dlms_client *c, struct dlms_reply *reply,
                            struct dlms_out *out)
{
    reply->event = DLMS_EVENT_ANSWERED;
    reply->step = c->at;
    reply->result = DLMS_OTHER_REASON;
    c->at++;
    return send_next(c, out);
}

enum err dlms_client_eat(struct dlms_client *c, struct arena *a,
                         struct bytes apdu, struct dlms_reply *reply,
                         struct dlms_out *out)
{
    struct dlms_apdu got;
    enum err e;

    *reply = (struct dlms_reply){ 0 };
    if ((e = dlms_apdu_read(a, apdu, &got)) != ERR_OK)
        return e;
    if (got.tag == DLMS_DATA_NOTIFICATION) {
        reply->event = DLMS_EVENT_PUSH;
        return ERR_OK;
    }
    switch (c->phase) {
    case DLMS_ASSOCIATING:
        if (got.tag == DLMS_AARE)
            return eat_aare(c, &got.aare, reply, out);
        break;
    case DLMS_WORKING:
        if (got.tag == response_tag(c->steps[c->at].service))
            return eat_response(c, &got.response, reply, out);
        if (got.tag == DLMS_EXCEPTION_RESPONSE ||
            got.tag == DLMS_CONFIRMED_SERVICE_ERROR)
            return eat_refusal(c, reply, out);
        break;
    case DLMS_RELEASING:
        /* Some meters know no release and answer it with an exception. */
        if (got.tag == DLMS_RLRE || got.tag == DLMS_EXCEPTION_RESPONSE) {
            reply->event = DLMS_EVENT_RELEASED;
            c->phase = DLMS_DONE;
            return ERR_OK;
        }
        break;
    case DLMS_IDLE:
    case DLMS_HOLDING:
    case DLMS_DONE:
        break;
    }
    return err_raise(ERR_PROTOCOL, "offset 0: %s was not awaited",
                     dlms_tag_name(got.tag));
}
