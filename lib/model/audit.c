/* The log of operators; no screen changes or deletes its records. */
#include "lib/model/audit.h"

enum err audit_add(struct db *db, struct arena *a, const char *login,
                   const char *action, const char *note, const char *address)
{
    const char *const params[] = { login, action, note, address };

    return db_exec(db, a, Q_AUDIT_ADD, params);
}
