/* Questions, values, registers and the object list: see cosem.h. */
#include "lib/dlms/cosem.h"

#include <string.h>

#include "lib/dlms/shape.h"

struct dlms_asked dlms_ask(uint16_t class_id, struct obis name, uint8_t index)
{
    return (struct dlms_asked){ .target = { class_id, name, index } };
}

struct dlms_asked dlms_ask_with(uint16_t class_id, struct obis name,
                                uint8_t index, const struct dlms_value *value)
{
    struct dlms_asked q = dlms_ask(class_id, name, index);

    q.has_value = true;
    q.value = *value;
    return q;
}

struct dlms_value dlms_of_unsigned(enum dlms_type type, uint64_t v)
{
    return (struct dlms_value){ .type = type, .u = v };
}

struct dlms_value dlms_of_signed(enum dlms_type type, int64_t v)
{
    return (struct dlms_value){ .type = type, .i = v };
}

struct dlms_value dlms_of_boolean(bool v)
{
    return (struct dlms_value){ .type = DLMS_BOOLEAN, .boolean = v };
}

struct dlms_value dlms_of_octets(struct bytes b)
{
    return (struct dlms_value){ .type = DLMS_OCTET_STRING, .octets = b };
}

struct dlms_value dlms_of_text(struct arena *a, const char *text)
{
    size_t len = strlen(text);

    return dlms_of_octets(
        (struct bytes){ arena_memdup(a, text, len > 0 ? len : 1), len });
}

struct dlms_value dlms_of_obis(struct arena *a, struct obis name)
{
    return dlms_of_octets((struct bytes){
        arena_memdup(a, name.at, sizeof(name.at)), sizeof(name.at) });
}

struct dlms_value dlms_of_datetime(struct arena *a,
                                   const struct dlms_datetime *t)
{
    uint8_t *b = arena_alloc(a, DLMS_DATETIME_LEN);

    dlms_datetime_write(b, t);
    return dlms_of_octets((struct bytes){ b, DLMS_DATETIME_LEN });
}

struct dlms_value dlms_of_list(struct arena *a, enum dlms_type type,
                               const struct dlms_value *at, size_t n)
{
    struct dlms_value v = { .type = type };

    v.list.n = n;
    v.list.at = arena_alloc(a, (n + 1) * sizeof(*at));
    if (n > 0)
        memcpy(v.list.at, at, n * sizeof(*at));
    return v;
}

/* ---- 3, 4, 5, 6 ---- */

static const struct shape_field scaler_unit_fields[] = {
    { SHAPE_I8, offsetof(struct dlms_scaler_unit, scaler), NULL, 0 },
    { SHAPE_ENUM, offsetof(struct dlms_scaler_unit, unit), NULL, 0 },
};
static const struct shape scaler_unit = { "scaler_unit",
                                          sizeof(struct dlms_scaler_unit),
                                          SHAPE_FIELDS(scaler_unit_fields) };

enum err dlms_scaler_unit_read(const struct dlms_value *v,
                               struct dlms_scaler_unit *out)
{
    return shape_read(NULL, &scaler_unit, v, out);
}

static const struct shape_field object_name_fields[] = {
    { SHAPE_U16, offsetof(struct dlms_object_name, class_id), NULL, 0 },
    { SHAPE_OBIS, offsetof(struct dlms_object_name, name), NULL, 0 },
};
static const struct shape object_name = { "object_definition",
                                          sizeof(struct dlms_object_name),
                                          SHAPE_FIELDS(object_name_fields) };
static const struct shape_field index_fields[] = {
    { SHAPE_U8, offsetof(struct dlms_mask_index, index), NULL, 0 },
};
static const struct shape mask_index = { "index_list",
                                         sizeof(struct dlms_mask_index),
                                         SHAPE_FIELDS(index_fields),
                                         .bare = true };
static const struct shape_field mask_fields[] = {
    { SHAPE_OCTETS, offsetof(struct dlms_register_mask, name), NULL, 0 },
    { SHAPE_ARRAY, offsetof(struct dlms_register_mask, indexes), &mask_index,
      offsetof(struct dlms_register_mask, n) },
};
static const struct shape mask = { "register_act_mask",
                                   sizeof(struct dlms_register_mask),
                                   SHAPE_FIELDS(mask_fields) };

enum err dlms_assignment_read(struct arena *a, const struct dlms_value *v,
                              struct dlms_object_name **out, size_t *n)
{
    return shape_read_list(a, &object_name, v, (void **)out, n);
}

enum err dlms_masks_read(struct arena *a, const struct dlms_value *v,
                         struct dlms_register_mask **out, size_t *n)
{
    return shape_read_list(a, &mask, v, (void **)out, n);
}

/* ---- 15 ---- */

static const struct shape_field attribute_fields[] = {
    { SHAPE_I8, offsetof(struct dlms_attribute_right, id), NULL, 0 },
    { SHAPE_ENUM, offsetof(struct dlms_attribute_right, mode), NULL, 0 },
    { SHAPE_VALUE, offsetof(struct dlms_attribute_right, selectors), NULL, 0 },
};
static const struct shape attribute_right = {
    "attribute_access_item", sizeof(struct dlms_attribute_right),
    SHAPE_FIELDS(attribute_fields), .least = 2
};
static const struct shape_field method_fields[] = {
    { SHAPE_I8, offsetof(struct dlms_method_right, id), NULL, 0 },
    { SHAPE_ENUM, offsetof(struct dlms_method_right, mode), NULL, 0 },
};
static const struct shape method_right = { "method_access_item",
                                           sizeof(struct dlms_method_right),
                                           SHAPE_FIELDS(method_fields) };

