/* Gathers unknown meters and registers them in one statement. */
#include "daemon/listener/enroll.h"

#include "daemon/arrays.h"
#include "daemon/listener/slow.h"
#include "lib/base/log.h"

#define COLUMNS   5
#define BATCH_MAX 1000
#define TRIES_MAX 20 /* of one that is registered and still unknown */

static struct {
    void (*known)(struct entry *e);
    void (*refused)(struct entry *e, const char *why);
    struct entries waiting, asked;
    size_t alone;
} en;

static bool wanted(void)
{
    return en.waiting.n > 0;
}

static void ask(struct link *l)
{
    static struct array c[COLUMNS];
    struct db_param params[COLUMNS];
    size_t most = en.alone > 0 ? 1 : BATCH_MAX;

    for (int i = 0; i < COLUMNS; i++)
        array_begin(&c[i], ARRAY_TEXT);
    if (en.alone > 0)
        en.alone--;
    while (en.asked.n < most && en.waiting.n > 0) {
        struct entry *e = entries_take(&en.waiting);
        const struct reading *r = &e->reading;

        array_text(&c[0], r->identity);
        array_text(&c[1], r->identity);
        array_text(&c[2], r->model);
        array_text(&c[3], r->type);
        array_text(&c[4], r->firmware);
        entries_append(&en.asked, e);
    }
    for (int i = 0; i < COLUMNS; i++)
        params[i] = array_param(&c[i]);
    link_send(l, Q_METER_ENROLL, params, COLUMNS);
}

/* Tried again, one by one when there are several: one of them is bad. */
static void again(enum err e)
{
    struct entry *one;

    if (en.asked.n == 1 && e != ERR_CONFLICT) {
        one = entries_take(&en.asked);
        if (++one->tries >= TRIES_MAX || e == ERR_INVALID)
            en.refused(one, err_reason());
        else
            entries_append(&en.waiting, one);
        return;
    }
    if (e != ERR_CONFLICT)
        en.alone = en.asked.n;
    while ((one = entries_take(&en.asked)) != NULL)
        entries_append(&en.waiting, one);
}

static void done(const struct link *l, enum err e, bool lost)
{
    struct entry *one;

    if (lost || e != ERR_OK) {
        if (!lost && e != ERR_CONFLICT)
            log_err(e, "registration");
        again(lost ? ERR_CONFLICT : e);
        return;
    }
    if (row_int(&l->answers[0], 0, 0) > 0)
        log_info("registered meters=%s", row_text(&l->answers[0], 0, 0));
    while ((one = entries_take(&en.asked)) != NULL) {
        if (++one->tries >= TRIES_MAX)
            en.refused(one, "registered, and yet unknown");
        else
            en.known(one);
    }
}

static const struct slow_job job = { wanted, ask, done };

void enroll_init(void (*known)(struct entry *e),
                 void (*refused)(struct entry *e, const char *why))
{
    en.known = known;
    en.refused = refused;
    entries_init(&en.waiting);
    entries_init(&en.asked);
    slow_add(&job);
}

void enroll(struct entry *e)
{
    entries_append(&en.waiting, e);
}

size_t enroll_waiting(void)
{
    return en.waiting.n + en.asked.n;
}
