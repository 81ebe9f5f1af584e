/*
 * A report as DBF: dBase III without memo, one record a row. The only file
 * that includes shapefil.h (shapelib). The library recodes nothing, so text
 * goes through iconv here; byte 29 of the header says into what.
 */
#include <errno.h>
#include <iconv.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include <shapefil.h>

#include "lib/report/parts.h"
#include "lib/report/utf8.h"

#define TEXT_MAX   254 /* bytes of a field of type C */
#define NUMBER_MAX 20

struct dbf {
    struct spool spool;
    DBFHandle file;
    iconv_t recode;
    int records;
    size_t record_len; /* with the deletion mark */
    char *record;
};

/* The columns of the file; the others are for people only. */
static bool is_in(const struct report_column *c)
{
    return c->dbf_name != NULL;
}

static int width_of(const struct report_column *c)
{
    int width = c->dbf_width > 0 ? c->dbf_width : c->width;

    switch (c->type) {
    case REPORT_TEXT:
        return width > TEXT_MAX ? TEXT_MAX : width;
    case REPORT_NUMBER:
        return width > NUMBER_MAX ? NUMBER_MAX : width;
    case REPORT_DATE:
        return 8;
    case REPORT_MOMENT:
        return 19; /* dBase III has no type for it: text */
    }
    return 0;
}

static char type_of(const struct report_column *c)
{
    switch (c->type) {
    case REPORT_TEXT:
    case REPORT_MOMENT:
        return 'C';
    case REPORT_NUMBER:
        return 'N';
    case REPORT_DATE:
        return 'D';
    }
    return 'C';
}

static enum err failed(const char *doing)
{
    return err_raise(ERR_IO, "DBF: %s: %s", doing, strerror(errno));
}

static void dbf_drop(struct report *r)
{
    struct dbf *d = r->it;

    if (d->file != NULL)
        DBFClose(d->file);
    d->file = NULL;
    if (d->recode != (iconv_t)-1)
        (void)iconv_close(d->recode);
    d->recode = (iconv_t)-1;
    spool_remove(&d->spool);
}

static enum err add_fields(struct report *r)
{
    struct dbf *d = r->it;

    d->record_len = 1;
    for (size_t i = 0; i < r->n; i++) {
        const struct report_column *c = &r->columns[i];

        if (!is_in(c))
            continue;
        if (strlen(c->dbf_name) > 10)
            return err_raise(ERR_INVALID, "DBF: the name %s is too long",
                             c->dbf_name);
        if (DBFAddNativeFieldType(d->file, c->dbf_name, type_of(c), width_of(c),
                                  c->type == REPORT_NUMBER ? c->decimals : 0) <
            0)
            return failed(c->dbf_name);
        d->record_len += (size_t)width_of(c);
    }
    d->record = arena_alloc(r->arena, d->record_len + 1);
    return ERR_OK;
}

/* LDID/101 writes 0x65, Russian MS-DOS; LDID/201 0xC9, Russian Windows. */
static enum err create(struct report *r)
{
    struct dbf *d = r->it;
    const struct report_day *made = &r->head->made;
    bool dos = r->head->charset == REPORT_CP866;

    d->recode = iconv_open(dos ? "CP866" : "CP1251", "UTF-8");
    if (d->recode == (iconv_t)-1)
        return failed("iconv");
    d->file = DBFCreateEx(d->spool.path, dos ? "LDID/101" : "LDID/201");
    if (d->file == NULL)
        return failed(d->spool.path);
    DBFSetLastModifiedDate(d->file, made->year - 1900, made->month, made->day);
    /* dBase III ends its files with 0x1A */
    DBFSetWriteEndOfFileChar(d->file, 1);
    return add_fields(r);
}

static enum err dbf_begin(struct report *r)
{
    struct dbf *d = arena_alloc(r->arena, sizeof(*d));
    enum err e;

    r->it = d;
    d->recode = (iconv_t)-1;
    if ((e = spool_make(r, ".dbf", &d->spool)) != ERR_OK)
        return e;
    if ((e = create(r)) != ERR_OK)
        dbf_drop(r);
    return e;
}

