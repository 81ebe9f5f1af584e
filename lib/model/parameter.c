/* The table of parameters, their limits, and their statements. */
#include "lib/model/parameter.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/model/list.h"

/* clang-format off */
const struct parameter parameters[PARAMETERS] = {
    /* name                     group      kind              optional min max  choices, fallback */
    { "login_url",               "system",  PARAMETER_URL,    true,  0, 0,     NULL, "" },
    { "saupg_confirmation",      "saupg",   PARAMETER_SWITCH, false, 0, 0,     NULL, "on" },
    { "mail_from_address",       "mail",    PARAMETER_MAIL,   true,  0, 0,     NULL, "" },
    { "mail_from_name",          "mail",    PARAMETER_TEXT,   true,  0, 0,     NULL, "" },
    { "smtp_host",               "mail",    PARAMETER_HOST,   true,  0, 0,     NULL, "" },
    { "smtp_login",              "mail",    PARAMETER_TEXT,   true,  0, 0,     NULL, "" },
    { "smtp_password",           "mail",    PARAMETER_SECRET, true,  0, 0,     NULL, "" },
    { "smtp_port",               "mail",    PARAMETER_NUMBER, false, 1, 65535, NULL, "25" },
    { "smtp_security",           "mail",    PARAMETER_CHOICE, false, 0, 0,     "none starttls tls", "none" },
    { "confirm_email",           "mail",    PARAMETER_SWITCH, false, 0, 0,     NULL, "off" },
    { "sms_login",               "sms",     PARAMETER_TEXT,   true,  0, 0,     NULL, "" },
    { "sms_password",            "sms",     PARAMETER_SECRET, true,  0, 0,     NULL, "" },
    { "sms_sender",              "sms",     PARAMETER_TEXT,   true,  0, 0,     NULL, "" },
    { "sms_enabled",             "sms",     PARAMETER_SWITCH, false, 0, 0,     NULL, "off" },
    { "confirm_phone",           "sms",     PARAMETER_SWITCH, false, 0, 0,     NULL, "off" },
    { "daily_archives",          "archive", PARAMETER_SWITCH, false, 0, 0,     NULL, "on" },
    { "report_hour",             "archive", PARAMETER_NUMBER, false, 0, 23,    NULL, "10" },
    { "hourly_archives",         "archive", PARAMETER_SWITCH, false, 0, 0,     NULL, "off" },
    { "event_logs",              "archive", PARAMETER_SWITCH, false, 0, 0,     NULL, "on" },
    { "firmware_per_day",        "limits",  PARAMETER_NUMBER, false, 0, 1000,  NULL, "500" },
    { "address_changes_per_day", "limits",  PARAMETER_NUMBER, false, 0, 1000,  NULL, "20" },
    { "cutoff_without_link",     "limits",  PARAMETER_SWITCH, false, 0, 0,     NULL, "off" },
    { "cutoff_delay_days",       "limits",  PARAMETER_NUMBER, false, 1, 366,   NULL, "2" },
    { "ban_close_commands",      "limits",  PARAMETER_SWITCH, false, 0, 0,     NULL, "off" },
    { "ban_close_delivery",      "limits",  PARAMETER_SWITCH, false, 0, 0,     NULL, "off" },
    { "ban_automatic_closing",   "limits",  PARAMETER_SWITCH, false, 0, 0,     NULL, "off" },
    { "clock_limit_s",           "limits",  PARAMETER_NUMBER, false, 0, 86400, NULL, "60" },
    { "lorawan_enabled",         "lorawan", PARAMETER_SWITCH, false, 0, 0,     NULL, "off" },
    { "lorawan_url",             "lorawan", PARAMETER_URL,    true,  0, 0,     NULL, "" },
    { "lorawan_user",            "lorawan", PARAMETER_TEXT,   true,  0, 0,     NULL, "" },
    { "lorawan_password",        "lorawan", PARAMETER_SECRET, true,  0, 0,     NULL, "" },
    { "lorawan_application",     "lorawan", PARAMETER_NUMBER, true,  0, 999999999999999, NULL, "" },
    { "exchange_days",           "exchange", PARAMETER_NUMBER, false, 0, 366,  NULL, "7" },
};
/* clang-format on */

/* ---- what may stand there ---- */

static const char digits[] = "0123456789";
static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
                              "wxyz0123456789";
