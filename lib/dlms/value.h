/*
 * COSEM data in A-XDR, IEC 62056-5-3, 9.5 (Data) and IEC 62056-6-2, 4.1.5:
 * bytes to a tree of values and back.
 *
 * Not implemented: the delta types 28 ... 33 of edition 3, and the obsolete
 * tag 7; both are refused. A compact-array is decoded to a tree, but never
 * encoded.
 */
#ifndef LAZUR_LIB_DLMS_VALUE_H
#define LAZUR_LIB_DLMS_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/dlms/datetime.h"
#include "lib/dlms/obis.h"

#define DLMS_DEPTH_MAX  32     /* values inside values */
#define DLMS_NODES_MAX  32768  /* values in one tree */
#define DLMS_NODES_LONG 131072 /* in one that came in blocks */

/* clang-format off */
enum dlms_type {
    DLMS_NULL                 = 0,
    DLMS_ARRAY                = 1,
    DLMS_STRUCTURE            = 2,
    DLMS_BOOLEAN              = 3,
    DLMS_BIT_STRING           = 4,
    DLMS_DOUBLE_LONG          = 5,
    DLMS_DOUBLE_LONG_UNSIGNED = 6,
    DLMS_OCTET_STRING         = 9,
    DLMS_VISIBLE_STRING       = 10,
    DLMS_UTF8_STRING          = 12,
    DLMS_BCD                  = 13,
    DLMS_INTEGER              = 15,
    DLMS_LONG                 = 16,
    DLMS_UNSIGNED             = 17,
    DLMS_LONG_UNSIGNED        = 18,
    DLMS_COMPACT_ARRAY        = 19,
    DLMS_LONG64               = 20,
    DLMS_LONG64_UNSIGNED      = 21,
    DLMS_ENUM                 = 22,
    DLMS_FLOAT32              = 23,
    DLMS_FLOAT64              = 24,
    DLMS_DATE_TIME            = 25,
    DLMS_DATE                 = 26,
    DLMS_TIME                 = 27,
    DLMS_DONT_CARE            = 255,
};
/* clang-format on */

/*
 * One value. Which member of the union is meant follows from type:
 *   boolean   BOOLEAN
 *   i         DOUBLE_LONG INTEGER LONG LONG64
 *   u         DOUBLE_LONG_UNSIGNED UNSIGNED LONG_UNSIGNED LONG64_UNSIGNED
 *             ENUM BCD (the byte as sent)
 *   real      FLOAT32 FLOAT64
 *   octets    OCTET_STRING VISIBLE_STRING UTF8_STRING DATE_TIME DATE TIME
 *   bits      BIT_STRING
 *   list      ARRAY STRUCTURE COMPACT_ARRAY
 * octets and bits point into the bytes that were decoded.
 */
struct dlms_value {
    enum dlms_type type;
    uint32_t offset; /* of the tag, in the bytes that were decoded */
    union {
        bool boolean;
        int64_t i;
        uint64_t u;
        double real;
        struct bytes octets;
        struct {
            const uint8_t *at;
            size_t n; /* bits, first bit is the highest of at[0] */
        } bits;
        struct {
            struct dlms_value *at;
            size_t n;
        } list;
    };
};

/*
 * dlms_value_read - the value that starts at b.at[*at]; *at moves past it.
 *
 * ERR_PROTOCOL with the offset when it is cut short, nested deeper than
 * DLMS_DEPTH_MAX, or of a type that is unknown or not implemented. Counts are
 * checked against the bytes left before anything is allocated.
 */
enum err dlms_value_read(struct arena *a, struct bytes b, size_t *at,
                         struct dlms_value *out) MUST_CHECK;

/* The same with another bound than DLMS_NODES_MAX. */
enum err dlms_value_read_most(struct arena *a, struct bytes b, size_t *at,
                              size_t nodes_max,
                              struct dlms_value *out) MUST_CHECK;

/* "double-long-unsigned" ..., as the standard spells it; "?" if unknown. */
const char *dlms_type_name(enum dlms_type type);

/* ---- looking at values ---- */

/* Any whole number or boolean that fits; false for other types. */
bool dlms_value_integer(const struct dlms_value *v, int64_t *out);

/* Octets of a string type; an empty view for other types. */
struct bytes dlms_value_octets(const struct dlms_value *v);

/* Octets of a string type are all printable ASCII or valid UTF-8 text. */
bool dlms_value_is_text(const struct dlms_value *v);

/* A copy as text; "" unless dlms_value_is_text. Never NULL. */
char *dlms_value_text(struct arena *a, const struct dlms_value *v);

/*
 * A date-time, be it of type DATE_TIME, an octet-string of 12, or such an
 * octet-string that was encoded inside another (090C...). False otherwise.
 */
bool dlms_value_datetime(const struct dlms_value *v, struct dlms_datetime *out);

/* Element n of an array or structure; NULL when there is none. */
const struct dlms_value *dlms_value_at(const struct dlms_value *v, size_t n);
size_t dlms_value_count(const struct dlms_value *v); /* 0 unless a list */

/* ---- writing ---- */

/* Bytes being written; grows in its arena. Nothing here can fail. */
struct dlms_out {
    struct arena *a;
    uint8_t *at;
    size_t len, cap;
};

void dlms_out_init(struct dlms_out *o, struct arena *a);
struct bytes dlms_out_bytes(const struct dlms_out *o);

void dlms_out_u8(struct dlms_out *o, unsigned v);
void dlms_out_u16(struct dlms_out *o, unsigned v);
void dlms_out_u32(struct dlms_out *o, uint32_t v);
void dlms_out_raw(struct dlms_out *o, const void *at, size_t len);
void dlms_out_length(struct dlms_out *o, size_t len); /* A-XDR length */

/* A value with its tag. Lists: the head, then n values put one by one. */
void dlms_put_null(struct dlms_out *o);
void dlms_put_structure(struct dlms_out *o, size_t n);
void dlms_put_array(struct dlms_out *o, size_t n);
void dlms_put_boolean(struct dlms_out *o, bool v);
void dlms_put_integer(struct dlms_out *o, int8_t v);
void dlms_put_long(struct dlms_out *o, int16_t v);
void dlms_put_double_long(struct dlms_out *o, int32_t v);
void dlms_put_long64(struct dlms_out *o, int64_t v);
void dlms_put_unsigned(struct dlms_out *o, uint8_t v);
void dlms_put_long_unsigned(struct dlms_out *o, uint16_t v);
void dlms_put_double_long_unsigned(struct dlms_out *o, uint32_t v);
void dlms_put_long64_unsigned(struct dlms_out *o, uint64_t v);
void dlms_put_enum(struct dlms_out *o, uint8_t v);
void dlms_put_octets(struct dlms_out *o, const void *at, size_t len);
void dlms_put_visible(struct dlms_out *o, const char *text);
void dlms_put_utf8(struct dlms_out *o, const char *text);
void dlms_put_obis(struct dlms_out *o, struct obis name); /* octet-string 6 */
/* octet-string of 12 */
void dlms_put_datetime(struct dlms_out *o, const struct dlms_datetime *t);

/*
 * A whole tree. ERR_INVALID for a COMPACT_ARRAY or a tree deeper than
 * DLMS_DEPTH_MAX.
 */
enum err dlms_value_put(struct dlms_out *o,
                        const struct dlms_value *v) MUST_CHECK;

#endif
