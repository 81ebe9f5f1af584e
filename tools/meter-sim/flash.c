/* Blocks are counted, not kept: nothing here runs them. */
#include "tools/meter-sim/flash.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/dlms/image.h"

#define BLOCK_SIZE  200
#define BLOCKS_MAX  65536
#define VERSION_MAX 16

struct flash {
    struct flash *next;
    const struct meter *meter;
    uint32_t blocks;
    uint8_t status;
    uint8_t there[BLOCKS_MAX / 8];
    char name[64];
    char version[VERSION_MAX]; /* "": the one of the model */
};

static struct flash *all;

static struct flash *flash_of(const struct meter *m)
{
    struct flash *f = all;

    while (f != NULL && f->meter != m)
        f = f->next;
    return f;
}

static struct flash *flash_made(const struct meter *m)
{
    struct flash *f = flash_of(m);

    if (f != NULL)
        return f;
    if ((f = calloc(1, sizeof *f)) == NULL)
        fatal("no memory for a firmware");
    f->meter = m;
    f->next = all;
    all = f;
    return f;
}

bool flash_is(const struct dlms_target *t)
{
    static const struct obis name = { { 0, 0, 44, 0, 0, 255 } };

    return t->class_id == DLMS_IMAGE_TRANSFER && obis_same(t->name, name);
}

const char *flash_version(const struct meter *m)
{
    const struct flash *f = all == NULL ? NULL : flash_of(m);

    return f == NULL || f->version[0] == '\0' ? model_at(m->model)->firmware
                                              : f->version;
}

static bool is_there(const struct flash *f, uint32_t block)
{
    return (f->there[block / 8] & 0x80u >> block % 8) != 0;
}

static uint32_t first_missing(const struct flash *f)
{
    uint32_t i = 0;

    while (f != NULL && i < f->blocks && is_there(f, i))
        i++;
    return i;
}

unsigned flash_get(const struct meter *m, uint8_t attribute, struct arena *a,
                   struct dlms_value *out)
{
    const struct flash *f = flash_of(m);

    (void)a;
    *out = (struct dlms_value){ .type = DLMS_DOUBLE_LONG_UNSIGNED };
    switch (attribute) {
    case DLMS_IMAGE_BLOCK_SIZE:
        out->u = BLOCK_SIZE;
        return DLMS_SUCCESS;
    case DLMS_IMAGE_BLOCKS_STATUS:
        out->type = DLMS_BIT_STRING;
        if (f != NULL) {
            out->bits.at = f->there;
            out->bits.n = f->blocks;
        }
        return DLMS_SUCCESS;
    case DLMS_IMAGE_FIRST_MISSING:
        out->u = first_missing(f);
        return DLMS_SUCCESS;
    case DLMS_IMAGE_ENABLED:
        out->type = DLMS_BOOLEAN;
        out->boolean = true;
        return DLMS_SUCCESS;
    case DLMS_IMAGE_STATUS:
        out->type = DLMS_ENUM;
        out->u = f == NULL ? DLMS_IMAGE_NOT_INITIATED : f->status;
        return DLMS_SUCCESS;
    default:
        return DLMS_READ_WRITE_DENIED;
    }
}

static unsigned initiate(const struct meter *m, const struct dlms_value *v)
{
    const struct dlms_value *name = dlms_value_at(v, 0);
    const struct dlms_value *size = dlms_value_at(v, 1);
    struct flash *f = flash_made(m);
    struct bytes b;

    if (name == NULL || size == NULL || size->type != DLMS_DOUBLE_LONG_UNSIGNED)
        return DLMS_TYPE_UNMATCHED;
    b = dlms_value_octets(name);
    if (size->u == 0 || size->u > (uint64_t)BLOCK_SIZE * BLOCKS_MAX ||
        b.len >= sizeof f->name)
        return DLMS_OTHER_REASON;
    memset(f->name, 0, sizeof f->name);
    memcpy(f->name, b.at, b.len);
    memset(f->there, 0, sizeof f->there);
    f->blocks = (uint32_t)((size->u + BLOCK_SIZE - 1) / BLOCK_SIZE);
    f->status = DLMS_IMAGE_INITIATED;
    return DLMS_SUCCESS;
}

static unsigned take_block(struct flash *f, const struct dlms_value *v)
{
    const struct dlms_value *number = dlms_value_at(v, 0);

    if (number == NULL || number->type != DLMS_DOUBLE_LONG_UNSIGNED ||
        number->u >= f->blocks || f->status != DLMS_IMAGE_INITIATED)
        return DLMS_OTHER_REASON;
    f->there[number->u / 8] =
        (uint8_t)(f->there[number->u / 8] | 0x80u >> number->u % 8);
    return DLMS_SUCCESS;
}

/* "lazur-g4-2.2.0.bin" is version 2.2.0. */
static void activate(struct flash *f)
{
    const char *dash = strrchr(f->name, '-');
    const char *from = dash != NULL ? dash + 1 : f->name;
    const char *dot = strrchr(from, '.');
    size_t len = dot != NULL ? (size_t)(dot - from) : strlen(from);

    if (len >= sizeof f->version)
        len = sizeof f->version - 1;
    memset(f->version, 0, sizeof f->version);
    memcpy(f->version, from, len);
    f->status = DLMS_IMAGE_ACTIVATED;
}

unsigned flash_act(const struct meter *m, const struct dlms_request *q)
{
    struct flash *f = flash_of(m);

    if (q->target.index == DLMS_IMAGE_INITIATE && q->has_value)
        return initiate(m, &q->value);
    if (f == NULL)
        return DLMS_OTHER_REASON;
    switch (q->target.index) {
    case DLMS_IMAGE_BLOCK:
        return q->has_value ? take_block(f, &q->value) : DLMS_TYPE_UNMATCHED;
    case DLMS_IMAGE_VERIFY:
        if (first_missing(f) < f->blocks)
            return DLMS_OTHER_REASON;
        f->status = DLMS_IMAGE_VERIFIED;
        return DLMS_SUCCESS;
    case DLMS_IMAGE_ACTIVATE:
        if (f->status != DLMS_IMAGE_VERIFIED)
            return DLMS_OTHER_REASON;
        activate(f);
        return DLMS_SUCCESS;
    default:
        return DLMS_OBJECT_UNAVAILABLE;
    }
}
