/* Requests are answered from a table of objects. */
#include "tools/meter-sim/server.h"

#include <string.h>

#include "lib/dlms/apdu.h"
#include "lib/dlms/datetime.h"
#include "tools/meter-sim/archive.h"
#include "tools/meter-sim/flash.h"
#include "tools/meter-sim/push.h"
#include "tools/meter-sim/told.h"

#define MAX_PDU               1024
#define SHIFT_TIME            6 /* method of class 8 */
#define CONTROL_MODE          4 /* class 70: remote off, remote and local on */
#define MOSCOW_DEVIATION      (-180)
#define STATE_NOT_ALLOWED     1 /* exception-response: state-error */
#define STATE_UNKNOWN         2
#define SERVICE_NOT_POSSIBLE  1 /* and service-error */
#define SERVICE_NOT_SUPPORTED 2

enum object { SERIAL, MODEL, FIRMWARE, CLOCK, VOLUME, STATUS, VALVE, OBJECTS };

/* clang-format off */
static const struct {
    struct obis name;
    uint16_t class_id;
    uint8_t attributes; /* how many it has */
} objects[OBJECTS] = {
    [SERIAL]   = { { { 0, 0, 96, 1, 0, 255 } },  1, 2 },
    [MODEL]    = { { { 0, 0, 96, 1, 1, 255 } },  1, 2 },
    [FIRMWARE] = { { { 1, 0, 0, 2, 0, 255 } },   1, 2 },
    [CLOCK]    = { { { 0, 0, 1, 0, 0, 255 } },   8, 2 },
    [VOLUME]   = { { { 7, 0, 13, 2, 0, 255 } },  3, 3 },
    [STATUS]   = { { { 7, 0, 96, 5, 0, 255 } },  1, 2 },
    [VALVE]    = { { { 0, 0, 96, 3, 10, 255 } }, 70, 4 },
};
/* clang-format on */

/* Which object is meant, or why there is none. */
static unsigned target_find(const struct meter *m, const struct dlms_target *t,
                            enum object *out)
{
    for (unsigned i = 0; i < OBJECTS; i++) {
        if (!obis_same(objects[i].name, t->name))
            continue;
        if (i == VALVE && m->valve == VALVE_NONE)
            return DLMS_OBJECT_UNDEFINED;
        if (objects[i].class_id != t->class_id)
            return DLMS_OBJECT_CLASS_INCONSISTENT;
        *out = (enum object)i;
        return DLMS_SUCCESS;
    }
    return DLMS_OBJECT_UNDEFINED;
}

static void value_of_text(struct dlms_value *v, const char *text)
{
    v->type = DLMS_OCTET_STRING;
    v->octets =
        (struct bytes){ .at = (const uint8_t *)text, .len = strlen(text) };
}

static void value_of_number(struct dlms_value *v, enum dlms_type type,
                            uint64_t number)
{
    v->type = type;
    v->u = number;
}

static void value_of_clock(struct dlms_value *v, struct arena *a,
                           const struct meter *m, int64_t now_us)
{
    uint8_t *at = arena_alloc(a, DLMS_DATETIME_LEN);
    struct dlms_datetime t;

    dlms_datetime_of_moment(
        (struct moment){ .us = meter_clock_s(m, now_us) * 1000000 },
        MOSCOW_DEVIATION, &t);
    dlms_datetime_write(at, &t);
    v->type = DLMS_OCTET_STRING;
    v->octets = (struct bytes){ .at = at, .len = DLMS_DATETIME_LEN };
}

static void value_of_scaler(struct dlms_value *v, struct arena *a)
{
    v->type = DLMS_STRUCTURE;
    v->list.n = 2;
    v->list.at = arena_alloc(a, 2 * sizeof *v->list.at);
    v->list.at[0].type = DLMS_INTEGER;
    v->list.at[0].i = -3;
    v->list.at[1].type = DLMS_ENUM;
    v->list.at[1].u = 13;
}

static void value_of_valve(struct dlms_value *v, const struct meter *m,
                           uint8_t attribute)
{
    if (attribute == 2) {
        v->type = DLMS_BOOLEAN;
        v->boolean = m->valve == VALVE_OPEN;
    } else {
        value_of_number(v, DLMS_ENUM, attribute == 3 ? m->valve : CONTROL_MODE);
    }
}

