/* Images that somebody holds, and those that were let go a moment ago. */
#include "daemon/listener/images.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/arrays.h"
#include "daemon/listener/secrets.h"
#include "daemon/listener/slow.h"
#include "lib/base/log.h"

#define SPARE_MAX 2 /* kept though nobody holds them */

struct image {
    struct image *next;
    int64_t job;
    unsigned held;
    bool asked, ready;
    struct arena *arena;
    char name[64];
    uint8_t *at;
    size_t len;
};

static struct {
    void (*loaded)(void);
    struct image *all;
} im;

static void forget_spare(void)
{
    unsigned spare = 0;

    for (struct image **at = &im.all; *at != NULL;) {
        struct image *i = *at;

        if (i->held > 0 || i->asked || ++spare <= SPARE_MAX) {
            at = &i->next;
            continue;
        }
        *at = i->next;
        arena_free(i->arena);
    }
}

struct image *image_hold(int64_t job)
{
    struct arena *a;
    struct image *i = im.all;

    while (i != NULL && i->job != job)
        i = i->next;
    if (i == NULL) {
        forget_spare();
        a = arena_new();
        i = arena_alloc(a, sizeof(*i));
        *i = (struct image){ .next = im.all, .job = job, .arena = a };
        im.all = i;
    }
    i->held++;
    return i;
}

void image_release(struct image *i)
{
    if (i != NULL)
        i->held--;
}

bool image_ready(const struct image *i)
{
    return i->ready;
}

struct bytes image_bytes(const struct image *i)
{
    return (struct bytes){ i->at, i->len };
}

const char *image_name(const struct image *i)
{
    return i->name;
}

static bool wanted(void)
{
    for (const struct image *i = im.all; i != NULL; i = i->next) {
        if (!i->ready && !i->asked && i->held > 0)
            return true;
    }
    return false;
}

static void ask(struct link *l)
{
    static struct array jobs;
    struct db_param param;

    array_begin(&jobs, ARRAY_INT8);
    for (struct image *i = im.all; i != NULL; i = i->next) {
        if (i->ready || i->held == 0)
            continue;
        array_int8(&jobs, i->job);
        i->asked = true;
    }
    param = array_param(&jobs);
    link_send(l, Q_FIRMWARE_IMAGE, &param, 1);
}

/* All rows of one job, one behind the other. */
static void take(struct image *i, const struct rows *rows)
{
    struct arena *scratch = arena_new();
    size_t most = 0;

    for (size_t row = 0; row < rows->n; row++) {
        if (row_int(rows, row, 0) == i->job)
            most += strlen(row_text(rows, row, 2)) / 2;
    }
    i->at = arena_alloc(i->arena, most + 1);
    for (size_t row = 0; row < rows->n; row++) {
        struct bytes piece;

        if (row_int(rows, row, 0) != i->job)
            continue;
        snprintf(i->name, sizeof(i->name), "%s", row_text(rows, row, 1));
        piece = secrets_bytes(scratch, row_text(rows, row, 2));
        memcpy(i->at + i->len, piece.at, piece.len);
        i->len += piece.len;
    }
    arena_free(scratch);
    i->ready = true;
}

static void done(const struct link *l, enum err e, bool lost)
{
    if (!lost && e != ERR_OK && e != ERR_CONFLICT)
        log_err(e, "firmware");
    for (struct image *i = im.all; i != NULL; i = i->next) {
        if (i->asked && e == ERR_OK && !lost)
            take(i, &l->answers[0]);
        i->asked = false;
    }
    im.loaded();
}

static const struct slow_job job = { wanted, ask, done };

void images_init(void (*loaded)(void))
{
    im.loaded = loaded;
    slow_add(&job);
}
