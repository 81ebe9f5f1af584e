/*
 * A report as PDF: the table's header stands on every page, numbers stand at
 * the right, long text goes on in further lines of its row. A document that
 * has grown to its limit goes out and another one continues the numbering.
 */
#include <string.h>

#include "lib/report/parts.h"
#include "lib/report/pdf.h"

#define MARGIN     PDF_MM(12)
#define BOTTOM     PDF_MM(14)
#define PAD        2.5F
#define LEADING    9.5F /* between lines of a row */
#define BASELINE   7.5F /* of the first line, below the top of its row */
#define LINES_MAX  4    /* of a cell */
#define TITLE_MAX  3    /* lines of the report's title */
#define SIZE_LEAST 4.0F /* of a number that must fit its column */

static const struct pdf_style body = { PDF_PLAIN, 8 };
static const struct pdf_style strong = { PDF_BOLD, 8 };
static const struct pdf_style large = { PDF_BOLD, 13 };
static const struct pdf_style lead = { PDF_PLAIN, 9.5F };

struct table {
    struct pdf *pdf;
    int pages_before; /* in documents that went out */
    float y;          /* top of what comes next */
    float *x;         /* left edges of the columns, n + 1 of them */
};

static enum err document_begin(struct report *r)
{
    struct table *t = r->it;
    const struct pdf_options o = { .title = r->head->title,
                                   .made = r->head->made,
                                   .landscape = r->head->landscape,
                                   .page_word = r->head->page_word,
                                   .pages_before = t->pages_before };

    return pdf_begin(&o, &t->pdf);
}

static void lay_columns(struct report *r)
{
    struct table *t = r->it;
    float usable = pdf_width(t->pdf) - 2 * MARGIN, total = 0;

    for (size_t i = 0; i < r->n; i++)
        total += (float)r->columns[i].width + 1;
    t->x[0] = MARGIN;
    for (size_t i = 0; i < r->n; i++)
        t->x[i + 1] =
            t->x[i] + usable * ((float)r->columns[i].width + 1) / total;
}

static float inner_width(const struct table *t, size_t i)
{
    return t->x[i + 1] - t->x[i] - 2 * PAD;
}

static bool at_right(const struct report_column *c)
{
    return c->type == REPORT_NUMBER;
}

/* A number is never cut or broken: it becomes smaller. */
static void put_number(struct report *r, size_t i, struct pdf_style s, float y,
                       const char *text)
{
    struct table *t = r->it;
    float have = inner_width(t, i), need = pdf_text_width(t->pdf, s, text);

    if (need > have)
        s.size = s.size * have / need;
    if (s.size < SIZE_LEAST)
        s.size = SIZE_LEAST;
    pdf_text_right(t->pdf, s, t->x[i + 1] - PAD, y, text);
}

static float row_height(int lines)
{
    return LEADING * (float)lines + 1.5F;
}

static void put_lines(struct table *t, size_t i, struct pdf_style s,
                      const struct pdf_line *lines, int n, bool right)
{
    for (int l = 0; l < n; l++) {
        float x = right ? t->x[i + 1] - PAD - lines[l].width : t->x[i] + PAD;

        pdf_show(t->pdf, s, x, t->y + BASELINE + (float)l * LEADING, &lines[l]);
    }
}

static void underline(struct report *r, float thickness)
{
    struct table *t = r->it;

    pdf_rule(t->pdf, t->x[0], t->y, t->x[r->n], t->y, thickness, false);
}

static void put_header(struct report *r)
{
    struct table *t = r->it;
    struct pdf_line lines[LINES_MAX];
    int most = 1;

    for (size_t i = 0; i < r->n; i++) {
        int n = pdf_wrap(t->pdf, strong, r->columns[i].title, inner_width(t, i),
                         lines, LINES_MAX);

        most = n > most ? n : most;
    }
    pdf_fill(t->pdf, t->x[0], t->y, t->x[r->n] - t->x[0], row_height(most) + 1,
             0.92F);
    for (size_t i = 0; i < r->n; i++) {
        int n = pdf_wrap(t->pdf, strong, r->columns[i].title, inner_width(t, i),
                         lines, LINES_MAX);

        put_lines(t, i, strong, lines, n, at_right(&r->columns[i]));
    }
    t->y += row_height(most) + 1;
    underline(r, 0.8F);
}

/* Text over the whole width, above the table or between its rows. */
static void put_paragraph(struct report *r, struct pdf_style s, float leading,
                          const char *text)
{
    struct table *t = r->it;
    struct pdf_line lines[TITLE_MAX];
    int n = pdf_wrap(t->pdf, s, text, t->x[r->n] - t->x[0], lines, TITLE_MAX);

    for (int i = 0; i < n; i++) {
        t->y += leading;
        pdf_show(t->pdf, s, t->x[0], t->y, &lines[i]);
    }
}

