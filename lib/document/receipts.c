/*
 * Receipts «квитанция» (GC-072, GC-073): of one subscriber, or of all that the
 * operator sees. A branch whose bank details are wrong has none, and the note
 * says which and why.
 */
#include "lib/document/inner.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/model/payer.h"
#include "lib/report/receipt.h"
#include "lib/units/grouped.h"
#include "lib/units/quantity.h"

/* A receipt is a Russian form in any language of the screens. */
static const char *const months[] = {
    "январь", "февраль", "март",     "апрель",  "май",    "июнь",
    "июль",   "август",  "сентябрь", "октябрь", "ноябрь", "декабрь",
};

#define TELL_EVERY 16

struct branch {
    const struct branch_bank *bank;
    struct bank to;
    bool wrong;
    struct bank_fault fault;
};

struct maker {
    struct document *d;
    struct receipts *receipts;
    struct arena *row;
    struct branch *branches;
    size_t n;
    const char *period, *paym_period;
    int64_t done, total, skipped; /* skipped: for another reason */
    const struct branch *last;    /* of the last subscriber */
};

static void close_arena(void *a)
{
    arena_free(a);
}

static enum err branches_read(struct maker *m)
{
    struct bank_list list;
    enum err e = m->d->order->whose.own
                     ? branch_bank_own(m->d->db, m->d->arena, &list)
                     : branch_banks(m->d->db, m->d->arena, &list);

    if (e != ERR_OK)
        return e;
    m->branches = arena_alloc(m->d->arena, list.n * sizeof(*m->branches) + 1);
    m->n = list.n;
    for (size_t i = 0; i < list.n; i++) {
        const struct branch_bank *b = &list.rows[i];
        struct branch *out = &m->branches[i];

        out->bank = b;
        out->to =
            (struct bank){ b->full_name, b->inn, b->kpp,         b->account,
                           b->bank,      b->bic, b->corr_account };
        out->wrong = bank_check(&out->to, &out->fault) != ERR_OK;
    }
    return ERR_OK;
}

static const struct branch *branch_of(const struct maker *m, int64_t id)
{
    for (size_t i = 0; i < m->n; i++) {
        if (m->branches[i].bank->id == id)
            return &m->branches[i];
    }
    return NULL;
}

/* ---- one receipt ---- */

/* "Иванов Иван Иванович": the first word, the second, the rest. */
static void name_split(struct arena *a, const char *full, struct receipt *out)
{
    char *name = arena_strdup(a, full), *space;

    out->last_name = name;
    if ((space = strchr(name, ' ')) == NULL)
        return;
    *space = '\0';
    out->first_name = space + 1;
    if ((space = strchr(space + 1, ' ')) == NULL)
        return;
    *space = '\0';
    out->middle_name = space + 1;
}

/* What there is to pay: a debt, nothing, or nobody counts it. */
static const char *due_words(struct arena *a, const struct payer *p)
{
    if (!p->balance_kopecks.known || p->balance_kopecks.n < 0)
        return "";
    if (p->balance_kopecks.n == 0)
        return ", задолженности нет";
    return arena_printf(
        a, ", задолженности нет, переплата %s руб.",
        comma_text(a, money_text(a, (struct money){ p->balance_kopecks.n })));
}

static void reading_set(struct arena *a, const struct payer *p,
                        struct receipt *out)
{
    out->meter = p->serials;
    if (p->meters != 1 || !p->volume_dm3.known || p->day[0] == '\0')
        return;
    out->reading_m3 = volume_m3_text(a, p->volume_dm3.n);
    out->reading = arena_printf(
        a, "%s м³ на %s", comma_text(a, out->reading_m3), day_text(a, p->day));
}

static void receipt_set(const struct maker *m, const struct branch *b,
                        const struct payer *p, struct receipt *out)
{
    struct arena *a = m->row;
    bool debt = p->balance_kopecks.known && p->balance_kopecks.n < 0;

    *out = (struct receipt){
        .to = b->to,
        .account = p->account,
        .address = p->address,
        .period = m->period,
        .paym_period = m->paym_period,
        .sum = { debt ? -p->balance_kopecks.n : 0 },
        .purpose = arena_printf(a, "Оплата газа%s%s, %s%s",
                                p->account[0] ? ", л/с " : "", p->account,
                                m->period, due_words(a, p)),
    };
    name_split(a, p->full_name, out);
    reading_set(a, p, out);
}

