/*
 * The chain of «Протокол работы»: what lazur-audit-verify computes anew.
 *
 * sql/schema/082_audit_chain.sql makes the chain; here is the same arithmetic
 * once more, so that the database is not asked whether it is honest.
 */
#ifndef LAZUR_LIB_MODEL_AUDIT_CHAIN_H
#define LAZUR_LIB_MODEL_AUDIT_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/db.h"

#define AUDIT_HASH_LEN 32

struct audit_hash {
    uint8_t at[AUDIT_HASH_LEN];
};

/* A line of the log and its place in the chain. */
struct audit_record {
    int64_t seq, id, at_us;
    const char *login, *action, *note;
    const char *address; /* NULL: none */
};

/* The hash of a record whose predecessor has the hash before. */
struct audit_hash audit_hash_of(struct audit_hash before,
                                const struct audit_record *r);

/* 64 hexadecimal digits. ERR_INVALID when text is anything else. */
enum err audit_hash_read(const char *text, struct audit_hash *out) MUST_CHECK;
#define AUDIT_HASH_TEXT 65
void audit_hash_write(struct audit_hash h, char text[AUDIT_HASH_TEXT]);

/* Where the chain ended at some moment. */
struct audit_head {
    int64_t seq; /* 0: nothing was linked yet */
    struct audit_hash hash;
};

enum audit_fault {
    AUDIT_WHOLE,
    AUDIT_CHANGED, /* the record is not what was linked */
    AUDIT_REMOVED, /* the record, or its link, is gone */
    AUDIT_MOVED,   /* the record stands at another place, moved_to */
    AUDIT_OTHER,   /* all fits together, but not the head that was kept */
    AUDIT_CUT,     /* the chain ends before the head that was kept */
    AUDIT_FORGED,  /* a line that is neither linked nor waiting */
};

struct audit_verdict {
    enum audit_fault fault;
    int64_t seq, id;        /* where; 0: nowhere in particular */
    int64_t moved_to;       /* its seq */
    int64_t records;        /* looked at */
    int64_t waiting;        /* not linked yet */
    int64_t late;           /* of them, for longer than the sealer takes */
    struct audit_head head; /* where the chain ends; of a whole one */
};

/*
 * audit_verify - walk the whole chain, in the caller's transaction.
 *
 * known  a head kept from before, NULL without one
 * Memory stays flat. For a verdict without gaps the transaction must be
 * REPEATABLE READ.
 */
enum err audit_verify(struct db *db, struct arena *a,
                      const struct audit_head *known,
                      struct audit_verdict *out) MUST_CHECK;

#endif
