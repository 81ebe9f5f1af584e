/* The chain of the log, computed from its lines and compared. */
#include "lib/model/audit_chain.h"

#include <string.h>

#include <openssl/evp.h>

#include "lib/base/buf.h"
#include "lib/base/bytes.h"
#include "lib/base/log.h"

/* ---- the arithmetic; audit_encoding() of the schema says the same ---- */

static void put_number(struct buf *b, int64_t n)
{
    uint8_t bytes[8];

    be64_put(bytes, (uint64_t)n);
    buf_add(b, bytes, sizeof(bytes));
}

/* NULL has the length -1. */
static void put_text(struct buf *b, const char *text)
{
    size_t len = text != NULL ? strlen(text) : 0;
    uint8_t bytes[4];

    be32_put(bytes, text != NULL ? (uint32_t)len : UINT32_MAX);
    buf_add(b, bytes, sizeof(bytes));
    buf_add(b, text != NULL ? text : "", len);
}

/* Fetched once: a fetch costs as much as the hash of a record. */
static const EVP_MD *sha256(void)
{
    static EVP_MD *md;

    if (md == NULL && (md = EVP_MD_fetch(NULL, "SHA256", NULL)) == NULL)
        fatal("there is no SHA-256");
    return md;
}

struct audit_hash audit_hash_of(struct audit_hash before,
                                const struct audit_record *r)
{
    static struct buf b; /* kept: a chain has millions of records */
    static EVP_MD_CTX *ctx;
    struct audit_hash out;

    buf_clear(&b);
    buf_add(&b, before.at, sizeof(before.at));
    put_number(&b, r->seq);
    put_number(&b, r->id);
    put_number(&b, r->at_us);
    put_text(&b, r->login);
    put_text(&b, r->action);
    put_text(&b, r->note);
    put_text(&b, r->address);
    if (ctx == NULL && (ctx = EVP_MD_CTX_new()) == NULL)
        fatal("out of memory");
    if (EVP_DigestInit_ex2(ctx, sha256(), NULL) != 1 ||
        EVP_DigestUpdate(ctx, b.at, b.len) != 1 ||
        EVP_DigestFinal_ex(ctx, out.at, NULL) != 1)
        fatal("SHA-256 does not work");
    return out;
}

static int digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

enum err audit_hash_read(const char *text, struct audit_hash *out)
{
    if (strlen(text) != 2 * sizeof(out->at))
        return err_raise(ERR_INVALID, "a hash has 64 hexadecimal digits");
    for (size_t i = 0; i < sizeof(out->at); i++) {
        int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return err_raise(ERR_INVALID, "a hash has 64 hexadecimal digits");
        out->at[i] = (uint8_t)(high * 16 + low);
    }
    return ERR_OK;
}

void audit_hash_write(struct audit_hash h, char text[AUDIT_HASH_TEXT])
{
    for (size_t i = 0; i < sizeof(h.at); i++) {
        text[2 * i] = "0123456789abcdef"[h.at[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[h.at[i] & 15];
    }
    text[AUDIT_HASH_TEXT - 1] = '\0';
}

/* ---- the walk ---- */

struct walk {
    const struct audit_head *known;
    struct audit_verdict *verdict;
    struct audit_head last; /* up to here all is well */
    /* Of the place that is broken: what should stand there. */
    struct audit_hash wanted;
    int64_t wanted_id;
};

static bool same(const struct audit_hash *a, const struct audit_hash *b)
{
    return memcmp(a->at, b->at, sizeof(a->at)) == 0;
}

static struct audit_record record_of(const struct rows *row)
{
    return (struct audit_record){
        .seq = row_int(row, 0, 0),
        .id = row_int(row, 0, 3),
        .at_us = row_int(row, 0, 4),
        .login = row_text(row, 0, 5),
        .action = row_text(row, 0, 6),
        .note = row_text(row, 0, 7),
        .address = row_null(row, 0, 8) ? NULL : row_text(row, 0, 8),
    };
}

static void found(struct walk *w, enum audit_fault fault, int64_t seq,
                  int64_t id)
{
    w->verdict->fault = fault;
    w->verdict->seq = seq;
    w->verdict->id = id;
}

/* One that was moved is further on: as a line, or its contents in another's. */
static void look_further(struct walk *w, const struct audit_record *r)
{
    struct audit_record there = *r;

    there.seq = w->verdict->seq;
    for (int i = 0; i < 2; i++) {
        struct audit_hash h = audit_hash_of(w->last.hash, &there);

        if (same(&h, &w->wanted)) {
            w->verdict->fault = AUDIT_MOVED;
            w->verdict->moved_to = r->seq;
        }
        there.id = w->wanted_id;
    }
}

static void compare(struct walk *w, const struct audit_record *r,
                    const struct audit_hash *stored, int64_t log_id)
{
    struct audit_hash h = audit_hash_of(w->last.hash, r);

    if (!same(&h, stored)) {
        found(w, AUDIT_CHANGED, r->seq, log_id);
        w->wanted = *stored;
        w->wanted_id = log_id;
        return;
    }
    w->last = (struct audit_head){ .seq = r->seq, .hash = *stored };
    if (w->known != NULL && w->known->seq == r->seq &&
        !same(stored, &w->known->hash))
        found(w, AUDIT_OTHER, r->seq, log_id);
}

static enum err one_record(const struct rows *row, void *ctx)
{
    struct walk *w = ctx;
    struct audit_record r = record_of(row);
    struct audit_hash stored;
    enum err e = audit_hash_read(row_text(row, 0, 1), &stored);

    w->verdict->records++;
    if (e != ERR_OK)
        return e;
    if (w->verdict->fault == AUDIT_CHANGED)
        look_further(w, &r);
    else if (w->verdict->fault != AUDIT_WHOLE)
        return ERR_OK;
    else if (r.seq != w->last.seq + 1)
        found(w, AUDIT_REMOVED, w->last.seq + 1, 0);
    else if (row_null(row, 0, 3))
        found(w, AUDIT_REMOVED, r.seq, row_int(row, 0, 2));
    else
        compare(w, &r, &stored, row_int(row, 0, 2));
    return ERR_OK;
}

static enum err loose_lines(struct db *db, struct arena *a,
                            struct audit_verdict *v)
{
    struct rows rows;
    enum err e = db_query(db, a, Q_AUDIT_LOOSE, NULL, &rows);

    if (e != ERR_OK)
        return e;
    v->waiting = row_int(&rows, 0, 0);
    v->late = row_int(&rows, 0, 1);
    if (v->fault == AUDIT_WHOLE && row_int(&rows, 0, 2) > 0) {
        v->fault = AUDIT_FORGED;
        v->id = row_int(&rows, 0, 3);
    }
    return ERR_OK;
}

enum err audit_verify(struct db *db, struct arena *a,
                      const struct audit_head *known, struct audit_verdict *out)
{
    struct walk w = { .known = known, .verdict = out };
    enum err e;

    memset(out, 0, sizeof(*out));
    e = db_stream(db, Q_AUDIT_VERIFY_ROWS, NULL, one_record, &w);
    if (e != ERR_OK)
        return e;
    if (out->fault == AUDIT_WHOLE && known != NULL && w.last.seq < known->seq)
        found(&w, AUDIT_CUT, w.last.seq, 0);
    out->head = w.last;
    return loose_lines(db, a, out);
}
