/*
 * Commands to a DLMS meter: one association for all of a session; of each
 * command its requests one after another, and what their answers mean.
 */
#include "daemon/drivers/dlms_inner.h"

#include <string.h>

#include "lib/dlms/cosem_control.h"

#define AUTHENTICATED_ENCRYPTED 0x30 /* IEC 62056-5-3, 9.2.7.2.4.1 */

/* control_state of class 70, and our own word for a broken one. */
enum { VALVE_CLOSED = 0, VALVE_OPEN = 1, VALVE_READY = 2, VALVE_FAULTY = 3 };

static enum err wrap(struct dlms_command *c, struct arena *a,
                     const struct dlms_out *apdu, struct bytes *out)
{
    struct dlms_out framed;
    enum err e;

    *out = (struct bytes){ NULL, 0 };
    if (apdu->len == 0)
        return ERR_OK;
    dlms_out_init(&framed, a);
    e = dlms_request_put(&framed, &c->far, c->client_sap, c->far.source.lower,
                         dlms_out_bytes(apdu));
    if (e == ERR_OK)
        *out = dlms_out_bytes(&framed);
    return e;
}

/* ---- asking ---- */

/* The request that is due: looks at an attribute while proving. */
static enum err ask(struct dlms_command *c, struct arena *a,
                    struct dlms_out *apdu)
{
    const struct dlms_op *op = &c->op[c->at];
    struct dlms_asked what = { .target = op->target };
    enum dlms_service service = op->service;

    if (c->now.kind == COMMAND_FIRMWARE)
        return dlms_firmware_ask(c, a, apdu);
    if (c->now.kind == COMMAND_EVENTS)
        return dlms_events_ask(c, a, apdu);
    if (c->mode == DLMS_PROVING)
        service = DLMS_SERVICE_GET;
    what.has_value = op->value != NULL && service != DLMS_SERVICE_GET;
    if (what.has_value)
        what.value = *op->value;
    what.has_selection = op->selection != NULL;
    what.selector = op->selector;
    if (what.has_selection)
        what.selection = *op->selection;
    return dlms_session_ask(c->session, service, &what, 1, apdu);
}

/* The next request that proves something; false: there is none. */
static bool proof_from(struct dlms_command *c, size_t at)
{
    while (at < c->n && !c->op[at].proof)
        at++;
    c->at = at;
    return at < c->n;
}

const uint8_t dlms_our_title[DLMS_TITLE_LEN] = { 'L', 'Z', 'R', 0, 0, 0, 0, 1 };

static uint8_t mechanism_of(const struct secret *keys)
{
    if (keys->has_mechanism)
        return keys->mechanism;
    return keys->lls_len > 0 ? DLMS_LLS : DLMS_LOWEST;
}

static void secure(struct dlms_security *s, const struct secret *keys,
                   const struct command *now)
{
    memcpy(s->title, dlms_our_title, DLMS_TITLE_LEN);
    memcpy(s->peer, keys->title, DLMS_TITLE_LEN);
    s->has_peer = keys->has_title;
    s->counter = now->counter;
    s->counter_end = now->counter_end;
    dlms_keys_of(keys, &s->keys);
    if (secret_ciphers(keys))
        s->control = (uint8_t)(AUTHENTICATED_ENCRYPTED | keys->suite);
}

static enum err associate(struct dlms_command *c, const struct secret *keys,
                          struct dlms_out *apdu)
{
    struct dlms_access access = { .mechanism = DLMS_LOWEST };

    c->client_sap = DLMS_CLIENT_PUBLIC;
    if (keys != NULL)
        access.mechanism = mechanism_of(keys);
    if (access.mechanism == DLMS_LLS) {
        access.secret = (struct bytes){ keys->lls, keys->lls_len };
        c->client_sap = DLMS_CLIENT_READER;
    } else if (access.mechanism != DLMS_LOWEST) {
        access.secret = (struct bytes){ keys->hls, keys->hls_len };
        access.challenge = (struct bytes){ c->now.challenge, CHALLENGE_LEN };
        secure(&access.security, keys, &c->now);
        c->client_sap = DLMS_CLIENT_CONFIGURATOR;
    }
    if (keys != NULL && keys->sap != 0)
        c->client_sap = keys->sap;
    c->session = dlms_session_new(&access);
    explicit_bzero(&access, sizeof(access));
    return dlms_session_open(c->session, apdu);
}

void dlms_command_end(void *state)
{
    struct dlms_command *c = state;

    dlms_session_free(c->session);
    c->session = NULL;
}

