/* What operators do about one meter beside its valve: notes, radio passwords.
 */
#ifndef LAZUR_LIB_MODEL_DESK_H
#define LAZUR_LIB_MODEL_DESK_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/model/list.h"

#define METER_NOTE_MAX 1000

/*
 * meter_note_set - an administrator writes a note over the one he was shown.
 *
 * ERR_CONFLICT when somebody has written another since; ERR_FORBIDDEN,
 * ERR_NOT_FOUND as everywhere. After an error the transaction can only be
 * rolled back.
 */
enum err meter_note_set(struct db *db, struct arena *a, int64_t meter_id,
                        const char *was, const char *note,
                        const char *address) MUST_CHECK;

/* Sealed by lib/base/seal.h about its identity. */
struct sealed_secret {
    const char *identity;
    struct bytes sealed;
};

/*
 * radio_password_view - what is sealed for a meter, under each of its names.
 *
 * That this operator has looked is in the log with it, found or not.
 */
enum err radio_password_view(struct db *db, struct arena *a, int64_t meter_id,
                             const char *address,
                             const struct sealed_secret **out,
                             size_t *n) MUST_CHECK;

#endif
