/* sheet1.xml: cells and rows may be missing, and say where they stand. */
#include "lib/xlsx/parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define SHEET_COLUMNS 16384

enum type { NUMBER, SHARED, TEXT, BOOLEAN, ERROR, ISO_DATE };

struct reader {
    struct package *p;
    struct strings *strings;
    const struct styles *styles;
    struct xlsx_cell cells[XLSX_COLUMNS_MAX];
    struct buf texts[XLSX_COLUMNS_MAX];
    struct xlsx_row row;
    int64_t column; /* of the cell, from 0; -1 before the first */
    enum type type;
    size_t style;
    struct buf raw; /* what stands in the cell, as it is written */
    bool in_data, in_row, in_cell, taking, phonetic;
};

/* ---- where a cell stands ---- */

/* "AB12": the column from 0, or -1. */
static int64_t column_of(const char *reference)
{
    int64_t column = 0;
    const char *p = reference;

    while (isalpha((unsigned char)*p) && column < SHEET_COLUMNS)
        column = column * 26 + toupper((unsigned char)*p++) - 'A' + 1;
    return p > reference && isdigit((unsigned char)*p) &&
                   column <= SHEET_COLUMNS
               ? column - 1
               : -1;
}

static enum type type_of(const char *name)
{
    static const struct {
        const char *name;
        enum type type;
    } types[] = {
        { "s", SHARED },  { "str", TEXT }, { "inlineStr", TEXT },
        { "b", BOOLEAN }, { "e", ERROR },  { "d", ISO_DATE },
    };

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(types[i].name, name) == 0)
            return types[i].type;
    }
    return NUMBER;
}

static enum err row_begin(struct reader *r,
                          const struct xml_attributes *attributes)
{
    char no[24];
    int64_t was = r->row.no;

    r->row.no = attribute(attributes, "r", no, sizeof(no))
                    ? strtoll(no, NULL, 10)
                    : was + 1;
    if (r->row.no <= was || r->row.no > XLSX_ROWS_MAX)
        return refuse(r->p, XLSX_BROKEN, "the number of a row");
    r->in_row = true;
    r->row.used = 0;
    r->column = -1;
    for (size_t i = 0; i < r->p->reading->columns; i++)
        r->cells[i] = (struct xlsx_cell){ XLSX_EMPTY, "" };
    return ERR_OK;
}

static enum err cell_begin(struct reader *r,
                           const struct xml_attributes *attributes)
{
    char text[24];

    r->column++;
    if (attribute(attributes, "r", text, sizeof(text)))
        r->column = column_of(text);
    if (r->column < 0 || r->column >= SHEET_COLUMNS)
        return refuse(r->p, XLSX_BROKEN, "the place of a cell");
    (void)attribute(attributes, "t", text, sizeof(text));
    r->type = type_of(text);
    (void)attribute(attributes, "s", text, sizeof(text));
    r->style = (size_t)strtoul(text, NULL, 10);
    r->in_cell = true;
    r->phonetic = false;
    buf_clear(&r->raw);
    return ERR_OK;
}

/* ---- what stands in it ---- */

static const char *raw_of(const struct reader *r)
{
    return r->raw.len > 0 ? r->raw.at : "";
}

static enum err shared_put(struct reader *r, struct buf *out)
{
    const char *raw = raw_of(r);

    if (raw[strspn(raw, "0123456789")] != '\0' || r->raw.len > 9)
        return refuse(r->p, XLSX_BROKEN, "the number of a text");
    return strings_get(r->p, r->strings, strtoll(raw, NULL, 10), out);
}

/* What calls itself a number and is none. */
static enum err text_instead(const struct reader *r, enum xlsx_kind *kind,
                             struct buf *out)
{
    *kind = XLSX_TEXT;
    buf_add(out, raw_of(r), r->raw.len);
    return ERR_OK;
}

static enum err value_put(struct reader *r, enum xlsx_kind *kind,
                          struct buf *out)
{
    const char *raw = raw_of(r);