static void value_of(struct dlms_value *v, struct arena *a,
                     const struct meter *m, int64_t now_us, enum object o,
                     uint8_t attribute)
{
    if (attribute == 1) {
        v->type = DLMS_OCTET_STRING;
        v->octets = (struct bytes){ .at = objects[o].name.at, .len = 6 };
        return;
    }
    switch (o) {
    case SERIAL:
        value_of_text(v, m->serial);
        break;
    case MODEL:
        value_of_text(v, model_at(m->model)->name);
        break;
    case FIRMWARE:
        value_of_text(v, flash_version(m));
        break;
    case CLOCK:
        value_of_clock(v, a, m, now_us);
        break;
    case VOLUME:
        if (attribute == 2)
            value_of_number(v, DLMS_LONG64_UNSIGNED, m->volume);
        else
            value_of_scaler(v, a);
        break;
    case STATUS:
        value_of_number(v, DLMS_DOUBLE_LONG_UNSIGNED, m->status);
        break;
    case VALVE:
        value_of_valve(v, m, attribute);
        break;
    case OBJECTS:
        break;
    }
}

static void answer_get(const struct meter *m, int64_t now_us, struct arena *a,
                       const struct dlms_request *q, struct dlms_apdu *answer)
{
    struct dlms_response *r = &answer->response;
    uint8_t attribute = q->target.index;
    enum object o = OBJECTS;

    int told = told_find(m, &q->target);

    answer->tag = DLMS_GET_RESPONSE;
    r->invoke = q->invoke;
    if (told != TOLD_NOBODY || archive_is(m, &q->target) ||
        flash_is(&q->target)) {
        unsigned result;

        if (told != TOLD_NOBODY)
            result = told_get(m, told, a, &r->value);
        else if (flash_is(&q->target))
            result = flash_get(m, q->target.index, a, &r->value);
        else
            result = archive_get(m, now_us, a, q, &r->value);
        r->result = (uint8_t)result;
        r->has_value = result == DLMS_SUCCESS;
        return;
    }
    r->result = (uint8_t)target_find(m, &q->target, &o);
    if (r->result != DLMS_SUCCESS)
        return;
    if (attribute < 1 || attribute > objects[o].attributes) {
        r->result = DLMS_READ_WRITE_DENIED;
        return;
    }
    r->has_value = true;
    value_of(&r->value, a, m, now_us, o, attribute);
}

/* The valve is for those who know the password; class 70 has two methods. */
static unsigned act_on(const struct server *s, struct meter *m,
                       const struct dlms_request *q,
                       const struct server_hands *hands)
{
    const struct dlms_target *t = &q->target;
    enum object o = OBJECTS;
    unsigned why;

    if (flash_is(t))
        return s->trusted ? flash_act(m, q) : DLMS_READ_WRITE_DENIED;
    why = target_find(m, t, &o);
    if (why != DLMS_SUCCESS)
        return why;
    if (o == CLOCK && t->index == SHIFT_TIME && s->trusted) {
        hands->written(hands->ctx, m, t, DLMS_SUCCESS,
                       (struct bytes){ NULL, 0 });
        m->clock_line = CLOCK_TRUE;
        return DLMS_SUCCESS;
    }
    if (o != VALVE || t->index < 1 || t->index > 2)
        return DLMS_OBJECT_UNAVAILABLE;
    if (!s->trusted)
        return DLMS_READ_WRITE_DENIED;
    return hands->valve(hands->ctx, m, t->index == 2);
}

/* Values are written down as they were sent. */
static struct bytes encoded(struct arena *a, const struct dlms_value *v)
{
    struct dlms_out out;

    dlms_out_init(&out, a);
    return dlms_value_put(&out, v) == ERR_OK ? dlms_out_bytes(&out)
                                             : (struct bytes){ NULL, 0 };
}

static unsigned write_clock(struct meter *m, const struct dlms_request *q,
                            const struct server_hands *hands,
                            struct bytes value)
{
    struct dlms_datetime t;

    if (!dlms_value_datetime(&q->value, &t))
        return DLMS_TYPE_UNMATCHED;
    hands->written(hands->ctx, m, &q->target, DLMS_SUCCESS, value);
    m->clock_line = CLOCK_TRUE;
    return DLMS_SUCCESS;
}

