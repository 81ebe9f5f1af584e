/*
 * «История платежей абонента '…'» (GC-100 ... GC-102), newest first, and the
 * same as CSV.
 */
#include "cgi-bin/operator/desk.h"

#include <inttypes.h>
#include <string.h>

#include "cgi-bin/web/table.h"
#include "lib/base/clock.h"
#include "lib/model/account.h"
#include "lib/units/grouped.h"
#include "lib/units/quantity.h"

/* «по платежному документу '…'», and the note behind it (GC-101). */
static const char *payment_text(struct req *r, struct arena *a,
                                const struct operation *o)
{
    return arena_printf(a, "%s '%s'%s%s", word(r, "Payments.ByDocument"),
                        o->document, o->note[0] != '\0' ? ", " : "", o->note);
}

/* «за потребление 1.112м³ с … по … по тарифу …, счетчик №…» (GC-093). */
static const char *debit_text(struct req *r, struct arena *a,
                              const struct operation *o)
{
    const char *unit = word(r, "Payments.M3");

    return arena_printf(
        a, "%s %s%s %s %s %s %s %s %s, %s%s, %s %s%s, %s %s%s",
        word(r, "Payments.ForUse"), volume_m3_text(a, o->to_dm3 - o->from_dm3),
        unit, word(r, "Payments.Since"), moment_text(a, o->from_at),
        word(r, "Payments.Until"), moment_text(a, o->to_at),
        word(r, "Payments.ByTariff"),
        money_text(a, (struct money){ o->price_kopecks_per_1000_m3 }),
        word(r, "Payments.Meter"), o->serial, word(r, "Payments.First"),
        volume_m3_text(a, o->from_dm3), unit, word(r, "Payments.Last"),
        volume_m3_text(a, o->to_dm3), unit);
}

static const char *operation_text(struct req *r, struct arena *a,
                                  const struct operation *o)
{
    return o->kind == OPERATION_DEBIT ? debit_text(r, a, o)
                                      : payment_text(r, a, o);
}

static const char *operation_word(struct req *r, struct arena *a,
                                  enum operation_kind kind)
{
    return word(r, arena_printf(a, "Operation.%s", operation_code(kind)));
}

/* ---- the window ---- */

static void row_show(struct req *r, size_t i, const struct operation *o)
{
    static const char rows[] = "Payments.Rows";
    struct arena *a = r->arena;

    view_set_at(r, rows, i, "At", moment_text(a, o->at));
    view_set_at(r, rows, i, "AtIso", moment_iso(a, o->at));
    view_set_at(r, rows, i, "Kind", operation_code(o->kind));
    view_set_at(r, rows, i, "Amount",
                grouped_text(a, money_text(a, o->amount)));
    view_set_at(r, rows, i, "Text", operation_text(r, a, o));
    view_set_at(r, rows, i, "Balance",
                grouped_text(a, money_text(a, o->balance)));
    if (o->balance.kopecks < 0)
        view_set_at(r, rows, i, "Debt", "1");
}

static void sizes_show(struct req *r, const struct table *t)
{
    for (size_t i = 0; i < sizeof(page_sizes) / sizeof(page_sizes[0]); i++)
        view_set_at(r, "Payments.PageSizes", i, "Href",
                    arena_printf(r->arena, "%s?%s&size=%" PRId64, t->address,
                                 t->query, page_sizes[i]));
}

/* The names that templates/operator/payments.cst lists. */
static enum err payments_show(struct req *r, const struct meter_card *c,
                              const struct table *t,
                              const struct operation_list *list)
{
    desk_show(r, c, "payments");
    for (size_t i = 0; i < list->n; i++)
        row_show(r, i, &list->rows[i]);
    table_show(r, t);
    sizes_show(r, t);
    view_set(r, "Payments.Csv",
             arena_printf(r->arena, "/meters/%" PRId64 "/payments.csv", c->id));
    return view_render(r, "operator/payments.cst");
}

/* Ten rows unless the address says otherwise. */
static enum err page_read(struct req *r, struct table *t)
{
    enum err e = table_read(r, t);

