/*
 * Files that people send with a form: in the database, in pieces, with their
 * name, size and SHA-256. They are the operator's who sent them, and go after
 * a day unless something keeps them.
 */
#ifndef LAZUR_LIB_MODEL_UPLOAD_H
#define LAZUR_LIB_MODEL_UPLOAD_H

#include <stddef.h>
#include <stdint.h>

#include "lib/model/list.h"

#define UPLOAD_PIECE 262144 /* bytes; only the last piece is shorter */

struct upload {
    int64_t id;
    const char *name; /* as the browser called it, without folders */
    int64_t size;
};

struct upload_writer;

/* A new file of the operator whose transaction it is; a owns the writer. */
enum err upload_begin(struct db *db, struct arena *a, const char *name,
                      struct upload_writer **out) MUST_CHECK;
enum err upload_write(struct upload_writer *w, const void *bytes,
                      size_t len) MUST_CHECK;
/* out lives in the arena of upload_begin. */
enum err upload_end(struct upload_writer *w, struct upload *out) MUST_CHECK;

/* ERR_NOT_FOUND when there is none that the asker may see. */
enum err upload_find(struct db *db, struct arena *a, int64_t id,
                     struct upload *out) MUST_CHECK;

/* Its bytes to write(ctx, ...), a piece at a time. ERR_NOT_FOUND: one is lost.
 */
enum err upload_read(struct db *db, const struct upload *u,
                     enum err (*write)(void *ctx, const void *bytes,
                                       size_t len),
                     void *ctx) MUST_CHECK;

enum err upload_drop(struct db *db, struct arena *a, int64_t id) MUST_CHECK;

#endif
