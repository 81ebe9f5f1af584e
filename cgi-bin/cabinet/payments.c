/* «Платежи»: the last hundred operations of the account (GC-312, GC-313). */
#include "cgi-bin/cabinet/cabinet.h"

#include "lib/model/account.h"
#include "lib/units/grouped.h"
#include "lib/units/quantity.h"

static const char *rubles(struct arena *a, struct money m)
{
    return grouped_text(a, money_text(a, m));
}

/* A debit: .Serial .Used .From .FromIso .To .ToIso .Price .First .Last */
static void debit_show(struct req *r, const char *rows, size_t i,
                       const struct operation *o)
{
    struct arena *a = r->arena;

    view_set_at(r, rows, i, "Serial", o->serial);
    view_set_at(r, rows, i, "Used", volume_m3_text(a, o->to_dm3 - o->from_dm3));
    moment_show(r, rows, i, "From", o->from_at);
    moment_show(r, rows, i, "To", o->to_at);
    view_set_at(r, rows, i, "Price",
                money_text(a, (struct money){ o->price_kopecks_per_1000_m3 }));
    view_set_at(r, rows, i, "First", volume_m3_text(a, o->from_dm3));
    view_set_at(r, rows, i, "Last", volume_m3_text(a, o->to_dm3));
}

/* Payments.N.At .AtIso .Kind .Amount .Balance .Debt; .Document and .Note of
 * what was not charged by a meter. */
static void row_show(struct req *r, size_t i, const struct operation *o)
{
    static const char rows[] = "Payments";

    moment_show(r, rows, i, "At", o->at);
    view_set_at(r, rows, i, "Kind", operation_code(o->kind));
    view_set_at(r, rows, i, "Amount", rubles(r->arena, o->amount));
    view_set_at(r, rows, i, "Balance", rubles(r->arena, o->balance));
    if (o->balance.kopecks < 0)
        view_set_at(r, rows, i, "Debt", "1");
    if (o->kind == OPERATION_DEBIT) {
        debit_show(r, rows, i, o);
        return;
    }
    view_set_at(r, rows, i, "Document", o->document);
    view_set_at(r, rows, i, "Note", o->note);
}

enum err payments(struct req *r)
{
    const struct span last = { CABINET_ROWS_MAX, 0 };
    struct operation_list list;
    enum err e;

    if (!subscriber_of(r)->counts)
        return err_raise(ERR_NOT_FOUND, "the balance is not calculated");
    if ((e = section_open(r, "payments")) != ERR_OK ||
        (e = operation_page(r->db, r->arena, r->who.id, last, &list)) != ERR_OK)
        return e;
    for (size_t i = 0; i < list.n; i++)
        row_show(r, i, &list.rows[i]);
    return view_render(r, "cabinet/payments.cst");
}
