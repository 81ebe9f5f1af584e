/* «Отчёт о выполнении импорта данных» (GC-155) as text, for file and screen. */
#ifndef LAZUR_LIB_IMPORT_REPORT_H
#define LAZUR_LIB_IMPORT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/model/job.h"

struct import_counts {
    int64_t rows;
    int64_t subscribers_added, subscribers_deleted, subscribers_changed;
    int64_t branches_added, tariffs_added, meters_bound;
    int64_t errors, warnings;
};

struct import_problem {
    int64_t no; /* row of the sheet */
    /*
     * Errors: meter (none has the serial), meters (several have it), empty,
     * long, cell, tariff (detail is the column). Warnings: serial_again and
     * account_again (detail is the number, other the row that counts).
     */
    const char *code, *detail;
    int64_t other;
};

/* The names of every word that a report needs, NULL-ended. */
extern const char *const import_word_names[];

bool import_problem_is_error(const struct import_problem *p);

/* "Не найден счётчик, указанный в строке 34" */
char *import_problem_text(struct arena *a, const struct document_words *words,
                          const struct import_problem *p);

/*
 * A report is its head, then each problem, errors before warnings, and its end.
 * tell is zeroed before the first call.
 */
struct import_tell {
    bool errors, warnings; /* their headings are written */
};

void import_report_head(struct buf *to, const struct document_words *words,
                        const struct import_counts *counts, bool trial);
void import_report_problem(struct buf *to, const struct document_words *words,
                           struct import_tell *tell,
                           const struct import_problem *p);

#endif