    if (e == ERR_OK && !form_has(r, "size"))
        t->size = page_sizes[0];
    return e;
}

static enum err card_find(struct req *r, struct meter_card *c)
{
    enum err e = meter_find(r->db, r->arena, r->id, c);

    if (e == ERR_OK && c->subscriber_id == 0)
        return err_raise(ERR_NOT_FOUND, "meter=%" PRId64 " has no subscriber",
                         r->id);
    return e;
}

/* A page past the end is the last one. */
static enum err page_ask(struct req *r, int64_t subscriber, struct table *t,
                         struct operation_list *list)
{
    struct span span = { t->size, (t->page - 1) * t->size };
    struct span first = { 1, 0 };
    enum err e = operation_page(r->db, r->arena, subscriber, span, list);

    if (e != ERR_OK || list->n > 0 || t->page == 1)
        return e;
    if ((e = operation_page(r->db, r->arena, subscriber, first, list)) !=
        ERR_OK)
        return e;
    t->total = list->total;
    span.before = table_before(t);
    return operation_page(r->db, r->arena, subscriber, span, list);
}

enum err payments_list(struct req *r)
{
    struct table t = { .list = "Payments" };
    struct operation_list list;
    struct meter_card card;
    enum err e;

    t.address = arena_printf(r->arena, "/meters/%" PRId64 "/payments", r->id);
    t.query = arena_printf(r->arena, "back=%s",
                           url_encode(r->arena, back_address(r, "/meters")));
    if ((e = page_read(r, &t)) != ERR_OK ||
        (e = card_find(r, &card)) != ERR_OK ||
        (e = page_ask(r, card.subscriber_id, &t, &list)) != ERR_OK)
        return e;
    t.total = list.total;
    t.more = list.more;
    return payments_show(r, &card, &t, &list);
}

/* ---- the download ---- */

struct sheet {
    struct req *r;
    struct csv *csv;
    struct arena *row; /* of one row, emptied after it */
    bool comma;
};

static void row_close(void *arena)
{
    arena_free(arena);
}

static void put_money(struct sheet *s, struct money m)
{
    char *text = money_text(s->row, m);

    csv_number(s->csv, s->comma ? comma_text(s->row, text) : text);
}

static enum err sheet_row(const struct operation *o, void *ctx)
{
    struct sheet *s = ctx;

    csv_cell(s->csv, moment_text(s->row, o->at));
    csv_cell(s->csv, operation_word(s->r, s->row, o->kind));
    put_money(s, o->amount);
    csv_cell(s->csv, operation_text(s->r, s->row, o));
    put_money(s, o->balance);
    csv_row_end(s->csv);
    arena_reset(s->row);
    if (csv_gone(s->csv))
        return err_raise(ERR_IO, "download: the browser hung up");
    return ERR_OK;
}

static void sheet_head(const struct sheet *s)
{
    static const char *const head[] = { "Payments.At", "Payments.Operation",
                                        "Payments.Amount", "Payments.Text",
                                        "Payments.Balance" };

    for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
        csv_cell(s->csv, word(s->r, head[i]));
    csv_row_end(s->csv);
}

enum err payments_csv(struct req *r)
{
    struct sheet s = { .r = r, .comma = strcmp(r->language, "ru") == 0 };
    struct moment now = { clock_now_us() };
    struct meter_card card;
    enum err e = card_find(r, &card);

    if (e != ERR_OK)
        return e;
    s.row = arena_new();
    arena_defer(r->arena, row_close, s.row);
    e = csv_begin(r,
                  arena_printf(r->arena, "%s %s %.10s.csv",
                               word(r, "Payments.File"), account_name(r, &card),
                               moment_text(r->arena, now)),
                  &s.csv);
    if (e != ERR_OK)
        return e;
    sheet_head(&s);
    e = operation_stream(r->db, r->arena, card.subscriber_id, sheet_row, &s);
    return e == ERR_OK ? csv_end(s.csv) : e;
}
