/* Reads the lines of an unsealed secret. */
#include "lib/base/secret.h"

#include <string.h>

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

static bool key_read(struct bytes hex, uint8_t out[SECRET_KEY_LEN])
{
    if (hex.len != (size_t)2 * SECRET_KEY_LEN)
        return false;
    for (size_t i = 0; i < SECRET_KEY_LEN; i++) {
        int high = nibble(hex.at[2 * i]), low = nibble(hex.at[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool opens_with(struct bytes line, const char *name, struct bytes *rest)
{
    size_t n = strlen(name);

    if (line.len < n || memcmp(line.at, name, n) != 0)
        return false;
    *rest = (struct bytes){ line.at + n, line.len - n };
    return true;
}

/* People read it from a screen: what a keyboard types, and no more. */
static bool radio_read(struct bytes v, char out[SECRET_PASSWORD_MAX + 1])
{
    if (v.len == 0 || v.len > SECRET_PASSWORD_MAX)
        return false;
    for (size_t i = 0; i < v.len; i++) {
        if (v.at[i] < 0x21 || v.at[i] > 0x7e)
            return false;
        out[i] = (char)v.at[i];
    }
    out[v.len] = '\0';
    return true;
}

static bool line_read(struct bytes line, struct secret *out)
{
    struct bytes v;

    if (line.len == 0)
        return true;
    if (opens_with(line, "ek=", &v))
        return out->has_ek = key_read(v, out->ek);
    if (opens_with(line, "ak=", &v))
        return out->has_ak = key_read(v, out->ak);
    if (opens_with(line, "radio=", &v))
        return radio_read(v, out->radio);
    if (!opens_with(line, "lls=", &v) || v.len > SECRET_PASSWORD_MAX)
        return false;
    memcpy(out->lls, v.at, v.len);
    out->lls_len = v.len;
    return true;
}

enum err secret_read(struct bytes text, struct secret *out)
{
    size_t at = 0;

    memset(out, 0, sizeof(*out));
    for (int n = 1; at < text.len; n++) {
        const uint8_t *start = text.at + at;
        const uint8_t *end = memchr(start, '\n', text.len - at);
        size_t len = end != NULL ? (size_t)(end - start) : text.len - at;

        if (!line_read((struct bytes){ start, len }, out))
            return err_raise(
                ERR_INVALID,
                "line %d is not ek= or ak= with 32 digits, lls= nor radio=", n);
        at += len + 1;
    }
    return ERR_OK;
}
