/* How a meter is reached and when it calls: classes 22, 40, 41, 45, 47. */
#include <string.h>

#include "lib/dlms/cosem_net.h"
#include "lib/dlms/cosem_time.h"
#include "tools/meter-sim/objects.h"
#include "tools/meter-sim/push.h"

static const struct obis push_script = { { 0, 0, 10, 0, 108, 255 } };

static unsigned schedule_get(const struct asking *q, struct arena *a,
                             const struct dlms_asked *what,
                             struct dlms_value *out)
{
    const struct dlms_script_call call = { push_script, 1 };

    (void)q;
    if (what->target.index == DLMS_SCHEDULE_SCRIPT)
        dlms_script_call_make(a, &call, out);
    else
        *out = dlms_of_unsigned(DLMS_ENUM, 1); /* one time, any dates */
    return DLMS_SUCCESS;
}

/* The objects of the gas profile's push, or of an electricity meter's. */
static void push_objects(const struct meter *m, struct arena *a,
                         struct dlms_value *out)
{
    static const struct dlms_push_object gas[] = {
        { 40, { { 0, 0, 25, 9, 0, 255 } }, 1, 0 },
        { 1, { { 0, 0, 96, 1, 0, 255 } }, 2, 0 },
        { 1, { { 0, 0, 96, 1, 1, 255 } }, 2, 0 },
        { 1, { { 1, 0, 0, 2, 0, 255 } }, 2, 0 },
        { 8, { { 0, 0, 1, 0, 0, 255 } }, 2, 0 },
        { 3, { { 7, 0, 13, 2, 0, 255 } }, 2, 0 },
        { 3, { { 7, 0, 41, 0, 0, 255 } }, 2, 0 },
        { 3, { { 7, 0, 42, 0, 0, 255 } }, 2, 0 },
        { 3, { { 0, 0, 96, 6, 3, 255 } }, 2, 0 },
        { 3, { { 0, 0, 96, 6, 1, 255 } }, 2, 0 },
        { 70, { { 0, 0, 96, 3, 10, 255 } }, 3, 0 },
        { 1, { { 7, 0, 96, 5, 0, 255 } }, 2, 0 },
        { 3, { { 0, 0, 96, 8, 0, 255 } }, 2, 0 },
        { 3, { { 0, 0, 96, 50, 1, 255 } }, 2, 0 },
        { 47, { { 0, 0, 25, 6, 0, 255 } }, 6, 3 },
        { 47, { { 0, 0, 25, 6, 0, 255 } }, 2, 0 },
        { 1, { { 0, 0, 96, 50, 2, 255 } }, 2, 0 },
        { 47, { { 0, 0, 25, 6, 0, 255 } }, 6, 0 },
    };
    static const struct dlms_push_object power[] = {
        { 1, { { 0, 0, 96, 1, 0, 255 } }, 2, 0 },
        { 8, { { 0, 0, 1, 0, 0, 255 } }, 2, 0 },
        { 3, { { 1, 0, 1, 8, 0, 255 } }, 2, 0 },
        { 3, { { 1, 0, 1, 8, 1, 255 } }, 2, 0 },
        { 3, { { 1, 0, 1, 8, 2, 255 } }, 2, 0 },
        { 3, { { 1, 0, 1, 8, 3, 255 } }, 2, 0 },
        { 3, { { 1, 0, 1, 8, 4, 255 } }, 2, 0 },
        { 3, { { 1, 0, 3, 8, 0, 255 } }, 2, 0 },
        { 3, { { 1, 0, 32, 7, 0, 255 } }, 2, 0 },
        { 3, { { 1, 0, 1, 7, 0, 255 } }, 2, 0 },
    };
    size_t n = sizeof gas / sizeof *gas - !model_at(m->model)->tells_cell;

    if (meter_is_electric(m))
        dlms_push_objects_make(a, power, sizeof power / sizeof *power, out);
    else
        dlms_push_objects_make(a, gas, n, out);
}

