/*
 * multipart/form-data (RFC 7578, RFC 2046 5.1) as it arrives: pieces of any
 * size go in, fields and files come out while they are read, so that a file of
 * any length needs no more memory than this struct. Bytes of strangers.
 */
#ifndef LAZUR_LIB_BASE_MULTIPART_H
#define LAZUR_LIB_BASE_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"

#define MULTIPART_BOUNDARY_MAX 70 /* RFC 2046 5.1.1 */
#define MULTIPART_NAME_MAX     64
#define MULTIPART_FILE_MAX     255  /* bytes of a file's name */
#define MULTIPART_LINE_MAX     2048 /* of a part's header */
#define MULTIPART_LINES_MAX    16
#define MULTIPART_PARTS_MAX    64

struct multipart_part {
    char name[MULTIPART_NAME_MAX + 1];
    bool is_file;                           /* it has a filename=, maybe "" */
    char file_name[MULTIPART_FILE_MAX + 1]; /* without folders */
};

/* Who hears of it; an error of theirs ends the reading. */
struct multipart_listener {
    enum err (*begin)(void *ctx, const struct multipart_part *part);
    enum err (*bytes)(void *ctx, const void *at, size_t len);
    enum err (*end)(void *ctx); /* of the part */
    void *ctx;
};

struct multipart {
    struct multipart_listener to;
    struct multipart_part part;
    char mark[MULTIPART_BOUNDARY_MAX + 5]; /* CR LF - - boundary */
    size_t mark_len, matched;
    char line[MULTIPART_LINE_MAX + 1];
    size_t line_len;
    int state, lines, parts;
    bool named, fresh; /* has a name; nothing of its body has been given */
};

/*
 * multipart_begin - for a Content-Type header.
 * ERR_INVALID: another type, or no boundary that RFC 2046 allows.
 */
enum err multipart_begin(struct multipart *m, const char *content_type,
                         const struct multipart_listener *to) MUST_CHECK;

/* ERR_INVALID: headers that are too long, too many, or without a name. */
enum err multipart_feed(struct multipart *m, const void *bytes,
                        size_t len) MUST_CHECK;

/* ERR_INVALID: it broke off before its last boundary. */
enum err multipart_end(const struct multipart *m) MUST_CHECK;

#endif
