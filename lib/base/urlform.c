/* Splits first, decodes each half once: a decoded & never separates. */
#include "lib/base/urlform.h"

#include <stdint.h>
#include <string.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Length of the UTF-8 character at s, 0 when it is not one (RFC 3629, 4). */
static size_t utf8_len(const uint8_t *s, size_t left)
{
    static const uint8_t lowest[] = { 0, 0, 0x80, 0xa0, 0x90 };
    size_t n = s[0] < 0x80   ? 1
               : s[0] < 0xc2 ? 0
               : s[0] < 0xe0 ? 2
               : s[0] < 0xf0 ? 3
               : s[0] < 0xf5 ? 4
                             : 0;

    if (n < 2 || n > left)
        return n > left ? 0 : n;
    if ((s[0] == 0xe0 || s[0] == 0xf0) && s[1] < lowest[n])
        return 0; /* a longer form than needed */
    if ((s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0; /* a surrogate; beyond U+10FFFF */
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    }
    return n;
}

bool text_is_clean(const char *s, size_t len)
{
    const uint8_t *p = (const uint8_t *)s;
    size_t n;

    for (size_t i = 0; i < len; i += n) {
        n = utf8_len(p + i, len - i);
        if (n == 0)
            return false;
        if ((p[i] < 0x20 && strchr("\t\n\r", p[i]) == NULL) || p[i] == 0x7f ||
            p[i] == '\0')
            return false;
        if (n == 2 && p[i] == 0xc2 && p[i + 1] < 0xa0)
            return false; /* C1 controls */
    }
    return true;
}

/* text[0..len) decoded; NULL when an escape is broken or the result unclean. */
static char *decode(struct arena *a, const char *text, size_t len)
{
    char *out = arena_alloc(a, len + 1);
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        if (text[i] == '+') {
            out[n++] = ' ';
        } else if (text[i] == '%') {
            bool whole = len - i > 2;
            int hi = whole ? hex_digit(text[i + 1]) : -1;
            int lo = whole ? hex_digit(text[i + 2]) : -1;

            if (hi < 0 || lo < 0)
                return NULL;
            out[n++] = (char)(hi << 4 | lo);
            i += 2;
        } else {
            out[n++] = text[i];
        }
    }
    return text_is_clean(out, n) ? out : NULL;
}

static enum err field_parse(struct arena *a, const char *text, size_t len,
                            struct urlfield *out)
{
    const char *equals = memchr(text, '=', len);
    size_t name_len = equals ? (size_t)(equals - text) : len;

    out->name = decode(a, text, name_len);
    out->value = equals ? decode(a, equals + 1, len - name_len - 1) : "";
    if (out->name == NULL || out->value == NULL)
        return err_raise(ERR_INVALID, "form: a field of %zu bytes is no text",
                         len);
    return ERR_OK;
}

enum err urlform_parse(struct arena *a, const char *text, size_t len,
                       struct urlform *out)
{
    size_t at = 0, most = 1;

    out->n = 0;
    out->field = NULL;
    for (size_t i = 0; i < len; i++)
        most += text[i] == '&';
    if (most > URLFORM_FIELDS_MAX)
        return err_raise(ERR_INVALID, "form: %zu fields", most);
    if (len > 0)
        out->field = arena_alloc(a, most * sizeof(*out->field));
    while (at < len) {
        const char *amp = memchr(text + at, '&', len - at);
        size_t n = amp ? (size_t)(amp - text) - at : len - at;

        if (n > 0) {
            enum err e = field_parse(a, text + at, n, &out->field[out->n]);

            if (e != ERR_OK)
                return e;
            out->n++;
        }
        at += n + 1;
    }
    return ERR_OK;
}

const char *urlform_get(const struct urlform *f, const char *name)
{
    for (size_t i = 0; i < f->n; i++) {
        if (strcmp(f->field[i].name, name) == 0)
            return f->field[i].value;
    }
    return NULL;
}

static bool unreserved(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || (c != '\0' && strchr("-_.~", c) != NULL);
}

char *urlform_encode(struct arena *a, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    char *out = arena_alloc(a, strlen(text) * 3 + 1);
    size_t n = 0;

    for (const char *p = text; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;

        if (unreserved(c)) {
            out[n++] = *p;
        } else {
            out[n++] = '%';
            out[n++] = hex[c >> 4];
            out[n++] = hex[c & 15];
        }
    }
    return out;
}

char *cookie_get(struct arena *a, const char *header, const char *name)
{
    size_t name_len = strlen(name);

    while (*header != '\0') {
        size_t n;

        header += strspn(header, "; ");
        n = strcspn(header, ";");
        if (n > name_len && header[name_len] == '=' &&
            memcmp(header, name, name_len) == 0)
            return arena_strndup(a, header + name_len + 1, n - name_len - 1);
        header += n;
    }
    return NULL;
}
