/*
 * The clock of a meter, class 8: looked at, corrected by as much as it is
 * wrong, looked at again; by who ordered it, or by the system itself.
 */
#include "daemon/drivers/dlms_inner.h"

#include <inttypes.h>
#include <string.h>

#include "lib/dlms/cosem.h"
#include "lib/dlms/cosem_time.h"

#define CLOCK_TOLERANCE_S 10
#define NO_CLOCK          INT32_MAX /* what it shows is no moment */
#define SHIFT_MAX_S       900       /* class 8, method shift_time */
#define SHIFT_TIME        6
#define S_US              1000000

/* By how much the meter's clock is behind, in seconds. False: no clock. */
static bool clock_behind(const struct dlms_value *v, const struct command *c,
                         int64_t *seconds)
{
    struct dlms_datetime t;
    struct moment m;

    if (!dlms_value_datetime(v, &t) ||
        dlms_datetime_moment(&t, -c->zone_minutes, &m) != ERR_OK)
        return false;
    *seconds = (c->now_us - m.us) / S_US;
    return true;
}

/* What corrects it. */
static void correct(struct arena *a, const struct command *c, int64_t behind,
                    struct dlms_op *op)
{
    bool shifts = behind >= -SHIFT_MAX_S && behind <= SHIFT_MAX_S;
    struct dlms_value *value = arena_alloc(a, sizeof(*value));
    struct dlms_datetime now;

    dlms_datetime_of_moment((struct moment){ .us = c->now_us },
                            -c->zone_minutes, &now);
    *value =
        shifts ? dlms_of_signed(DLMS_LONG, behind) : dlms_of_datetime(a, &now);
    *op = (struct dlms_op){
        .service = shifts ? DLMS_SERVICE_ACTION : DLMS_SERVICE_SET,
        .target = { .class_id = DLMS_CLOCK,
                    .name = dlms_clock_name,
                    .index = shifts ? SHIFT_TIME : DLMS_CLOCK_TIME },
        .value = value,
    };
}

/* A correction that nobody ordered is done here, and told as what it was. */
static enum command_end corrected(struct dlms_command *c, struct arena *a,
                                  struct command_step *step,
                                  enum command_end end, const char *result)
{
    if (c->now.number != 0)
        return end;
    step->rows = arena_printf(
        a, "{\"behind_s\":%s,\"result\":\"%s\",\"why\":\"%s\"}",
        c->behind == NO_CLOCK ? "null" : arena_printf(a, "%" PRId64, c->behind),
        result, step->why != NULL ? step->why : "");
    return COMMAND_EXECUTED;
}

/* Looked at, corrected by as much as it is wrong, looked at again. */
enum command_end dlms_clock_answer(struct dlms_command *c, struct arena *a,
                                   const struct dlms_given *reply,
                                   struct command_step *step)
{
    int64_t behind = NO_CLOCK, limit = CLOCK_TOLERANCE_S;

    if (reply->result != DLMS_SUCCESS && c->at == 0)
        return dlms_refused(step, dlms_result_name(reply->result));
    if (reply->result != DLMS_SUCCESS)
        return corrected(c, a, step,
                         dlms_refused(step, dlms_result_name(reply->result)),
                         "refused");
    if (c->at == 1) {
        c->op[2] = c->op[0];
        c->at = 2;
        return COMMAND_GOES_ON;
    }
    if (!reply->has_value || !clock_behind(&reply->value, &c->now, &behind))
        behind = NO_CLOCK;
    if (c->at == 0 && c->now.a > limit)
        limit = c->now.a;
    if (behind >= -limit && behind <= limit)
        return c->at == 0 ? COMMAND_EXECUTED
                          : corrected(c, a, step, COMMAND_EXECUTED, "executed");
    if (c->at == 2)
        return corrected(c, a, step, COMMAND_SEEN, "seen");
    c->behind = behind;
    correct(a, &c->now, behind, &c->op[1]);
    c->at = 1;
    return COMMAND_GOES_ON;
}
