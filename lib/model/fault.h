/* «Ошибки связи»: sessions that broke a rule, by reason and address. Their
 * list is Q_FAULT_PAGE and Q_FAULT_COUNT. */
#ifndef LAZUR_LIB_MODEL_FAULT_H
#define LAZUR_LIB_MODEL_FAULT_H

#include "lib/model/list.h"

struct fault {
    const char *address;
    const char *reason;       /* a word of the listener: "bad_checksum" */
    const char *first, *last; /* minutes, "2026-11-20T03:15" */
};

/* ERR_NOT_FOUND */
enum err fault_find(struct db *db, struct arena *a, int64_t id,
                    struct fault *out) MUST_CHECK;

/* The reasons there are. */
enum err fault_reasons(struct db *db, struct arena *a, const char *const **out,
                       size_t *n) MUST_CHECK;

#endif
