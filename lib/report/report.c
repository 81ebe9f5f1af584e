/* One table, four writers: cells are checked here, once for all of them. */
#include "lib/report/report.h"

#include <string.h>

#include "lib/report/parts.h"

#define COLUMNS_MAX 64

static const struct report_writer *writer_of(enum report_format f)
{
    switch (f) {
    case REPORT_PDF:
        return &report_writer_pdf;
    case REPORT_CSV:
        return &report_writer_csv;
    case REPORT_XLSX:
        return &report_writer_xlsx;
    case REPORT_DBF:
        return &report_writer_dbf;
    }
    return NULL;
}

enum err report_begin(struct arena *a, enum report_format f,
                      const struct report_head *head,
                      const struct report_column *columns, size_t n,
                      const struct sink *to, struct report **out)
{
    struct report *r = arena_alloc(a, sizeof(*r));

    if (n == 0 || n > COLUMNS_MAX)
        return err_raise(ERR_INVALID, "report: %zu columns", n);
    r->arena = a;
    r->head = head;
    r->columns = columns;
    r->n = n;
    r->to = *to;
    r->writer = writer_of(f);
    *out = r;
    return r->writer->begin(r);
}

static enum err put(struct report *r, const char *const *cells, bool total)
{
    char canonical[COLUMNS_MAX][CELL_MAX];
    const char *checked[COLUMNS_MAX];
    enum err e;

    for (size_t i = 0; i < r->n; i++) {
        if (r->columns[i].type == REPORT_TEXT) {
            checked[i] = cells[i] != NULL ? cells[i] : "";
            continue;
        }
        if ((e = cell_check(&r->columns[i], cells[i], canonical[i])) != ERR_OK)
            return e;
        checked[i] = canonical[i];
    }
    return r->writer->row(r, checked, total);
}

enum err report_row(struct report *r, const char *const *cells)
{
    return put(r, cells, false);
}

enum err report_total(struct report *r, const char *const *cells)
{
    return put(r, cells, true);
}

enum err report_note(struct report *r, const char *text)
{
    return r->writer->note(r, text);
}

enum err report_end(struct report *r)
{
    return r->writer->end(r);
}

void report_drop(struct report *r)
{
    if (r != NULL)
        r->writer->drop(r);
}

const char *report_ending(enum report_format f)
{
    return writer_of(f)->ending;
}

const char *report_media_type(enum report_format f)
{
    return writer_of(f)->media_type;
}