/* What neither code page has, in letters they have. */
static const char *instead_of(uint32_t c)
{
    switch (c) {
    case 0xAB:
    case 0xBB:
    case 0x201C:
    case 0x201D:
    case 0x201E:
        return "\"";
    case 0x2018:
    case 0x2019:
        return "'";
    case 0x2010:
    case 0x2011:
    case 0x2013:
    case 0x2014:
    case 0x2212:
        return "-";
    case 0x2026:
        return "...";
    case 0xA0:
    case 0x2009:
    case 0x202F:
        return " ";
    default:
        return "?";
    }
}

/* Text into width bytes at to, which are spaces; what is longer is cut. */
static void recode(struct dbf *d, const char *text, char *to, size_t width)
{
    /* glibc's iconv does not change what it reads */
    char *in = (char *)text;
    size_t in_left = utf8_len_of(text, width), out_left = width;

    while (in_left > 0 && out_left > 0 &&
           iconv(d->recode, &in, &in_left, &to, &out_left) == (size_t)-1) {
        const char *after = in, *other;

        if (errno == E2BIG)
            break;
        other = instead_of(utf8_next(&after));
        for (; *other != '\0' && out_left > 0; out_left--)
            *to++ = *other++;
        in_left -=
            (size_t)(after - in) < in_left ? (size_t)(after - in) : in_left;
        in = (char *)after;
    }
    (void)iconv(d->recode, NULL, NULL, NULL, NULL);
}

static void put_date(const char *cell, char *to)
{
    memcpy(to, cell, 4);
    memcpy(to + 4, cell + 5, 2);
    memcpy(to + 6, cell + 8, 2);
}

static enum err put_number(const struct report_column *c, const char *cell,
                           char *to)
{
    size_t len = strlen(cell), width = (size_t)width_of(c);

    if (len > width)
        return err_raise(ERR_INVALID,
                         "DBF: column %s: a number of %zu characters in %zu",
                         c->dbf_name, len, width);
    to += width - len;
    while (*cell != '\0')
        *to++ = *cell++;
    return ERR_OK;
}

static enum err put_cell(struct dbf *d, const struct report_column *c,
                         const char *cell, char *to)
{
    if (cell[0] == '\0')
        return ERR_OK;
    switch (c->type) {
    case REPORT_TEXT:
        recode(d, cell, to, (size_t)width_of(c));
        break;
    case REPORT_MOMENT:
        memcpy(to, cell, 19);
        break;
    case REPORT_DATE:
        put_date(cell, to);
        break;
    case REPORT_NUMBER:
        return put_number(c, cell, to);
    }
    return ERR_OK;
}

static enum err dbf_row(struct report *r, const char *const *cells, bool total)
{
    struct dbf *d = r->it;
    char *to = d->record + 1;
    enum err e;

    if (total)
        return ERR_OK;
    memset(d->record, ' ', d->record_len);
    for (size_t i = 0; i < r->n; i++) {
        const struct report_column *c = &r->columns[i];

        if (!is_in(c))
            continue;
        if ((e = put_cell(d, c, cells[i], to)) != ERR_OK)
            return e;
        to += width_of(c);
    }
    return DBFWriteTuple(d->file, d->records++, d->record) ? ERR_OK
                                                           : failed("record");
}

static enum err dbf_note(struct report *r, const char *text)
{
    (void)r;
    (void)text;
    return ERR_OK;
}

/* DBFClose returns nothing, also when the disk was full. */
static enum err whole(const struct dbf *d, int fields)
{
    /* header and its end, records, the file's end */
    int64_t size =
        32 + 32 * (int64_t)fields + 1 + d->records * (int64_t)d->record_len + 1;
    struct stat st;

    if (stat(d->spool.path, &st) != 0)
        return failed(d->spool.path);
    return st.st_size == size
               ? ERR_OK
               : err_raise(ERR_IO, "DBF: %" PRId64 " bytes instead of %" PRId64,
                           (int64_t)st.st_size, size);
}

/* Closing writes the number of records into the header. */
static enum err dbf_end(struct report *r)
{
    struct dbf *d = r->it;
    int fields = DBFGetFieldCount(d->file);
    enum err e;

    DBFClose(d->file);
    d->file = NULL;
    if ((e = whole(d, fields)) == ERR_OK)
        e = spool_send(r, &d->spool);
    dbf_drop(r);
    return e;
}

const struct report_writer report_writer_dbf = {
    .ending = "dbf",
    .media_type = "application/vnd.dbf",
    .begin = dbf_begin,
    .row = dbf_row,
    .note = dbf_note,
    .end = dbf_end,
    .drop = dbf_drop,
};
