/* Downloads go out while they are made: memory stays flat at any length. */
#include "cgi-bin/web/inner.h"

#include <string.h>

#include "lib/report/csv.h"

#define CHUNK 32768

struct csv {
    struct req *r;
    bool at_row_start;
    bool gone; /* the browser hung up */
};

static void flush(struct csv *c)
{
    struct buf *out = inner_of(c->r)->out;

    if (!c->gone && !wire_write(out->at, out->len))
        c->gone = true;
    buf_clear(out);
}

enum err csv_begin(struct req *r, const char *file_name, struct csv **out)
{
    struct inner *in = inner_of(r);
    struct csv *c = arena_alloc(r->arena, sizeof(*c));

    c->r = r;
    c->at_row_start = true;
    answer_header(r, "Content-Type", "text/csv; charset=utf-8");
    /* RFC 6266: the name in UTF-8, and one for those who read no filename*. */
    answer_header(r, "Content-Disposition",
                  arena_printf(r->arena,
                               "attachment; filename=\"lazur.csv\"; "
                               "filename*=UTF-8''%s",
                               url_encode(r->arena, file_name)));
    in->answered = true;
    c->gone = !answer_send_head(r);
    buf_puts(in->out, CSV_BOM);
    *out = c;
    return ERR_OK;
}

static struct buf *next_cell(struct csv *c, bool *first)
{
    *first = c->at_row_start;
    c->at_row_start = false;
    return inner_of(c->r)->out;
}

void csv_cell(struct csv *c, const char *text)
{
    bool first;
    struct buf *out = next_cell(c, &first);

    csv_put_text(out, first, text);
}

void csv_number(struct csv *c, const char *number)
{
    bool first;
    struct buf *out = next_cell(c, &first);

    csv_put_number(out, first, number);
}

void csv_row_end(struct csv *c)
{
    struct buf *out = inner_of(c->r)->out;

    csv_put_end(out);
    c->at_row_start = true;
    if (out->len >= CHUNK)
        flush(c);
}

bool csv_gone(const struct csv *c)
{
    return c->gone;
}

enum err csv_end(struct csv *c)
{
    flush(c);
    return c->gone ? err_raise(ERR_IO, "download: the browser hung up")
                   : ERR_OK;
}
