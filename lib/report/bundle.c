/* Parts lie in a folder of their own, and the ZIP beside them. */
#include "lib/report/bundle.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zip.h>

#include "lib/base/log.h"

#define NAME_MAX_BYTES 256

struct bundle {
    char dir[400];
    char name[NAME_MAX_BYTES], ending[8];
    FILE *part; /* of the last one, open for writing */
    int parts;
};

static void part_path(const struct bundle *b, int no, char path[512])
{
    snprintf(path, 512, "%s/%d", b->dir, no);
}

static enum err part_close(struct bundle *b)
{
    bool good = b->part == NULL || fclose(b->part) == 0;

    b->part = NULL;
    return good ? ERR_OK
                : err_raise(ERR_IO, "bundle: %s: %s", b->dir, strerror(errno));
}

static enum err part_next(void *it)
{
    struct bundle *b = it;
    char path[512];
    enum err e = part_close(b);

    if (e != ERR_OK)
        return e;
    part_path(b, ++b->parts, path);
    b->part = fopen(path, "wb");
    return b->part != NULL
               ? ERR_OK
               : err_raise(ERR_IO, "bundle: %s: %s", path, strerror(errno));
}

static enum err part_write(void *it, const void *bytes, size_t len)
{
    struct bundle *b = it;

    return fwrite(bytes, 1, len, b->part) == len
               ? ERR_OK
               : err_raise(ERR_IO, "bundle: %s: %s", b->dir, strerror(errno));
}

void bundle_drop(struct bundle *b)
{
    char path[512];

    if (b == NULL)
        return;
    if (part_close(b) != ERR_OK)
        log_debug("bundle dropped");
    for (int no = 0; no <= b->parts; no++) { /* 0 is the ZIP */
        part_path(b, no, path);
        (void)unlink(path);
    }
    (void)rmdir(b->dir);
    free(b);
}

enum err bundle_begin(const char *tmpdir, const char *name, const char *ending,
                      struct bundle **out)
{
    struct bundle *b = calloc(1, sizeof(*b));
    enum err e;

    if (b == NULL)
        fatal("bundle");
    snprintf(b->dir, sizeof(b->dir), "%s/lazur-XXXXXX", tmpdir);
    snprintf(b->name, sizeof(b->name), "%s", name);
    snprintf(b->ending, sizeof(b->ending), "%s", ending);
    if (mkdtemp(b->dir) == NULL) {
        int why = errno;

        free(b);
        return err_raise(ERR_IO, "bundle: a folder in %s: %s", tmpdir,
                         strerror(why));
    }
    if ((e = part_next(b)) != ERR_OK) {
        bundle_drop(b);
        return e;
    }
    *out = b;
    return ERR_OK;
}

struct sink bundle_sink(struct bundle *b)
{
    return (struct sink){ b, part_write, part_next };
}

/* ---- out again ---- */

static enum err send_file(const char *path, const struct sink *to)
{
    char chunk[32768];
    FILE *f = fopen(path, "rb");
    enum err e = ERR_OK;
    size_t n;

    if (f == NULL)
        return err_raise(ERR_IO, "bundle: %s: %s", path, strerror(errno));
    while (e == ERR_OK && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        e = to->write(to->it, chunk, n);
    if (e == ERR_OK && ferror(f))
        e = err_raise(ERR_IO, "bundle: %s cannot be read", path);
    (void)fclose(f);
    return e;
}

/* Stored, not deflated: a PDF is compressed already. */
static bool part_add(const struct bundle *b, zip_t *z, int no)
{
    char path[512], name[NAME_MAX_BYTES + 24];
    zip_source_t *from;
    zip_int64_t at;

    part_path(b, no, path);
    snprintf(name, sizeof(name), "%s %d%s", b->name, no, b->ending);
    from = zip_source_file(z, path, 0, -1);
    if (from == NULL)
        return false;
    at = zip_file_add(z, name, from, ZIP_FL_ENC_UTF_8);
    if (at < 0) {
        zip_source_free(from);
        return false;
    }
    return zip_set_file_compression(z, (zip_uint64_t)at, ZIP_CM_STORE, 0) == 0;
}

static enum err zip_make(const struct bundle *b, const char *path)
{
    int why = 0;
    zip_t *z = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &why);
    bool good = z != NULL;
    enum err e;

    for (int no = 1; good && no <= b->parts; no++)
        good = part_add(b, z, no);
    if (good && zip_close(z) == 0)
        return ERR_OK;
    e = err_raise(ERR_IO, "bundle: %s: %s", path,
                  z != NULL ? zip_strerror(z) : strerror(errno));
    if (z != NULL)
        zip_discard(z);
    return e;
}

enum err bundle_end(struct bundle *b, const struct sink *to, bool *zipped)
{
    char path[512];
    enum err e = part_close(b);

    *zipped = b->parts > 1;
    part_path(b, *zipped ? 0 : 1, path);
    if (e == ERR_OK && *zipped)
        e = zip_make(b, path);
    if (e == ERR_OK)
        e = send_file(path, to);
    bundle_drop(b);
    return e;
}