static enum err payer_each(const struct payer *p, void *ctx)
{
    struct maker *m = ctx;
    const struct branch *b = branch_of(m, p->branch_id);
    struct bank_fault fault = { NULL, NULL };
    struct receipt receipt;
    enum err e;

    m->done++;
    m->last = b;
    if (m->done % TELL_EVERY == 0 &&
        (e = tell(m->d, m->done, m->total)) != ERR_OK)
        return e;
    if (b == NULL || b->wrong)
        return ERR_OK;
    receipt_set(m, b, p, &receipt);
    e = receipts_add(m->receipts, m->row, &receipt, &fault);
    arena_reset(m->row);
    if (e != ERR_INVALID)
        return e;
    m->d->fault = fault;
    m->skipped++;
    return ERR_OK;
}

/* ---- what is missing ---- */

static void note_make(struct maker *m)
{
    struct document *d = m->d;
    struct arena *a = d->arena;
    const char *note = "";

    for (size_t i = 0; i < m->n; i++) {
        const struct branch *b = &m->branches[i];

        if (!b->wrong || b->bank->subscribers == 0)
            continue;
        note =
            arena_printf(a, "%s%s %s (%s: %s) — %s %" PRId64 ".", note,
                         note[0] ? "" : w(d, "Doc.Skipped"), b->bank->name,
                         w(d, arena_printf(a, "BankField.%s", b->fault.field)),
                         w(d, arena_printf(a, "BankFault.%s", b->fault.word)),
                         w(d, "Doc.Subscribers"), b->bank->subscribers);
    }
    if (m->skipped > 0)
        note = arena_printf(a, "%s%s%s", note, note[0] ? " " : "",
                            count_line(d, "Doc.SkippedOther", m->skipped));
    d->note = note;
}

static enum err one_result(struct maker *m, enum err e)
{
    struct document *d = m->d;

    if (m->last == NULL)
        return err_raise(ERR_NOT_FOUND, "receipt: no subscriber");
    d->branch = m->last->bank->name;
    if (m->last->wrong)
        d->fault = m->last->fault;
    return d->fault.field != NULL ? err_raise(ERR_INVALID, "receipt: %s %s",
                                              d->fault.field, d->fault.word)
                                  : e;
}

static bool is_one(const struct document *d)
{
    return d->order->whose.meter_id != 0 || d->order->whose.own;
}

static enum err begin(struct maker *m)
{
    struct document *d = m->d;
    bool one = is_one(d);
    const struct receipts_head head = {
        .title = w(d, one ? "Doc.Receipt" : "Doc.Receipts"),
        .made = d->today,
        .per_page = one ? 1 : 2,
    };
    enum err e;

    m->period = arena_printf(d->arena, "%s %d", months[d->today.month - 1],
                             d->today.year);
    m->paym_period =
        arena_printf(d->arena, "%02d%d", d->today.month, d->today.year);
    m->total = 1;
    if ((e = branches_read(m)) != ERR_OK ||
        (!one && (e = payer_count(d->db, d->arena, &m->total)) != ERR_OK) ||
        (e = tell(d, 0, m->total)) != ERR_OK)
        return e;
    return receipts_begin(&head, &d->to, &m->receipts);
}

enum err receipts_make(struct document *d)
{
    struct maker *m = arena_alloc(d->arena, sizeof(*m));
    const struct whose *whose = &d->order->whose;
    enum err e;

    m->d = d;
    m->row = arena_new();
    arena_defer(d->arena, close_arena, m->row);
    if ((e = begin(m)) != ERR_OK)
        return e;
    e = whose->own
            ? payer_own(d->db, payer_each, m)
            : payer_stream(d->db, d->arena, whose->meter_id, payer_each, m);
    if (e == ERR_OK && is_one(d))
        e = one_result(m, e);
    else
        note_make(m);
    if (e == ERR_OK)
        return receipts_end(m->receipts);
    receipts_drop(m->receipts);
    return e;
}
