/*
 * sharedStrings.xml: millions of texts lie in a file that has no name, their
 * places in another, and the blocks of both that were last used in memory.
 * Writers number texts as cells first need them, so most reads find theirs.
 */
#include "lib/xlsx/parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/log.h"

#define BLOCK     65536
#define SLOTS     32
#define TEXTS_MAX (INT64_C(16) << 20)

/* A file that is written once and then read at random. */
struct store {
    int fd;
    int64_t size;         /* bytes, with those that are not written yet */
    size_t unwritten;     /* in slot[0] */
    int64_t block[SLOTS]; /* which of the file a slot holds; -1: none */
    unsigned char *slot[SLOTS];
};

struct strings {
    struct store texts, places;
    int64_t n;
    /* While they are read: */
    struct package *p;
    struct buf text;
    int depth_rph; /* phonetic hints are no text */
    bool in_si, in_t;
};

/* ---- the files ---- */

static enum err store_open(struct store *s, const char *folder)
{
    char path[512];
    int n = snprintf(path, sizeof(path), "%s/lazur-xlsx-XXXXXX", folder);

    if (n < 0 || (size_t)n >= sizeof(path))
        return err_raise(ERR_IO, "xlsx: the name of a folder");
    s->fd = mkstemp(path);
    if (s->fd < 0)
        return err_raise(ERR_IO, "xlsx: a file in %s: %s", folder,
                         strerror(errno));
    (void)unlink(path);
    for (int i = 0; i < SLOTS; i++) {
        s->block[i] = -1;
        s->slot[i] = malloc(BLOCK);
        if (s->slot[i] == NULL)
            fatal("xlsx: %d bytes", BLOCK);
    }
    return ERR_OK;
}

static void store_close(struct store *s)
{
    if (s->fd > 0)
        (void)close(s->fd);
    for (int i = 0; i < SLOTS; i++)
        free(s->slot[i]);
}

static enum err store_flush(struct store *s)
{
    const unsigned char *at = s->slot[0];

    while (s->unwritten > 0) {
        ssize_t n = write(s->fd, at, s->unwritten);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return err_raise(ERR_IO, "xlsx: texts: %s", strerror(errno));
        at += n;
        s->unwritten -= (size_t)n;
    }
    return ERR_OK;
}

static enum err store_add(struct store *s, const void *bytes, size_t len)
{
    const unsigned char *from = bytes;
    enum err e = ERR_OK;

    s->size += (int64_t)len;
    while (len > 0 && e == ERR_OK) {
        size_t room = BLOCK - s->unwritten, n = len < room ? len : room;

        memcpy(s->slot[0] + s->unwritten, from, n);
        s->unwritten += n;
        from += n;
        len -= n;
        if (s->unwritten == BLOCK)
            e = store_flush(s);
    }
    return e;
}

static enum err store_block(struct store *s, int64_t block,
                            const unsigned char **out)
{
    size_t slot = (size_t)(block % SLOTS), got = 0;

    *out = s->slot[slot];
    if (s->block[slot] == block)
        return ERR_OK;
    s->block[slot] = -1;
    while (got < BLOCK) {
        ssize_t n = pread(s->fd, s->slot[slot] + got, BLOCK - got,
                          block * BLOCK + (off_t)got);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_raise(ERR_IO, "xlsx: texts: %s", strerror(errno));
        if (n == 0)
            break;
        got += (size_t)n;
    }
    s->block[slot] = block;
    return ERR_OK;
}

/* len bytes from at, which are there. */
static enum err store_get(struct store *s, int64_t at, size_t len,
                          struct buf *out)
{
    const unsigned char *block;
    enum err e = ERR_OK;

    while (len > 0 && e == ERR_OK) {
        size_t from = (size_t)(at % BLOCK), room = BLOCK - from;
        size_t n = len < room ? len : room;

        if ((e = store_block(s, at / BLOCK, &block)) == ERR_OK)
            buf_add(out, block + from, n);
        at += (int64_t)n;
        len -= n;
    }
    return e;
}

/* ---- reading them ---- */

static enum err begin(void *ctx, const char *name,
                      const struct xml_attributes *attributes)
{
    struct strings *s = ctx;

    (void)attributes;
    if (strcmp(name, "si") == 0) {
        s->in_si = true;
        buf_clear(&s->text);
    } else if (strcmp(name, "rPh") == 0) {
        s->depth_rph++;
    } else if (strcmp(name, "t") == 0) {
        s->in_t = s->in_si && s->depth_rph == 0;
    }
    return ERR_OK;
}

static enum err text(void *ctx, const char *at, size_t len)
{
    struct strings *s = ctx;

    if (s->in_t && s->text.len < XLSX_TEXT_MAX)
        buf_add(&s->text, at, len);
    return ERR_OK;
}

static enum err keep(struct strings *s)
{
    int64_t place = s->texts.size;
    enum err e;

    if (++s->n > TEXTS_MAX)
        return refuse(s->p, XLSX_BOMB, "texts");
    text_finish(&s->text);
    e = store_add(&s->places, &place, sizeof(place));
    return e == ERR_OK ? store_add(&s->texts, s->text.at, s->text.len) : e;
}

static enum err end(void *ctx, const char *name)
{
    struct strings *s = ctx;

    if (strcmp(name, "t") == 0) {
        s->in_t = false;
    } else if (strcmp(name, "rPh") == 0) {
        s->depth_rph--;
    } else if (strcmp(name, "si") == 0) {
        s->in_si = false;
        return keep(s);
    }
    return ERR_OK;
}

static enum err read_all(struct strings *s, const char *part)
{
    const struct xml_reader to = { begin, end, text, s };
    enum err e;

    if ((e = xml_read(s->p, part, true, &to)) != ERR_OK ||
        (e = store_add(&s->places, &s->texts.size, sizeof(int64_t))) !=
            ERR_OK ||
        (e = store_flush(&s->places)) != ERR_OK)
        return e;
    return store_flush(&s->texts);
}

enum err strings_read(struct package *p, const char *part, struct strings **out)
{
    const char *folder = p->reading->tmpdir ? p->reading->tmpdir : "/tmp";
    struct strings *s = calloc(1, sizeof(*s));
    enum err e;

    if (s == NULL)
        fatal("xlsx");
    *out = s;
    s->p = p;
    if ((e = store_open(&s->texts, folder)) != ERR_OK ||
        (e = store_open(&s->places, folder)) != ERR_OK)
        return e;
    return read_all(s, part);
}

void strings_free(struct strings *s)
{
    if (s == NULL)
        return;
    store_close(&s->texts);
    store_close(&s->places);
    buf_free(&s->text);
    free(s);
}

/* Numbers of 8 bytes never lie across two blocks. */
static enum err place_get(struct strings *s, int64_t no, int64_t *out)
{
    const int64_t at = no * (int64_t)sizeof(*out);
    const unsigned char *block;
    enum err e = store_block(&s->places, at / BLOCK, &block);

    if (e == ERR_OK)
        memcpy(out, block + at % BLOCK, sizeof(*out));
    return e;
}

enum err strings_get(struct package *p, struct strings *s, int64_t no,
                     struct buf *out)
{
    int64_t from = 0, to = 0;
    enum err e;

    if (s == NULL || no < 0 || no >= s->n)
        return refuse(p, XLSX_BROKEN, "a text that is not there");
    if ((e = place_get(s, no, &from)) != ERR_OK ||
        (e = place_get(s, no + 1, &to)) != ERR_OK)
        return e;
    return store_get(&s->texts, from, (size_t)(to - from), out);
}
