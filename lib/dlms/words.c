/* Values, names and times as people read them. */
#include "lib/dlms/words.h"

#include <inttypes.h>

#include "lib/base/hex.h"

char *object_words(struct arena *a, struct obis o)
{
    const char *en = obis_words_en(o), *ru = obis_words_ru(o);
    char name[OBIS_TEXT_MAX];

    obis_write(name, o);
    if (en == NULL || ru == NULL)
        return arena_strdup(a, name);
    return arena_printf(a, "%s (%s · %s)", name, en, ru);
}

char *moment_words(struct arena *a, const struct dlms_datetime *t)
{
    struct dlms_datetime utc;
    struct moment m;

    if (t->deviation == DLMS_DEVIATION_UNKNOWN ||
        dlms_datetime_moment(t, 0, &m) != ERR_OK)
        return dlms_datetime_text(a, t);
    dlms_datetime_of_moment(m, 0, &utc);
    return arena_printf(a, "%s = %04d-%02d-%02d %02d:%02d:%02d UTC",
                        dlms_datetime_text(a, t), utc.year, utc.month, utc.day,
                        utc.hour, utc.minute, utc.second);
}

static char *octets(struct arena *a, const struct dlms_value *v)
{
    struct dlms_datetime t;
    struct obis o;

    if (v->type == DLMS_OCTET_STRING && obis_looks_like(v->octets) &&
        obis_of_bytes(v->octets, &o) == ERR_OK)
        return object_words(a, o);
    if (dlms_value_datetime(v, &t))
        return moment_words(a, &t);
    if (dlms_value_is_text(v))
        return arena_printf(a, "\"%s\"", dlms_value_text(a, v));
    return arena_printf(a, "%s (%zu bytes)", hex_text(a, v->octets),
                        v->octets.len);
}

static char *bits(struct arena *a, const struct dlms_value *v)
{
    char *s = arena_alloc(a, v->bits.n + 1);

    for (size_t i = 0; i < v->bits.n; i++)
        s[i] = (char)((v->bits.at[i / 8] >> (7 - i % 8) & 1) + '0');
    return s;
}

/* A value that is not a list, without its type. */
char *scalar_words(struct arena *a, const struct dlms_value *v)
{
    int64_t i;

    switch (v->type) {
    case DLMS_NULL:
    case DLMS_DONT_CARE:
    case DLMS_ARRAY:
    case DLMS_STRUCTURE:
    case DLMS_COMPACT_ARRAY:
        return arena_strdup(a, "-");
    case DLMS_BOOLEAN:
        return arena_strdup(a, v->boolean ? "true" : "false");
    case DLMS_BIT_STRING:
        return bits(a, v);
    case DLMS_OCTET_STRING:
    case DLMS_VISIBLE_STRING:
    case DLMS_UTF8_STRING:
    case DLMS_DATE_TIME:
    case DLMS_DATE:
    case DLMS_TIME:
        return octets(a, v);
    case DLMS_FLOAT32:
    case DLMS_FLOAT64:
        return arena_printf(a, "%.9g", v->real);
    case DLMS_BCD:
        return arena_printf(a, "%02" PRIX64, v->u);
    case DLMS_DOUBLE_LONG:
    case DLMS_DOUBLE_LONG_UNSIGNED:
    case DLMS_INTEGER:
    case DLMS_LONG:
    case DLMS_UNSIGNED:
    case DLMS_LONG_UNSIGNED:
    case DLMS_LONG64:
    case DLMS_LONG64_UNSIGNED:
    case DLMS_ENUM:
        break;
    }
    return dlms_value_integer(v, &i) ? arena_printf(a, "%" PRId64, i)
                                     : arena_printf(a, "%" PRIu64, v->u);
}
