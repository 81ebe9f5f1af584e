/* Pieces of bytes put together and cut into telegrams. */
#include "daemon/drivers/transcript.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/drivers/driver.h"
#include "lib/base/log.h"
#include "lib/exchange/frames.h"

struct reader {
    struct arena *a;
    const struct driver *driver; /* NULL: not known */
    struct transcript *out;
    size_t room; /* of out->told */
    int64_t now_ms;
    struct told rest; /* of the meter, and no whole telegram yet */
};

static void tell(struct reader *r, const struct told *t)
{
    struct transcript *out = r->out;

    out->told = arena_grow(r->a, out->told, out->n, &r->room, sizeof(*t));
    out->told[out->n++] = *t;
}

static struct bytes joined(struct arena *a, struct bytes x, struct bytes y)
{
    uint8_t *at;

    if (x.len == 0)
        return y;
    at = arena_alloc(a, x.len + y.len);
    memcpy(at, x.at, x.len);
    memcpy(at + x.len, y.at, y.len);
    return (struct bytes){ at, x.len + y.len };
}

/* Whole telegrams leave the rest; what is none leaves it as it came. */
static void cut(struct reader *r)
{
    const char *fault;

    while (r->rest.is.len > 0) {
        ssize_t n = r->driver == NULL
                        ? -1
                        : r->driver->telegram_len(r->a, r->rest.is.at,
                                                  r->rest.is.len, &fault);
        struct told t = r->rest;

        if (n == 0)
            return;
        t.whole = n > 0;
        if (n > 0)
            t.is.len = (size_t)n;
        tell(r, &t);
        r->rest.is.at += t.is.len;
        r->rest.is.len -= t.is.len;
        r->rest.first_ms = r->rest.last_ms;
    }
}

static void heard(struct reader *r, const struct frames_piece *p)
{
    if (r->rest.is.len == 0)
        r->rest = (struct told){ .first_ms = r->now_ms };
    r->rest.last_ms = r->now_ms;
    r->rest.hidden = r->rest.hidden || p->hidden;
    r->rest.is = joined(r->a, r->rest.is, p->is);
    cut(r);
}

static void piece(struct reader *r, const struct frames_piece *p)
{
    struct told t = { .first_ms = r->now_ms,
                      .last_ms = r->now_ms,
                      .to_meter = true,
                      .hidden = p->hidden,
                      .whole = true,
                      .is = p->is };

    if (p->to_meter)
        tell(r, &t);
    else
        heard(r, p);
}

enum err transcript_read(struct arena *a, const char *protocol,
                         struct bytes frames, struct transcript *out)
{
    struct reader r = { .a = a, .driver = driver_named(protocol), .out = out };
    struct frames_piece p;
    struct frames f;
    enum err e = frames_open(&f, frames);

    *out = (struct transcript){ .n = 0 };
    if (e != ERR_OK)
        return e;
    while (frames_more(&f)) {
        if (frames_next(&f, &p) != ERR_OK) {
            out->cut = true;
            break;
        }
        r.now_ms += p.after_ms;
        piece(&r, &p);
    }
    if (r.rest.is.len > 0)
        tell(&r, &r.rest);
    return ERR_OK;
}

const char *transcript_text(struct arena *a, const char *protocol,
                            struct bytes b)
{
    const struct driver *d = driver_named(protocol);
    char *text = NULL;
    const char *copy;
    size_t len = 0;
    FILE *out;

    if (d == NULL || d->describe == NULL)
        return "";
    if ((out = open_memstream(&text, &len)) == NULL)
        fatal("memory");
    if (d->describe(a, b, out) != ERR_OK)
        log_debug("a telegram of the exchange log: %s", err_reason());
    if (fclose(out) != 0)
        fatal("memory");
    copy = arena_strdup(a, text);
    free(text);
    return copy;
}
