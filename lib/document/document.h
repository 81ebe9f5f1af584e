/*
 * Documents of operators, from the database to a file: receipts, the daily
 * consumption report, the balance report. The site makes the small ones at
 * once, the worker the large ones; both come through here, so that they are
 * the same.
 */
#ifndef LAZUR_LIB_DOCUMENT_DOCUMENT_H
#define LAZUR_LIB_DOCUMENT_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/model/job.h"
#include "lib/report/bank.h"
#include "lib/report/report.h"
#include "lib/report/sink.h"

/* A period of more days than these is a report only as DBF (GC-107). */
#define DAILY_DAYS_MAX 31

/* Documents of at most so many meters are made while the operator waits. */
#define AT_ONCE_METERS 200

struct document {
    struct db *db; /* in a transaction that sees what the operator sees */
    struct arena *arena;
    const struct document_order *order;
    const struct document_words *words;
    struct sink to;
    struct report_day today;
    const char *tmpdir;
    /* How far it is, often; an error of it ends the work. NULL: nobody asks. */
    enum err (*progress)(void *ctx, int64_t done, int64_t total);
    void *ctx;
    /* Filled by document_make. */
    const char *note;        /* what is not in it, in words; "" */
    struct bank_fault fault; /* of a receipt that was refused */
    const char *branch;      /* whose bank details they are */
};

/*
 * document_make - all of it to the sink.
 *
 * ERR_NOT_FOUND  no such meter, group or subscriber, or not one receipt
 * ERR_INVALID    bank details: see fault
 */
enum err document_make(struct document *d) MUST_CHECK;

/* "Посуточный отчёт … Заречный 01-11-2026 – 30-11-2026"; what: whom it is
 * about, "" for all. */
char *document_title(struct arena *a, const struct document_order *order,
                     const struct document_words *words, const char *what);

/* A title as the name of a file: without what some system forbids there. */
char *document_file_name(struct arena *a, const char *title,
                         const char *ending);

enum report_format document_format(const struct document_order *order);

/* The names of every word that documents need, NULL-ended. */
extern const char *const document_word_names[];

/* Its word; the name itself when there is none. */
const char *document_word(const struct document_words *words, const char *name);

/* "20-11-2026" of "2026-11-20". */
char *day_text(struct arena *a, const char *iso);

/*
 * day_count - days from one to the other, both of them counted.
 * 0 or less: the end is before the start. Both are days of the calendar.
 */
int64_t day_count(const char *from, const char *to);

/* The day of a moment in the process' zone. */
struct report_day day_of_moment(struct moment m);

/* "2026-11-20" or "20-11-2026" of the calendar as "2026-11-20"; else NULL. */
const char *day_read(struct arena *a, const char *text);

#endif
