/* Which document it is, what it is called, and what all of them need. */
#include "lib/document/inner.h"

#include <inttypes.h>
#include <string.h>

enum report_format document_format(const struct document_order *order)
{
    static const enum report_format formats[] = { REPORT_CSV, REPORT_XLSX,
                                                  REPORT_DBF };

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (strcmp(order->format, report_ending(formats[i])) == 0)
            return formats[i];
    }
    return REPORT_PDF;
}

char *figure_text(struct arena *a, struct figure f,
                  char *(*text)(struct arena *a, int64_t n))
{
    return f.known ? text(a, f.n) : arena_strdup(a, "");
}

enum err tell(const struct document *d, int64_t done, int64_t total)
{
    return d->progress != NULL ? d->progress(d->ctx, done, total) : ERR_OK;
}

const char *period_line(const struct document *d)
{
    const struct days *days = &d->order->days;

    return arena_printf(d->arena, "%s: %s – %s", w(d, "Doc.Period"),
                        day_text(d->arena, days->from),
                        day_text(d->arena, days->to));
}

char *count_line(const struct document *d, const char *name, int64_t n)
{
    return arena_printf(d->arena, "%s: %" PRId64 ".", w(d, name), n);
}

enum err document_make(struct document *d)
{
    d->note = "";
    d->branch = "";
    switch (d->order->kind) {
    case DOCUMENT_RECEIPTS:
        return receipts_make(d);
    case DOCUMENT_DAILY:
        return document_format(d->order) == REPORT_DBF ? latest_make(d)
                                                       : daily_make(d);
    case DOCUMENT_BALANCE:
        return balance_make(d);
    }
    return err_raise(ERR_INVALID, "no such document");
}

static const char *kind_word(const struct document_order *order)
{
    switch (order->kind) {
    case DOCUMENT_RECEIPTS:
        return order->whose.meter_id != 0 || order->whose.own ? "Doc.Receipt"
                                                              : "Doc.Receipts";
    case DOCUMENT_DAILY:
        return "Doc.DailyOne";
    case DOCUMENT_BALANCE:
        return "Doc.Balance";
    }
    return "";
}

char *document_title(struct arena *a, const struct document_order *order,
                     const struct document_words *words, const char *what)
{
    const char *kind = document_word(words, kind_word(order));
    char *title = arena_printf(a, "%s%s%s", kind, what[0] ? " " : "", what);

    if (order->days.from == NULL || order->days.from[0] == '\0')
        return title;
    return arena_printf(a, "%s %s – %s", title, day_text(a, order->days.from),
                        day_text(a, order->days.to));
}

char *document_file_name(struct arena *a, const char *title, const char *ending)
{
    char *name = arena_printf(a, "%s.%s", title, ending);

    for (char *p = name; *p != '\0'; p++) {
        if (strchr("/\\:*?\"<>|", *p) != NULL || (unsigned char)*p < ' ')
            *p = '_';
    }
    return name;
}
