/*
 * Strangers' forms with files: however a body is cut, the same is heard, and
 * never more than was sent.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct heard {
    uint64_t sum;
    size_t parts, bytes;
    int open;
};

static void mix(struct heard *h, const void *at, size_t len)
{
    const unsigned char *p = at;

    for (size_t i = 0; i < len; i++)
        h->sum = (h->sum ^ p[i]) * 0x100000001B3u;
}

static enum err begin(void *ctx, const struct multipart_part *part)
{
    struct heard *h = ctx;

    if (h->open++ != 0 || strlen(part->name) > MULTIPART_NAME_MAX ||
        strlen(part->file_name) > MULTIPART_FILE_MAX ||
        ++h->parts > MULTIPART_PARTS_MAX)
        abort();
    mix(h, part->name, strlen(part->name) + 1);
    mix(h, part->file_name, strlen(part->file_name) + 1);
    return ERR_OK;
}

static enum err bytes(void *ctx, const void *at, size_t len)
{
    struct heard *h = ctx;

    if (h->open != 1)
        abort();
    h->bytes += len;
    mix(h, at, len);
    return ERR_OK;
}

static enum err end(void *ctx)
{
    struct heard *h = ctx;

    if (h->open-- != 1)
        abort();
    return ERR_OK;
}

static enum err read_by(const uint8_t *data, size_t size, size_t step,
                        struct heard *h)
{
    const struct multipart_listener to = { begin, bytes, end, h };
    struct multipart m;
    enum err e =
        multipart_begin(&m, "multipart/form-data; boundary=\"XyZ\"", &to);

    for (size_t at = 0; at < size && e == ERR_OK; at += step)
        e = multipart_feed(&m, data + at, size - at < step ? size - at : step);
    return e == ERR_OK ? multipart_end(&m) : e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct heard whole = { 0 }, cut = { 0 };
    char type[256];
    struct multipart m;
    const struct multipart_listener to = { begin, bytes, end, &cut };
    size_t n = size < sizeof(type) - 1 ? size : sizeof(type) - 1;

    if (read_by(data, size, size + 1, &whole) !=
            read_by(data, size, 1 + size % 7, &cut) ||
        whole.sum != cut.sum || whole.bytes != cut.bytes || cut.bytes > size)
        abort();
    memcpy(type, data, n);
    type[n] = '\0';
    if (multipart_begin(&m, type, &to) == ERR_OK && m.mark_len < 5)
        abort();
    return 0;
}
