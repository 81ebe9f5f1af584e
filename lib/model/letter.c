/* The values of a message travel as one JSON object. */
#include "lib/model/letter.h"

#include <string.h>

#include "lib/base/json.h"

static bool is_local(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') ||
           (c != '\0' && strchr(".!#$%&'*+/=?^_`{|}~-", c) != NULL);
}

static bool is_domain(const char *s)
{
    bool after_dot = true;

    for (; *s != '\0'; s++) {
        bool letter = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
                      (*s >= '0' && *s <= '9');

        if (!letter && (after_dot || (*s != '-' && *s != '.')))
            return false;
        after_dot = *s == '.';
    }
    return !after_dot;
}

bool letter_address_fits(const char *address)
{
    const char *at = strchr(address, '@');

    if (at == NULL || at == address || strlen(address) > 254)
        return false;
    for (const char *s = address; s < at; s++) {
        if (!is_local(*s))
            return false;
    }
    return is_domain(at + 1);
}

static char *values_json(struct arena *a, const struct letter_value *values,
                         size_t n)
{
    struct buf b = { 0 };
    char *text;

    buf_putc(&b, '{');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_putc(&b, ',');
        json_put_text(&b, values[i].name);
        buf_putc(&b, ':');
        json_put_text(&b, values[i].value);
    }
    buf_putc(&b, '}');
    text = arena_strdup(a, b.at);
    buf_free(&b);
    return text;
}

enum err letter_queue(struct db *db, struct arena *a, const char *kind,
                      const char *to, const char *language,
                      const struct letter_value *values, size_t n)
{
    const char *const params[] = { kind, to, language,
                                   values_json(a, values, n) };

    if (!letter_address_fits(to))
        return err_raise(ERR_INVALID,
                         "letter %s: an address that nothing can "
                         "be sent to",
                         kind);
    return db_exec(db, a, Q_LETTER_QUEUE, params);
}
