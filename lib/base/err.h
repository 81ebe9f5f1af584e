/* How a function says that it failed: one code, one sentence, raised once. */
#ifndef LAZUR_LIB_BASE_ERR_H
#define LAZUR_LIB_BASE_ERR_H

#define PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define MUST_CHECK         __attribute__((warn_unused_result))

enum err {
    ERR_OK = 0,
    ERR_INVALID,   /* the sender's data is wrong      HTTP 422 */
    ERR_UNSIGNED,  /* nobody is signed in             HTTP 303 to the form */
    ERR_FORBIDDEN, /* this actor may not              HTTP 403, audited */
    ERR_NOT_FOUND, /* no such row                     HTTP 404 */
    ERR_CONFLICT,  /* the row changed under the form  HTTP 409 */
    ERR_BUSY,      /* come later                      HTTP 429 */
    ERR_PROTOCOL,  /* the meter's bytes break its standard */
    ERR_DB,        /* PostgreSQL said no              HTTP 500 */
    ERR_IO,        /* the kernel said no              HTTP 500 */
};

/*
 * err_raise - remember why, and return code for the caller to pass up.
 *
 * The place that knows the reason calls it, once. The sentence is for the
 * log: ids, never names, phones or passwords. Kept per thread until the next
 * err_raise.
 */
enum err err_raise(enum err code, const char *fmt, ...) PRINTF(2, 3);

/* The sentence of the last err_raise, "" before the first. */
const char *err_reason(void);

/* A short stable word for code: "invalid", "not_found", "protocol" ... */
const char *err_name(enum err code);

#endif
