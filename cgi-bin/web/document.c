/* Small documents go through memory: their size is known before they go out. */
#include "cgi-bin/web/document.h"

#include "cgi-bin/web/attachment.h"
#include "lib/base/buf.h"
#include "lib/base/clock.h"

static enum err to_buf(void *it, const void *bytes, size_t len)
{
    buf_add(it, bytes, len);
    return ERR_OK;
}

static void close_buf(void *b)
{
    buf_free(b);
}

enum err document_answer(struct req *r, const struct document_order *order,
                         const struct document_words *words, const char *title,
                         struct document *made)
{
    enum report_format format = document_format(order);
    struct buf *out = arena_alloc(r->arena, sizeof(*out));
    enum err e;

    arena_defer(r->arena, close_buf, out);
    *made = (struct document){
        .db = r->db,
        .arena = r->arena,
        .order = order,
        .words = words,
        .to = { out, to_buf, NULL },
        .today = day_of_moment((struct moment){ clock_now_us() }),
        .tmpdir = "/tmp",
    };
    if ((e = document_make(made)) != ERR_OK)
        return e;
    attachment_begin(r,
                     document_file_name(r->arena, title, report_ending(format)),
                     report_media_type(format), (int64_t)out->len);
    return attachment_write(r, out->at, out->len);
}
