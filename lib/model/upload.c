/* A piece is gathered, hashed and stored; nothing else is held. */
#include "lib/model/upload.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include <openssl/evp.h>

#define SHA256_LEN 32

struct upload_writer {
    struct db *db;
    struct arena *a;       /* of the file */
    struct arena *scratch; /* of one statement */
    EVP_MD_CTX *hash;
    struct upload upload;
    int64_t pieces;
    size_t len;
    unsigned char piece[UPLOAD_PIECE];
};

static void scratch_free(void *arena)
{
    arena_free(arena);
}

static void hash_free(void *hash)
{
    EVP_MD_CTX_free(hash);
}

enum err upload_begin(struct db *db, struct arena *a, const char *name,
                      struct upload_writer **out)
{
    const char *const params[] = { name };
    struct upload_writer *w = arena_alloc(a, sizeof(*w));
    struct rows rows;
    enum err e;

    w->db = db;
    w->a = a;
    w->scratch = arena_new();
    arena_defer(a, scratch_free, w->scratch);
    w->hash = EVP_MD_CTX_new();
    arena_defer(a, hash_free, w->hash);
    if (w->hash == NULL || EVP_DigestInit_ex(w->hash, EVP_sha256(), NULL) != 1)
        return err_raise(ERR_IO, "upload: no SHA-256");
    if ((e = db_query(db, a, Q_UPLOAD_BEGIN, params, &rows)) != ERR_OK)
        return e;
    if (rows.n == 0)
        return err_raise(ERR_FORBIDDEN, "upload: of nobody");
    w->upload.id = row_int(&rows, 0, 0);
    w->upload.name = arena_strdup(a, name);
    *out = w;
    return ERR_OK;
}

static enum err piece_store(struct upload_writer *w)
{
    const struct bytes piece = { w->piece, w->len };
    const char *const params[] = { param_int(w->scratch, w->upload.id),
                                   param_int(w->scratch, w->pieces),
                                   param_bytea(w->scratch, piece) };
    enum err e;

    if (EVP_DigestUpdate(w->hash, w->piece, w->len) != 1)
        return err_raise(ERR_IO, "upload: SHA-256");
    e = db_exec(w->db, w->scratch, Q_UPLOAD_PIECE_ADD, params);
    arena_reset(w->scratch);
    w->upload.size += (int64_t)w->len;
    w->pieces++;
    w->len = 0;
    return e;
}

enum err upload_write(struct upload_writer *w, const void *bytes, size_t len)
{
    const unsigned char *from = bytes;
    enum err e = ERR_OK;

    while (len > 0 && e == ERR_OK) {
        size_t room = UPLOAD_PIECE - w->len, n = len < room ? len : room;

        memcpy(w->piece + w->len, from, n);
        w->len += n;
        from += n;
        len -= n;
        if (w->len == UPLOAD_PIECE)
            e = piece_store(w);
    }
    return e;
}

enum err upload_end(struct upload_writer *w, struct upload *out)
{
    unsigned char sum[SHA256_LEN];
    enum err e = w->len > 0 ? piece_store(w) : ERR_OK;

    if (e != ERR_OK)
        return e;
    if (EVP_DigestFinal_ex(w->hash, sum, NULL) != 1)
        return err_raise(ERR_IO, "upload: SHA-256");

    const struct bytes digest = { sum, sizeof(sum) };
    const char *const params[] = { param_int(w->a, w->upload.id),
                                   param_int(w->a, w->upload.size),
                                   param_bytea(w->a, digest) };

    *out = w->upload;
    return db_exec(w->db, w->a, Q_UPLOAD_END, params);
}

enum err upload_find(struct db *db, struct arena *a, int64_t id,
                     struct upload *out)
{
    struct rows rows;
    enum err e = row_of_id(db, a, Q_UPLOAD_FIND, id, "upload", &rows);

    if (e != ERR_OK)
        return e;
    *out = (struct upload){
        .id = row_int(&rows, 0, 0),
        .name = row_text(&rows, 0, 1),
        .size = row_int(&rows, 0, 2),
    };
    return ERR_OK;
}

static enum err piece_read(struct db *db, struct arena *a, int64_t id,
                           int64_t no, struct bytes *out)
{
    const char *const params[] = { param_int(a, id), param_int(a, no) };
    struct rows rows;
    enum err e = db_query(db, a, Q_UPLOAD_PIECE_READ, params, &rows);

    if (e != ERR_OK)
        return e;
    if (rows.n == 0)
        return err_raise(ERR_NOT_FOUND, "upload=%" PRId64 " lost a piece", id);
    *out = row_bytea(a, &rows, 0, 0);
    return ERR_OK;
}

enum err upload_read(struct db *db, const struct upload *u,
                     enum err (*write)(void *ctx, const void *bytes,
                                       size_t len),
                     void *ctx)
{
    struct arena *scratch = arena_new();
    struct bytes piece = { NULL, 0 };
    int64_t done = 0;
    enum err e = ERR_OK;

    for (int64_t no = 0; done < u->size && e == ERR_OK; no++) {
        e = piece_read(db, scratch, u->id, no, &piece);
        if (e == ERR_OK)
            e = write(ctx, piece.at, piece.len);
        if (e == ERR_OK)
            done += (int64_t)piece.len;
        arena_reset(scratch);
    }
    arena_free(scratch);
    return e;
}

enum err upload_drop(struct db *db, struct arena *a, int64_t id)
{
    const char *const params[] = { param_int(a, id) };

    return db_exec(db, a, Q_UPLOAD_DROP, params);
}
