/* A check value over structures and logical names. */
#include "daemon/drivers/dlms_layout.h"

#include <stdio.h>

#define NAME_LEN  6
#define FNV_BASIS 2166136261u
#define FNV_PRIME 16777619u

/* FNV-1a, 32 bits. */
static uint32_t mix(uint32_t h, const uint8_t *at, size_t n)
{
    for (size_t i = 0; i < n; i++)
        h = (h ^ at[i]) * FNV_PRIME;
    return h;
}

static uint32_t mix_number(uint32_t h, uint32_t v)
{
    const uint8_t octets[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16),
                                (uint8_t)(v >> 8), (uint8_t)v };

    return mix(h, octets, sizeof(octets));
}

static bool is_name(const struct dlms_value *v)
{
    return v->type == DLMS_OCTET_STRING && v->octets.len == NAME_LEN &&
           v->octets.at[NAME_LEN - 1] == 255;
}

/* Bodies are at most DLMS_DEPTH_MAX deep. */
static uint32_t shape(const struct dlms_value *v, size_t *names)
{
    bool array = v->type == DLMS_ARRAY || v->type == DLMS_COMPACT_ARRAY;
    uint32_t h = FNV_BASIS, before = 0;

    if (is_name(v)) {
        ++*names;
        return mix(h, v->octets.at, v->octets.len);
    }
    if (!array && v->type != DLMS_STRUCTURE)
        return h;
    h = mix_number(h, array ? 0 : (uint32_t)v->list.n);
    for (size_t i = 0; i < v->list.n; i++) {
        uint32_t one = shape(&v->list.at[i], names);

        if (!array || i == 0 || one != before)
            h = mix_number(h, one);
        before = one;
    }
    return h;
}

void dlms_layout(const struct dlms_value *body, const char *version, char *out,
                 size_t size)
{
    size_t names = 0;
    uint32_t h = shape(body, &names);

    snprintf(out, size, "%zu objects %08x%s%s", names, (unsigned)h,
             version[0] != '\0' ? " " : "", version);
}
