/* Words and numbers; the worker that writes it knows no language. */
#include "lib/import/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/document/document.h"

const char *const import_word_names[] = {
    "Import.Report",
    "Import.TrialMark",
    "Import.Rows",
    "Import.Added",
    "Import.Deleted",
    "Import.Changed",
    "Import.Branches",
    "Import.Tariffs",
    "Import.Bound",
    "Import.Errors",
    "Import.Warnings",
    "Import.Row",
    "Import.Counts",
    "Import.MustBe",
    "ImportProblem.meter",
    "ImportProblem.meters",
    "ImportProblem.empty",
    "ImportProblem.long",
    "ImportProblem.cell",
    "ImportProblem.tariff",
    "ImportProblem.phone",
    "ImportProblem.serial_again",
    "ImportProblem.account_again",
    NULL,
};

bool import_problem_is_error(const struct import_problem *p)
{
    static const char again[] = "_again";
    size_t n = strlen(p->code), k = sizeof(again) - 1;

    return n < k || strcmp(p->code + n - k, again) != 0;
}

char *import_problem_text(struct arena *a, const struct document_words *words,
                          const struct import_problem *p)
{
    const char *said =
        document_word(words, arena_printf(a, "ImportProblem.%s", p->code));
    char *text;

    if (strcmp(p->code, "meter") == 0)
        return arena_printf(a, "%s %" PRId64, said, p->no);
    text = arena_printf(a, "%s %" PRId64 ": %s %s",
                        document_word(words, "Import.Row"), p->no, said,
                        p->detail);
    if (p->other == 0)
        return text;
    return arena_printf(a, "%s; %s %" PRId64, text,
                        document_word(words, "Import.Counts"), p->other);
}

/* A line of signs under a heading, as long as in the manual. */
static void heading_put(struct buf *to, const char *text)
{
    buf_puts(to, text);
    buf_puts(to, "\n~~~~~\n\n");
}

static void count_put(struct buf *to, const struct document_words *words,
                      const char *name, int64_t n)
{
    char number[32];

    snprintf(number, sizeof(number), ":%" PRId64 "\n", n);
    buf_puts(to, document_word(words, name));
    buf_puts(to, number);
}

void import_report_head(struct buf *to, const struct document_words *words,
                        const struct import_counts *c, bool trial)
{
    heading_put(to, document_word(words, "Import.Report"));
    if (trial) {
        buf_puts(to, document_word(words, "Import.TrialMark"));
        buf_puts(to, "\n\n");
    }
    count_put(to, words, "Import.Rows", c->rows);
    count_put(to, words, "Import.Added", c->subscribers_added);
    count_put(to, words, "Import.Deleted", c->subscribers_deleted);
    count_put(to, words, "Import.Changed", c->subscribers_changed);
    count_put(to, words, "Import.Branches", c->branches_added);
    count_put(to, words, "Import.Tariffs", c->tariffs_added);
    count_put(to, words, "Import.Bound", c->meters_bound);
}

void import_report_problem(struct buf *to, const struct document_words *words,
                           struct import_tell *tell,
                           const struct import_problem *p)
{
    bool error = import_problem_is_error(p);
    bool *told = error ? &tell->errors : &tell->warnings;
    struct arena *a = arena_new();

    if (!*told) {
        buf_puts(to, "\n");
        heading_put(to, document_word(words, error ? "Import.Errors"
                                                   : "Import.Warnings"));
    }
    *told = true;
    buf_puts(to, import_problem_text(a, words, p));
    buf_puts(to, "\n");
    arena_free(a);
}
