/* Reads keys of meters out of tables. An XLSX goes through a file that is in
 * memory only. */
#define _GNU_SOURCE /* memfd_create */
#include "lib/import/keys_table.h"

#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/buf.h"

enum { COLUMN_SERIAL = SECRET_ITEMS, COLUMN_NONE };

/* Headings, in small letters; of SECRET_TITLE both ways of a system title. */
static const struct {
    const char *heading;
    int column;
} headings[] = {
    { "serial", COLUMN_SERIAL },
    { "серийный номер", COLUMN_SERIAL },
    { "mechanism", SECRET_MECHANISM },
    { "механизм", SECRET_MECHANISM },
    { "suite", SECRET_SUITE },
    { "набор", SECRET_SUITE },
    { "sap", SECRET_SAP },
    { "title", SECRET_TITLE },
    { "системный титул", SECRET_TITLE },
    { "lls", SECRET_LLS },
    { "пароль lls", SECRET_LLS },
    { "hls", SECRET_HLS },
    { "секрет hls", SECRET_HLS },
    { "ek", SECRET_EK },
    { "ak", SECRET_AK },
    { "kek", SECRET_KEK },
    { "мастер-ключ", SECRET_KEK },
    { "radio", SECRET_RADIO },
    { "пароль радиоканала", SECRET_RADIO },
};
#define HEADINGS (sizeof(headings) / sizeof(headings[0]))

struct keys_table *keys_table_new(struct arena *a)
{
    struct keys_table *t = arena_alloc(a, sizeof(*t));

    memset(t, 0, sizeof(*t));
    t->a = a;
    return t;
}

void keys_table_problem(struct keys_table *t, int64_t line, const char *column,
                        const char *code)
{
    if (t->n_problems < KEYS_TABLE_PROBLEMS_MAX)
        t->problems[t->n_problems] =
            (struct keys_table_problem){ line, column, code };
    t->n_problems++;
}

/* ---- the header ---- */

/* Latin and Cyrillic capitals (U+0410 ... U+042F) become small. */
static const char *small(struct arena *a, const char *text)
{
    char *out = arena_strdup(a, text);

    for (unsigned char *p = (unsigned char *)out; *p != '\0'; p++) {
        if (*p >= 'A' && *p <= 'Z') {
            *p = (unsigned char)(*p + 0x20);
        } else if (p[0] == 0xD0 && p[1] >= 0x90 && p[1] <= 0x9F) {
            p[1] = (unsigned char)(p[1] + 0x20);
        } else if (p[0] == 0xD0 && p[1] >= 0xA0 && p[1] <= 0xAF) {
            p[0] = 0xD1;
            p[1] = (unsigned char)(p[1] - 0x20);
        }
    }
    return out;
}

static const char *trimmed(struct arena *a, const char *text)
{
    static const char spaces[] = " \t\r\n";
    size_t n;

    text += strspn(text, spaces);
    n = strlen(text);
    while (n > 0 && strchr(spaces, text[n - 1]) != NULL)
        n--;
    return arena_strndup(a, text, n);
}

static int column_of(const char *heading)
{
    for (size_t i = 0; i < HEADINGS; i++) {
        if (strcmp(headings[i].heading, heading) == 0)
            return headings[i].column;
    }
    return COLUMN_NONE;
}

static void header_take(struct keys_table *t, int64_t line,
                        const char *const *cells, size_t n)
{
    bool seen[COLUMN_NONE + 1] = { false };
    size_t secrets = 0;

    t->has_header = true;
    t->n_columns = n < KEYS_TABLE_COLUMNS_MAX ? n : KEYS_TABLE_COLUMNS_MAX;
    for (size_t i = 0; i < t->n_columns; i++) {
        int c = column_of(small(t->a, trimmed(t->a, cells[i])));

        t->column[i] = c;
        if (c == COLUMN_NONE && trimmed(t->a, cells[i])[0] != '\0')
            keys_table_problem(t, line, "", "UnknownColumn");
        if (c != COLUMN_NONE && seen[c])
            keys_table_problem(t, line, "", "TwiceColumn");
        seen[c] = true;
        secrets += c != COLUMN_NONE && c != COLUMN_SERIAL;
    }
    if (!seen[COLUMN_SERIAL] && !seen[SECRET_TITLE])
        keys_table_problem(t, line, "", "NoWhoColumn");
    if (secrets == 0 ||
        (secrets == 1 && seen[SECRET_TITLE] && !seen[COLUMN_SERIAL]))
        keys_table_problem(t, line, "", "NoKeyColumn");
}

/* ---- rows ---- */

const char *keys_table_wrong(enum secret_item item)
{
    static const char *const words[SECRET_ITEMS] = {
        [SECRET_MECHANISM] = "WrongMechanism",
        [SECRET_SUITE] = "WrongSuite",
        [SECRET_SAP] = "WrongSap",
        [SECRET_TITLE] = "WrongTitle",
        [SECRET_LLS] = "WrongPassword",
        [SECRET_HLS] = "WrongPassword",
        [SECRET_EK] = "WrongKey",
        [SECRET_AK] = "WrongKey",
        [SECRET_KEK] = "WrongKey",
        [SECRET_RADIO] = "WrongRadio",
    };

    return words[item];
}

