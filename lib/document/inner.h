/* What the files of document/ share. */
#ifndef LAZUR_LIB_DOCUMENT_INNER_H
#define LAZUR_LIB_DOCUMENT_INNER_H

#include "lib/document/document.h"

/* Of d's words. */
const char *w(const struct document *d, const char *name);

/* "1234.567", "" when it is not known. */
char *figure_text(struct arena *a, struct figure f,
                  char *(*text)(struct arena *a, int64_t n));

/* Tells how far it is, when somebody asks. */
enum err tell(const struct document *d, int64_t done, int64_t total) MUST_CHECK;

/* «Период: …», «Группа счётчиков: …» for the head of a report. */
const char *period_line(const struct document *d);

/* A sentence: "words: n". */
char *count_line(const struct document *d, const char *name, int64_t n);

enum err daily_make(struct document *d) MUST_CHECK;
enum err latest_make(struct document *d) MUST_CHECK; /* the DBF of GC-108 */
enum err balance_make(struct document *d) MUST_CHECK;
enum err receipts_make(struct document *d) MUST_CHECK;

#endif
