/* Strict about the header, patient with what people do to cells. */
#include "lib/import/table.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/units/phone.h"

#define PRICE_MAX INT64_C(100000000000) /* kopecks; as the schema has it */

const char *const import_headings[IMPORT_COLUMNS] = {
    "Лицевой счет",     "Серийный номер", "Адрес", "Филиал",
    "Тариф,руб/1000м3", "Примечание",     "ФИО",   "Телефон",
};

/* Characters; 0: it may be empty. */
static const struct {
    size_t max;
    bool needed;
} fields[IMPORT_COLUMNS] = {
    [IMPORT_ACCOUNT] = { 64, true },  [IMPORT_SERIAL] = { 64, false },
    [IMPORT_ADDRESS] = { 500, true }, [IMPORT_BRANCH] = { 200, true },
    [IMPORT_TARIFF] = { 32, true },   [IMPORT_NOTE] = { 1000, false },
    [IMPORT_NAME] = { 200, false },   [IMPORT_PHONE] = { PHONE_MAX, false },
};

enum err import_heading_read(const struct xlsx_row *row, size_t *columns,
                             const char **why,
                             struct import_heading_fault *fault)
{
    size_t n = row->used;

    *columns = n;
    *why = "columns";
    if (n < IMPORT_COLUMNS_MIN || n > IMPORT_COLUMNS)
        return err_raise(ERR_INVALID, "import: %zu columns", n);
    *why = "header";
    for (size_t i = 0; i < n; i++) {
        if (row->no == 1 && strcmp(row->cells[i].text, import_headings[i]) == 0)
            continue;
        *fault =
            (struct import_heading_fault){ i, row->no == 1 ? row->cells[i].text
                                                           : "" };
        return err_raise(ERR_INVALID, "import: the heading of column %zu", i);
    }
    *why = "";
    return ERR_OK;
}

/* ---- texts ---- */

/* A space of any kind at p, as people and spreadsheets leave them; its bytes.
 */
static size_t space_len(const char *p)
{
    static const char *const wide[] = { "\xC2\xA0", "\xE2\x80\xAF",
                                        "\xE2\x80\x89", "\xEF\xBB\xBF" };

    if (*p != '\0' && (unsigned char)*p <= ' ')
        return 1;
    for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
        size_t n = strlen(wide[i]);

        if (strncmp(p, wide[i], n) == 0)
            return n;
    }
    return 0;
}

/* Without spaces around; each run of spaces inside, line ends too, is one. */
static char *tidy(struct arena *a, const char *text)
{
    char *out = arena_alloc(a, strlen(text) + 1), *to = out;
    bool gap = false;
    size_t n;

    while (*text != '\0') {
        if ((n = space_len(text)) > 0) {
            gap = to > out;
            text += n;
            continue;
        }
        if (gap)
            *to++ = ' ';
        gap = false;
        *to++ = *text++;
    }
    *to = '\0';
    return out;
}

/* ---- the price ---- */

bool import_price_read(const char *text, int64_t *kopecks)
{
    int64_t n = 0;
    int decimals = -1, digits = 0;
    size_t space;

    for (; *text != '\0'; text++) {
        if ((space = space_len(text)) > 0 && decimals < 0) {
            text += space - 1;
        } else if ((*text == ',' || *text == '.') && decimals < 0) {
            decimals = 0;
        } else if (*text >= '0' && *text <= '9' &&
                   (decimals < 2 || *text == '0')) {
            digits++;
            if (decimals == 2)
                continue; /* zeros that say nothing */
            decimals += decimals >= 0;
            n = n * 10 + (*text - '0');
            if (n > PRICE_MAX)
                return false;
        } else {
            return false;
        }
    }
    for (decimals = decimals < 0 ? 0 : decimals; decimals < 2; decimals++)
        n *= 10;
    *kopecks = n;
    return digits > 0 && n <= PRICE_MAX;
}

static char *price_text(struct arena *a, int64_t kopecks)
{
    return kopecks % 100 == 0
               ? arena_printf(a, "%" PRId64, kopecks / 100)
               : arena_printf(a, "%" PRId64 ",%02d", kopecks / 100,
                              (int)(kopecks % 100));
}

/* ---- the row ---- */

static enum import_row wrong(struct import_bad *bad, const char *code,
                             size_t column)
{
    bad->code = code;
    bad->column[0] = (char)('A' + column);
    bad->column[1] = '\0';
    return IMPORT_ROW_BAD;
}

/* «Фамилия Имя Отчество»: the surname ends at the first space. */
static void name_split(struct arena *a, const char *name,
                       struct import_line *out)
{
    size_t n = strcspn(name, " ");

    out->last_name = arena_strndup(a, name, n);
    out->first_name = arena_strdup(a, name[n] == ' ' ? name + n + 1 : "");
}

static enum import_row cells_tidy(struct arena *a, const struct xlsx_row *row,
                                  const char *texts[IMPORT_COLUMNS],
                                  struct import_bad *bad)
{
    bool empty = true;

    for (size_t i = 0; i < IMPORT_COLUMNS; i++) {
        texts[i] = tidy(a, row->cells[i].text);
        empty = empty && texts[i][0] == '\0';
    }
    if (empty)
        return IMPORT_ROW_EMPTY;
    for (size_t i = 0; i < IMPORT_COLUMNS; i++) {
        if (row->cells[i].kind == XLSX_ERROR)
            return wrong(bad, "cell", i);
        if (texts[i][0] == '\0' && fields[i].needed)
            return wrong(bad, "empty", i);
        if (text_length(texts[i]) > fields[i].max)
            return wrong(bad, "long", i);
    }
    return IMPORT_ROW_GOOD;
}

enum import_row import_row_read(struct arena *a, const struct xlsx_row *row,
                                struct import_line *out, struct import_bad *bad)
{
    const char *texts[IMPORT_COLUMNS];
    enum import_row what = cells_tidy(a, row, texts, bad);
    int64_t price;

    if (what != IMPORT_ROW_GOOD)
        return what;
    if (!import_price_read(texts[IMPORT_TARIFF], &price))
        return wrong(bad, "tariff", IMPORT_TARIFF);
    if (texts[IMPORT_PHONE][0] != '\0' && !phone_fits(texts[IMPORT_PHONE]))
        return wrong(bad, "phone", IMPORT_PHONE);
    *out = (struct import_line){
        .account = texts[IMPORT_ACCOUNT],
        .serial = texts[IMPORT_SERIAL],
        .address = texts[IMPORT_ADDRESS],
        .branch = texts[IMPORT_BRANCH],
        .note = texts[IMPORT_NOTE],
        .price_kopecks_per_1000_m3 = price,
        .tariff = price_text(a, price),
        .phone = texts[IMPORT_PHONE][0] ? texts[IMPORT_PHONE] : NULL,
    };
    if (texts[IMPORT_NAME][0] != '\0')
        name_split(a, texts[IMPORT_NAME], out);
    return IMPORT_ROW_GOOD;
}
