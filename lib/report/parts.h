/* Inside of report.h: a writer for each format, and what they share. */
#ifndef LAZUR_LIB_REPORT_PARTS_H
#define LAZUR_LIB_REPORT_PARTS_H

#include "lib/report/report.h"

struct report {
    struct arena *arena; /* for what lives as long as the report */
    const struct report_head *head;
    const struct report_column *columns;
    size_t n;
    struct sink to;
    const struct report_writer *writer;
    void *it; /* the writer's own */
};

/*
 * A format. Cells that come here are checked and canonical (cell.h), never
 * NULL. end and drop both leave nothing behind: drop may follow any failure,
 * and begin that fails cleans up by itself.
 */
struct report_writer {
    const char *ending, *media_type;
    enum err (*begin)(struct report *r);
    enum err (*row)(struct report *r, const char *const *cells, bool total);
    enum err (*note)(struct report *r, const char *text);
    enum err (*end)(struct report *r);
    void (*drop)(struct report *r);
};

extern const struct report_writer report_writer_pdf;
extern const struct report_writer report_writer_csv;
extern const struct report_writer report_writer_xlsx;
extern const struct report_writer report_writer_dbf;

/* Long enough for a number, a date or a moment in any dress. */
#define CELL_MAX 64

/*
 * cell_check - the canonical form of a cell that is no text: a number with
 * exactly the column's decimals, "2026-11-20", "2026-11-20 03:15:00".
 *
 * Empty stays empty. ERR_INVALID on anything else, also on a number with more
 * decimals than the column shows: nothing is rounded here.
 */
enum err cell_check(const struct report_column *c, const char *cell,
                    char out[CELL_MAX]) MUST_CHECK;

/* The parts of a canonical date or moment. */
struct cell_moment {
    int year, month, day, hour, minute, second;
};
struct cell_moment cell_moment(const char *cell);

/*
 * As people of this country read it: decimal comma, "20-11-2026 03:15:00" as
 * on the screens; thousands apart by a no-break space when grouped.
 */
void cell_for_people(const struct report_column *c, const char *cell,
                     bool grouped, char out[CELL_MAX]);

/* A file of a writer that must seek in it, until it is whole. */
struct spool {
    char path[512];
};

/* A new empty file in head->tmpdir with that ending (".dbf"). */
enum err spool_make(const struct report *r, const char *ending,
                    struct spool *out) MUST_CHECK;

/* Its bytes to the sink. */
enum err spool_send(const struct report *r, const struct spool *s) MUST_CHECK;
void spool_remove(struct spool *s); /* once or more often */

#endif
