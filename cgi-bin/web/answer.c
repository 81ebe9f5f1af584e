/* The answer: headers and body gathered in memory, sent once. */
#include "cgi-bin/web/inner.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/log.h"

static const char *phrase(int status)
{
    static const struct {
        int status;
        const char *phrase;
    } known[] = {
        { 200, "OK" },
        { 204, "No Content" },
        { 303, "See Other" },
        { 401, "Unauthorized" },
        { 403, "Forbidden" },
        { 404, "Not Found" },
        { 405, "Method Not Allowed" },
        { 409, "Conflict" },
        { 413, "Content Too Large" },
        { 422, "Unprocessable Content" },
        { 428, "Precondition Required" },
        { 429, "Too Many Requests" },
        { 503, "Service Unavailable" },
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (known[i].status == status)
            return known[i].phrase;
    }
    return "Internal Server Error";
}

void answer_begin(struct req *r)
{
    /* One process answers one request at a time: the memory is kept. */
    static struct buf head, out;
    struct inner *in = inner_of(r);

    in->head = &head;
    in->out = &out;
    buf_clear(&head);
    buf_clear(&out);
    in->status = 200;
}

void answer_clear(struct req *r)
{
    struct inner *in = inner_of(r);

    buf_clear(in->head);
    buf_clear(in->out);
    in->status = 200;
    in->answered = false;
    view_clear(r->view);
}

void answer_status(struct req *r, int status)
{
    inner_of(r)->status = status;
}

void answer_header(struct req *r, const char *name, const char *value)
{
    struct buf *head = inner_of(r)->head;

    /* A line break in a value would be a header of somebody else's. */
    if (strpbrk(value, "\r\n") != NULL) {
        log_warnx("header %s has a line break and is dropped", name);
        return;
    }
    buf_puts(head, name);
    buf_puts(head, ": ");
    buf_puts(head, value);
    buf_puts(head, "\r\n");
}

void answer_cookie(struct req *r, const char *name, const char *value,
                   int64_t max_age_s)
{
    const char *age = max_age_s == 0  ? ""
                      : max_age_s < 0 ? "; Max-Age=0"
                                      : arena_printf(r->arena, "; Max-Age=%lld",
                                                     (long long)max_age_s);

    answer_header(
        r, "Set-Cookie",
        arena_printf(r->arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s",
                     name, value, request_is_tls(r) ? "; Secure" : "", age));
}

enum err answer_redirect(struct req *r, const char *to)
{
    inner_of(r)->answered = true;
    answer_status(r, 303);
    answer_header(r, "Location", to);
    return ERR_OK;
}

enum err answer_unchanged(struct req *r)
{
    inner_of(r)->answered = true;
    answer_status(r, 204);
    return ERR_OK;
}

enum err answer_body(struct req *r, const char *type, const char *bytes,
                     size_t len)
{
    inner_of(r)->answered = true;
    answer_header(r, "Content-Type", type);
    buf_add(inner_of(r)->out, bytes, len);
    return ERR_OK;
}

bool answer_send_head(struct req *r)
{
    struct inner *in = inner_of(r);
    char line[64];
    int n = snprintf(line, sizeof(line), "Status: %d %s\r\n", in->status,
                     phrase(in->status));

    /* no-store: Back after sign-out shows nothing (GC-021). */
    answer_header(r, "Cache-Control", "no-store");
    buf_puts(in->head, "\r\n");
    in->sent = true;
    return wire_write(line, (size_t)n) &&
           wire_write(in->head->at, in->head->len);
}

void answer_send(struct req *r)
{
    struct inner *in = inner_of(r);

    if (!answer_send_head(r) || !wire_write(in->out->at, in->out->len))
        log_debug("the browser has gone");
}