static unsigned write_on(const struct server *s, struct meter *m,
                         struct arena *a, const struct dlms_request *q,
                         const struct server_hands *hands)
{
    int told = told_find(m, &q->target);
    struct bytes value = encoded(a, &q->value);
    enum object o = OBJECTS;
    unsigned result;

    if (told == TOLD_NOBODY) {
        result = target_find(m, &q->target, &o);
        if (result != DLMS_SUCCESS)
            return result;
        if (o == CLOCK && q->target.index == 2 && s->trusted)
            return write_clock(m, q, hands, value);
        return DLMS_READ_WRITE_DENIED;
    }
    if (!s->trusted)
        return DLMS_READ_WRITE_DENIED;
    result = told_check(m, told, &q->value);
    hands->written(hands->ctx, m, &q->target, result, value);
    if (result == DLMS_SUCCESS)
        told_set(m, told, &q->value, value);
    return result;
}

static bool password_fits(const struct meter *m, struct bytes given)
{
    return given.len == strlen(m->lls) &&
           (given.len == 0 || memcmp(given.at, m->lls, given.len) == 0);
}

/* Without a password a public client may look, if the meter has one. */
static void answer_aarq(struct server *s, const struct meter *m,
                        const struct dlms_aarq *q, struct dlms_apdu *answer)
{
    struct dlms_aare *r = &answer->aare;

    answer->tag = DLMS_AARE;
    r->context = DLMS_LN;
    r->result = DLMS_REJECTED_PERMANENT;
    if (q->context != DLMS_LN) {
        r->diagnostic = DLMS_DIAGNOSTIC_CONTEXT_NOT_SUPPORTED;
    } else if (q->mechanism > DLMS_LLS) {
        r->diagnostic = DLMS_DIAGNOSTIC_MECHANISM_NOT_RECOGNISED;
    } else if (q->mechanism == DLMS_LLS && !password_fits(m, q->password)) {
        r->diagnostic = DLMS_DIAGNOSTIC_AUTHENTICATION_FAILURE;
    } else {
        r->result = DLMS_ACCEPTED;
        r->has_initiate = true;
        r->initiate.version = 6;
        r->initiate.conformance = DLMS_CONFORMANCE_GET | DLMS_CONFORMANCE_SET |
                                  DLMS_CONFORMANCE_SELECTIVE |
                                  DLMS_CONFORMANCE_ACTION;
        r->initiate.max_pdu = MAX_PDU;
        s->associated = true;
        s->trusted = q->mechanism == DLMS_LLS || m->lls[0] == '\0';
    }
}

static void answer_exception(struct dlms_apdu *answer, uint8_t state,
                             uint8_t service)
{
    answer->tag = DLMS_EXCEPTION_RESPONSE;
    answer->exception = (struct dlms_exception){ .state_error = state,
                                                 .service_error = service };
}

static void answer_release(struct server *s, struct dlms_apdu *answer)
{
    answer->tag = DLMS_RLRE;
    answer->release.has_reason = true;
    *s = (struct server){ .released = true };
}

static bool is_request(uint8_t tag)
{
    return tag == DLMS_GET_REQUEST || tag == DLMS_SET_REQUEST ||
           tag == DLMS_ACTION_REQUEST;
}

enum err server_answer(struct server *s, struct meter *m, int64_t now_us,
                       struct arena *a, struct bytes apdu,
                       const struct server_hands *hands, struct dlms_out *out)
{
    struct dlms_apdu q, answer;
    enum err e;

    memset(&answer, 0, sizeof answer);
    if ((e = dlms_apdu_read(a, apdu, &q)) != ERR_OK)
        return e;
    if (is_request(q.tag) && !s->associated) {
        answer_exception(&answer, STATE_NOT_ALLOWED, SERVICE_NOT_POSSIBLE);
    } else if (q.tag == DLMS_AARQ) {
        answer_aarq(s, m, &q.aarq, &answer);
    } else if (q.tag == DLMS_RLRQ) {
        answer_release(s, &answer);
    } else if (q.tag == DLMS_GET_REQUEST) {
        answer_get(m, now_us, a, &q.request, &answer);
    } else if (q.tag == DLMS_SET_REQUEST) {
        answer.tag = DLMS_SET_RESPONSE;
        answer.response.invoke = q.request.invoke;
        answer.response.result = (uint8_t)write_on(s, m, a, &q.request, hands);
    } else if (q.tag == DLMS_ACTION_REQUEST) {
        answer.tag = DLMS_ACTION_RESPONSE;
        answer.response.invoke = q.request.invoke;
        answer.response.result = (uint8_t)act_on(s, m, &q.request, hands);
    } else {
        answer_exception(&answer, STATE_UNKNOWN, SERVICE_NOT_SUPPORTED);
    }
    return dlms_apdu_put(out, &answer);
}
