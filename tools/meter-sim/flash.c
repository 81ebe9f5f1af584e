/* Blocks are counted, not kept: nothing here runs them. */
#include "tools/meter-sim/flash.h"

#include <string.h>

#include "lib/dlms/image.h"
#include "tools/meter-sim/memory.h"
#include "tools/meter-sim/objects.h"

#define BLOCK_SIZE  200
#define BLOCKS_MAX  65536
#define VERSION_MAX 16

struct flash {
    uint32_t blocks; /* the bitmap of those there is MEMORY_BLOCKS */
    uint8_t status;
    char name[64];
    char version[VERSION_MAX]; /* "": the one of the model */
};

static struct flash *flash_of(const struct meter *m)
{
    return memory_find(m, MEMORY_FLASH);
}

const char *flash_version(const struct meter *m)
{
    const struct flash *f = flash_of(m);

    return f == NULL || f->version[0] == '\0' ? model_at(m->model)->firmware
                                              : f->version;
}

static bool is_there(const uint8_t *map, uint32_t block)
{
    return (map[block / 8] & 0x80u >> block % 8) != 0;
}

static uint32_t first_missing(const struct meter *m, const struct flash *f)
{
    const uint8_t *map = memory_find(m, MEMORY_BLOCKS);
    uint32_t i = 0;

    while (f != NULL && map != NULL && i < f->blocks && is_there(map, i))
        i++;
    return i;
}

static unsigned flash_get(const struct asking *q, struct arena *a,
                          const struct dlms_asked *what, struct dlms_value *out)
{
    const struct flash *f = flash_of(q->m);

    (void)a;
    *out = (struct dlms_value){ .type = DLMS_DOUBLE_LONG_UNSIGNED };
    switch (what->target.index) {
    case DLMS_IMAGE_BLOCK_SIZE:
        out->u = BLOCK_SIZE;
        return DLMS_SUCCESS;
    case DLMS_IMAGE_BLOCKS_STATUS:
        out->type = DLMS_BIT_STRING;
        out->bits.at = memory_find(q->m, MEMORY_BLOCKS);
        out->bits.n = f == NULL || out->bits.at == NULL ? 0 : f->blocks;
        return DLMS_SUCCESS;
    case DLMS_IMAGE_FIRST_MISSING:
        out->u = first_missing(q->m, f);
        return DLMS_SUCCESS;
    case DLMS_IMAGE_ENABLED:
        out->type = DLMS_BOOLEAN;
        out->boolean = true;
        return DLMS_SUCCESS;
    case DLMS_IMAGE_STATUS:
        out->type = DLMS_ENUM;
        out->u = f == NULL ? DLMS_IMAGE_NOT_INITIATED : f->status;
        return DLMS_SUCCESS;
    default: /* image_to_activate_info: none waits */
        out->type = DLMS_ARRAY;
        return DLMS_SUCCESS;
    }
}

static unsigned initiate(const struct meter *m, const struct dlms_value *v)
{
    const struct dlms_value *name = dlms_value_at(v, 0);
    const struct dlms_value *size = dlms_value_at(v, 1);
    struct flash *f;
    struct bytes b;
    uint8_t *map;

    if (name == NULL || size == NULL || size->type != DLMS_DOUBLE_LONG_UNSIGNED)
        return DLMS_TYPE_UNMATCHED;
    b = dlms_value_octets(name);
    if (size->u == 0 || size->u > (uint64_t)BLOCK_SIZE * BLOCKS_MAX ||
        b.len >= sizeof f->name)
        return DLMS_OTHER_REASON;
    f = memory_make(m, MEMORY_FLASH, sizeof *f);
    memset(f->name, 0, sizeof f->name);
    memcpy(f->name, b.at, b.len);
    f->blocks = (uint32_t)((size->u + BLOCK_SIZE - 1) / BLOCK_SIZE);
    f->status = DLMS_IMAGE_INITIATED;
    map = memory_make(m, MEMORY_BLOCKS, (f->blocks + 7) / 8);
    memset(map, 0, (f->blocks + 7) / 8);
    return DLMS_SUCCESS;
}

static unsigned take_block(const struct meter *m, const struct flash *f,
                           const struct dlms_value *v)
{
    const struct dlms_value *number = dlms_value_at(v, 0);
    uint8_t *map = memory_find(m, MEMORY_BLOCKS);

    if (number == NULL || number->type != DLMS_DOUBLE_LONG_UNSIGNED ||
        map == NULL || number->u >= f->blocks ||
        f->status != DLMS_IMAGE_INITIATED)
        return DLMS_OTHER_REASON;
    map[number->u / 8] = (uint8_t)(map[number->u / 8] | 0x80u >> number->u % 8);
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

static unsigned flash_act(const struct asking *q, struct arena *a,
                          const struct dlms_asked *what)
{
    struct flash *f = flash_of(q->m);
    uint8_t method = what->target.index;

    (void)a;
    if (method <= DLMS_IMAGE_BLOCK && !what->has_value)
        return DLMS_TYPE_UNMATCHED;
    if (method == DLMS_IMAGE_INITIATE)
        return initiate(q->m, &what->value);
    if (f == NULL)
        return DLMS_OTHER_REASON;
    if (method == DLMS_IMAGE_BLOCK)
        return take_block(q->m, f, &what->value);
    if (method == DLMS_IMAGE_VERIFY) {
        if (first_missing(q->m, f) < f->blocks)
            return DLMS_OTHER_REASON;
        f->status = DLMS_IMAGE_VERIFIED;
        return DLMS_SUCCESS;
    }
    if (f->status != DLMS_IMAGE_VERIFIED)
        return DLMS_OTHER_REASON;
    activate(f);
    return DLMS_SUCCESS;
}

/* clang-format off */
const struct object objects_flash[] = {
    { DLMS_IMAGE_TRANSFER, 0, { { 0, 0, 44, 0, 0, 255 } }, OF_ALL, 7, 4, flash_get, NULL, flash_act },
    { 0 },
};
/* clang-format on */
