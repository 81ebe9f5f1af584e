/* The steps of an image transfer: see image.h. */
#include "lib/dlms/image.h"

#include <string.h>

#define BLOCK_MAX  16384u
#define BLOCKS_MAX 1000000u

/* ---- what to ask ---- */

static struct dlms_asked attribute(const struct dlms_image *i, uint8_t index)
{
    return dlms_ask(DLMS_IMAGE_TRANSFER, i->name, index);
}

static struct dlms_asked method(const struct dlms_image *i, uint8_t index,
                                const struct dlms_value *v)
{
    return dlms_ask_with(DLMS_IMAGE_TRANSFER, i->name, index, v);
}

static struct dlms_asked initiate(const struct dlms_image *i, struct arena *a)
{
    const struct dlms_value parts[] = {
        dlms_of_octets(i->identifier),
        dlms_of_unsigned(DLMS_DOUBLE_LONG_UNSIGNED, i->image.len),
    };
    const struct dlms_value v = dlms_of_list(a, DLMS_STRUCTURE, parts, 2);

    return method(i, DLMS_IMAGE_INITIATE, &v);
}

static struct dlms_asked block(const struct dlms_image *i, struct arena *a)
{
    size_t from = (size_t)i->at * i->block_size;
    size_t left = i->image.len - from;
    const struct dlms_value parts[] = {
        dlms_of_unsigned(DLMS_DOUBLE_LONG_UNSIGNED, i->at),
        dlms_of_octets((struct bytes){
            i->image.at + from, left < i->block_size ? left : i->block_size }),
    };
    const struct dlms_value v = dlms_of_list(a, DLMS_STRUCTURE, parts, 2);

    return method(i, DLMS_IMAGE_BLOCK, &v);
}

/* Which attribute a phase reads; 0 when it acts. */
static uint8_t reads(enum dlms_image_phase phase)
{
    switch (phase) {
    case DLMS_IMAGE_P_ENABLED:
        return DLMS_IMAGE_ENABLED;
    case DLMS_IMAGE_P_SIZE:
        return DLMS_IMAGE_BLOCK_SIZE;
    case DLMS_IMAGE_P_BITMAP:
        return DLMS_IMAGE_BLOCKS_STATUS;
    case DLMS_IMAGE_P_MISSING:
        return DLMS_IMAGE_FIRST_MISSING;
    case DLMS_IMAGE_P_STATUS:
    case DLMS_IMAGE_P_VERIFYING:
    case DLMS_IMAGE_P_ACTIVATING:
        return DLMS_IMAGE_STATUS;
    case DLMS_IMAGE_P_ENABLE:
    case DLMS_IMAGE_P_INITIATE:
    case DLMS_IMAGE_P_BLOCKS:
    case DLMS_IMAGE_P_VERIFY:
    case DLMS_IMAGE_P_ACTIVATE:
    case DLMS_IMAGE_P_DONE:
    case DLMS_IMAGE_P_FAILED:
        break;
    }
    return 0;
}

bool dlms_image_next(const struct dlms_image *i, struct arena *a,
                     enum dlms_service *service, struct dlms_asked *asked)
{
    const struct dlms_value zero = dlms_of_signed(DLMS_INTEGER, 0);
    const struct dlms_value yes = dlms_of_boolean(true);

    *service = DLMS_SERVICE_ACTION;
    if (i->phase == DLMS_IMAGE_P_DONE || i->phase == DLMS_IMAGE_P_FAILED)
        return false;
    if (reads(i->phase) != 0) {
        *service = DLMS_SERVICE_GET;
        *asked = attribute(i, reads(i->phase));
    } else if (i->phase == DLMS_IMAGE_P_ENABLE) {
        *service = DLMS_SERVICE_SET;
        *asked = method(i, DLMS_IMAGE_ENABLED, &yes);
    } else if (i->phase == DLMS_IMAGE_P_INITIATE) {
        *asked = initiate(i, a);
    } else if (i->phase == DLMS_IMAGE_P_BLOCKS) {
        *asked = block(i, a);
    } else {
        *asked = method(i,
                        i->phase == DLMS_IMAGE_P_VERIFY ? DLMS_IMAGE_VERIFY
                                                        : DLMS_IMAGE_ACTIVATE,
                        &zero);
    }
    return true;
}

