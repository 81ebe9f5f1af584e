/*
 * A report as XLSX. The only file that includes xlsxwriter.h. In its constant
 * memory mode rows go to a file at once and must come in order; the workbook
 * is packed when it is closed, and only then can it go out.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>

#include <xlsxwriter.h>

#include "lib/report/parts.h"
#include "lib/report/utf8.h"

#define TEXT_MAX  32767 /* characters in a cell, ECMA-376 as Excel keeps it */
#define WIDTH_MAX 60

struct xlsx {
    struct spool spool;
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_row_t next; /* row */
    lxw_format *title, *header, *bold;
    lxw_format **plain, **total; /* of each column */
    bool top;                    /* title and lines are written */
    uint64_t bytes;              /* of the sheets before this one */
};

static enum err told(lxw_error status)
{
    return status == LXW_NO_ERROR
               ? ERR_OK
               : err_raise(ERR_IO, "XLSX: %s", lxw_strerror(status));
}

static const char *number_format(struct arena *a, int decimals)
{
    return decimals == 0 ? "#,##0"
                         : arena_printf(a, "#,##0.%.*s", decimals, "000000000");
}

static lxw_format *column_format(struct report *r, size_t i, bool total)
{
    struct xlsx *x = r->it;
    const struct report_column *c = &r->columns[i];
    lxw_format *f = workbook_add_format(x->book);

    switch (c->type) {
    case REPORT_TEXT:
        break;
    case REPORT_NUMBER:
        format_set_num_format(f, number_format(r->arena, c->decimals));
        break;
    case REPORT_DATE:
        format_set_num_format(f, "dd-mm-yyyy");
        break;
    case REPORT_MOMENT:
        format_set_num_format(f, "dd-mm-yyyy hh:mm:ss");
        break;
    }
    if (total) {
        format_set_bold(f);
        format_set_top(f, LXW_BORDER_THIN);
    }
    return f;
}

static void make_formats(struct report *r)
{
    struct xlsx *x = r->it;

    x->title = workbook_add_format(x->book);
    format_set_bold(x->title);
    format_set_font_size(x->title, 14);
    x->bold = workbook_add_format(x->book);
    format_set_bold(x->bold);
    x->header = workbook_add_format(x->book);
    format_set_bold(x->header);
    format_set_text_wrap(x->header);
    format_set_align(x->header, LXW_ALIGN_VERTICAL_TOP);
    format_set_bg_color(x->header, 0xE8EEF4);
    format_set_bottom(x->header, LXW_BORDER_THIN);
    x->plain = arena_alloc(r->arena, r->n * sizeof(lxw_format *));
    x->total = arena_alloc(r->arena, r->n * sizeof(lxw_format *));
    for (size_t i = 0; i < r->n; i++) {
        x->plain[i] = column_format(r, i, false);
        x->total[i] = column_format(r, i, true);
    }
}

static enum err put_text(struct xlsx *x, size_t column, const char *text,
                         lxw_format *f)
{
    char *cut = NULL;
    lxw_error status;

    if (strlen(text) > TEXT_MAX) {
        size_t len = utf8_len_of(text, TEXT_MAX);

        if ((cut = strndup(text, len)) == NULL)
            return err_raise(ERR_IO, "XLSX: out of memory");
    }
    status = worksheet_write_string(x->sheet, x->next, (lxw_col_t)column,
                                    cut != NULL ? cut : text, f);
    free(cut);
    return told(status);
}

static enum err put_line(struct xlsx *x, const char *text, lxw_format *f)
{
    enum err e = put_text(x, 0, text, f);

    x->next++;
    return e;
}

static enum err put_top(struct report *r)
{
    struct xlsx *x = r->it;
    enum err e = put_line(x, r->head->title, x->title);

    for (const char *const *l = r->head->lines; l != NULL && *l != NULL; l++)
        if (e == ERR_OK)
            e = put_line(x, *l, NULL);
    x->next++;
    return e;
}

/*
 * The library looks at no result of a write into its own files: a full disk
 * would make a sheet that ends in the middle.
 */
static enum err sheet_check(struct xlsx *x)
{
    FILE *rows = x->sheet->optimize_tmpfile;
    off_t size;

    if (fflush(rows) != 0 || ferror(rows) || (size = ftello(rows)) < 0)
        return err_raise(ERR_IO, "XLSX: rows: %s", strerror(errno));
    x->bytes += (uint64_t)size;
    return ERR_OK;
}

/* Packing copies the rows once more, and then makes the file. */
static enum err room_to_pack(const struct report *r)
{
    const struct xlsx *x = r->it;
    struct statvfs disk;

    if (statvfs(x->spool.path, &disk) != 0)
        return err_raise(ERR_IO, "XLSX: %s: %s", x->spool.path,
                         strerror(errno));
    if ((uint64_t)disk.f_bavail * disk.f_frsize < x->bytes + x->bytes / 2)
        return err_raise(ERR_IO, "XLSX: no room to pack %" PRIu64 " bytes",
                         x->bytes);
    return ERR_OK;
}

