/* A whole list as CSV or XLSX, row by row: memory stays flat. */
#include "cgi-bin/web/listing_inner.h"

#include <string.h>

#include "cgi-bin/web/attachment.h"
#include "lib/base/clock.h"
#include "lib/document/document.h"
#include "lib/report/report.h"

struct file {
    struct req *r;
    const struct listing *l;
    struct csv *csv;
    struct report *xlsx;
};

/* ---- CSV ---- */

static enum err csv_line(const struct rows *row, void *ctx)
{
    struct file *f = ctx;
    struct arena *a = arena_new(); /* of the row */

    for (size_t c = 0; c < f->l->n_columns; c++) {
        enum cell_kind kind = f->l->columns[c].kind;

        if (kind == CELL_COUNT || kind == CELL_NUMBER)
            csv_number(f->csv, row_text(row, 0, (int)c + 1));
        else
            csv_cell(f->csv, listing_text(f->r, a, f->l, row, 0, c));
    }
    csv_row_end(f->csv);
    arena_free(a);
    return csv_gone(f->csv) ? err_raise(ERR_IO, "the browser hung up") : ERR_OK;
}

static const char *name_of(struct req *r, const struct listing *l,
                           const char *ending)
{
    const char *title = listing_word(r, l, "Title");

    /* A title that goes on behind a colon: no file of Windows has one. */
    return arena_printf(r->arena, "%.*s.%s", (int)strcspn(title, ":"), title,
                        ending);
}

static enum err csv_make(struct file *f, const struct listing_state *s)
{
    struct req *r = f->r;
    enum err e = csv_begin(r, name_of(r, f->l, "csv"), &f->csv);

    if (e != ERR_OK)
        return e;
    for (size_t c = 0; c < f->l->n_columns; c++)
        csv_cell(f->csv, listing_word(r, f->l, f->l->columns[c].name));
    csv_row_end(f->csv);
    e = directory_stream(r->db, r->arena, &f->l->statement, &s->filter,
                         csv_line, f);
    return e != ERR_OK ? e : csv_end(f->csv);
}

/* ---- XLSX ---- */

static enum report_type type_of(const struct listing *l, size_t column)
{
    switch (l->columns[column].kind) {
    case CELL_NUMBER:
    case CELL_COUNT:
        return REPORT_NUMBER;
    case CELL_MOMENT:
        return REPORT_MOMENT;
    case CELL_TEXT:
    case CELL_CODE:
    case CELL_FLAG:
    case CELL_WORD:
        break;
    }
    return REPORT_TEXT;
}

static const char *xlsx_cell(struct file *f, struct arena *a,
                             const struct rows *row, size_t c)
{
    int field = (int)c + 1;

    switch (type_of(f->l, c)) {
    case REPORT_NUMBER:
        return row_text(row, 0, field);
    case REPORT_MOMENT:
        return row_null(row, 0, field)
                   ? ""
                   : moment_cell(a, row_moment(row, 0, field));
    case REPORT_TEXT:
    case REPORT_DATE:
        break;
    }
    return listing_text(f->r, a, f->l, row, 0, c);
}

static enum err xlsx_line(const struct rows *row, void *ctx)
{
    struct file *f = ctx;
    const char *cells[LISTING_COLUMNS_MAX] = { NULL };
    struct arena *a = arena_new();
    enum err e;

    for (size_t c = 0; c < f->l->n_columns; c++)
        cells[c] = xlsx_cell(f, a, row, c);
    e = report_row(f->xlsx, cells);
    arena_free(a);
    return e;
}

static enum err to_browser(void *it, const void *bytes, size_t len)
{
    return attachment_write(it, bytes, len);
}

static void columns_make(const struct file *f, struct report_column *out)
{
    for (size_t c = 0; c < f->l->n_columns; c++) {
        const struct listing_column *from = &f->l->columns[c];

        out[c] = (struct report_column){
            .title = listing_word(f->r, f->l, from->name),
            .type = type_of(f->l, c),
            .width = from->width > 0 ? from->width : 20,
            .decimals = from->kind == CELL_NUMBER ? 2 : 0,
        };
    }
}

static enum err xlsx_make(struct file *f, const struct listing_state *s)
{
    static const char *const no_lines[] = { NULL };
    struct req *r = f->r;
    struct report_column columns[LISTING_COLUMNS_MAX];
    struct report_head head = { .title = listing_word(r, f->l, "Title"),
                                .lines = no_lines,
                                .page_word = "",
                                .made = day_of_moment(
                                    (struct moment){ clock_now_us() }) };
    struct sink sink = { .it = r, .write = to_browser };
    enum err e;

    columns_make(f, columns);
    e = report_begin(r->arena, REPORT_XLSX, &head, columns, f->l->n_columns,
                     &sink, &f->xlsx);
    if (e != ERR_OK)
        return e;
    e = directory_stream(r->db, r->arena, &f->l->statement, &s->filter,
                         xlsx_line, f);
    if (e != ERR_OK) {
        report_drop(f->xlsx);
        return e;
    }
    attachment_begin(r, name_of(r, f->l, "xlsx"),
                     report_media_type(REPORT_XLSX), -1);
    return report_end(f->xlsx);
}

enum err listing_download(struct req *r, const struct listing *l,
                          const struct listing_state *s)
{
    struct file f = { .r = r, .l = l };

    return strcmp(form_text(r, "format"), "xlsx") == 0 ? xlsx_make(&f, s)
                                                       : csv_make(&f, s);
}