/* ---- what came ---- */

static void fail(struct dlms_image *i, const char *why)
{
    i->phase = DLMS_IMAGE_P_FAILED;
    i->why = why;
}

static bool is_there(const struct dlms_image *i, uint32_t n)
{
    return i->there != NULL && (i->there[n / 8] >> (7 - n % 8) & 1) != 0;
}

/* The next block the meter lacks, or the question whether it has all. */
static void go_on(struct dlms_image *i)
{
    while (i->at < i->blocks && is_there(i, i->at))
        i->at++;
    i->phase = i->at < i->blocks ? DLMS_IMAGE_P_BLOCKS : DLMS_IMAGE_P_MISSING;
}

static void take_enabled(struct dlms_image *i, const struct dlms_given *answer)
{
    bool is_on = answer->value.type == DLMS_BOOLEAN && answer->value.boolean;

    i->phase = is_on ? DLMS_IMAGE_P_SIZE : DLMS_IMAGE_P_ENABLE;
}

static void take_size(struct dlms_image *i, const struct dlms_given *answer)
{
    int64_t size = 0;

    if (!dlms_value_integer(&answer->value, &size) || size < 1 ||
        size > BLOCK_MAX || i->image.len / (size_t)size >= BLOCKS_MAX) {
        fail(i, "the meter's block size is not possible");
        return;
    }
    i->block_size = (uint32_t)size;
    i->blocks = (uint32_t)((i->image.len + (size_t)size - 1) / (size_t)size);
    i->at = 0;
    i->phase = i->resume ? DLMS_IMAGE_P_STATUS : DLMS_IMAGE_P_INITIATE;
}

/* Resuming: where the meter is with what was begun. */
static void take_status(struct dlms_image *i, int64_t status)
{
    switch (status) {
    case DLMS_IMAGE_INITIATED:
        i->phase = DLMS_IMAGE_P_BITMAP;
        break;
    case DLMS_IMAGE_VERIFYING:
        i->phase = DLMS_IMAGE_P_VERIFYING;
        break;
    case DLMS_IMAGE_VERIFIED:
        i->phase = i->verify_only ? DLMS_IMAGE_P_DONE : DLMS_IMAGE_P_ACTIVATE;
        break;
    case DLMS_IMAGE_ACTIVATING:
        i->phase = DLMS_IMAGE_P_ACTIVATING;
        break;
    case DLMS_IMAGE_ACTIVATED:
        i->phase = DLMS_IMAGE_P_DONE;
        break;
    default: /* not initiated, or failed before: from the start */
        i->phase = DLMS_IMAGE_P_INITIATE;
        break;
    }
}

static void take_bitmap(struct dlms_image *i, struct arena *life,
                        const struct dlms_value *v)
{
    /* Some meters write the bits as octets. */
    struct bytes octets = dlms_value_octets(v);
    bool is_bits = v->type == DLMS_BIT_STRING;
    size_t bytes = (i->blocks + 7) / 8;
    size_t len = is_bits ? (v->bits.n + 7) / 8 : octets.len;
    const uint8_t *at = is_bits ? v->bits.at : octets.at;

    if ((is_bits && v->bits.n != i->blocks) || len != bytes) {
        i->phase = DLMS_IMAGE_P_INITIATE; /* it holds another image */
        return;
    }
    i->there = arena_alloc(life, bytes + 1);
    memcpy(i->there, at, bytes);
    go_on(i);
}

static void take_missing(struct dlms_image *i, const struct dlms_given *answer)
{
    int64_t n = 0;

    if (!dlms_value_integer(&answer->value, &n) || n < 0) {
        fail(i, "the meter does not say which block it lacks");
        return;
    }
    if (n >= i->blocks) {
        i->phase = DLMS_IMAGE_P_VERIFY;
        return;
    }
    /* A meter that loses what it takes would never have enough. */
    if (++i->again > i->blocks) {
        fail(i, "the meter keeps losing blocks");
        return;
    }
    if (i->there != NULL)
        i->there[n / 8] &= (uint8_t) ~(0x80u >> (n % 8));
    i->at = (uint32_t)n;
    i->phase = DLMS_IMAGE_P_BLOCKS;
}