    switch (r->type) {
    case SHARED:
        *kind = XLSX_TEXT;
        return shared_put(r, out);
    case TEXT:
        *kind = XLSX_TEXT;
        text_finish(&r->raw);
        buf_add(out, raw, r->raw.len);
        break;
    case BOOLEAN:
        *kind = XLSX_BOOL;
        buf_puts(out, raw[0] == '1' || raw[0] == 't' ? "TRUE" : "FALSE");
        break;
    case ISO_DATE:
        *kind = XLSX_TEXT;
        iso_text(raw, out);
        break;
    case ERROR:
        *kind = XLSX_ERROR;
        buf_puts(out, raw);
        break;
    case NUMBER: {
        signed char style =
            (signed char)(r->style < r->styles->n ? r->styles->of[r->style]
                                                  : 0);

        *kind = style == STYLE_DATE ? XLSX_TEXT : XLSX_NUMBER;
        if (!number_text(raw, style, r->styles->since_1904, out))
            return text_instead(r, kind, out);
        break;
    }
    }
    return ERR_OK;
}

/* A cell beyond those that were asked for only says that it is there. */
static enum err cell_end(struct reader *r)
{
    size_t at = (size_t)r->column;
    struct buf *out = &r->texts[at < r->p->reading->columns ? at : 0];
    enum xlsx_kind kind = 0;
    enum err e;

    r->in_cell = false;
    if (r->raw.len == 0)
        return ERR_OK;
    if (at >= r->p->reading->columns) {
        r->row.used = at + 1 > r->row.used ? at + 1 : r->row.used;
        return ERR_OK;
    }
    buf_clear(out);
    if ((e = value_put(r, &kind, out)) != ERR_OK || out->len == 0)
        return e;
    r->cells[at] = (struct xlsx_cell){ kind, out->at };
    r->row.used = at + 1 > r->row.used ? at + 1 : r->row.used;
    return ERR_OK;
}

/* ---- events ---- */

static enum err begin(void *ctx, const char *name,
                      const struct xml_attributes *attributes)
{
    struct reader *r = ctx;

    if (strcmp(name, "sheetData") == 0)
        r->in_data = true;
    else if (!r->in_data)
        return ERR_OK;
    else if (strcmp(name, "row") == 0)
        return row_begin(r, attributes);
    else if (strcmp(name, "c") == 0 && r->in_row)
        return cell_begin(r, attributes);
    else if (r->in_cell && strcmp(name, "rPh") == 0)
        r->phonetic = true;
    else if (r->in_cell && (strcmp(name, "v") == 0 || strcmp(name, "t") == 0))
        r->taking = !r->phonetic;
    return ERR_OK;
}

static enum err text(void *ctx, const char *at, size_t len)
{
    struct reader *r = ctx;

    if (r->taking && r->raw.len < XLSX_TEXT_MAX)
        buf_add(&r->raw, at, len);
    return ERR_OK;
}

static enum err end(void *ctx, const char *name)
{
    struct reader *r = ctx;

    if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
        r->taking = false;
    } else if (strcmp(name, "rPh") == 0) {
        r->phonetic = false;
    } else if (strcmp(name, "c") == 0 && r->in_cell) {
        return cell_end(r);
    } else if (strcmp(name, "row") == 0 && r->in_row) {
        r->in_row = false;
        return r->row.used > 0 ? r->p->reading->row(r->p->reading->ctx, &r->row)
                               : ERR_OK;
    } else if (strcmp(name, "sheetData") == 0) {
        r->in_data = false;
    }
    return ERR_OK;
}

enum err package_sheet(struct package *p, const char *part, struct strings *s,
                       const struct styles *styles)
{
    struct reader *r = arena_alloc(p->arena, sizeof(*r));
    const struct xml_reader to = { begin, end, text, r };
    enum err e;

    r->p = p;
    r->strings = s;
    r->styles = styles;
    r->row.cells = r->cells;
    e = xml_read(p, part, true, &to);
    for (size_t i = 0; i < XLSX_COLUMNS_MAX; i++)
        buf_free(&r->texts[i]);
    buf_free(&r->raw);
    return e;
}
