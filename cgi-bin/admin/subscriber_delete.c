/*
 * Subscribers are deleted (GC-136, GC-137): one after a question that says
 * what goes and what stays, all that are ticked after their number is typed.
 */
#include "cgi-bin/admin/directory.h"
#include "cgi-bin/admin/subscribers.h"
#include "cgi-bin/web/table.h"
#include "lib/model/subscriber.h"

static void sum_show(struct sheet *s, int64_t operations, int64_t meters)
{
    struct arena *a = s->r->arena;

    sheet_fact(s, "Operations", count_text(a, operations));
    sheet_fact(s, "Meters", count_text(a, meters));
    sheet_deletes(s);
}

/* ---- one ---- */

static struct sheet question_of(struct req *r)
{
    struct sheet s = row_sheet(r, "Subscriber", SUBSCRIBERS_ADDRESS, "delete");

    sheet_title(&s, "Delete", "");
    return s;
}

enum err subscriber_ask(struct req *r)
{
    struct sheet s = question_of(r);
    struct subscriber it;
    enum err e = subscriber_find(r->db, r->arena, r->id, &it);

    if (e != ERR_OK)
        return e;
    s.version = it.version;
    if (it.account[0] != '\0')
        sheet_fact(&s, "account", it.account);
    sheet_fact(&s, "Who",
               arena_printf(r->arena, "%s %s", it.last_name, it.first_name));
    sheet_fact(&s, "address", it.address);
    sum_show(&s, it.operations, it.meters);
    return sheet_render(&s, NULL);
}

enum err subscriber_remove(struct req *r)
{
    struct sheet s = question_of(r);
    struct subscriber it;
    int64_t deleted;
    enum err e;

    sheet_read(&s);
    if ((e = subscriber_find(r->db, r->arena, r->id, &it)) == ERR_OK)
        e = subscribers_delete(r->db, r->arena, param_ids(r->arena, &r->id, 1),
                               s.version, r->address, &deleted);
    if (e != ERR_OK)
        return sheet_conflict(&s, e);
    return sheet_done(&s, "Deleted",
                      it.account[0] != '\0' ? it.account : it.address);
}

/* ---- all that are ticked ---- */

static const struct sheet_field fields[] = {
    { .name = "number", .kind = SHEET_NUMBER, .required = true, .max = 9 },
};

static struct sheet ticked_of(struct req *r)
{
    return (struct sheet){ .r = r,
                           .words = "SubscribersTicked",
                           .fields = fields,
                           .n = sizeof(fields) / sizeof(fields[0]),
                           .post = SUBSCRIBERS_ADDRESS "/delete/sure",
                           .back = back_to(r, SUBSCRIBERS_ADDRESS) };
}

/* The rows travel with the question, so that what was ticked is what goes. */
static void ids_keep(struct sheet *s)
{
    const char *value;

    for (size_t i = 0; (value = form_nth(s->r, "ids", i)) != NULL; i++)
        sheet_hide(s, "ids", value);
}

static enum err ticked_show(struct sheet *s, const struct subscribers_sum *sum)
{
    if (sum->subscribers == 0) {
        sheet_shut(s);
        sheet_notice(s, "info", "Nobody");
        s->n = 0;
    } else {
        sheet_fact(s, "Subscribers", count_text(s->r->arena, sum->subscribers));
        sum_show(s, sum->operations, sum->meters);
        ids_keep(s);
    }
    return sheet_render(s, NULL);
}

static enum err ticked_sum(struct sheet *s, struct subscribers_sum *out)
{
    return subscribers_sum(s->r->db, s->r->arena, sheet_ids(s, "ids"), out);
}

enum err subscribers_ask(struct req *r)
{
    struct sheet s = ticked_of(r);
    struct subscribers_sum sum;
    enum err e = ticked_sum(&s, &sum);

    return e != ERR_OK ? e : ticked_show(&s, &sum);
}

enum err subscribers_remove(struct req *r)
{
    struct sheet s = ticked_of(r);
    struct subscribers_sum sum;
    int64_t typed, deleted;
    enum err e = ticked_sum(&s, &sum);

    if (e != ERR_OK)
        return e;
    sheet_read(&s);
    typed = sheet_int(&s, "number", 0, 999999999, 0);
    if (typed != sum.subscribers)
        sheet_mistake(&s, "number", "NotThisNumber");
    if (s.wrong > 0 || sum.subscribers == 0)
        return ticked_show(&s, &sum);
    e = subscribers_delete(r->db, r->arena, sheet_ids(&s, "ids"), NULL,
                           r->address, &deleted);
    return sheet_end(&s, e, "Deleted", count_text(r->arena, deleted));
}
