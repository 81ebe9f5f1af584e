/*
 * What is sealed for a meter: lines name=value, of each name at most one.
 *
 *   mechanism  of its association: 0 none, 1 a password (LLS), 2 ... 6 HLS, as
 *              IEC 62056-5-3 numbers them; without it a password means 1
 *   suite      0 or 1: both have keys of 128 bits
 *   sap        the client it lets in; without it the usual one of its mechanism
 *   title      its system title, 16 hexadecimal digits
 *   lls, hls   password of LLS, secret of HLS: printable, at most 64
 *   ek, ak     global unicast encryption and authentication key, kek the master
 *              key that wraps them: 32 hexadecimal digits
 *   radio      password of the short-range radio, which people read and type
 */
#ifndef LAZUR_LIB_BASE_SECRET_H
#define LAZUR_LIB_BASE_SECRET_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/base/seal.h"

#define SECRET_KEY_LEN      16
#define SECRET_TITLE_LEN    8
#define SECRET_PASSWORD_MAX 64

struct secret {
    bool has_mechanism, has_ek, has_ak, has_kek, has_title;
    uint8_t mechanism, suite;
    uint16_t sap; /* 0: the usual one */
    uint8_t title[SECRET_TITLE_LEN];
    uint8_t ek[SECRET_KEY_LEN];  /* encryption */
    uint8_t ak[SECRET_KEY_LEN];  /* authentication */
    uint8_t kek[SECRET_KEY_LEN]; /* wraps the others on their way */
    uint8_t lls[SECRET_PASSWORD_MAX];
    size_t lls_len; /* 0: no password */
    uint8_t hls[SECRET_PASSWORD_MAX];
    size_t hls_len;
    char radio[SECRET_PASSWORD_MAX + 1]; /* "": no password */
    /* Not sealed: what a meter that is taking other keys may have instead of
     * these; NULL: nothing. Whoever sets it keeps it alive. */
    const struct secret *other;
    /* Not sealed: the one frame counter that an answer to a push may use. */
    bool has_counter;
    uint32_t counter;
};

/* Its names, in the order people are shown them. */
enum secret_item {
    SECRET_MECHANISM,
    SECRET_SUITE,
    SECRET_SAP,
    SECRET_TITLE,
    SECRET_LLS,
    SECRET_HLS,
    SECRET_EK,
    SECRET_AK,
    SECRET_KEK,
    SECRET_RADIO,
    SECRET_ITEMS
};

extern const char *const secret_names[SECRET_ITEMS];

/* SECRET_ITEMS: no such name. */
enum secret_item secret_item_of(const char *name);

/* Nobody may see it: a password or a key. The others say how to be let in. */
bool secret_is_hidden(enum secret_item item);

/* Whether a value can stand behind that name. */
bool secret_fits(enum secret_item item, struct bytes value);

/* Whether its associations are ciphered: HLS, with both keys. */
bool secret_ciphers(const struct secret *s);

/*
 * secret_mark - the same number for the same ek and ak, and no way back; *has
 * is false when there are neither.
 */
enum err secret_mark(const struct seal_key *key, const struct secret *s,
                     bool *has, int64_t *mark) MUST_CHECK;

/* ERR_INVALID names the line by its number, never by what stands in it. */
enum err secret_read(struct bytes text, struct secret *out) MUST_CHECK;

/* ---- the lines themselves ---- */

/* What stands behind a name; NULL: nothing. */
const char *secret_value(struct arena *a, struct bytes text,
                         enum secret_item item);

/* The lines with another value, in memory of a; NULL takes the line out. */
struct bytes secret_with(struct arena *a, struct bytes text,
                         enum secret_item item, const char *value);

#endif
