/* A report as CSV: titles, then rows, going out as they come. */
#include <string.h>

#include "lib/base/buf.h"
#include "lib/report/csv.h"
#include "lib/report/parts.h"

#define CHUNK 32768

static enum err flush(struct report *r)
{
    struct buf *b = r->it;
    enum err e = ERR_OK;

    if (b->len > 0)
        e = r->to.write(r->to.it, b->at, b->len);
    buf_clear(b);
    return e;
}

static void csv_drop(struct report *r)
{
    buf_free(r->it);
}

static enum err csv_begin(struct report *r)
{
    struct buf *b = arena_alloc(r->arena, sizeof(*b));

    r->it = b;
    buf_puts(b, CSV_BOM);
    for (size_t i = 0; i < r->n; i++)
        csv_put_text(b, i == 0, r->columns[i].title);
    csv_put_end(b);
    return ERR_OK;
}

static enum err csv_row(struct report *r, const char *const *cells, bool total)
{
    struct buf *b = r->it;
    char text[CELL_MAX];

    (void)total;
    for (size_t i = 0; i < r->n; i++) {
        if (r->columns[i].type == REPORT_TEXT) {
            csv_put_text(b, i == 0, cells[i]);
        } else {
            cell_for_people(&r->columns[i], cells[i], false, text);
            csv_put_number(b, i == 0, text);
        }
    }
    csv_put_end(b);
    return b->len >= CHUNK ? flush(r) : ERR_OK;
}

static enum err csv_note(struct report *r, const char *text)
{
    csv_put_text(r->it, true, text);
    csv_put_end(r->it);
    return ERR_OK;
}

static enum err csv_finish(struct report *r)
{
    enum err e = flush(r);

    csv_drop(r);
    return e;
}

const struct report_writer report_writer_csv = {
    .ending = "csv",
    .media_type = "text/csv; charset=utf-8",
    .begin = csv_begin,
    .row = csv_row,
    .note = csv_note,
    .end = csv_finish,
    .drop = csv_drop,
};
