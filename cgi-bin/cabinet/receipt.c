/* The receipt with its QR code: the same that operators print. */
#include "cgi-bin/cabinet/cabinet.h"

#include "cgi-bin/web/attachment.h"
#include "cgi-bin/web/words.h"
#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "lib/document/document.h"

static enum err to_buf(void *it, const void *bytes, size_t len)
{
    buf_add(it, bytes, len);
    return ERR_OK;
}

static void close_buf(void *b)
{
    buf_free(b);
}

enum err receipt(struct req *r)
{
    const struct document_order order = { .kind = DOCUMENT_RECEIPTS,
                                          .whose = { .own = true },
                                          .format = "pdf" };
    struct document_words words = words_named(r, document_word_names);
    struct buf *out = arena_alloc(r->arena, sizeof(*out));
    struct document d = {
        .db = r->db,
        .arena = r->arena,
        .order = &order,
        .words = &words,
        .to = { out, to_buf, NULL },
        .today = day_of_moment((struct moment){ clock_now_us() }),
        .tmpdir = "/tmp",
    };
    const char *title = document_title(r->arena, &order, &words, "");
    enum err e;

    arena_defer(r->arena, close_buf, out);
    e = document_make(&d);
    if (e == ERR_NOT_FOUND || (e == ERR_INVALID && d.fault.field != NULL)) {
        view_set(r, "Screen", "profile");
        answer_status(r, 422);
        return view_render(r, "cabinet/no_receipt.cst");
    }
    if (e != ERR_OK)
        return e;
    attachment_begin(r, document_file_name(r->arena, title, "pdf"),
                     "application/pdf", (int64_t)out->len);
    return attachment_write(r, out->at, out->len);
}