/* The header stays in sight; past the limit of a sheet the next one begins. */
static enum err sheet_begin(struct report *r)
{
    struct xlsx *x = r->it;
    enum err e = ERR_OK;

    x->sheet = workbook_add_worksheet(x->book, NULL);
    if (x->sheet == NULL)
        return err_raise(ERR_IO, "XLSX: no further sheet");
    x->next = 0;
    for (size_t i = 0; i < r->n; i++) {
        int width = r->columns[i].width;

        worksheet_set_column(x->sheet, (lxw_col_t)i, (lxw_col_t)i,
                             (width > WIDTH_MAX ? WIDTH_MAX : width) + 2, NULL);
    }
    if (!x->top)
        e = put_top(r);
    x->top = true;
    for (size_t i = 0; i < r->n && e == ERR_OK; i++)
        e = put_text(x, i, r->columns[i].title, x->header);
    x->next++;
    worksheet_freeze_panes(x->sheet, x->next, 0);
    worksheet_repeat_rows(x->sheet, x->next - 1, x->next - 1);
    return e;
}

static void set_properties(struct report *r)
{
    struct xlsx *x = r->it;
    const struct report_day *d = &r->head->made;
    struct tm made = { .tm_year = d->year - 1900,
                       .tm_mon = d->month - 1,
                       .tm_mday = d->day };
    lxw_doc_properties p = { .title = arena_strdup(r->arena, r->head->title),
                             .created = timegm(&made) };

    workbook_set_properties(x->book, &p);
}

static void xlsx_drop(struct report *r)
{
    struct xlsx *x = r->it;

    if (x->book != NULL)
        lxw_workbook_free(x->book);
    x->book = NULL;
    spool_remove(&x->spool);
}

static enum err xlsx_begin(struct report *r)
{
    struct xlsx *x = arena_alloc(r->arena, sizeof(*x));
    lxw_workbook_options o = { .constant_memory = LXW_TRUE };
    enum err e;

    r->it = x;
    if (r->head->tmpdir != NULL)
        o.tmpdir = arena_strdup(r->arena, r->head->tmpdir);
    if ((e = spool_make(r, ".xlsx", &x->spool)) != ERR_OK)
        return e;
    x->book = workbook_new_opt(x->spool.path, &o);
    if (x->book == NULL) {
        xlsx_drop(r);
        return err_raise(ERR_IO, "XLSX: no workbook");
    }
    set_properties(r);
    make_formats(r);
    if ((e = sheet_begin(r)) != ERR_OK)
        xlsx_drop(r);
    return e;
}

static enum err put_cell(struct report *r, size_t i, const char *cell,
                         bool total)
{
    struct xlsx *x = r->it;
    lxw_format *f = total ? x->total[i] : x->plain[i];
    lxw_col_t column = (lxw_col_t)i;
    struct cell_moment m;
    lxw_datetime at;

    if (cell[0] == '\0')
        return total ? told(worksheet_write_blank(x->sheet, x->next, column, f))
                     : ERR_OK;
    switch (r->columns[i].type) {
    case REPORT_TEXT:
        return put_text(x, i, cell, f);
    case REPORT_NUMBER:
        return told(worksheet_write_number(x->sheet, x->next, column,
                                           strtod(cell, NULL), f));
    case REPORT_DATE:
    case REPORT_MOMENT:
        break;
    }
    m = cell_moment(cell);
    at = (lxw_datetime){ m.year, m.month, m.day, m.hour, m.minute, m.second };
    return told(worksheet_write_datetime(x->sheet, x->next, column, &at, f));
}

static enum err room(struct report *r)
{
    struct xlsx *x = r->it;
    enum err e;

    if (x->next < LXW_ROW_MAX)
        return ERR_OK;
    if ((e = sheet_check(x)) != ERR_OK)
        return e;
    return sheet_begin(r);
}

static enum err xlsx_row(struct report *r, const char *const *cells, bool total)
{
    struct xlsx *x = r->it;
    enum err e = room(r);

    for (size_t i = 0; i < r->n && e == ERR_OK; i++)
        e = put_cell(r, i, cells[i], total);
    x->next++;
    return e;
}

static enum err xlsx_note(struct report *r, const char *text)
{
    struct xlsx *x = r->it;
    enum err e = room(r);

    return e == ERR_OK ? put_line(x, text, x->bold) : e;
}

static enum err xlsx_end(struct report *r)
{
    struct xlsx *x = r->it;
    enum err e;

    if ((e = sheet_check(x)) == ERR_OK && (e = room_to_pack(r)) == ERR_OK) {
        e = told(workbook_close(x->book)); /* frees it as well */
        x->book = NULL;
    }
    if (e == ERR_OK)
        e = spool_send(r, &x->spool);
    xlsx_drop(r);
    return e;
}

const struct report_writer report_writer_xlsx = {
    .ending = "xlsx",
    .media_type =
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    .begin = xlsx_begin,
    .row = xlsx_row,
    .note = xlsx_note,
    .end = xlsx_end,
    .drop = xlsx_drop,
};
