/* A meter's keys are kept in its memory, where the few are that have any. */
#include "tools/meter-sim/keys.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/meter-sim/memory.h"

#define AUTHENTICATED_ENCRYPTED 0x30 /* IEC 62056-5-3, 9.2.7.2.4.1 */
#define EPOCH_2020_S            INT64_C(1577836800)
#define COUNTERS_A_SECOND       8

struct keys *keys_of(const struct meter *m)
{
    return memory_find(m, MEMORY_KEYS);
}

bool keys_cipher(const struct meter *m)
{
    const struct keys *k = keys_of(m);

    return k != NULL && k->secret.has_ek && k->secret.has_ak;
}

void keys_title(const struct meter *m, uint8_t out[SECRET_TITLE_LEN])
{
    const struct keys *k = keys_of(m);
    uint64_t number = strtoull(m->serial, NULL, 10);

    if (k != NULL && k->secret.has_title) {
        memcpy(out, k->secret.title, SECRET_TITLE_LEN);
        return;
    }
    be64_put(out, number);
    out[0] = 'L';
    out[1] = 'Z';
    out[2] = 'S';
}

void keys_security(const struct meter *m, bool is_wrong,
                   struct dlms_security *out)
{
    const struct keys *k = keys_of(m);

    *out = (struct dlms_security){ 0 };
    keys_title(m, out->title);
    if (k == NULL)
        return;
    out->keys.has_encryption = k->secret.has_ek;
    out->keys.has_authentication = k->secret.has_ak;
    memcpy(out->keys.encryption, k->secret.ek, SECRET_KEY_LEN);
    memcpy(out->keys.authentication, k->secret.ak, SECRET_KEY_LEN);
    if (is_wrong)
        out->keys.encryption[0] ^= 0xFF;
    if (keys_cipher(m))
        out->control = (uint8_t)(AUTHENTICATED_ENCRYPTED | k->secret.suite);
    out->counter = k->counter;
    out->heard = k->heard;
    out->heard_counter = k->heard_counter;
}

void keys_used(const struct meter *m, const struct dlms_security *s)
{
    struct keys *k = keys_of(m);

    if (k == NULL)
        return;
    k->counter = s->counter;
    k->heard = s->heard;
    k->heard_counter = s->heard_counter;
}

/* "SERIAL name=value name=value": the values become lines of their own. */
static enum err line_read(const struct fleet *f, char *line, size_t no,
                          int64_t now_us)
{
    char *rest = line;
    const char *serial = strsep(&rest, " \t");
    uint32_t meter = fleet_find(f, serial);
    struct secret secret;
    struct keys *k;

    if (meter == FLEET_NOBODY)
        return err_raise(ERR_INVALID, "keys line %zu: %s is not played", no,
                         serial);
    for (char *at = rest; at != NULL && *at != '\0'; at++)
        if (*at == ' ' || *at == '\t')
            *at = '\n';
    if (rest == NULL ||
        secret_read((struct bytes){ (const uint8_t *)rest, strlen(rest) },
                    &secret) != ERR_OK)
        return err_raise(ERR_INVALID, "keys line %zu: %s", no,
                         rest == NULL ? "no values" : err_reason());
    k = memory_make(&f->meters[meter], MEMORY_KEYS, sizeof *k);
    *k = (struct keys){ .secret = secret };
    k->counter =
        (uint32_t)((now_us / 1000000 - EPOCH_2020_S) * COUNTERS_A_SECOND);
    if (secret.lls_len > 0 && secret.lls_len < LLS_MAX) {
        memset(f->meters[meter].lls, 0, LLS_MAX);
        memcpy(f->meters[meter].lls, secret.lls, secret.lls_len);
    }
    return ERR_OK;
}

enum err keys_open(const struct fleet *f, const char *path, int64_t now_us)
{
    char *line = NULL;
    size_t cap = 0, no = 0;
    enum err e = ERR_OK;
    FILE *in;

    if (path[0] == '\0')
        return ERR_OK;
    in = fopen(path, "re");
    if (in == NULL)
        return err_raise(ERR_IO, "keys %s: %s", path, strerror(errno));
    while (e == ERR_OK && getline(&line, &cap, in) >= 0) {
        no++;
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] != '\0' && line[0] != '#')
            e = line_read(f, line, no, now_us);
    }
    if (line != NULL)
        explicit_bzero(line, cap);
    free(line);
    fclose(in);
    return e;
}