/* access_rights is a structure of two arrays; it is spread over the object. */
static const struct shape_field rights_fields[] = {
    { SHAPE_ARRAY, offsetof(struct dlms_object, attributes), &attribute_right,
      offsetof(struct dlms_object, attributes_n) },
    { SHAPE_ARRAY, offsetof(struct dlms_object, methods), &method_right,
      offsetof(struct dlms_object, methods_n) },
};
static const struct shape rights = { "access_rights",
                                     sizeof(struct dlms_object),
                                     SHAPE_FIELDS(rights_fields) };

/* In version 0 of the association a method's mode is a boolean. */
static enum err read_rights(struct arena *a, struct dlms_value *v,
                            struct dlms_object *out)
{
    const struct dlms_value *methods = dlms_value_at(v, 1);

    for (size_t i = 0; methods != NULL && i < dlms_value_count(methods); i++) {
        struct dlms_value *item = &methods->list.at[i];

        if (dlms_value_count(item) == 2 &&
            item->list.at[1].type == DLMS_BOOLEAN)
            item->list.at[1] =
                dlms_of_unsigned(DLMS_ENUM, item->list.at[1].boolean);
    }
    return shape_read(a, &rights, v, out);
}

static enum err read_object(struct arena *a, const struct dlms_value *v,
                            struct dlms_object *out)
{
    static const struct shape_field fields[] = {
        { SHAPE_U16, offsetof(struct dlms_object, class_id), NULL, 0 },
        { SHAPE_U8, offsetof(struct dlms_object, version), NULL, 0 },
        { SHAPE_OBIS, offsetof(struct dlms_object, name), NULL, 0 },
    };
    static const struct shape head = { "object_list_element",
                                       sizeof(struct dlms_object),
                                       SHAPE_FIELDS(fields) };
    struct dlms_object names;
    enum err e;

    if ((e = shape_read(a, &head, v, &names)) != ERR_OK)
        return e;
    *out = names;
    if (dlms_value_count(v) < 4) /* the list without rights */
        return ERR_OK;
    if ((e = read_rights(a, &v->list.at[3], out)) != ERR_OK)
        return e;
    out->class_id = names.class_id;
    out->version = names.version;
    out->name = names.name;
    return ERR_OK;
}

enum err dlms_object_list_read(struct arena *a, const struct dlms_value *v,
                               struct dlms_object **out, size_t *n)
{
    enum err e;

    *n = 0;
    if (v->type != DLMS_ARRAY && v->type != DLMS_COMPACT_ARRAY)
        return err_raise(ERR_PROTOCOL, "object_list: not an array");
    *out = arena_alloc(a, (v->list.n + 1) * sizeof(**out));
    for (size_t i = 0; i < v->list.n; i++)
        if ((e = read_object(a, &v->list.at[i], &(*out)[i])) != ERR_OK)
            return e;
    *n = v->list.n;
    return ERR_OK;
}

void dlms_object_list_make(struct arena *a, const struct dlms_object *at,
                           size_t n, struct dlms_value *out)
{
    struct dlms_value *items = arena_alloc(a, (n + 1) * sizeof(*items));

    for (size_t i = 0; i < n; i++) {
        struct dlms_value v[4] = {
            dlms_of_unsigned(DLMS_LONG_UNSIGNED, at[i].class_id),
            dlms_of_unsigned(DLMS_UNSIGNED, at[i].version),
            dlms_of_obis(a, at[i].name),
        };

        shape_make(a, &rights, &at[i], &v[3]);
        items[i] = dlms_of_list(a, DLMS_STRUCTURE, v, 4);
    }
    *out = dlms_of_list(a, DLMS_ARRAY, items, n);
}

const struct dlms_object *dlms_object_find(const struct dlms_object *at,
                                           size_t n, uint16_t class_id,
                                           struct obis name)
{
    for (size_t i = 0; i < n; i++)
        if (at[i].class_id == class_id && obis_same(at[i].name, name))
            return &at[i];
    return NULL;
}

static int mode_of(const struct dlms_object *o, int8_t attribute)
{
    for (size_t i = 0; i < o->attributes_n; i++)
        if (o->attributes[i].id == attribute)
            return o->attributes[i].mode;
    return 0;
}

/* Versions 0 ... 2: 0 none, 1 read, 2 write, 3 both, 4 ... 6 the same
 * authenticated. Version 3: bit 0 read, bit 1 write. */
static bool granted(int mode, bool write, uint8_t version)
{
    int old = mode >= 4 && mode <= 6 ? mode - 3 : mode;

    if (version >= 3)
        return (mode & (write ? 2 : 1)) != 0;
    return old == 3 || old == (write ? 2 : 1);
}

bool dlms_may_read(const struct dlms_object *o, int8_t attribute,
                   uint8_t association_version)
{
    return granted(mode_of(o, attribute), false, association_version);
}

bool dlms_may_write(const struct dlms_object *o, int8_t attribute,
                    uint8_t association_version)
{
    return granted(mode_of(o, attribute), true, association_version);
}

bool dlms_may_call(const struct dlms_object *o, int8_t method)
{
    for (size_t i = 0; i < o->methods_n; i++)
        if (o->methods[i].id == method)
            return o->methods[i].mode != 0;
    return false;
}
