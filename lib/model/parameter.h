/*
 * «Системные параметры»: what an administrator sets for all of the system. One
 * table says all there is to say of each; the database has the same limits.
 */
#ifndef LAZUR_LIB_MODEL_PARAMETER_H
#define LAZUR_LIB_MODEL_PARAMETER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/db.h"

enum parameter_kind {
    PARAMETER_TEXT,
    PARAMETER_URL,    /* http:// or https://, whole */
    PARAMETER_HOST,   /* a name or an address */
    PARAMETER_MAIL,   /* an address of a mailbox */
    PARAMETER_NUMBER, /* whole, min..max */
    PARAMETER_SWITCH, /* "on" or "off" */
    PARAMETER_CHOICE, /* one of choices */
    PARAMETER_SECRET, /* sealed about "parameter:<name>"; never shown */
};

struct parameter {
    const char *name, *group; /* of words: Parameter.<name> */
    enum parameter_kind kind;
    bool optional; /* may be empty */
    int64_t min, max;
    const char *choices; /* "none starttls tls" */
    const char *fallback;
};

#define PARAMETERS     33
#define PARAMETER_MAX  250 /* characters */
#define SECRET_BYTES   200
#define PARAMETER_HIDE "parameter:" /* and its name: what a secret is about */

/* In the order of the screen; those of a group stand together. */
extern const struct parameter parameters[PARAMETERS];

/* What is set now; the order of parameters[]. */
struct parameter_state {
    const char *value; /* "" for secrets */
    bool has_secret;
    int64_t changed_us;
    const char *changed_by; /* "": as it was delivered */
};

/*
 * parameter_mistake - NULL when value may stand there, else what is wrong:
 * "Required", "Long", "Control", "Url", "Host", "Mail", "Number", "Range",
 * "Choice". Secrets: what is to be sealed.
 */
const char *parameter_mistake(const struct parameter *p, const char *value);

enum err parameter_list(struct db *db, struct arena *a,
                        struct parameter_state out[PARAMETERS]) MUST_CHECK;

/*
 * parameter_set, parameter_seal - a new value, and its line in the log.
 *
 * seen_us  the change that was looked at: ERR_CONFLICT when there is another
 * sealed   of lib/base/seal.h; len 0 takes the secret away
 */
enum err parameter_set(struct db *db, struct arena *a, const char *name,
                       int64_t seen_us, const char *value,
                       const char *address) MUST_CHECK;
enum err parameter_seal(struct db *db, struct arena *a, const char *name,
                        int64_t seen_us, struct bytes sealed,
                        const char *address) MUST_CHECK;

#endif