static const char named[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
                            "wxyz0123456789-_";

/* Labels of letters, digits, - and _ with single dots; its length, or 0. */
static size_t name_len(const char *text)
{
    size_t at = 0, n = strspn(text, letters);

    if (n == 0)
        return 0;
    for (;;) {
        at += strspn(text + at, named);
        if (text[at] != '.' || strspn(text + at + 1, named) == 0)
            return at;
        at++;
    }
}

static bool is_host(const char *text)
{
    size_t n = name_len(text);

    if (n > 0 && text[n] == '\0')
        return true;
    n = strspn(text, "0123456789abcdefABCDEF:.");
    return text[n] == '\0' && strchr(text, ':') != NULL && n >= 2;
}

static bool is_mail(const char *text)
{
    size_t n = strcspn(text, " \t@<>\"(),:;\\");
    const char *domain = text + n + 1;

    return n > 0 && text[n] == '@' && domain[0] != '\0' &&
           domain[name_len(domain)] == '\0' && strchr(domain, '_') == NULL;
}

/* What is after the host of a URL: a port, a path. */
static bool is_url_end(const char *text)
{
    if (*text == ':') {
        size_t n = strspn(text + 1, digits);

        if (n < 1 || n > 5 || strtol(text + 1, NULL, 10) > 65535)
            return false;
        text += 1 + n;
    }
    return *text == '\0' ||
           (*text == '/' && text[strcspn(text, " \t\"<>\\")] == '\0');
}

static bool is_url(const char *text)
{
    size_t n;

    text += strncmp(text, "https://", 8) == 0  ? 8
            : strncmp(text, "http://", 7) == 0 ? 7
                                               : strlen(text);
    if (*text != '[')
        return (n = name_len(text)) > 0 && is_url_end(text + n);
    n = strspn(text + 1, "0123456789abcdefABCDEF:.");
    return n > 0 && text[n + 1] == ']' && is_url_end(text + n + 2);
}

static const char *number_mistake(const struct parameter *p, const char *value)
{
    size_t n = strspn(value, digits);
    int64_t number;

    if (value[n] != '\0')
        return "Number";
    if (n > 15)
        return "Range";
    number = strtoll(value, NULL, 10);
    return number < p->min || number > p->max ? "Range" : NULL;
}

static bool is_choice(const char *choices, const char *value)
{
    size_t n = strlen(value);

    for (const char *at = choices; *at != '\0'; at += strspn(at, " ")) {
        size_t len = strcspn(at, " ");

        if (len == n && strncmp(at, value, n) == 0)
            return true;
        at += len;
    }
    return false;
}

static bool has_control(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0';
         p++) {
        if (*p < 0x20 || *p == 0x7F || (*p == 0xC2 && p[1] < 0xA0))
            return true;
    }
    return false;
}

const char *parameter_mistake(const struct parameter *p, const char *value)
{
    if (text_length(value) > PARAMETER_MAX ||
        (p->kind == PARAMETER_SECRET && strlen(value) > SECRET_BYTES))
        return "Long";
    if (has_control(value))
        return "Control";
    if (value[0] == '\0')
        return p->optional ? NULL : "Required";
    switch (p->kind) {
    case PARAMETER_TEXT:
    case PARAMETER_SECRET:
        return NULL;
    case PARAMETER_URL:
        return is_url(value) ? NULL : "Url";
    case PARAMETER_HOST:
        return is_host(value) ? NULL : "Host";
    case PARAMETER_MAIL:
        return is_mail(value) ? NULL : "Mail";
    case PARAMETER_NUMBER:
        return number_mistake(p, value);
    case PARAMETER_SWITCH:
        return is_choice("on off", value) ? NULL : "Choice";
    case PARAMETER_CHOICE:
        return is_choice(p->choices, value) ? NULL : "Choice";
    }
    return "Choice";
}

/* ---- the statements ---- */

enum { NAME, VALUE, HAS_SECRET, CHANGED_US, CHANGED_BY };

static bool row_find(const struct rows *rows, const char *name, size_t *out)
{
    for (size_t i = 0; i < rows->n; i++) {
        if (strcmp(row_text(rows, i, NAME), name) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

enum err parameter_list(struct db *db, struct arena *a,
                        struct parameter_state out[PARAMETERS])
{
    struct rows rows;
    enum err e = db_query(db, a, Q_PARAMETER_LIST, NULL, &rows);
    size_t row = 0;

    for (size_t i = 0; i < PARAMETERS && e == ERR_OK; i++) {
        if (!row_find(&rows, parameters[i].name, &row))
            return err_raise(ERR_DB, "the schema has no parameter %s",
                             parameters[i].name);
        out[i] = (struct parameter_state){
            .value = row_text(&rows, row, VALUE),
            .has_secret = row_bool(&rows, row, HAS_SECRET),
            .changed_us = row_int(&rows, row, CHANGED_US),
            .changed_by = row_text(&rows, row, CHANGED_BY),
        };
    }
    return e;
}

enum err parameter_set(struct db *db, struct arena *a, const char *name,
                       int64_t seen_us, const char *value, const char *address)
{
    const char *const params[] = { name, param_int(a, seen_us), value,
                                   address };

    return db_exec(db, a, Q_PARAMETER_SET, params);
}

enum err parameter_seal(struct db *db, struct arena *a, const char *name,
                        int64_t seen_us, struct bytes sealed,
                        const char *address)
{
    const char *const params[] = { name, param_int(a, seen_us),
                                   param_bytea(a, sealed), address };

    return db_exec(db, a, Q_PARAMETER_SEAL, params);
}
