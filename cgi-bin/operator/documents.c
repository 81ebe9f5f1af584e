/*
 * A document is made while the operator waits when it is small, and left to
 * the worker when it is not (lib/document, daemon/worker).
 */
#include "cgi-bin/operator/documents.h"

#include <inttypes.h>
#include <string.h>

#include "cgi-bin/web/document.h"
#include "cgi-bin/web/words.h"

#define JOBS_MAX 10 /* as job_ask() in the schema */

static struct document_words words_of_reader(struct req *r)
{
    return words_named(r, document_word_names);
}

/* As job_ask() does for those that are made later. A link is only read. */
static enum err tell_asked(struct req *r, const char *title)
{
    return strcmp(r->method, "POST") == 0
               ? audit_tell(r, "Заказан документ", title)
               : ERR_OK;
}

enum err document_now(struct req *r, const struct document_order *order,
                      const char *what, struct document *made)
{
    struct document_words words = words_of_reader(r);
    const char *title = document_title(r->arena, order, &words, what);
    enum err e = tell_asked(r, title);

    *made = (struct document){ .db = r->db };
    if (e == ERR_OK)
        e = document_answer(r, order, &words, title, made);
    made->words = NULL; /* they end here */
    return e;
}

enum err document_later(struct req *r, const struct document_order *order,
                        const char *what)
{
    struct document_words words = words_of_reader(r);
    int64_t id;
    enum err e =
        job_ask(r->db, r->arena, order, &words,
                document_title(r->arena, order, &words, what), r->address, &id);

    if (e != ERR_OK)
        return e;
    return answer_redirect(
        r, arena_printf(r->arena, "/downloads?new=%" PRId64, id));
}

enum err too_many_jobs(struct req *r, bool *out)
{
    int64_t active, ready;
    enum err e = job_bell(r->db, r->arena, &active, &ready);

    *out = e == ERR_OK && active >= JOBS_MAX;
    return e;
}
