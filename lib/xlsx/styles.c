/*
 * styles.xml: of all that a style says, whether its numbers are dates, and
 * whether they are filled with zeros (0000000000), as accounts often are.
 */
#include "lib/xlsx/parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FORMATS_MAX 4096

struct format {
    int64_t id;
    signed char class;
};

struct reader {
    struct package *p;
    struct styles *out;
    struct format *formats;
    size_t n;
    bool in_xfs;
};

/* What stands in quotes, brackets or behind a sign is decoration. */
static const char *skip_decoration(const char *p, bool *date)
{
    if (*p == '"') {
        p++;
        p += strcspn(p, "\"");
        return *p ? p + 1 : p;
    }
    if (*p == '[') {
        /* [h], [mm], [ss]: time that has passed */
        if (strchr("hHmMsS", p[1]) != NULL && p[1] != '\0' &&
            strspn(p + 1, "hHmMsS") == strcspn(p + 1, "]"))
            *date = true;
        p += strcspn(p, "]");
        return *p ? p + 1 : p;
    }
    return p + (p[1] != '\0' ? 2 : 1); /* \x _x *x */
}

signed char format_class(const char *code)
{
    size_t zeros = strspn(code, "0");
    bool date = false;

    if (zeros >= 2 && zeros <= 100 &&
        (code[zeros] == '\0' || code[zeros] == ';'))
        return (signed char)zeros;
    while (*code != '\0' && *code != ';' && !date) {
        if (strchr("\"[\\_*", *code) != NULL) {
            code = skip_decoration(code, &date);
        } else {
            date = strchr("dmyhs", tolower((unsigned char)*code)) != NULL;
            code++;
        }
    }
    return date && strncasecmp(code, "General", 7) != 0 ? STYLE_DATE : 0;
}

/* ECMA-376 Part 1, 18.8.30: formats that have a number and no code. */
static signed char builtin_class(int64_t id)
{
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) ||
                   (id >= 45 && id <= 47) || (id >= 50 && id <= 58)
               ? STYLE_DATE
               : 0;
}

static signed char class_of(const struct reader *r, int64_t id)
{
    for (size_t i = 0; i < r->n; i++) {
        if (r->formats[i].id == id)
            return r->formats[i].class;
    }
    return builtin_class(id);
}

static enum err begin(void *ctx, const char *name,
                      const struct xml_attributes *attributes)
{
    struct reader *r = ctx;
    char id[16], code[256];

    if (strcmp(name, "cellXfs") == 0) {
        r->in_xfs = true;
    } else if (strcmp(name, "numFmt") == 0 && r->n < FORMATS_MAX) {
        (void)attribute(attributes, "numFmtId", id, sizeof(id));
        (void)attribute(attributes, "formatCode", code, sizeof(code));
        r->formats[r->n++] =
            (struct format){ strtoll(id, NULL, 10), format_class(code) };
    } else if (strcmp(name, "xf") == 0 && r->in_xfs) {
        if (r->out->n == STYLES_MAX)
            return refuse(r->p, XLSX_BROKEN, "styles");
        (void)attribute(attributes, "numFmtId", id, sizeof(id));
        r->out->of[r->out->n++] = class_of(r, strtoll(id, NULL, 10));
    }
    return ERR_OK;
}

static enum err end(void *ctx, const char *name)
{
    struct reader *r = ctx;

    if (strcmp(name, "cellXfs") == 0)
        r->in_xfs = false;
    return ERR_OK;
}

enum err styles_read(struct package *p, const char *part, struct styles *out)
{
    struct reader r = { .p = p, .out = out };
    const struct xml_reader to = { begin, end, NULL, &r };

    r.formats = arena_alloc(p->arena, FORMATS_MAX * sizeof(*r.formats));
    out->of = arena_alloc(p->arena, STYLES_MAX);
    out->n = 0;
    return xml_read(p, part, false, &to);
}
