/*
 * Documents for other programs to read back.
 *
 *   make_samples pdf|csv|xlsx|dbf OUT [cp1251] [tmpdir=DIR]    rows on stdin
 *   make_samples receipts OUT PER_PAGE                     receipts on stdin
 *   make_samples bench pdf|csv|xlsx|dbf|receipts N OUT     its own, counted
 *
 * Rows are tab-separated: R and a cell for each column, T and the same for a
 * total, N and a sentence. A document that continues goes to OUT.2, OUT.3 …
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/base/clock.h"
#include "lib/report/receipt.h"
#include "lib/report/report.h"

static const struct report_column columns[] = {
    { .title = "Лицевой счёт",
      .width = 12,
      .dbf_name = "ACCOUNT",
      .dbf_width = 20 },
    { .title = "Номер счётчика",
      .width = 14,
      .dbf_name = "SERIAL",
      .dbf_width = 16 },
    { .title = "Дата", .type = REPORT_DATE, .width = 10, .dbf_name = "DATE" },
    { .title = "Время счётчика", .type = REPORT_MOMENT, .width = 18 },
    { .title = "Показания, м³",
      .type = REPORT_NUMBER,
      .width = 12,
      .decimals = 3,
      .dbf_name = "VALUE",
      .dbf_width = 14 },
    { .title = "Начислено, руб.",
      .type = REPORT_NUMBER,
      .width = 11,
      .decimals = 2 },
    { .title = "Абонент", .width = 26, .dbf_name = "FIO", .dbf_width = 60 },
    { .title = "Адрес", .width = 34, .dbf_name = "ADDR", .dbf_width = 120 },
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static const char *const head_lines[] = {
    "Период: 01-11-2026 – 20-11-2026",
    "Группа счётчиков: Все счётчики",
    NULL,
};

static struct report_head head = {
    .title = "Отчёт о потреблении по дням",
    .lines = head_lines,
    .page_word = "стр.",
    .made = { 2026, 11, 20 },
    .landscape = true,
};

struct output {
    FILE *file;
    const char *path;
    int part;
};

static enum err output_write(void *it, const void *bytes, size_t len)
{
    struct output *o = it;

    return fwrite(bytes, 1, len, o->file) == len
               ? ERR_OK
               : err_raise(ERR_IO, "%s: cannot be written", o->path);
}

static enum err output_open(struct output *o)
{
    char path[600];

    o->part++;
    if (o->part == 1)
        (void)snprintf(path, sizeof(path), "%s", o->path);
    else
        (void)snprintf(path, sizeof(path), "%s.%d", o->path, o->part);
    o->file = fopen(path, "wb");
    return o->file != NULL ? ERR_OK
                           : err_raise(ERR_IO, "%s: cannot be opened", path);
}

static enum err output_next(void *it)
{
    struct output *o = it;

    if (fclose(o->file) != 0)
        return err_raise(ERR_IO, "%s: cannot be written", o->path);
    return output_open(o);
}

static struct output output;
static const struct sink sink = { .it = &output,
                                  .write = output_write,
                                  .next = output_next };

static int say(const char *doing)
{
    (void)fprintf(stderr, "%s: %s\n", doing, err_reason());
    return 1;
}

/* Cells of a line, split in place; the rest of them stay NULL. */
static size_t split(char *line, char **cells, size_t most)
{
    size_t n = 0;
    char *rest = line;

    line[strcspn(line, "\n")] = '\0';
    memset(cells, 0, most * sizeof(*cells));
    while (n < most && rest != NULL) {
        cells[n++] = rest;
        rest = strchr(rest, '\t');
        if (rest != NULL)
            *rest++ = '\0';
    }
    return n;
}

static bool format_of(const char *name, enum report_format *out)
{
    for (int f = REPORT_PDF; f <= REPORT_DBF; f++)
        if (strcmp(report_ending((enum report_format)f), name) == 0) {
            *out = (enum report_format)f;
            return true;
        }
    return false;
}

static enum err put(struct report *r, char **cells)
{
    const char *const *rest = (const char *const *)cells + 1;

    switch (cells[0][0]) {
    case 'T':
        return report_total(r, rest);
    case 'N':
        return report_note(r, cells[1]);
    default:
        return report_row(r, rest);
    }
}

static int rows_from_stdin(struct arena *a, enum report_format f)
{
    char *line = NULL, *cells[COLUMNS + 1];
    size_t size = 0;
    struct report *r;

    if (report_begin(a, f, &head, columns, COLUMNS, &sink, &r) != ERR_OK)
        return say("begin");
    while (getline(&line, &size, stdin) > 0) {
        (void)split(line, cells, COLUMNS + 1);
        if (put(r, cells) != ERR_OK) {
            report_drop(r);
            free(line);
            return say("row");
        }
    }
    free(line);
    return report_end(r) == ERR_OK ? 0 : say("end");
}

static int64_t number(const char *s)
{
    return s == NULL ? 0 : strtoll(s, NULL, 10);
}