static void take_verifying(struct dlms_image *i, int64_t status)
{
    if (status == DLMS_IMAGE_VERIFIED)
        i->phase = i->verify_only ? DLMS_IMAGE_P_DONE : DLMS_IMAGE_P_ACTIVATE;
    else if (status == DLMS_IMAGE_ACTIVATED)
        i->phase = DLMS_IMAGE_P_DONE;
    else if (status == DLMS_IMAGE_NOT_VERIFIED)
        fail(i, "the meter refuses the image: verification failed");
    else
        i->waits = true;
}

static void take_activating(struct dlms_image *i, int64_t status)
{
    if (status == DLMS_IMAGE_ACTIVATED)
        i->phase = DLMS_IMAGE_P_DONE;
    else if (status == DLMS_IMAGE_NOT_ACTIVATED)
        fail(i, "the meter could not activate the image");
    else
        i->waits = true;
}

/* What a phase reads. */
static void take_value(struct dlms_image *i, struct arena *life,
                       const struct dlms_given *answer)
{
    int64_t status = -1;

    (void)dlms_value_integer(&answer->value, &status);
    if (i->phase == DLMS_IMAGE_P_ENABLED)
        take_enabled(i, answer);
    else if (i->phase == DLMS_IMAGE_P_SIZE)
        take_size(i, answer);
    else if (i->phase == DLMS_IMAGE_P_STATUS)
        take_status(i, status);
    else if (i->phase == DLMS_IMAGE_P_BITMAP)
        take_bitmap(i, life, &answer->value);
    else if (i->phase == DLMS_IMAGE_P_MISSING)
        take_missing(i, answer);
    else if (i->phase == DLMS_IMAGE_P_VERIFYING)
        take_verifying(i, status);
    else
        take_activating(i, status);
}

/* What a phase does; busy: the meter goes on by itself. */
static void take_done(struct dlms_image *i, bool busy)
{
    switch (i->phase) {
    case DLMS_IMAGE_P_ENABLE:
        i->phase = DLMS_IMAGE_P_SIZE;
        break;
    case DLMS_IMAGE_P_INITIATE:
        i->there = NULL;
        i->at = 0;
        go_on(i);
        break;
    case DLMS_IMAGE_P_BLOCKS:
        i->at++;
        if (i->again > 0)
            i->phase = DLMS_IMAGE_P_MISSING;
        else
            go_on(i);
        break;
    case DLMS_IMAGE_P_VERIFY:
        i->phase = DLMS_IMAGE_P_VERIFYING;
        i->waits = busy;
        break;
    default: /* activate: many meters start anew at once */
        i->phase = busy ? DLMS_IMAGE_P_ACTIVATING : DLMS_IMAGE_P_DONE;
        i->waits = busy;
        break;
    }
}

void dlms_image_take(struct dlms_image *i, struct arena *life,
                     const struct dlms_given *answer)
{
    bool ends =
        i->phase == DLMS_IMAGE_P_VERIFY || i->phase == DLMS_IMAGE_P_ACTIVATE;
    bool busy = answer->result == DLMS_TEMPORARY_FAILURE && ends;

    i->waits = false;
    if (i->phase == DLMS_IMAGE_P_DONE || i->phase == DLMS_IMAGE_P_FAILED)
        return;
    if (reads(i->phase) != 0 && answer->has_value) {
        take_value(i, life, answer);
    } else if (reads(i->phase) == 0 &&
               (answer->result == DLMS_SUCCESS || busy)) {
        take_done(i, busy);
    } else if (reads(i->phase) != 0 &&
               answer->result == DLMS_TEMPORARY_FAILURE) {
        i->waits = true;
    } else if (i->phase == DLMS_IMAGE_P_BITMAP) {
        i->phase = DLMS_IMAGE_P_INITIATE; /* a meter that keeps no bitmap */
    } else {
        fail(i, i->phase == DLMS_IMAGE_P_VERIFY
                    ? "the meter refuses the image: verification failed"
                    : dlms_action_result_name(answer->result));
    }
}

uint32_t dlms_image_sent(const struct dlms_image *i)
{
    uint32_t n = 0;

    if (i->phase > DLMS_IMAGE_P_BLOCKS && i->phase != DLMS_IMAGE_P_FAILED)
        return i->blocks;
    for (uint32_t b = 0; b < i->blocks; b++)
        n += b < i->at || is_there(i, b);
    return n;
}
