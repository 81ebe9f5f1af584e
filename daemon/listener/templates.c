/* Rows of push_template to the driver's list; the old list is dropped whole. */
#include "daemon/listener/templates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/drivers/template.h"
#include "daemon/listener/slow.h"
#include "daemon/loop.h"
#include "lib/base/log.h"

#define PAUSE_MS 5000

static struct {
    void (*loaded)(void);
    struct arena *arena; /* of the list in use */
    struct template_list list;
    bool want;
    bool ever;
    int64_t loaded_ms;
} tp = { .want = true };

static struct bytes octets(struct arena *a, const char *hex)
{
    size_t n = strlen(hex) / 2;
    uint8_t *at = arena_alloc(a, n + 1);

    for (size_t i = 0; i + 1 < n; i++) {
        const char pair[3] = { hex[2 + 2 * i], hex[3 + 2 * i], '\0' };

        at[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return (struct bytes){ at, n > 0 ? n - 1 : 0 };
}

static void head_read(struct arena *a, const struct rows *r, size_t i,
                      struct template *t)
{
    t->id = row_int(r, i, 0);
    snprintf(t->type, sizeof(t->type), "%s", row_text(r, i, 2));
    t->items = row_null(r, i, 4) ? -1 : (int)row_int(r, i, 4);
    if (!row_null(r, i, 5))
        t->shape = octets(a, row_text(r, i, 5));
    t->match_position = row_null(r, i, 6) ? -1 : (int)row_int(r, i, 6);
    if (!row_null(r, i, 7))
        t->match = octets(a, row_text(r, i, 7));
    t->named = row_bool(r, i, 8);
}

static enum err item_read(const struct rows *r, size_t i,
                          struct template_item *item)
{
    enum err e = obis_of_text(row_text(r, i, 3), &item->name);

    item->position = (int)row_int(r, i, 1);
    item->scaler = (int)row_int(r, i, 5);
    item->unit = (uint8_t)row_int(r, i, 6);
    return e != ERR_OK ? e : meaning_of_word(row_text(r, i, 7), &item->meaning);
}

/* The items of t: rows are sorted by template. */
static void items_read(struct arena *a, const struct rows *r,
                       struct template *t)
{
    size_t first = 0, last;

    while (first < r->n && row_int(r, first, 0) != t->id)
        first++;
    for (last = first; last < r->n && row_int(r, last, 0) == t->id;)
        last++;
    t->item = arena_alloc(a, (last - first) * sizeof(*t->item) + 1);
    for (size_t i = first; i < last; i++) {
        if (item_read(r, i, &t->item[t->n]) == ERR_OK)
            t->n++;
        else
            log_err(ERR_INVALID, "push template");
    }
}

static bool wanted(void)
{
    return tp.want;
}

static void ask(struct link *l)
{
    tp.want = false;
    link_send(l, Q_PUSH_TEMPLATE_LIST, NULL, 0);
    link_send(l, Q_PUSH_TEMPLATE_ITEMS, NULL, 0);
}

static void done(const struct link *l, enum err e, bool lost)
{
    struct template_list list;
    struct arena *a;

    if (lost || e != ERR_OK) {
        if (!lost)
            log_err(e, "push templates");
        tp.want = true;
        return;
    }
    a = arena_new();
    list.n = l->answers[0].n;
    list.at = arena_alloc(a, list.n * sizeof(*list.at) + 1);
    for (size_t i = 0; i < list.n; i++) {
        head_read(a, &l->answers[0], i, &list.at[i]);
        items_read(a, &l->answers[1], &list.at[i]);
    }
    tp.list = list;
    dlms_templates_use(&tp.list);
    arena_free(tp.arena);
    tp.arena = a;
    tp.ever = true;
    tp.loaded_ms = loop_now_ms();
    log_debug("push templates=%zu", list.n);
    tp.loaded();
}

static const struct slow_job job = { wanted, ask, done };

void templates_init(void (*loaded)(void))
{
    tp.loaded = loaded;
    slow_add(&job);
}

bool templates_refresh(void)
{
    if (tp.ever && loop_now_ms() < tp.loaded_ms + PAUSE_MS)
        return false;
    tp.want = true;
    return true;
}

bool templates_loaded(void)
{
    return tp.ever;
}
