/* A form as it comes back: what was typed, and what is wrong with it. */
#include "cgi-bin/web/sheet.h"

#include <inttypes.h>
#include <string.h>

#include "cgi-bin/web/mistakes.h"
#include "cgi-bin/web/sheet_inner.h"
#include "lib/base/text.h"
#include "lib/units/phone.h"

#define TEXT_MAX 255

/* ---- reading ---- */

size_t sheet_find(const struct sheet *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++) {
        if (strcmp(s->fields[i].name, name) == 0)
            return i;
    }
    return s->n;
}

const char *sheet_text(const struct sheet *s, const char *name)
{
    size_t i = sheet_find(s, name);

    return i < s->n && s->value[i] != NULL ? s->value[i] : "";
}

bool sheet_on(const struct sheet *s, const char *name)
{
    return sheet_text(s, name)[0] != '\0';
}

void sheet_put(struct sheet *s, const char *name, const char *value)
{
    size_t i = sheet_find(s, name);

    if (i < s->n)
        s->value[i] = value;
}

/* Loosely: the letter itself is the proof. */
static bool is_email(const char *text)
{
    const char *at = strchr(text, '@');

    return at != NULL && at > text && strchr(at + 1, '@') == NULL &&
           strchr(at + 1, '.') != NULL && at[1] != '.' &&
           text[strlen(text) - 1] != '.' &&
           strpbrk(text, " \t\n,;<>\"") == NULL;
}

const char *sheet_word(struct sheet *s, const char *name)
{
    const char *own = arena_printf(s->r->arena, "%s.%s", s->words, name);

    return word_known(s->r, own)
               ? word(s->r, own)
               : word(s->r, arena_printf(s->r->arena, "Sheet.%s", name));
}

static void check(struct sheet *s, const struct sheet_field *f,
                  const char *text)
{
    size_t max = f->max != 0 ? f->max : TEXT_MAX;

    if (text[0] == '\0') {
        if (f->required && f->kind != SHEET_FILE)
            sheet_mistake(s, f->name, "Required");
    } else if (f->kind != SHEET_SERIALS && text_length(text) > max) {
        sheet_mistake(s, f->name, "TooLong");
    } else if (f->kind == SHEET_EMAIL && !is_email(text)) {
        sheet_mistake(s, f->name, "NotEmail");
    } else if (f->kind == SHEET_PHONE && !phone_fits(text)) {
        sheet_mistake(s, f->name, "NotPhone");
    }
}

void sheet_read(struct sheet *s)
{
    s->version = form_text(s->r, "version");
    for (size_t i = 0; i < s->n; i++) {
        const struct sheet_field *f = &s->fields[i];
        const char *text = form_text(s->r, f->name);

        /* A password may begin with a space. */
        s->value[i] =
            f->kind == SHEET_PASSWORD ? text : text_lines(s->r->arena, text);
        check(s, f, s->value[i]);
    }
}

/* Words that hold for any field say which one on top of the form. */
static const char *named(struct sheet *s, const char *name, const char *text)
{
    const char *label = arena_printf(s->r->arena, "%s.%s", s->words, name);

    if (!word_known(s->r, label))
        return text;
    label = word(s->r, label);
    return arena_printf(s->r->arena, "%.*s: %s", (int)strcspn(label, ":"),
                        label, text);
}

static void tell(struct sheet *s, const char *name, const char *text,
                 const char *on_top)
{
    s->wrong += mistake_tell(s->r, name, text, on_top);
}

int64_t sheet_int(struct sheet *s, const char *name, int64_t min, int64_t max,
                  int64_t fallback)
{
    const char *text = sheet_text(s, name);
    const char *digits = text + (text[0] == '-');
    int64_t n = 0;
    bool good = digits[0] != '\0' && strlen(digits) <= 18 &&
                strspn(digits, "0123456789") == strlen(digits);

    if (text[0] == '\0')
        return fallback;
    for (const char *p = digits; good && *p != '\0'; p++)
        n = n * 10 + (*p - '0');
    if (text[0] == '-')
        n = -n;
    if (good && n >= min && n <= max)
        return n;
    text = arena_printf(s->r->arena, "%s %" PRId64 "–%" PRId64,
                        sheet_word(s, "NotNumber"), min, max);
    tell(s, name, text, named(s, name, text));
    return fallback;
}

void sheet_mistake_text(struct sheet *s, const char *name, const char *text)
{
    tell(s, name, text, text);
}

void sheet_mistake(struct sheet *s, const char *name, const char *word_name)
{
    const char *own = arena_printf(s->r->arena, "%s.%s", s->words, word_name);
    const char *text = sheet_word(s, word_name);

    tell(s, name, text, word_known(s->r, own) ? text : named(s, name, text));
}

const char *sheet_ids(struct sheet *s, const char *name)
{
    struct req *r = s->r;
    const char *out = "", *value;

    for (size_t i = 0; (value = form_nth(r, name, i)) != NULL; i++) {
        if (value[0] == '\0' || strlen(value) > 18 ||
            strspn(value, "0123456789") != strlen(value))
            continue;
        out = arena_printf(r->arena, "%s%s%s", out, out[0] != '\0' ? "," : "",
                           value);
    }
    return arena_printf(r->arena, "{%s}", out);
}
