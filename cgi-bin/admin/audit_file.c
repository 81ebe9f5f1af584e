/* The log as CSV and as XLSX, row by row: memory stays flat. */
#include "cgi-bin/admin/audit.h"

#include "cgi-bin/web/attachment.h"
#include "lib/base/clock.h"
#include "lib/document/document.h"
#include "lib/report/report.h"

#define COLUMNS 4
static const char *const headings[COLUMNS] = { "Audit.At", "Audit.Login",
                                               "Audit.Action", "Audit.Note" };

/* What is written, and for whom. */
struct file {
    struct req *r;
    struct csv *csv;
    struct report *xlsx;
};

/* ---- CSV ---- */

static enum err csv_row(const struct audit_line *it, void *ctx)
{
    const struct file *f = ctx;
    struct csv *csv = f->csv;
    struct arena *a = arena_new(); /* of the row */

    csv_cell(csv, moment_text(a, it->at));
    csv_cell(csv, it->login);
    csv_cell(csv, word_for(f->r, AUDIT_DEEDS, it->action));
    csv_cell(csv, it->note);
    csv_row_end(csv);
    arena_free(a);
    return csv_gone(csv) ? err_raise(ERR_IO, "the browser hung up") : ERR_OK;
}

enum err audit_csv(struct req *r)
{
    struct audit_filter filter = { 0 };
    struct file f = { .r = r };
    enum err e;

    if ((e = audit_filter_read(r, &filter)) != ERR_OK ||
        (e = csv_begin(r, "Протокол работы.csv", &f.csv)) != ERR_OK)
        return e;
    for (size_t i = 0; i < COLUMNS; i++)
        csv_cell(f.csv, word(r, headings[i]));
    csv_row_end(f.csv);
    e = audit_stream(r->db, r->arena, &filter, csv_row, &f);
    return e != ERR_OK ? e : csv_end(f.csv);
}

/* ---- XLSX ---- */

static enum err xlsx_row(const struct audit_line *it, void *ctx)
{
    const struct file *f = ctx;
    struct arena *a = arena_new();
    const char *const cells[COLUMNS] = {
        moment_cell(a, it->at), it->login,
        word_for(f->r, AUDIT_DEEDS, it->action), it->note
    };
    enum err e = report_row(f->xlsx, cells);

    arena_free(a);
    return e;
}

static enum err to_browser(void *it, const void *bytes, size_t len)
{
    return attachment_write(it, bytes, len);
}

enum err audit_xlsx(struct req *r)
{
    static const char *const no_lines[] = { NULL };
    static const int widths[COLUMNS] = { 20, 24, 40, 60 };
    struct report_column columns[COLUMNS];
    struct report_head head = { .title = word(r, "Audit.Title"),
                                .lines = no_lines,
                                .page_word = "",
                                .made = day_of_moment(
                                    (struct moment){ clock_now_us() }) };
    const struct sink sink = { .it = r, .write = to_browser };
    struct audit_filter filter = { 0 };
    struct file f = { .r = r };
    enum err e;

    for (size_t i = 0; i < COLUMNS; i++)
        columns[i] = (struct report_column){
            .title = word(r, headings[i]),
            .type = i == 0 ? REPORT_MOMENT : REPORT_TEXT,
            .width = widths[i],
        };
    if ((e = audit_filter_read(r, &filter)) != ERR_OK ||
        (e = report_begin(r->arena, REPORT_XLSX, &head, columns, COLUMNS, &sink,
                          &f.xlsx)) != ERR_OK)
        return e;
    e = audit_stream(r->db, r->arena, &filter, xlsx_row, &f);
    if (e != ERR_OK) {
        report_drop(f.xlsx);
        return e;
    }
    attachment_begin(r, "Протокол работы.xlsx", report_media_type(REPORT_XLSX),
                     -1);
    return report_end(f.xlsx);
}
