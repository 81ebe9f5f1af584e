/* Piece after piece, in the name of whoever asked. */
#include "daemon/worker/orders.h"

#include <inttypes.h>
#include <string.h>

#include "lib/document/document.h"
#include "lib/model/fleet.h"

#define PIECE 5000 /* meters of a transaction */

struct progress {
    int64_t done, total;
    bool left;
};

static enum err step(const struct order_work *w, struct progress *p)
{
    struct arena *a = arena_new();
    enum err e;

    if ((e = db_begin(w->db)) == ERR_OK &&
        (e = order_begin(w->db, a, w->claim->id, &p->done, &p->total)) ==
            ERR_OK &&
        (e = order_step(w->db, a, w->claim->id, w->claim->key, PIECE,
                        &p->left)) == ERR_OK)
        e = db_commit(w->db);
    if (e != ERR_OK)
        db_rollback(w->db);
    arena_free(a);
    return e;
}

/* One row: what was ordered, how many meters got it, of how many. */
static enum err file_write(const struct order_work *w, struct arena *a,
                           int64_t total, struct job_file *file)
{
    struct document_words words;
    const char *text;
    enum err e = job_words(w->teller, a, w->claim->id, &words);

    if (e != ERR_OK)
        return e;
    text = arena_printf(a, "\xEF\xBB\xBF%s\r\n%s: %" PRId64 "\r\n",
                        w->claim->title, document_word(&words, "Order.Able"),
                        total);
    if ((e = pieces_write(w->pieces, text, strlen(text))) != ERR_OK ||
        (e = pieces_end(w->pieces)) != ERR_OK)
        return e;
    *file = (struct job_file){
        .name = document_file_name(a, w->claim->title, ".txt"),
        .media_type = "text/plain; charset=utf-8",
        .size = w->pieces->size,
    };
    return ERR_OK;
}

enum err orders_make(const struct order_work *w, struct arena *a)
{
    struct progress p = { .left = true };
    struct job_file file;
    enum err e = ERR_OK;

    while (e == ERR_OK && p.left) {
        e = step(w, &p);
        if (e == ERR_OK)
            e = w->tick(w->ctx, p.done, p.total);
    }
    if (e != ERR_OK || (e = file_write(w, a, p.total, &file)) != ERR_OK)
        return e;
    return job_finish(w->teller, a, w->claim, &file, "");
}
