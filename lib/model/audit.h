/* «Протокол работы»: what operators did, append-only. */
#ifndef LAZUR_LIB_MODEL_AUDIT_H
#define LAZUR_LIB_MODEL_AUDIT_H

#include "lib/base/arena.h"
#include "lib/base/db.h"
#include "lib/base/err.h"

/* In the transaction of the change it tells of. */
enum err audit_add(struct db *db, struct arena *a, const char *login,
                   const char *action, const char *note,
                   const char *address) MUST_CHECK;

#endif
