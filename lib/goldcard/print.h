/* goldCard frames as people read them: what lazur-decode shows. */
#ifndef LAZUR_LIB_GOLDCARD_PRINT_H
#define LAZUR_LIB_GOLDCARD_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"

/* Whether b is for these two: a frame of goldCard begins it. */
bool goldcard_begins(struct bytes b);

/*
 * goldcard_print - the frames of b, of the meter and of the server, a line for
 * each thing they say; bytes between them, and those of no known meaning, are
 * shown as they are.
 * ERR_PROTOCOL, after the tree as far as it could be read.
 */
enum err goldcard_print(struct arena *a, struct bytes b, FILE *out) MUST_CHECK;

/* goldcard_json - one line: what the first frame of b says. */
enum err goldcard_json(struct arena *a, struct bytes b, FILE *out) MUST_CHECK;

#endif
