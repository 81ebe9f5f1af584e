/*
 * Receipts (GC-072, GC-073): of the selected meter's subscriber at once, of
 * all subscribers as a job.
 */
#include "cgi-bin/operator/documents.h"

#include <inttypes.h>
#include <string.h>

#include "cgi-bin/operator/meters.h"
#include "lib/model/payer.h"
#include "lib/report/bank.h"
#include "lib/units/grouped.h"

/* Receipt.Why and, for bank details, .Branch, .Field and .Fault. */
static enum err refuse(struct req *r, const struct document *d, const char *why)
{
    view_set(r, "Receipt.Why", why);
    view_set(r, "Receipt.Back",
             back_address(
                 r, arena_printf(r->arena, "/meters?meter=%" PRId64, r->id)));
    if (d->fault.field != NULL) {
        view_set(r, "Receipt.Branch", d->branch);
        view_set(r, "Receipt.Field", d->fault.field);
        view_set(r, "Receipt.Fault", d->fault.word);
    }
    view_set(r, "Screen", "receipt");
    answer_status(r, 422);
    return view_render(r, "operator/receipt.cst");
}

enum err receipt_one(struct req *r)
{
    const struct document_order order = { .kind = DOCUMENT_RECEIPTS,
                                          .whose = { .meter_id = r->id },
                                          .format = "pdf" };
    struct document made = { .branch = "" };
    struct meter_card card;
    enum err e = meter_find(r->db, r->arena, r->id, &card);

    if (e != ERR_OK)
        return e;
    e = document_now(r, &order, card.account[0] ? card.account : card.serial,
                     &made);
    if (e == ERR_NOT_FOUND)
        return refuse(r, &made, "nosubscriber");
    if (e == ERR_INVALID && made.fault.field != NULL)
        return refuse(r, &made,
                      strcmp(made.fault.field, "qr") == 0 ? "qr" : "bank");
    return e;
}

/* Branches without receipts, and why: Receipts.Skipped.N. */
static enum err skipped_show(struct req *r)
{
    struct bank_list list;
    struct bank_fault fault;
    size_t n = 0;
    enum err e = branch_banks(r->db, r->arena, &list);

    for (size_t i = 0; e == ERR_OK && i < list.n; i++) {
        const struct branch_bank *b = &list.rows[i];
        const struct bank to = { b->full_name,   b->inn,  b->kpp,
                                 b->account,     b->bank, b->bic,
                                 b->corr_account };

        if (b->subscribers == 0 || bank_check(&to, &fault) == ERR_OK)
            continue;
        view_set_at(r, "Receipts.Skipped", n, "Name", b->name);
        view_set_at(r, "Receipts.Skipped", n, "Field", fault.field);
        view_set_at(r, "Receipts.Skipped", n, "Fault", fault.word);
        view_set_at(r, "Receipts.Skipped", n, "Subscribers",
                    grouped_int(r->arena, b->subscribers));
        n++;
    }
    return e;
}

static enum err show(struct req *r, const char *wrong)
{
    int64_t total;
    enum err e;

    if ((e = payer_count(r->db, r->arena, &total)) != ERR_OK ||
        (e = skipped_show(r)) != ERR_OK)
        return e;
    if (total == 0)
        wrong = "nobody";
    if (total > 0)
        view_set(r, "Receipts.Total", grouped_int(r->arena, total));
    view_set(r, "Desk.Back", back_address(r, "/meters"));
    view_set(r, "Desk.Post", r->path);
    view_set(r, "Receipts.Wrong", wrong);
    view_set(r, "Screen", "report");
    return view_render(r, "operator/receipts.cst");
}

enum err receipts_form(struct req *r)
{
    return show(r, "");
}

enum err receipts_ask(struct req *r)
{
    const struct document_order order = { .kind = DOCUMENT_RECEIPTS,
                                          .format = "pdf" };
    bool many;
    int64_t total;
    enum err e;

    if ((e = too_many_jobs(r, &many)) != ERR_OK ||
        (e = payer_count(r->db, r->arena, &total)) != ERR_OK)
        return e;
    if (!many && total > 0)
        return document_later(r, &order, "");
    answer_status(r, many ? 409 : 422);
    return show(r, many ? "busy" : "nobody");
}
