/* The tables below are the API's own (its HTTP chapter), with what we do. */
#include "daemon/notifier/smsc.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

/* clang-format off */
static const struct { const char *error; enum smsc_fate fate; } codes[] = {
    [1] = { "sms_parameters", SMSC_FAILED },
    [2] = { "login",          SMSC_STOP },
    [3] = { "money",          SMSC_STOP },
    [4] = { "blocked",        SMSC_BLOCKED },
    [5] = { "sms_parameters", SMSC_FAILED },
    [6] = { "forbidden",      SMSC_FAILED },
    [7] = { "wrong_contact",  SMSC_WRONG },
    [8] = { "undeliverable",  SMSC_FAILED },
    [9] = { "frequent",       SMSC_LATER },
};

static const struct { int status; struct smsc_meaning means; } statuses[] = {
    { -3, { "failed",    "lost",          false } },
    { -2, { "failed",    "stopped",       false } },
    { -1, { "sent",      "",              false } },
    {  0, { "sent",      "",              false } },
    {  1, { "delivered", "",              false } },
    {  2, { "delivered", "",              false } },
    {  3, { "failed",    "too_late",      false } },
    {  4, { "delivered", "",              false } },
    { 20, { "failed",    "undeliverable", false } },
    { 22, { "failed",    "wrong_contact", true } },
    { 23, { "failed",    "forbidden",     false } },
    { 24, { "queued",    "money",         false } },
    { 25, { "failed",    "unreachable_phone", false } },
};
/* clang-format on */

/* Delivery errors that say more than the status 20. */
static const struct {
    const char *error;
    int err;
    bool wrong_contact;
} delivery_errors[] = {
    { "wrong_contact", 1, true },
    { "phone_off", 6, false },
    { "no_service", 11, false },
    { "phone_blocked", 13, false },
};

int64_t smsc_id(int64_t outbox_id)
{
    return (outbox_id - 1) % INT32_MAX + 1;
}

/* Numbers come as numbers or as text. */
static int64_t number_of(const json_t *v)
{
    if (json_is_integer(v))
        return json_integer_value(v);
    return json_is_string(v) ? strtoll(json_string_value(v), NULL, 10) : 0;
}

static const char *text_of(struct arena *a, const json_t *v)
{
    if (json_is_string(v))
        return arena_strdup(a, json_string_value(v));
    if (json_is_real(v))
        return arena_printf(a, "%.2f", json_real_value(v));
    if (json_is_integer(v))
        return arena_printf(a, "%lld", (long long)json_integer_value(v));
    return "";
}

static void release(void *root)
{
    json_decref(root);
}

static enum err parse(struct arena *a, const char *body, json_t **out)
{
    json_error_t why;
    json_t *root = json_loads(body, JSON_REJECT_DUPLICATES, &why);

    if (root == NULL)
        return err_raise(ERR_PROTOCOL,
                         "the SMS service answers what is no "
                         "JSON (line %d)",
                         why.line);
    arena_defer(a, release, root);
    *out = root;
    return ERR_OK;
}

/* An unknown code is taken for a passing one: the message is kept. */
static void refusal(struct arena *a, const json_t *root,
                    struct smsc_answer *out)
{
    int64_t code = number_of(json_object_get(root, "error_code"));

    out->words = text_of(a, json_object_get(root, "error"));
    if (code >= 1 && code < (int64_t)(sizeof(codes) / sizeof(codes[0]))) {
        out->fate = codes[code].fate;
        out->error = codes[code].error;
    } else {
        out->fate = SMSC_LATER;
        out->error = "protocol";
    }
}

static bool is_refusal(const json_t *root)
{
    return json_object_get(root, "error_code") != NULL ||
           json_object_get(root, "error") != NULL;
}

/* The balance counts when it is a number and nothing else. */
static void read_balance(struct arena *a, const json_t *root,
                         struct smsc_answer *out)
{
    const char *text = text_of(a, json_object_get(root, "balance"));
    char *end;

    (void)strtod(text, &end);
    out->has_balance = text[0] != '\0' && *end == '\0' &&
                       strspn(text, "-.0123456789") == strlen(text);
    out->balance = out->has_balance ? text : "";
}

enum err smsc_read_answer(struct arena *a, const char *body,
                          struct smsc_answer *out)
{
    json_t *root = NULL;
    enum err e = parse(a, body, &root);

    if (e != ERR_OK)
        return e;
    *out = (struct smsc_answer){ .error = "", .words = "" };
    if (is_refusal(root)) {
        refusal(a, root, out);
        return ERR_OK;
    }
    if (json_object_get(root, "id") == NULL &&
        json_object_get(root, "balance") == NULL)
        return err_raise(ERR_PROTOCOL, "the SMS service answers without an id");
    read_balance(a, root, out);
    return ERR_OK;
}

static struct smsc_status status_of(const json_t *v)
{
    const json_t *status = json_object_get(v, "status");

    return (struct smsc_status){
        .id = number_of(json_object_get(v, "id")),
        .changed_s = number_of(json_object_get(v, "last_timestamp")),
        .status = status != NULL ? (int)number_of(status) : -1,
        .err = (int)number_of(json_object_get(v, "err")),
    };
}

enum err smsc_read_statuses(struct arena *a, const char *body,
                            struct smsc_status **list, size_t *n,
                            struct smsc_answer *out)
{
    json_t *root = NULL;
    enum err e = parse(a, body, &root);

    *n = 0;
    if (e != ERR_OK)
        return e;
    *out = (struct smsc_answer){ .error = "", .words = "" };
    if (json_is_object(root) && json_object_get(root, "status") == NULL) {
        if (!is_refusal(root))
            return err_raise(ERR_PROTOCOL, "the SMS service tells no status");
        refusal(a, root, out);
        return ERR_OK;
    }
    *n = json_is_array(root) ? json_array_size(root) : 1;
    *list = arena_alloc(a, (*n + 1) * sizeof(**list));
    for (size_t i = 0; i < *n; i++)
        (*list)[i] =
            status_of(json_is_array(root) ? json_array_get(root, i) : root);
    return ERR_OK;
}

struct smsc_meaning smsc_status_means(const struct smsc_status *s)
{
    struct smsc_meaning means = { "sent", "", false };

    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        if (statuses[i].status == s->status)
            means = statuses[i].means;
    }
    if (s->status != 20)
        return means;
    for (size_t i = 0; i < sizeof(delivery_errors) / sizeof(delivery_errors[0]);
         i++) {
        if (delivery_errors[i].err == s->err) {
            means.error = delivery_errors[i].error;
            means.wrong_contact = delivery_errors[i].wrong_contact;
        }
    }
    return means;
}
