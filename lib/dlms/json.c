/* What a telegram says as one line of JSON, for tests and scripts. */
#include "lib/dlms/print.h"

#include <inttypes.h>
#include <math.h>

#include "lib/dlms/push.h"
#include "lib/dlms/telegram.h"
#include "lib/units/quantity.h"

struct json {
    struct arena *a;
    FILE *out;
    bool comma; /* a member stands before the next */
};

static void key(struct json *j, const char *name)
{
    (void)fprintf(j->out, "%s\"%s\":", j->comma ? "," : "", name);
    j->comma = true;
}

static void open_with(struct json *j, char mark)
{
    (void)fputc(mark, j->out);
    j->comma = false;
}

static void close_with(struct json *j, char mark)
{
    (void)fputc(mark, j->out);
    j->comma = true;
}

static void hex(struct json *j, struct bytes b)
{
    for (size_t i = 0; i < b.len; i++)
        (void)fprintf(j->out, "%02X", b.at[i]);
}

/* Text of dlms_value_is_text: no controls, so only these need a backslash. */
static void text_inside(struct json *j, struct bytes b)
{
    for (size_t i = 0; i < b.len; i++) {
        if (b.at[i] == '"' || b.at[i] == '\\')
            (void)fputc('\\', j->out);
        (void)fputc(b.at[i], j->out);
    }
}

static void text(struct json *j, const char *name, const char *s)
{
    key(j, name);
    (void)fprintf(j->out, "\"%s\"", s);
}

static void number(struct json *j, const struct dlms_value *v)
{
    int64_t i;

    if (v->type == DLMS_BOOLEAN)
        (void)fputs(v->boolean ? "true" : "false", j->out);
    else if (dlms_value_integer(v, &i))
        (void)fprintf(j->out, "%" PRId64, i);
    else if (v->type == DLMS_LONG64_UNSIGNED)
        (void)fprintf(j->out, "%" PRIu64, v->u);
    else if ((v->type == DLMS_FLOAT32 || v->type == DLMS_FLOAT64) &&
             isfinite(v->real))
        (void)fprintf(j->out, "%.*g", v->type == DLMS_FLOAT32 ? 9 : 17,
                      v->real);
    else
        (void)fputs("null", j->out);
}

/* The short mark of a type in a list of typed values. */
static const char *mark(enum dlms_type type)
{
    switch (type) {
    case DLMS_NULL:
        return "null";
    case DLMS_BOOLEAN:
        return "bool";
    case DLMS_BIT_STRING:
        return "bits";
    case DLMS_DOUBLE_LONG:
        return "i32";
    case DLMS_DOUBLE_LONG_UNSIGNED:
        return "u32";
    case DLMS_OCTET_STRING:
        return "os";
    case DLMS_VISIBLE_STRING:
        return "vs";
    case DLMS_UTF8_STRING:
        return "utf8";
    case DLMS_BCD:
        return "bcd";
    case DLMS_INTEGER:
        return "i8";
    case DLMS_LONG:
        return "i16";
    case DLMS_UNSIGNED:
        return "u8";
    case DLMS_LONG_UNSIGNED:
        return "u16";
    case DLMS_LONG64:
        return "i64";
    case DLMS_LONG64_UNSIGNED:
        return "u64";
    case DLMS_ENUM:
        return "enum";
    case DLMS_FLOAT32:
        return "f32";
    case DLMS_FLOAT64:
        return "f64";
    case DLMS_DATE_TIME:
        return "datetime";
    case DLMS_DATE:
        return "date";
    case DLMS_TIME:
        return "time";
    case DLMS_DONT_CARE:
        return "dont-care";
    case DLMS_ARRAY:
    case DLMS_STRUCTURE:
    case DLMS_COMPACT_ARRAY:
        break;
    }
    return "list"; /* an empty one: others are walked into */
}

static void bits(struct json *j, const struct dlms_value *v)
{
    for (size_t i = 0; i < v->bits.n; i++)
        (void)fputc((v->bits.at[i / 8] >> (7 - i % 8) & 1) + '0', j->out);
}

static bool has_octets(const struct dlms_value *v)
{
    return v->type == DLMS_OCTET_STRING || v->type == DLMS_VISIBLE_STRING ||
           v->type == DLMS_UTF8_STRING || v->type == DLMS_DATE_TIME ||
           v->type == DLMS_DATE || v->type == DLMS_TIME;
}

/* "u32:9745", "os:4B464D", "vs:text": type and value in one string. */
static void typed(struct json *j, const struct dlms_value *v)
{
    bool readable = v->type != DLMS_OCTET_STRING && dlms_value_is_text(v);
    int64_t i;

    (void)fprintf(j->out, "%s\"%s:", j->comma ? "," : "", mark(v->type));
    if (readable)
        text_inside(j, v->octets);
    else if (has_octets(v))
        hex(j, v->octets);
    else if (v->type == DLMS_BIT_STRING)
        bits(j, v);
    else if (dlms_value_integer(v, &i) || v->type == DLMS_LONG64_UNSIGNED ||
             v->type == DLMS_FLOAT32 || v->type == DLMS_FLOAT64)
        number(j, v);
    (void)fputc('"', j->out);
    j->comma = true;
}

/* Leaves of a value, typed, in their order. Depth is capped by the decoder. */
static void leaves(struct json *j, const struct dlms_value *v)
{
    if (dlms_value_count(v) == 0) {
        typed(j, v);
        return;
    }
    for (size_t i = 0; i < v->list.n; i++)
        leaves(j, &v->list.at[i]);
}

