/*
 * A form with a file: its fields become fields, its file goes into the
 * database while it arrives, in the transaction of the request. The token
 * stands before the file in every form of ours, so that a file of somebody
 * who may not send one is not stored at all.
 */
#include "cgi-bin/web/inner.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/multipart.h"

/* What a form has beside its file. */
#define AROUND 65536
#define PIECE  32768
#define DRAIN_MAX                                                              \
    (INT64_C(256) << 20) /* more than the web server passes on                 \
                          */

struct body {
    struct req *r;
    struct upload_writer *file; /* that arrives; NULL: a field does */
    struct held *held;          /* likewise, on a route that HOLDS */
    struct buf value;           /* of the field */
    size_t text;                /* bytes of fields so far */
    struct multipart_part part;
};

/* ---- a file that is a secret ---- */

struct held {
    struct held_file file;
    uint8_t at[HELD_MAX];
};

static void wipe(void *held)
{
    explicit_bzero(held, sizeof(struct held));
}

static struct held *held_begin(struct arena *a, const char *name)
{
    struct held *h = arena_alloc(a, sizeof(*h));

    h->file =
        (struct held_file){ .name = arena_strdup(a, name), .is = { h->at, 0 } };
    arena_defer(a, wipe, h);
    return h;
}

static void held_take(struct held *h, const void *at, size_t len)
{
    size_t room = HELD_MAX - h->file.is.len;

    if (len > room)
        h->file.cut = true;
    memcpy(h->at + h->file.is.len, at, len < room ? len : room);
    h->file.is.len += len < room ? len : room;
}

const struct held_file *form_held(struct req *r, const char *name)
{
    const struct inner *in = inner_of(r);

    for (size_t i = 0; i < in->n_files; i++) {
        if (in->files[i].held.name != NULL &&
            strcmp(in->files[i].field, name) == 0)
            return &in->files[i].held;
    }
    return NULL;
}

/* ---- what the parser tells ---- */

static enum err begin(void *ctx, const struct multipart_part *part)
{
    struct body *b = ctx;
    struct inner *in = inner_of(b->r);
    enum err e;

    b->part = *part;
    b->file = NULL;
    b->held = NULL;
    buf_clear(&b->value);
    if (!part->is_file || part->file_name[0] == '\0')
        return ERR_OK;
    if (in->n_files == FORM_FILES_MAX)
        return err_raise(ERR_INVALID, "body: too many files");
    if ((e = csrf_guard(b->r)) != ERR_OK)
        return e;
    if (in->route->effect == HOLDS) {
        b->held = held_begin(b->r->arena, part->file_name);
        return ERR_OK;
    }
    return upload_begin(b->r->db, b->r->arena, part->file_name, &b->file);
}

static enum err bytes(void *ctx, const void *at, size_t len)
{
    struct body *b = ctx;

    if (b->held != NULL) {
        held_take(b->held, at, len);
        return ERR_OK;
    }
    if (b->file != NULL)
        return upload_write(b->file, at, len);
    b->text += len;
    if (b->text > AROUND)
        return err_raise(ERR_INVALID, "body: long fields");
    buf_add(&b->value, at, len);
    return ERR_OK;
}

static enum err field_keep(struct body *b)
{
    struct urlform *f = &inner_of(b->r)->body;
    const char *value = b->value.len > 0 ? b->value.at : "";

    if (!text_is_clean(value, b->value.len))
        return err_raise(ERR_INVALID, "body: %s is no text", b->part.name);
    f->field[f->n++] = (struct urlfield){
        arena_strdup(b->r->arena, b->part.name),
        arena_strndup(b->r->arena, value, b->value.len),
    };
    return ERR_OK;
}

static enum err end(void *ctx)
{
    struct body *b = ctx;
    struct inner *in = inner_of(b->r);
    struct form_file *file;

    if (b->file == NULL && b->held == NULL)
        return b->part.is_file ? ERR_OK : field_keep(b);
    file = &in->files[in->n_files++];
    *file =
        (struct form_file){ .field = arena_strdup(b->r->arena, b->part.name) };
    if (b->held != NULL) {
        file->held = b->held->file;
        return ERR_OK;
    }
    return upload_end(b->file, &file->upload);
}

/* ---- the body ---- */

/* An answer before the end of the question would not be heard. */
static void drain(int64_t left)
{
    char piece[PIECE];
    size_t n = PIECE;

    while (left > 0 && n == PIECE) {
        n = wire_read(piece, sizeof(piece));
        left -= (int64_t)n;
    }
}

static enum err feed(struct multipart *m, int64_t *left)
{
    char piece[PIECE];
    enum err e = ERR_OK;

    while (*left > 0 && e == ERR_OK) {
        size_t want = *left < PIECE ? (size_t)*left : PIECE;

        if (wire_read(piece, want) != want) {
            *left = 0;
            return err_raise(ERR_INVALID, "body: ends early");
        }
        *left -= (int64_t)want;
        e = multipart_feed(m, piece, want);
    }
    return e == ERR_OK ? multipart_end(m) : e;
}

static enum err too_large(struct req *r, int64_t len)
{
    drain(len < DRAIN_MAX ? len : DRAIN_MAX);
    answer_error_page(r, 413, "TooLarge");
    inner_of(r)->explained = true;
    return err_raise(ERR_INVALID, "body: %" PRId64 " bytes", len);
}

enum err request_read_upload(struct req *r)
{
    struct inner *in = inner_of(r);
    int64_t len = strtoll(request_header(r, "CONTENT_LENGTH"), NULL, 10);
    struct body body = { .r = r };
    const struct multipart_listener to = { begin, bytes, end, &body };
    struct multipart *m = arena_alloc(r->arena, sizeof(*m));
    enum err e;

    if (len > UPLOAD_MAX + AROUND)
        return too_large(r, len);
    e = multipart_begin(m, request_header(r, "CONTENT_TYPE"), &to);
    if (e != ERR_OK)
        return request_read_body(r);
    in->body.field =
        arena_alloc(r->arena, MULTIPART_PARTS_MAX * sizeof(*in->body.field));
    in->files = arena_alloc(r->arena, FORM_FILES_MAX * sizeof(*in->files));
    e = feed(m, &len);
    buf_free(&body.value);
    if (e != ERR_OK)
        drain(len);
    return e;
}

const struct upload *form_file(struct req *r, const char *name)
{
    const struct inner *in = inner_of(r);

    for (size_t i = 0; i < in->n_files; i++) {
        if (strcmp(in->files[i].field, name) == 0)
            return &in->files[i].upload;
    }
    return NULL;
}
