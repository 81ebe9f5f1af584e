/*
 * Documents that may turn out to be several: one goes out as it is, more than
 * one as a ZIP. The only file that includes zip.h is bundle.c.
 */
#ifndef LAZUR_LIB_REPORT_BUNDLE_H
#define LAZUR_LIB_REPORT_BUNDLE_H

#include <stdbool.h>

#include "lib/base/err.h"
#include "lib/report/sink.h"

struct bundle;

/* name and ending (".pdf") of what is in the ZIP; files lie in tmpdir. */
enum err bundle_begin(const char *tmpdir, const char *name, const char *ending,
                      struct bundle **out) MUST_CHECK;

/* Where the documents go; each next begins another one. */
struct sink bundle_sink(struct bundle *b);

/* All of it to the sink; *zipped says which. b is gone, also after an error. */
enum err bundle_end(struct bundle *b, const struct sink *to,
                    bool *zipped) MUST_CHECK;

void bundle_drop(struct bundle *b); /* NULL is fine */

#endif