/* What has no fixed requests has a machine of its own. */
static enum err plan(struct dlms_command *c, struct arena *a)
{
    c->n = 0;
    if (c->now.kind == COMMAND_FIRMWARE)
        return dlms_firmware_start(c);
    if (c->now.kind == COMMAND_EVENTS)
        return dlms_events_start(c, a);
    return dlms_plan(a, &c->now, c->op, &c->n);
}

enum err dlms_command_start(void *state, struct arena *a,
                            const uint8_t line[LINE_MAX_LEN],
                            const struct secret *keys,
                            const struct command *now, struct bytes *out)
{
    struct dlms_command *c = state;
    struct dlms_line far;
    struct dlms_out apdu;
    enum err e;

    memcpy(&far, line, sizeof(far));
    if (far.framing != DLMS_FRAMING_WRAPPER)
        return err_raise(ERR_INVALID, "commands need the wrapper");
    c->far.framing = far.framing;
    c->far.source = far.source;
    c->far.destination = far.destination;
    c->now = *now;
    if ((e = plan(c, a)) != ERR_OK)
        return e;
    c->mode = now->verify && proof_from(c, 0) ? DLMS_PROVING : DLMS_DOING;
    if (c->mode == DLMS_DOING)
        c->at = 0;
    dlms_out_init(&apdu, a);
    e = c->session != NULL ? ask(c, a, &apdu) : associate(c, keys, &apdu);
    return e != ERR_OK ? e : wrap(c, a, &apdu, out);
}

enum err dlms_command_release(void *state, struct arena *a, struct bytes *out)
{
    struct dlms_command *c = state;
    struct dlms_out apdu;
    enum err e;

    dlms_out_init(&apdu, a);
    e = dlms_session_close(c->session, &apdu);
    return e != ERR_OK ? e : wrap(c, a, &apdu, out);
}

/* ---- what answers mean ---- */

enum command_end dlms_refused(struct command_step *step, const char *why)
{
    step->why = why;
    return COMMAND_REFUSED;
}

/* What the valve shows after the method; -1 when it could not be read. */
static enum command_end judge_valve(const struct dlms_command *c,
                                    struct command_step *step)
{
    if (c->result != DLMS_SUCCESS)
        return dlms_refused(step, dlms_result_name(c->result));
    if (step->valve == VALVE_FAULTY)
        return dlms_refused(step, "the valve is faulty");
    if (c->now.kind == COMMAND_VALVE_CLOSE)
        return step->valve == VALVE_CLOSED ? COMMAND_EXECUTED : COMMAND_SEEN;
    if (step->valve == VALVE_OPEN)
        return COMMAND_EXECUTED;
    return step->valve == VALVE_READY ? COMMAND_DELIVERED : COMMAND_SEEN;
}

static enum command_end answer_valve(struct dlms_command *c,
                                     const struct dlms_given *reply,
                                     struct command_step *step)
{
    int64_t state;

    if (c->at == 0) {
        c->result = reply->result;
        c->at = 1;
        return COMMAND_GOES_ON;
    }
    if (reply->result == DLMS_SUCCESS && reply->has_value &&
        dlms_value_integer(&reply->value, &state) && state >= 0 &&
        state <= VALVE_FAULTY)
        step->valve = (int)state;
    return judge_valve(c, step);
}

static enum command_end answer_archive(struct dlms_command *c, struct arena *a,
                                       const struct dlms_given *reply,
                                       struct command_step *step)
{
    if (reply->result != DLMS_SUCCESS)
        return dlms_refused(step, dlms_result_name(reply->result));
    if (c->at == 0) {
        if (!reply->has_value || !dlms_archive_columns(c, &reply->value))
            return dlms_refused(step, "the archive has no clock or volume");
        c->at = 1;
        return COMMAND_GOES_ON;
    }
    step->rows =
        dlms_archive_rows(a, c, reply->has_value ? &reply->value : NULL);
    return COMMAND_EXECUTED;
}

/* The same value, be it of another type of number. */
static bool same(const struct dlms_value *a, const struct dlms_value *b)
{
    struct bytes x = dlms_value_octets(a), y = dlms_value_octets(b);
    int64_t m, n;

    if (dlms_value_integer(a, &m) || dlms_value_integer(b, &n))
        return dlms_value_integer(a, &m) && dlms_value_integer(b, &n) && m == n;
    if (a->type == DLMS_ARRAY || a->type == DLMS_STRUCTURE) {
        if (b->type != a->type || a->list.n != b->list.n)
            return false;
        for (size_t i = 0; i < a->list.n; i++) {
            if (!same(&a->list.at[i], &b->list.at[i]))
                return false;
        }
        return true;
    }
    return x.len == y.len && (x.len == 0 || memcmp(x.at, y.at, x.len) == 0);
}

