/* Reads and changes the lines of an unsealed secret. */
#include "lib/base/secret.h"

#include <string.h>

/* clang-format off */
const char *const secret_names[SECRET_ITEMS] = {
    [SECRET_MECHANISM] = "mechanism", [SECRET_SUITE] = "suite",
    [SECRET_SAP] = "sap", [SECRET_TITLE] = "title", [SECRET_LLS] = "lls",
    [SECRET_HLS] = "hls", [SECRET_EK] = "ek", [SECRET_AK] = "ak",
    [SECRET_KEK] = "kek", [SECRET_RADIO] = "radio",
};
/* clang-format on */

#define MECHANISM_MAX 6 /* SHA-256: lib/dlms/hls.h has no more */
#define SAP_MAX       65535

enum secret_item secret_item_of(const char *name)
{
    int i = 0;

    while (i < SECRET_ITEMS && strcmp(secret_names[i], name) != 0)
        i++;
    return (enum secret_item)i;
}

bool secret_is_hidden(enum secret_item item)
{
    return item >= SECRET_LLS;
}

/* ---- values ---- */

static int nibble(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool hex_read(struct bytes hex, uint8_t *out, size_t n)
{
    if (hex.len != 2 * n)
        return false;
    for (size_t i = 0; i < n; i++) {
        int high = nibble(hex.at[2 * i]), low = nibble(hex.at[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool number_read(struct bytes v, unsigned max, unsigned *out)
{
    unsigned n = 0;

    if (v.len == 0 || v.len > 5)
        return false;
    for (size_t i = 0; i < v.len; i++) {
        if (v.at[i] < '0' || v.at[i] > '9')
            return false;
        n = n * 10 + (unsigned)(v.at[i] - '0');
    }
    *out = n;
    return n <= max;
}

/* What a keyboard types, and no more; a space only in passwords of meters. */
static bool is_typed(struct bytes v, uint8_t lowest)
{
    for (size_t i = 0; i < v.len; i++) {
        if (v.at[i] < lowest || v.at[i] > 0x7e)
            return false;
    }
    return v.len > 0 && v.len <= SECRET_PASSWORD_MAX;
}

static bool octets_read(struct bytes v, uint8_t *out, size_t *len)
{
    if (v.len > SECRET_PASSWORD_MAX)
        return false;
    memcpy(out, v.at, v.len);
    *len = v.len;
    return true;
}

static bool radio_read(struct bytes v, char out[SECRET_PASSWORD_MAX + 1])
{
    if (!is_typed(v, 0x21))
        return false;
    memcpy(out, v.at, v.len);
    out[v.len] = '\0';
    return true;
}

static bool value_read(enum secret_item item, struct bytes v,
                       struct secret *out)
{
    unsigned n = 0;
    bool good;

    switch (item) {
    case SECRET_MECHANISM:
        out->has_mechanism = good = number_read(v, MECHANISM_MAX, &n);
        out->mechanism = (uint8_t)n;
        return good;
    case SECRET_SUITE:
        good = number_read(v, 1, &n);
        out->suite = (uint8_t)n;
        return good;
    case SECRET_SAP:
        good = number_read(v, SAP_MAX, &n) && n > 0;
        out->sap = (uint16_t)n;
        return good;
    case SECRET_TITLE:
        return out->has_title = hex_read(v, out->title, SECRET_TITLE_LEN);
    case SECRET_LLS:
        return octets_read(v, out->lls, &out->lls_len);
    case SECRET_HLS:
        return octets_read(v, out->hls, &out->hls_len);
    case SECRET_EK:
        return out->has_ek = hex_read(v, out->ek, SECRET_KEY_LEN);
    case SECRET_AK:
        return out->has_ak = hex_read(v, out->ak, SECRET_KEY_LEN);
    case SECRET_KEK:
        return out->has_kek = hex_read(v, out->kek, SECRET_KEY_LEN);
    case SECRET_RADIO:
        return radio_read(v, out->radio);
    case SECRET_ITEMS:
        break;
    }
    return false;
}

/* What people type is narrower than what a meter was given elsewhere. */
bool secret_fits(enum secret_item item, struct bytes value)
{
    struct secret s;
    bool good;

    if (item == SECRET_LLS || item == SECRET_HLS)
        return is_typed(value, 0x20);
    memset(&s, 0, sizeof(s));
    good = value_read(item, value, &s);
    explicit_bzero(&s, sizeof(s));
    return good;
}

bool secret_ciphers(const struct secret *s)
{
    return s->has_mechanism && s->mechanism > 1 && s->has_ek && s->has_ak;
}

enum err secret_mark(const struct seal_key *key, const struct secret *s,
                     bool *has, int64_t *mark)
{
    uint8_t both[2 * SECRET_KEY_LEN + 2] = { 0 };
    enum err e = ERR_OK;

    *has = s->has_ek || s->has_ak;
    both[0] = s->has_ek;
    both[1] = s->has_ak;
    memcpy(both + 2, s->ek, SECRET_KEY_LEN);
    memcpy(both + 2 + SECRET_KEY_LEN, s->ak, SECRET_KEY_LEN);
    if (*has)
        e = seal_mark(key, (struct bytes){ both, sizeof(both) }, mark);
    explicit_bzero(both, sizeof(both));
    return e;
}

/* ---- lines ---- */

static bool line_is(struct bytes line, enum secret_item item,
                    struct bytes *value)
{
    size_t n = strlen(secret_names[item]);

    if (line.len <= n || memcmp(line.at, secret_names[item], n) != 0 ||
        line.at[n] != '=')
        return false;
    *value = (struct bytes){ line.at + n + 1, line.len - n - 1 };
    return true;
}

/* The line at *at, without its end; *at is then the next. */
static struct bytes line_next(struct bytes text, size_t *at)
{
    const uint8_t *start = text.at + *at;
    const uint8_t *end = memchr(start, '\n', text.len - *at);
    size_t len = end != NULL ? (size_t)(end - start) : text.len - *at;

    *at += len + 1;
    return (struct bytes){ start, len };
}

static bool line_read(struct bytes line, struct secret *out)
{
    struct bytes value;

    if (line.len == 0)
        return true;
    for (int i = 0; i < SECRET_ITEMS; i++) {
        if (line_is(line, (enum secret_item)i, &value))
            return value_read((enum secret_item)i, value, out);
    }
    return false;
}

enum err secret_read(struct bytes text, struct secret *out)
{
    size_t at = 0;

    memset(out, 0, sizeof(*out));
    for (int n = 1; at < text.len; n++) {
        if (!line_read(line_next(text, &at), out))
            return err_raise(
                ERR_INVALID,
                "line %d is not one of a secret (ek=, ak= with 32 digits, "
                "lls=, radio= ...)",
                n);
    }
    return ERR_OK;
}

const char *secret_value(struct arena *a, struct bytes text,
                         enum secret_item item)
{
    struct bytes value;
    size_t at = 0;

    while (at < text.len) {
        if (line_is(line_next(text, &at), item, &value))
            return arena_strndup(a, (const char *)value.at, value.len);
    }
    return NULL;
}

struct bytes secret_with(struct arena *a, struct bytes text,
                         enum secret_item item, const char *value)
{
    const char *added =
        value == NULL ? ""
                      : arena_printf(a, "%s=%s\n", secret_names[item], value);
    size_t n = strlen(added), at = 0, len = 0;
    uint8_t *out = arena_alloc(a, text.len + n + 2);
    struct bytes had;

    while (at < text.len) {
        struct bytes line = line_next(text, &at);

        if (line.len == 0 || line_is(line, item, &had))
            continue;
        memcpy(out + len, line.at, line.len);
        len += line.len;
        out[len++] = '\n';
    }
    memcpy(out + len, added, n + 1);
    return (struct bytes){ out, len + n }; /* lines, not a string */
}
