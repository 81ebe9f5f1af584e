/*
 * A document is made while the operator waits when it is small, and left to
 * the worker when it is not (lib/document, daemon/worker).
 */
#include "cgi-bin/operator/documents.h"

#include <inttypes.h>
#include <string.h>

#include "cgi-bin/web/attachment.h"
#include "cgi-bin/web/words.h"
#include "lib/base/buf.h"
#include "lib/base/clock.h"

#define JOBS_MAX 10 /* as job_ask() in the schema */

static struct document_words words_of_reader(struct req *r)
{
    return words_named(r, document_word_names);
}

static enum err to_buf(void *it, const void *bytes, size_t len)
{
    buf_add(it, bytes, len);
    return ERR_OK;
}

static void close_buf(void *b)
{
    buf_free(b);
}

/* As job_ask() does for those that are made later. A link is only read. */
static enum err tell_asked(struct req *r, const char *title)
{
    return strcmp(r->method, "POST") == 0
               ? audit_tell(r, "Заказан документ", title)
               : ERR_OK;
}

enum err document_now(struct req *r, const struct document_order *order,
                      const char *what, struct document *made)
{
    struct arena *a = r->arena;
    struct document_words words = words_of_reader(r);
    enum report_format format = document_format(order);
    const char *title = document_title(a, order, &words, what);
    struct buf *out = arena_alloc(a, sizeof(*out));
    enum err e = tell_asked(r, title);

    if (e != ERR_OK)
        return e;
    arena_defer(a, close_buf, out);
    *made = (struct document){
        .db = r->db,
        .arena = a,
        .order = order,
        .words = &words,
        .to = { out, to_buf, NULL },
        .today = day_of_moment((struct moment){ clock_now_us() }),
        .tmpdir = "/tmp",
    };
    e = document_make(made);
    made->words = NULL; /* they end here */
    if (e != ERR_OK)
        return e;
    attachment_begin(r, document_file_name(a, title, report_ending(format)),
                     report_media_type(format), (int64_t)out->len);
    return attachment_write(r, out->at, out->len);
}

enum err document_later(struct req *r, const struct document_order *order,
                        const char *what)
{
    struct document_words words = words_of_reader(r);
    int64_t id;
    enum err e =
        job_ask(r->db, r->arena, order, &words,
                document_title(r->arena, order, &words, what), r->address, &id);

    if (e != ERR_OK)
        return e;
    return answer_redirect(
        r, arena_printf(r->arena, "/downloads?new=%" PRId64, id));
}

enum err too_many_jobs(struct req *r, bool *out)
{
    int64_t active, ready;
    enum err e = job_bell(r->db, r->arena, &active, &ready);

    *out = e == ERR_OK && active >= JOBS_MAX;
    return e;
}