/* Settings: each attribute in turn; while proving, as soon as one differs all
 * of them are written. */
static enum command_end answer_setting(struct dlms_command *c,
                                       const struct dlms_given *reply,
                                       struct command_step *step)
{
    if (c->mode == DLMS_PROVING) {
        bool is = reply->result == DLMS_SUCCESS && reply->has_value &&
                  same(&reply->value, c->op[c->at].value);

        if (is && !proof_from(c, c->at + 1))
            return COMMAND_EXECUTED;
        if (!is) {
            c->mode = DLMS_DOING;
            c->at = 0;
        }
        return COMMAND_GOES_ON;
    }
    if (reply->result != DLMS_SUCCESS)
        return dlms_refused(step, dlms_result_name(reply->result));
    c->at++;
    return c->at < c->n ? COMMAND_GOES_ON : COMMAND_EXECUTED;
}

/* Heard over the new keys, they are there whatever was answered. After a
 * transfer nothing is said any more that either side would have to cipher. */
static enum command_end answer_keys(struct dlms_command *c,
                                    const struct dlms_given *reply,
                                    struct command_step *step)
{
    if (!c->now.proven && reply->result != DLMS_SUCCESS)
        return dlms_refused(step, dlms_result_name(reply->result));
    if (c->op[0].target.class_id == DLMS_SECURITY_SETUP) {
        step->closed = true;
        dlms_command_end(c);
    }
    return COMMAND_EXECUTED;
}

static enum command_end answered(struct dlms_command *c, struct arena *a,
                                 const struct dlms_given *reply,
                                 struct command_step *step)
{
    switch (c->now.kind) {
    case COMMAND_VALVE_CLOSE:
    case COMMAND_VALVE_OPEN:
        return answer_valve(c, reply, step);
    case COMMAND_CLOCK:
        return dlms_clock_answer(c, a, reply, step);
    case COMMAND_ARCHIVE:
    case COMMAND_HOURLY:
        return answer_archive(c, a, reply, step);
    case COMMAND_FIRMWARE:
        return dlms_firmware_answer(c, a, reply, step);
    case COMMAND_EVENTS:
        return dlms_events_answer(c, a, reply, step);
    case COMMAND_KEYS:
        return answer_keys(c, reply, step);
    case COMMAND_AUTO_CLOSE:
    case COMMAND_CUTOFF:
    case COMMAND_RADIO_PASSWORD:
    case COMMAND_SYNC_READING:
    case COMMAND_PRESSURE:
    case COMMAND_PERIOD:
    case COMMAND_REPORT_HOUR:
    case COMMAND_BALANCE:
    case COMMAND_SERVER_ADDRESS:
    case COMMAND_KINDS:
        break;
    }
    return answer_setting(c, reply, step);
}

enum err dlms_command_answer(void *state, struct arena *a,
                             struct bytes telegram, struct command_step *step)
{
    struct dlms_command *c = state;
    struct dlms_frame head;
    struct dlms_heard heard;
    struct dlms_out apdu;
    struct bytes in;
    const char *fault;
    enum err e;

    *step = (struct command_step){ .end = COMMAND_GOES_ON, .valve = -1 };
    dlms_out_init(&apdu, a);
    if ((e = dlms_unpack(a, telegram, &head, &in, &fault)) != ERR_OK)
        return e;
    if (c->session == NULL)
        return err_raise(ERR_PROTOCOL, "an answer, and nothing was asked");
    if ((e = dlms_session_hear(c->session, in, &heard, &apdu)) != ERR_OK)
        return e;
    switch (heard.event) {
    case DLMS_SESSION_GOES_ON:
    case DLMS_SESSION_PUSH:
        break;
    case DLMS_SESSION_OPEN:
        e = ask(c, a, &apdu);
        break;
    case DLMS_SESSION_REFUSED:
        step->end = dlms_refused(step, arena_strdup(a, heard.why));
        step->closed = true;
        dlms_command_end(c);
        break;
    case DLMS_SESSION_ANSWERED:
        step->end = answered(c, a, &heard.answers[0], step);
        if (step->end == COMMAND_GOES_ON)
            e = ask(c, a, &apdu);
        break;
    case DLMS_SESSION_CLOSED:
        step->end = COMMAND_RELEASED;
        dlms_command_end(c);
        break;
    }
    return e != ERR_OK ? e : wrap(c, a, &apdu, &step->out);
}