static void values(struct json *j, const struct dlms_value *v)
{
    key(j, "values");
    open_with(j, '[');
    leaves(j, v);
    close_with(j, ']');
}

/* One value as members of the object that is open. */
static void members(struct json *j, const struct dlms_value *v)
{
    struct dlms_datetime t;

    if (dlms_value_datetime(v, &t)) {
        text(j, "time", dlms_datetime_text(j->a, &t));
    } else if (dlms_value_is_text(v)) {
        key(j, "text");
        (void)fputc('"', j->out);
        text_inside(j, v->octets);
        (void)fputc('"', j->out);
    } else if (dlms_value_count(v) > 0 || v->type == DLMS_BIT_STRING) {
        values(j, v);
    } else if (dlms_value_octets(v).len > 0) {
        key(j, "octets");
        (void)fputc('"', j->out);
        hex(j, v->octets);
        (void)fputc('"', j->out);
    } else {
        key(j, "value");
        number(j, v);
    }
}

static void observation(struct json *j, const struct dlms_observation *o)
{
    char name[OBIS_TEXT_MAX];

    key(j, obis_write(name, o->name));
    open_with(j, '{');
    members(j, o->value);
    if (o->has_scaler) {
        key(j, "scaler");
        (void)fprintf(j->out, "%d", o->scaler);
        text(j, "unit", unit_name(o->unit));
    }
    close_with(j, '}');
}

static void notification(struct json *j, const struct dlms_notification *n)
{
    struct dlms_push push;

    text(j, "long-invoke-id", arena_printf(j->a, "%08X", n->invoke));
    if (n->has_datetime)
        text(j, "datetime", dlms_datetime_text(j->a, &n->datetime));
    dlms_push_read(j->a, &n->body, &push);
    if (push.named == 0) {
        values(j, &n->body);
        return;
    }
    key(j, "obis");
    open_with(j, '{');
    for (size_t i = 0; i < push.n; i++)
        if (push.at[i].has_name)
            observation(j, &push.at[i]);
    close_with(j, '}');
}

static void request(struct json *j, const struct dlms_request *q)
{
    char name[OBIS_TEXT_MAX];

    key(j, "invoke-id");
    (void)fprintf(j->out, "%u,\"class\":%u,\"object\":\"%s\",\"index\":%u",
                  q->invoke & 0x0Fu, q->target.class_id,
                  obis_write(name, q->target.name), q->target.index);
    if (q->has_value)
        members(j, &q->value);
}

static void response(struct json *j, const struct dlms_response *r)
{
    key(j, "invoke-id");
    (void)fprintf(j->out, "%u", r->invoke & 0x0Fu);
    text(j, "result", dlms_result_name(r->result));
    if (r->has_value)
        members(j, &r->value);
}

static void one_apdu(struct json *j, const struct dlms_apdu *apdu)
{
    text(j, "apdu", dlms_tag_name(apdu->tag));
    switch (apdu->tag) {
    case DLMS_DATA_NOTIFICATION:
        notification(j, &apdu->notification);
        break;
    case DLMS_DATA_NOTIFICATION_CONFIRM:
        text(j, "long-invoke-id",
             arena_printf(j->a, "%08X", apdu->confirm.invoke));
        break;
    case DLMS_GET_REQUEST:
    case DLMS_SET_REQUEST:
    case DLMS_ACTION_REQUEST:
        request(j, &apdu->request);
        break;
    case DLMS_GET_RESPONSE:
    case DLMS_SET_RESPONSE:
    case DLMS_ACTION_RESPONSE:
        response(j, &apdu->response);
        break;
    default:
        break;
    }
}

static void envelope(struct json *j, const struct dlms_ciphered *c)
{
    if (c->title.len > 0) {
        key(j, "system-title");
        (void)fputc('"', j->out);
        hex(j, c->title);
        (void)fputc('"', j->out);
    }
    text(j, "sc", arena_printf(j->a, "%02X", c->control));
    key(j, "ic");
    (void)fprintf(j->out, "%" PRIu32, c->counter);
}

static enum err first_apdu(struct arena *a, struct bytes b, struct bytes *apdu)
{
    struct telegram t;
    enum err e;

    telegram_init(&t, a, b);
    while (telegram_more(&t)) {
        if ((e = telegram_next(&t)) != ERR_OK)
            return e;
        if (t.whole) {
            *apdu = t.apdu;
            return ERR_OK;
        }
    }
    return err_raise(ERR_PROTOCOL, "offset %zu: no whole APDU", b.len);
}

enum err dlms_json(struct arena *a, struct bytes b,
                   const struct dlms_keys *keys, FILE *out)
{
    struct json j = { .a = a, .out = out };
    struct dlms_apdu apdu, inner;
    struct bytes at = { 0 };
    enum err e;

    if ((e = first_apdu(a, b, &at)) != ERR_OK ||
        (e = dlms_apdu_read(a, at, &apdu)) != ERR_OK)
        return e;
    inner = apdu;
    /* Nothing is written before all is known to be readable. */
    if (dlms_tag_ciphered(apdu.tag) &&
        ((e = telegram_open(a, &apdu.ciphered, keys, &at)) != ERR_OK ||
         (e = dlms_apdu_read(a, at, &inner)) != ERR_OK))
        return e;
    open_with(&j, '{');
    if (dlms_tag_ciphered(apdu.tag))
        envelope(&j, &apdu.ciphered);
    one_apdu(&j, &inner);
    close_with(&j, '}');
    (void)fputc('\n', out);
    return ERR_OK;
}