static int receipts_from_stdin(struct arena *a, int per_page)
{
    const struct receipts_head h = { .title = "Квитанции",
                                     .made = head.made,
                                     .per_page = per_page };
    char *line = NULL, *c[19];
    size_t size = 0;
    struct receipts *rs;
    struct bank_fault fault;

    if (receipts_begin(&h, &sink, &rs) != ERR_OK)
        return say("begin");
    while (getline(&line, &size, stdin) > 0) {
        enum err e;

        (void)split(line, c, 19);
        e = receipts_add(rs, a,
                         &(struct receipt){
                             .to = { c[0], c[1], c[2], c[3], c[4], c[5], c[6] },
                             .last_name = c[7],
                             .first_name = c[8],
                             .middle_name = c[9],
                             .account = c[10],
                             .address = c[11],
                             .period = c[12],
                             .paym_period = c[13],
                             .sum = { number(c[14]) },
                             .purpose = c[15],
                             .meter = c[16],
                             .reading = c[17],
                             .reading_m3 = c[18] },
                         &fault);
        if (e == ERR_INVALID)
            printf("refused %s %s\n", fault.field, fault.word);
        else if (e != ERR_OK)
            return say("receipt");
    }
    free(line);
    return receipts_end(rs) == ERR_OK ? 0 : say("end");
}

static int bench_rows(struct arena *a, enum report_format f, int n)
{
    struct report *r;

    if (report_begin(a, f, &head, columns, COLUMNS, &sink, &r) != ERR_OK)
        return say("begin");
    for (int i = 0; i < n; i++) {
        char account[24], serial[24], value[32], name[64];
        const char *cells[] = {
            account, serial,  "2026-11-20", "2026-11-20 03:15:00",
            value,   "12.34", name,         "г. Клин, ул. Мира, д. 5, кв. 12",
        };

        (void)snprintf(account, sizeof(account), "%08d", i);
        (void)snprintf(serial, sizeof(serial), "%012d", i * 7);
        (void)snprintf(value, sizeof(value), "%d.%03d", i % 99999, i % 1000);
        (void)snprintf(name, sizeof(name), "Иванова Мария %d", i);
        if (report_row(r, cells) != ERR_OK)
            return say("row");
    }
    return report_end(r) == ERR_OK ? 0 : say("end");
}

static int bench_receipts(int n)
{
    const struct receipts_head h = { .title = "Квитанции",
                                     .made = head.made,
                                     .per_page = 2 };
    struct arena *a = arena_new();
    struct bank_fault fault;
    struct receipts *rs;

    if (receipts_begin(&h, &sink, &rs) != ERR_OK)
        return say("begin");
    for (int i = 0; i < n; i++) {
        const struct receipt r = {
            .to = { "ООО «Газ-Сервис»", "7736050003", "773601001",
                    "40602810700000000025", "ПАО СБЕРБАНК", "049805746",
                    "30101810800000000746" },
            .last_name = "Иванов",
            .first_name = "Иван",
            .middle_name = "Иванович",
            .account = arena_printf(a, "%08d", i),
            .address = "г. Клин, ул. Мира, д. 5, кв. 12",
            .period = "ноябрь 2026",
            .paym_period = "112026",
            .sum = { 123456 + i },
            .purpose = arena_printf(a, "Оплата газа, л/с %08d", i),
            .meter = "4711",
            .reading = "12 345,678 м³ на 20-11-2026",
            .reading_m3 = "12345.678",
        };

        if (receipts_add(rs, a, &r, &fault) != ERR_OK)
            return say("receipt");
        arena_reset(a);
    }
    arena_free(a);
    return receipts_end(rs) == ERR_OK ? 0 : say("end");
}

static int bench(struct arena *a, const char *what, int n)
{
    int64_t began = clock_monotonic_us();
    struct rusage used;
    enum report_format f;
    int failed = format_of(what, &f) ? bench_rows(a, f, n) : bench_receipts(n);
    double s = (double)(clock_monotonic_us() - began) / 1e6;

    (void)getrusage(RUSAGE_SELF, &used);
    printf("%s n=%d seconds=%.3f rate=%.0f rss_kib=%ld parts=%d\n", what, n, s,
           n / s, used.ru_maxrss, output.part);
    return failed;
}

static void option(const char *o)
{
    if (strcmp(o, "cp1251") == 0)
        head.charset = REPORT_CP1251;
    if (strncmp(o, "tmpdir=", 7) == 0)
        head.tmpdir = o + 7;
    if (strcmp(o, "portrait") == 0)
        head.landscape = false;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new();
    enum report_format f;
    int failed = 2;

    if (argc < 3)
        return failed;
    output.path = argv[argc > 4 && strcmp(argv[1], "bench") == 0 ? 4 : 2];
    for (int i = 3; i < argc; i++)
        option(argv[i]);
    if (output_open(&output) != ERR_OK)
        return say("open");
    if (strcmp(argv[1], "bench") == 0 && argc > 4)
        failed = bench(a, argv[2], (int)number(argv[3]));
    else if (strcmp(argv[1], "receipts") == 0 && argc > 3)
        failed = receipts_from_stdin(a, (int)number(argv[3]));
    else if (format_of(argv[1], &f))
        failed = rows_from_stdin(a, f);
    if (fclose(output.file) != 0)
        failed = 1;
    arena_free(a);
    return failed;
}
