/*
 * Attributes that are structures, described by a table: which element goes to
 * which member of a C struct, and as which type it is written. One table reads
 * and writes. For the cosem_*.c files of lib/dlms only.
 *
 * Reading is generous in types (any integer that fits) and in length (elements
 * behind the known ones are left; optional ones may be missing), never in
 * meaning: what does not fit is ERR_PROTOCOL.
 */
#ifndef LAZUR_LIB_DLMS_SHAPE_H
#define LAZUR_LIB_DLMS_SHAPE_H

#include <stddef.h>

#include "lib/dlms/value.h"

enum shape_kind {
    SHAPE_U8,        /* uint8_t, unsigned */
    SHAPE_ENUM,      /* uint8_t, enum */
    SHAPE_U16,       /* uint16_t, long-unsigned */
    SHAPE_U32,       /* uint32_t, double-long-unsigned */
    SHAPE_I8,        /* int8_t, integer */
    SHAPE_I16,       /* int16_t, long */
    SHAPE_BOOLEAN,   /* bool */
    SHAPE_OBIS,      /* struct obis, octet-string of 6 */
    SHAPE_OCTETS,    /* struct bytes, octet-string; reads any string */
    SHAPE_DATETIME,  /* struct dlms_datetime, octet-string of 12 */
    SHAPE_DATE,      /* uint8_t[5], octet-string */
    SHAPE_TIME,      /* uint8_t[4], octet-string */
    SHAPE_VALUE,     /* struct dlms_value as it is */
    SHAPE_STRUCTURE, /* a struct inside: of */
    SHAPE_ARRAY,     /* pointer at offset, size_t at count: of */
};

struct shape;

struct shape_field {
    enum shape_kind kind;
    size_t offset;
    const struct shape *of;
    size_t count; /* offset of the number of elements of an array */
};

struct shape {
    const char *name;
    size_t size; /* of the struct */
    size_t n;
    size_t least; /* elements that must be there; 0: all */
    const struct shape_field *fields;
    bool
        bare; /* an array's element is the only field itself, not a structure */
};

/* clang-format off */
#define SHAPE_AT(kind, type, member) { kind, offsetof(type, member), NULL, 0 }
#define SHAPE_IN(type, member, of)                                             \
    { SHAPE_STRUCTURE, offsetof(type, member), of, 0 }
#define SHAPE_LIST(type, member, count, of)                                    \
    { SHAPE_ARRAY, offsetof(type, member), of, offsetof(type, count) }
#define SHAPE_FIELDS(f) .n = sizeof(f) / sizeof((f)[0]), .fields = (f)

/* The doors of a header: one structure, or an array of them. */
#define SHAPE_DOOR(door, type, shape)                                          \
    enum err door##_read(struct arena *a, const struct dlms_value *v,          \
                         type *out)                                            \
    {                                                                          \
        return shape_read(a, shape, v, out);                                   \
    }                                                                          \
    void door##_make(struct arena *a, const type *in, struct dlms_value *out)  \
    {                                                                          \
        shape_make(a, shape, in, out);                                         \
    }
#define SHAPE_LIST_DOOR(door, type, shape)                                     \
    enum err door##_read(struct arena *a, const struct dlms_value *v,          \
                         type **out, size_t *n)                                \
    {                                                                          \
        return shape_read_list(a, shape, v, (void **)out, n);                  \
    }                                                                          \
    void door##_make(struct arena *a, const type *at, size_t n,                \
                     struct dlms_value *out)                                   \
    {                                                                          \
        shape_make_list(a, shape, at, n, out);                                 \
    }
/* clang-format on */

/* struct dlms_script_call, which more than one class has inside. */
extern const struct shape shape_script_call;

enum err shape_read(struct arena *a, const struct shape *s,
                    const struct dlms_value *v, void *out) MUST_CHECK;
void shape_make(struct arena *a, const struct shape *s, const void *in,
                struct dlms_value *out);

/* An array of structures. */
enum err shape_read_list(struct arena *a, const struct shape *s,
                         const struct dlms_value *v, void **at,
                         size_t *n) MUST_CHECK;
void shape_make_list(struct arena *a, const struct shape *s, const void *at,
                     size_t n, struct dlms_value *out);

#endif
