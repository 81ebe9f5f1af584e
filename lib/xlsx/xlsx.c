/* From the package to its first sheet: relationships lead from part to part. */
#include "lib/xlsx/xlsx.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xlsx/parts.h"

#define SHEETS_MAX 256
#define LINKS_MAX  1024

/* ---- relationships ---- */

struct link {
    const char *id, *type, *path;
};

struct links {
    struct package *p;
    const char *part; /* whose they are */
    struct link at[LINKS_MAX];
    size_t n;
};

static enum err link_begin(void *ctx, const char *name,
                           const struct xml_attributes *attributes)
{
    struct links *l = ctx;
    struct arena *a = l->p->arena;
    char text[512];

    if (strcmp(name, "Relationship") != 0 || l->n == LINKS_MAX ||
        (attribute(attributes, "TargetMode", text, sizeof(text)) &&
         strcmp(text, "External") == 0))
        return ERR_OK;
    (void)attribute(attributes, "Id", text, sizeof(text));
    l->at[l->n].id = arena_strdup(a, text);
    (void)attribute(attributes, "Type", text, sizeof(text));
    l->at[l->n].type = arena_strdup(a, text);
    (void)attribute(attributes, "Target", text, sizeof(text));
    l->at[l->n++].path = part_path(a, l->part, text);
    return ERR_OK;
}

/* "xl/workbook.xml" has its in "xl/_rels/workbook.xml.rels". */
static enum err links_read(struct package *p, const char *part,
                           struct links **out)
{
    const char *slash = strrchr(part, '/');
    int folder = slash ? (int)(slash - part) + 1 : 0;
    const char *rels = arena_printf(p->arena, "%.*s_rels/%s.rels", folder, part,
                                    part + folder);
    struct links *l = arena_alloc(p->arena, sizeof(*l));
    const struct xml_reader to = { link_begin, NULL, NULL, l };

    l->p = p;
    l->part = part;
    *out = l;
    return xml_read(p, rels, false, &to);
}

static bool type_is(const struct link *l, const char *ending)
{
    size_t n = strlen(l->type), k = strlen(ending);

    return n >= k && strcmp(l->type + n - k, ending) == 0;
}

/* The first of a type: its path, or NULL. */
static const char *link_of(const struct links *l, const char *ending)
{
    for (size_t i = 0; i < l->n; i++) {
        if (type_is(&l->at[i], ending))
            return l->at[i].path;
    }
    return NULL;
}

/* ---- the workbook ---- */

struct book {
    struct arena *arena;
    const char *sheets[SHEETS_MAX]; /* ids of relationships */
    size_t n;
    bool since_1904, is_book;
};

static enum err book_begin(void *ctx, const char *name,
                           const struct xml_attributes *attributes)
{
    struct book *b = ctx;
    char text[64];

    if (strcmp(name, "workbook") == 0) {
        b->is_book = true;
    } else if (strcmp(name, "sheet") == 0 && b->n < SHEETS_MAX) {
        (void)attribute(attributes, "id", text, sizeof(text));
        b->sheets[b->n++] = arena_strdup(b->arena, text);
    } else if (strcmp(name, "workbookPr") == 0 &&
               attribute(attributes, "date1904", text, sizeof(text))) {
        b->since_1904 = strcmp(text, "1") == 0 || strcmp(text, "true") == 0;
    }
    return ERR_OK;
}

/* The first sheet in the order of the workbook that has cells. */
static const char *first_sheet(const struct book *b, const struct links *l)
{
    for (size_t i = 0; i < b->n; i++) {
        for (size_t k = 0; k < l->n; k++) {
            if (strcmp(l->at[k].id, b->sheets[i]) == 0 &&
                type_is(&l->at[k], "/worksheet"))
                return l->at[k].path;
        }
    }
    return NULL;
}

struct parts {
    const char *sheet, *strings, *styles;
    bool since_1904;
};

static enum err parts_find(struct package *p, struct parts *out)
{
    struct book *book = arena_alloc(p->arena, sizeof(*book));
    const struct xml_reader to = { book_begin, NULL, NULL, book };
    struct links *links = NULL;
    const char *workbook;
    enum err e = links_read(p, "", &links);

    if (e != ERR_OK)
        return e;
    if ((workbook = link_of(links, "/officeDocument")) == NULL ||
        part_size(p, workbook) < 0)
        return refuse(p, XLSX_PARTS, "no workbook");
    book->arena = p->arena;
    if ((e = xml_read(p, workbook, false, &to)) != ERR_OK ||
        (e = links_read(p, workbook, &links)) != ERR_OK)
        return e;
    out->since_1904 = book->since_1904;
    out->strings = link_of(links, "/sharedStrings");
    out->styles = link_of(links, "/styles");
    out->sheet = book->is_book ? first_sheet(book, links) : NULL;
    if (out->sheet == NULL || part_size(p, out->sheet) < 0)
        return refuse(p, XLSX_PARTS, "no sheet");
    /* Named and not there is how some programs leave out what is empty. */
    if (out->strings != NULL && part_size(p, out->strings) < 0)
        out->strings = NULL;
    if (out->styles != NULL && part_size(p, out->styles) < 0)
        out->styles = NULL;
    return ERR_OK;
}

/* ---- all of it ---- */

static enum err rows_read(struct package *p)
{
    struct strings *strings = NULL;
    struct styles styles = { 0 };
    struct parts parts = { 0 };
    enum err e = parts_find(p, &parts);

    if (e != ERR_OK)
        return e;
    p->total = part_size(p, parts.sheet);
    if (parts.strings != NULL)
        p->total += part_size(p, parts.strings);
    if (parts.styles != NULL)
        e = styles_read(p, parts.styles, &styles);
    styles.since_1904 = parts.since_1904;
    if (e == ERR_OK && parts.strings != NULL)
        e = strings_read(p, parts.strings, &strings);
    if (e == ERR_OK)
        e = package_sheet(p, parts.sheet, strings, &styles);
    strings_free(strings);
    return e;
}

/* By its path, or without one by its descriptor. */
static enum err read_either(const char *path, int fd,
                            const struct xlsx_reading *reading,
                            enum xlsx_fault *why)
{
    struct package p = { .arena = arena_new(), .why = why, .reading = reading };
    enum err e;

    assert(reading->columns >= 1 && reading->columns <= XLSX_COLUMNS_MAX);
    *why = XLSX_FINE;
    e = path != NULL ? package_open(&p, path) : package_open_fd(&p, fd);
    if (e == ERR_OK)
        e = rows_read(&p);
    package_close(&p);
    arena_free(p.arena);
    return e;
}

enum err xlsx_read(const char *path, const struct xlsx_reading *reading,
                   enum xlsx_fault *why)
{
    return read_either(path, -1, reading, why);
}

enum err xlsx_read_fd(int fd, const struct xlsx_reading *reading,
                      enum xlsx_fault *why)
{
    return read_either(NULL, fd, reading, why);
}
