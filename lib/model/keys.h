/*
 * Keys and passwords of meters as administrators keep them: what is sealed,
 * since when and by whom, and changes that a meter has still to take. Values
 * are opened and sealed by the site; nothing here knows them.
 */
#ifndef LAZUR_LIB_MODEL_KEYS_H
#define LAZUR_LIB_MODEL_KEYS_H

#include <stdbool.h>

#include "lib/model/list.h"

/* What is sealed under one of a meter's names. */
struct keys_row {
    int64_t meter_id;
    const char *identity; /* that it is sealed about */
    struct bytes sealed;
    struct moment changed_at, used_at;
    /*
     * Of the last change of keys: none; queued: nothing was sent yet;
     * unconfirmed: sent, and a command goes on; left: sent, and its command is
     * over; confirmed, refused, withdrawn.
     */
    const char *state;
    const char *changing; /* names, as people read them */
    struct moment asked_at, ended_at;
    const char *asked_by, *refusal;
};

struct keys_list {
    const struct keys_row *rows; /* of one meter the leading one first */
    size_t n;
};

enum err keys_list(struct db *db, struct arena *a, const int64_t *meters,
                   size_t n, struct keys_list *out) MUST_CHECK;

struct keys_item {
    const char *name; /* as in secret_names */
    struct moment set_at;
    const char *set_by, *how; /* hand, import, rotation, tool */
};

enum err keys_items(struct db *db, struct arena *a, int64_t meter_id,
                    const struct keys_item **out, size_t *n) MUST_CHECK;

/* In the log, before a value is shown. */
enum err keys_viewed(struct db *db, struct arena *a, int64_t meter_id,
                     const char *name, const char *address) MUST_CHECK;

/* What a meter's secrets become. */
struct keys_change {
    int64_t meter_id;
    const struct keys_row *was; /* all of this meter */
    size_t n_was;
    const char *identity;
    struct bytes sealed; /* len 0: nothing is kept any more */
    bool has_mark;
    int64_t mark; /* secret_mark() */
    bool ciphers;
    const char *set, *removed; /* "{ek,ak}" */
    const char *how;           /* hand, import */
    const char *file;          /* of an import; "" */
};

/*
 * keys_put - kept from now on; keys_rotate - to be brought to the meter first.
 * ERR_CONFLICT when they are not as they were any more, or are being changed.
 */
enum err keys_put(struct db *db, struct arena *a, const struct keys_change *c,
                  const char *address) MUST_CHECK;
enum err keys_rotate(struct db *db, struct arena *a,
                     const struct keys_change *c,
                     const char *address) MUST_CHECK;

/* ERR_CONFLICT when there is nothing to be sent again, or taken back. */
enum err keys_again(struct db *db, struct arena *a, int64_t meter_id,
                    const char *address) MUST_CHECK;
enum err keys_withdraw(struct db *db, struct arena *a, int64_t meter_id,
                       const char *address) MUST_CHECK;

/* Whether it may push unciphered though it has keys. */
enum err keys_plain_is(struct db *db, struct arena *a, int64_t meter_id,
                       bool *out) MUST_CHECK;
enum err keys_plain(struct db *db, struct arena *a, int64_t meter_id, bool on,
                    const char *address) MUST_CHECK;

/* Whose a serial number or system title is. */
struct keys_named {
    size_t at; /* of the names asked for */
    int64_t meter_id;
    const char *serial;
};

enum err keys_named(struct db *db, struct arena *a, const char *const *names,
                    size_t n, const struct keys_named **out,
                    size_t *found) MUST_CHECK;

#endif