static void cell_take(struct keys_table *t, struct keys_table_row *row,
                      int column, const char *text)
{
    struct bytes b = { (const uint8_t *)text, strlen(text) };
    enum secret_item item = (enum secret_item)column;

    if (b.len == 0 || column == COLUMN_NONE)
        return;
    if (column == COLUMN_SERIAL) {
        row->serial = text;
        return;
    }
    if (!secret_fits(item, b))
        keys_table_problem(t, row->line, secret_names[item],
                           keys_table_wrong(item));
    row->value[item] = text;
}

const char *keys_table_title(struct arena *a, const char *text)
{
    char *out = arena_strdup(a, text);

    for (char *p = out; *p != '\0'; p++) {
        if (*p >= 'a' && *p <= 'f')
            *p = (char)(*p - 'a' + 'A');
    }
    return out;
}

void keys_table_take(struct keys_table *t, int64_t line,
                     const char *const *cells, size_t n)
{
    struct keys_table_row row = { .line = line, .serial = "", .title = "" };
    bool empty = true;

    for (size_t i = 0; i < n && empty; i++)
        empty = trimmed(t->a, cells[i])[0] == '\0';
    if (empty)
        return;
    if (!t->has_header) {
        header_take(t, line, cells, n);
        return;
    }
    if (t->n == KEYS_TABLE_ROWS_MAX) {
        if (t->n_problems == 0)
            keys_table_problem(t, line, "", "ManyRows");
        return;
    }
    for (size_t i = 0; i < n && i < t->n_columns; i++)
        cell_take(t, &row, t->column[i], trimmed(t->a, cells[i]));
    if (row.value[SECRET_TITLE] != NULL)
        row.title = keys_table_title(t->a, row.value[SECRET_TITLE]);
    if (row.serial[0] == '\0' && row.title[0] == '\0')
        keys_table_problem(t, line, "", "NoWho");
    t->rows[t->n++] = row;
}

/* ---- CSV ---- */

/* RFC 4180 with ';' or ',': the cells of a record; *at is then the next. */
static size_t record_read(struct keys_table *t, struct bytes file, size_t *at,
                          char comma, const char **cells, int64_t *lines)
{
    struct buf cell = { 0 };
    bool quoted = false, over = false;
    size_t n = 0;

    *lines = 0;
    while (!over) {
        char c = '\n';
        bool end = *at >= file.len;

        if (!end)
            c = (char)file.at[*at];
        (*at)++;
        *lines += c == '\n';
        if (quoted && !end) {
            if (c != '"')
                buf_add(&cell, &c, 1);
            else if (*at < file.len && file.at[*at] == '"')
                buf_add(&cell, &file.at[(*at)++], 1);
            else
                quoted = false;
        } else if (c == '"' && cell.len == 0) {
            quoted = true;
        } else if (c == comma || c == '\n') {
            if (n < KEYS_TABLE_COLUMNS_MAX)
                cells[n++] = arena_strndup(t->a, cell.at != NULL ? cell.at : "",
                                           cell.len);
            buf_clear(&cell);
            over = c == '\n';
        } else {
            buf_add(&cell, &c, 1);
        }
    }
    if (cell.at != NULL)
        explicit_bzero(cell.at, cell.size);
    buf_free(&cell);
    return n;
}

static char comma_of(struct bytes file)
{
    size_t semicolons = 0, commas = 0;

    for (size_t i = 0; i < file.len && file.at[i] != '\n'; i++) {
        semicolons += file.at[i] == ';';
        commas += file.at[i] == ',';
    }
    return semicolons >= commas ? ';' : ',';
}

void keys_table_csv(struct keys_table *t, struct bytes file)
{
    const char *cells[KEYS_TABLE_COLUMNS_MAX];
    int64_t line = 1, lines;
    size_t at = 0;
    char comma;

    if (file.len >= 3 && memcmp(file.at, "\xEF\xBB\xBF", 3) == 0)
        file = (struct bytes){ file.at + 3, file.len - 3 };
    if (memchr(file.at, '\0', file.len) != NULL) {
        keys_table_problem(t, 0, "", "NoTable");
        return;
    }
    comma = comma_of(file);
    while (at < file.len) {
        size_t n = record_read(t, file, &at, comma, cells, &lines);

        keys_table_take(t, line, cells, n);
        line += lines;
    }
}

/* ---- XLSX ---- */

static enum err sheet_row(void *ctx, const struct xlsx_row *row)
{
    const char *cells[KEYS_TABLE_COLUMNS_MAX];

    for (size_t i = 0; i < KEYS_TABLE_COLUMNS_MAX; i++)
        cells[i] = row->cells[i].text;
    keys_table_take(ctx, row->no, cells, KEYS_TABLE_COLUMNS_MAX);
    return ERR_OK;
}

enum err keys_table_xlsx(struct keys_table *t, struct bytes file)
{
    /* What XLSX cells share is kept in a file too: of the same kind. */
    const struct xlsx_reading reading = { .columns = KEYS_TABLE_COLUMNS_MAX,
                                          .tmpdir = "/dev/shm",
                                          .row = sheet_row,
                                          .ctx = t };
    enum xlsx_fault why = XLSX_FINE;
    int fd = memfd_create("keys", MFD_CLOEXEC);
    enum err e;

    if (fd < 0 || write(fd, file.at, file.len) != (ssize_t)file.len) {
        if (fd >= 0)
            close(fd);
        return err_raise(ERR_IO, "no memory for a table");
    }
    e = xlsx_read_fd(fd, &reading, &why);
    close(fd);
    if (e != ERR_INVALID || why == XLSX_FINE)
        return e;
    keys_table_problem(t, 0, "", "NoTable");
    return ERR_OK;
}
