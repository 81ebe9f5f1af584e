/* Gas meters that hang on devices (GC-187 ... GC-191). */
#ifndef LAZUR_LIB_MODEL_ATTACHED_H
#define LAZUR_LIB_MODEL_ATTACHED_H

#include "lib/model/fleet.h"

struct attached_type {
    int64_t id;
    const char *name, *manufacturer;
    const char *connection;  /* pulse, namur, serial */
    struct figure pulse_dm3; /* what a pulse means */
    bool corrects_temperature, corrects_pressure, detects_tamper;
};

enum err attached_types(struct db *db, struct arena *a,
                        const struct attached_type **out, size_t *n) MUST_CHECK;

/* The serial of another device that such a meter hangs on; "" when none. */
enum err attached_taken(struct db *db, struct arena *a, int64_t device,
                        const struct attached *it, const char **by) MUST_CHECK;

/*
 * attached_put - hangs on the device from now on, with its line in the log.
 * it->version is the one that was shown, 0: nothing hung there.
 *
 * ERR_CONFLICT   changed meanwhile, or it hangs elsewhere
 * ERR_INVALID    nothing can hang there, or its type notices no tampering
 * ERR_NOT_FOUND  no such device
 */
enum err attached_put(struct db *db, struct arena *a, int64_t device,
                      const struct attached *it,
                      const char *address) MUST_CHECK;

/* ERR_CONFLICT as above. */
enum err attached_drop(struct db *db, struct arena *a, int64_t device,
                       int64_t version, const char *address) MUST_CHECK;

#endif