static unsigned push_get(const struct asking *q, struct arena *a,
                         const struct dlms_asked *what, struct dlms_value *out)
{
    switch (what->target.index) {
    case DLMS_PUSH_OBJECTS:
        push_objects(q->m, a, out);
        break;
    case DLMS_PUSH_WINDOWS:
        dlms_push_windows_make(a, NULL, 0, out);
        break;
    case DLMS_PUSH_RETRIES:
        *out = dlms_of_unsigned(DLMS_UNSIGNED, 10);
        break;
    default:
        *out = dlms_of_unsigned(DLMS_LONG_UNSIGNED, 5);
        break;
    }
    return DLMS_SUCCESS;
}

static unsigned tcp_get(const struct asking *q, struct arena *a,
                        const struct dlms_asked *what, struct dlms_value *out)
{
    static const uint16_t numbers[] = { 4059, 0, 1460, 1, 180 };
    static const struct obis ip = { { 0, 0, 25, 1, 0, 255 } };

    (void)q;
    if (what->target.index == DLMS_TCP_IP_REFERENCE)
        *out = dlms_of_obis(a, ip);
    else
        *out = dlms_of_unsigned(what->target.index == DLMS_TCP_CONNECTIONS
                                    ? DLMS_UNSIGNED
                                    : DLMS_LONG_UNSIGNED,
                                numbers[what->target.index - DLMS_TCP_PORT]);
    return DLMS_SUCCESS;
}

static unsigned gprs_get(const struct asking *q, struct arena *a,
                         const struct dlms_asked *what, struct dlms_value *out)
{
    const struct dlms_gprs_quality quality = { { 3, 4, 3, 4, 31 },
                                               { 3, 4, 3, 4, 31 } };

    (void)q;
    if (what->target.index == DLMS_GPRS_APN)
        *out = dlms_of_octets((struct bytes){ (const uint8_t *)"m2m", 3 });
    else if (what->target.index == DLMS_GPRS_PIN)
        *out = dlms_of_unsigned(DLMS_LONG_UNSIGNED, 0);
    else
        dlms_gprs_quality_make(a, &quality, out);
    return DLMS_SUCCESS;
}

static unsigned gsm_get(const struct asking *q, struct arena *a,
                        const struct dlms_asked *what, struct dlms_value *out)
{
    const struct dlms_gsm_cell cell = push_cell(q->m);
    struct dlms_asked clock = dlms_ask(DLMS_CLOCK, dlms_clock_name, 2);

    switch (what->target.index) {
    case DLMS_GSM_OPERATOR:
        *out = dlms_of_text(a, push_operator(q->m));
        out->type = DLMS_VISIBLE_STRING;
        break;
    case DLMS_GSM_CELL:
        dlms_gsm_cell_make(a, &cell, out);
        break;
    case DLMS_GSM_NEIGHBOURS:
        dlms_gsm_neighbours_make(a, NULL, 0, out);
        break;
    case DLMS_GSM_CAPTURE_TIME:
        return objects_served.get((void *)(uintptr_t)q, a, &clock, out);
    default: /* registered at home, idle, GPRS */
        *out = dlms_of_unsigned(DLMS_ENUM,
                                what->target.index == DLMS_GSM_CS ? 0 : 1);
        break;
    }
    return DLMS_SUCCESS;
}

/* clang-format off */
const struct object objects_net[] = {
    { 22, 0, { { 0, 0, 15, 0, 4, 255 } }, OF_ALL, 4, 0, schedule_get, NULL, NULL },
    { 22, 0, { { 0, 0, 15, 1, 0, 255 } }, OF_ALL, 4, 0, schedule_get, NULL, NULL },
    { 40, 0, { { 0, 0, 25, 9, 0, 255 } }, OF_ALL, 7, 0, push_get, NULL, NULL },
    { 41, 0, { { 0, 0, 25, 0, 0, 255 } }, OF_ALL, 6, 0, tcp_get, NULL, NULL },
    { 45, 0, { { 0, 0, 25, 4, 0, 255 } }, OF_ALL, 4, 0, gprs_get, NULL, NULL },
    { 47, 1, { { 0, 0, 25, 6, 0, 255 } }, OF_ALL, 8, 0, gsm_get, NULL, NULL },
    { 0 },
};
/* clang-format on */