static void put_top(struct report *r)
{
    struct table *t = r->it;

    put_paragraph(r, large, 16, r->head->title);
    t->y += 2;
    for (const char *const *l = r->head->lines; l != NULL && *l != NULL; l++)
        put_paragraph(r, lead, 12, *l);
    t->y += 8;
}

static enum err page_begin(struct report *r)
{
    struct table *t = r->it;
    enum err e;

    if (pdf_pages(t->pdf) == PDF_PAGES_MAX) {
        struct pdf *whole = t->pdf;

        if (r->to.next == NULL)
            return err_raise(ERR_INVALID, "report: more than %d pages",
                             PDF_PAGES_MAX);
        t->pages_before += PDF_PAGES_MAX;
        t->pdf = NULL;
        if ((e = pdf_finish(whole, &r->to)) != ERR_OK ||
            (e = r->to.next(r->to.it)) != ERR_OK ||
            (e = document_begin(r)) != ERR_OK)
            return e;
    }
    pdf_page(t->pdf);
    t->y = MARGIN;
    if (pdf_pages(t->pdf) == 1)
        put_top(r);
    put_header(r);
    return ERR_OK;
}

/* A page with room for something so high. */
static enum err room(struct report *r, float height)
{
    struct table *t = r->it;

    return t->y + height > pdf_height(t->pdf) - BOTTOM ? page_begin(r) : ERR_OK;
}

static void table_drop(struct report *r)
{
    struct table *t = r->it;

    pdf_drop(t->pdf);
    t->pdf = NULL;
}

static enum err table_begin(struct report *r)
{
    struct table *t = arena_alloc(r->arena, sizeof(*t));
    enum err e;

    r->it = t;
    t->x = arena_alloc(r->arena, (r->n + 1) * sizeof(*t->x));
    if ((e = document_begin(r)) != ERR_OK)
        return e;
    lay_columns(r);
    if ((e = page_begin(r)) != ERR_OK)
        table_drop(r);
    return e;
}

static const char *dress(const struct report_column *c, const char *cell,
                         char out[CELL_MAX])
{
    if (c->type == REPORT_TEXT)
        return cell;
    cell_for_people(c, cell, true, out);
    return out;
}

static int lines_of(struct report *r, struct pdf_style s,
                    const char *const *cells)
{
    struct table *t = r->it;
    struct pdf_line lines[LINES_MAX];
    char text[CELL_MAX];
    int most = 1;

    for (size_t i = 0; i < r->n; i++) {
        int n;

        if (at_right(&r->columns[i]))
            continue;
        n = pdf_wrap(t->pdf, s, dress(&r->columns[i], cells[i], text),
                     inner_width(t, i), lines, LINES_MAX);
        most = n > most ? n : most;
    }
    return most;
}

static void put_cell(struct report *r, size_t i, struct pdf_style s,
                     const char *cell)
{
    struct table *t = r->it;
    struct pdf_line lines[LINES_MAX];
    char dressed[CELL_MAX];
    const char *text = dress(&r->columns[i], cell, dressed);

    if (at_right(&r->columns[i])) {
        put_number(r, i, s, t->y + BASELINE, text);
        return;
    }
    put_lines(t, i, s, lines,
              pdf_wrap(t->pdf, s, text, inner_width(t, i), lines, LINES_MAX),
              false);
}

static enum err table_row(struct report *r, const char *const *cells,
                          bool total)
{
    struct table *t = r->it;
    struct pdf_style s = total ? strong : body;
    float height = row_height(lines_of(r, s, cells));
    enum err e;

    if ((e = room(r, height)) != ERR_OK)
        return e;
    if (total)
        underline(r, 0.8F);
    for (size_t i = 0; i < r->n; i++)
        put_cell(r, i, s, cells[i]);
    t->y += height;
    underline(r, 0.25F);
    return ERR_OK;
}

static enum err table_note(struct report *r, const char *text)
{
    struct table *t = r->it;
    enum err e;

    if ((e = room(r, 12 * TITLE_MAX + 4)) != ERR_OK)
        return e;
    put_paragraph(r, strong, 12, text);
    t->y += 4;
    return ERR_OK;
}

static enum err table_end(struct report *r)
{
    struct table *t = r->it;
    struct pdf *whole = t->pdf;

    t->pdf = NULL;
    return pdf_finish(whole, &r->to);
}

const struct report_writer report_writer_pdf = {
    .ending = "pdf",
    .media_type = "application/pdf",
    .begin = table_begin,
    .row = table_row,
    .note = table_note,
    .end = table_end,
    .drop = table_drop,
};
