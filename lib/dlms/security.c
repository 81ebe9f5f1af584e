/* Which key and tag an APDU goes under, and which it may come under. */
#include "lib/dlms/security.h"

#include <string.h>

#include "lib/dlms/apdu.h"

/* Tags of xDLMS services: plain, under the global, under the dedicated key. */
/* clang-format off */
static const struct { uint8_t plain, global, dedicated; } tags[] = {
    { 0x01, 0x21, 0 },    { 0x08, 0x28, 0 },    { 0x0E, 0x2E, 0 },
    { 0xC0, 0xC8, 0xD0 }, { 0xC1, 0xC9, 0xD1 }, { 0xC3, 0xCB, 0xD3 },
    { 0xC4, 0xCC, 0xD4 }, { 0xC5, 0xCD, 0xD5 }, { 0xC7, 0xCF, 0xD7 },
};
/* clang-format on */
#define TAGS (sizeof(tags) / sizeof(tags[0]))

/* Initiate and its errors: the dedicated key is not agreed on before them. */
static bool before_dedicated(uint8_t plain)
{
    return plain == 0x01 || plain == 0x08 || plain == 0x0E;
}

/* 0 when there is none: only the general ones carry it. */
static uint8_t tag_for(const struct dlms_security *s, uint8_t plain, bool ded)
{
    if (s->general && !before_dedicated(plain))
        return ded ? DLMS_GENERAL_DED_CIPHERING : DLMS_GENERAL_GLO_CIPHERING;
    for (size_t i = 0; i < TAGS; i++)
        if (tags[i].plain == plain)
            return ded ? tags[i].dedicated : tags[i].global;
    return DLMS_GENERAL_GLO_CIPHERING;
}

static bool is_dedicated(uint8_t tag)
{
    return tag == DLMS_GENERAL_DED_CIPHERING || (tag >= 0xD0 && tag <= 0xD7);
}

/* What the envelope says is inside; 0 for general ones. */
static uint8_t inside(uint8_t tag)
{
    for (size_t i = 0; i < TAGS; i++)
        if (tag == tags[i].global || tag == tags[i].dedicated)
            return tags[i].plain;
    return 0;
}

static struct dlms_keys keys_for(const struct dlms_security *s, bool ded)
{
    struct dlms_keys keys = s->keys;

    if (ded) {
        keys.has_encryption = s->has_dedicated;
        memcpy(keys.encryption, s->dedicated, DLMS_KEY_LEN);
    }
    return keys;
}

size_t dlms_security_overhead(const struct dlms_security *s, size_t len)
{
    size_t length = len + DLMS_TAG_LEN + 5;

    if (s->control == 0)
        return 0;
    return 1u + (s->general ? 1u + DLMS_TITLE_LEN : 0u) + 5u +
           (length < 0x80      ? 1u
            : length <= 0xFF   ? 2u
            : length <= 0xFFFF ? 3u
                               : 5u) +
           ((s->control & DLMS_SC_AUTHENTICATED) != 0 ? DLMS_TAG_LEN : 0u);
}

enum err dlms_security_count(struct dlms_security *s, uint32_t *counter)
{
    if ((s->counter_end != 0 && s->counter >= s->counter_end) ||
        s->counter == UINT32_MAX)
        return err_raise(ERR_INVALID, "the invocation counters are used up");
    *counter = s->counter++;
    return ERR_OK;
}

enum err dlms_security_wrap(struct dlms_security *s, struct bytes plain,
                            struct dlms_out *o)
{
    const struct bytes title = { s->title, DLMS_TITLE_LEN };
    struct dlms_keys keys;
    uint32_t counter = 0;
    bool ded;
    enum err e;

    if (plain.len == 0)
        return err_raise(ERR_INVALID, "an empty APDU");
    if (s->control == 0) {
        dlms_out_raw(o, plain.at, plain.len);
        return ERR_OK;
    }
    ded = s->has_dedicated && !before_dedicated(plain.at[0]);
    keys = keys_for(s, ded);
    if ((e = dlms_security_count(s, &counter)) != ERR_OK)
        return e;
    return dlms_encipher_as(o, tag_for(s, plain.at[0], ded), title, s->control,
                            counter, &keys, plain);
}

enum err dlms_security_peer(struct dlms_security *s, struct bytes title)
{
    if (title.len != DLMS_TITLE_LEN)
        return err_raise(ERR_PROTOCOL, "a system title of %zu bytes",
                         title.len);
    if (s->has_peer && memcmp(s->peer, title.at, DLMS_TITLE_LEN) != 0)
        return err_raise(ERR_PROTOCOL, "another system title than known");
    s->has_peer = true;
    memcpy(s->peer, title.at, DLMS_TITLE_LEN);
    return ERR_OK;
}

/* A counter that came, behind the tag that proves it. */
static enum err grow(bool *heard, uint32_t *highest, uint32_t counter)
{
    if (*heard && counter <= *highest)
        return err_raise(ERR_PROTOCOL,
                         "invocation counter %u after %u: a replay", counter,
                         *highest);
    *heard = true;
    *highest = counter;
    return ERR_OK;
}

static enum err check_strength(const struct dlms_security *s, uint8_t control)
{
    const unsigned both = DLMS_SC_AUTHENTICATED | DLMS_SC_ENCRYPTED;
    unsigned wanted = s->control & both;

    if ((control & wanted) != wanted ||
        (s->control != 0 &&
         (control & DLMS_SC_SUITE) != (s->control & DLMS_SC_SUITE)))
        return err_raise(ERR_PROTOCOL, "protected by %02X, %02X was agreed on",
                         control, s->control);
    return ERR_OK;
}

enum err dlms_security_unwrap(struct dlms_security *s, struct arena *a,
                              struct bytes apdu, struct bytes *plain)
{
    struct dlms_ciphered c;
    struct dlms_keys keys;
    uint8_t awaited;
    bool ded;
    enum err e;

    if ((e = dlms_ciphered_read(apdu, &c)) != ERR_OK)
        return e;
    ded = is_dedicated(apdu.at[0]);
    awaited = inside(apdu.at[0]);
    keys = keys_for(s, ded);
    if ((e = check_strength(s, c.control)) != ERR_OK ||
        (c.title.len > 0 && (e = dlms_security_peer(s, c.title)) != ERR_OK) ||
        (e = dlms_decipher(
             a, &c, (struct bytes){ s->peer, s->has_peer ? DLMS_TITLE_LEN : 0 },
             &keys, plain)) != ERR_OK)
        return e;
    if (plain->len == 0 || dlms_tag_ciphered(plain->at[0]) ||
        (awaited != 0 && plain->at[0] != awaited))
        return err_raise(ERR_PROTOCOL, "%02X holds another APDU", apdu.at[0]);
    return ded ? grow(&s->heard_dedicated, &s->heard_dedicated_counter,
                      c.counter)
               : grow(&s->heard, &s->heard_counter, c.counter);
}
