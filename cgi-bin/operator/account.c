/*
 * «Начисление средств абоненту '…'» (GC-096 ... GC-099): a payment or a
 * correction, with the document it stands on. What is wrong is said beside the
 * field; a form that is sent twice is one operation.
 */
#include "cgi-bin/operator/desk.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/model/account.h"
#include "lib/model/operator.h"

#define NONCE_LEN 32

struct account_form {
    struct payment payment;
    const char *kind, *amount; /* as they were sent */
};

/* Every page gets a form of its own number. */
static enum err nonce_make(struct req *r, const char **out)
{
    const char *token;
    enum err e = token_make(r->arena, &token);

    if (e == ERR_OK)
        *out = arena_strndup(r->arena, token, NONCE_LEN);
    return e;
}

/* The names that templates/operator/account.cst lists. */
static enum err account_show(struct req *r, const struct meter_card *c,
                             const struct account_form *f, const char *why)
{
    desk_show(r, c, "account");
    view_set(r, "Account.Why", why);
    view_set(r, "Account.Balance", money_cell(r->arena, c->balance_kopecks));
    if (c->balance_kopecks.n < 0)
        view_set(r, "Account.Debt", "1");
    if (!c->calculates_balance)
        view_set(r, "Account.Uncounted", "1");
    view_set_int(r, "Account.Id", f->payment.subscriber_id);
    view_set(r, "Account.Kind", f->kind);
    view_set(r, "Account.Amount", f->amount);
    view_set(r, "Account.Document", f->payment.document);
    view_set(r, "Account.Note", f->payment.note);
    view_set(r, "Account.Nonce", f->payment.nonce);
    return view_render(r, "operator/account.cst");
}

enum err account_ask(struct req *r)
{
    struct account_form f = { .kind = "accrual", .amount = "" };
    struct meter_card card;
    enum err e;

    f.payment.document = f.payment.note = "";
    if ((e = meter_find(r->db, r->arena, r->id, &card)) != ERR_OK ||
        (e = nonce_make(r, &f.payment.nonce)) != ERR_OK)
        return e;
    f.payment.subscriber_id = card.subscriber_id;
    return account_show(r, &card, &f,
                        card.subscriber_id == 0 ? "nosubscriber" : "");
}

/* ---- the form comes back ---- */

/* What no page of ours sends. */
static enum err hidden_read(struct req *r, struct payment *p)
{
    p->nonce = form_text(r, "nonce");
    if (strlen(p->nonce) != NONCE_LEN ||
        strspn(p->nonce, "0123456789abcdef") != NONCE_LEN)
        return err_raise(ERR_INVALID, "account: no nonce");
    return form_int(r, "subscriber", 1, INT64_MAX, 0, &p->subscriber_id);
}

static void kind_read(struct account_form *f, struct mistakes *m)
{
    if (!operation_of_code(f->kind, &f->payment.kind) ||
        f->payment.kind == OPERATION_DEBIT) {
        f->payment.kind = OPERATION_CORRECTION;
        mistake(m, "kind", "NoKind");
    }
}

static void amount_read(struct account_form *f, struct mistakes *m)
{
    struct money limit = { PAYMENT_LIMIT_KOPECKS };
    struct payment *p = &f->payment;

    switch (money_read(f->amount, limit, &p->amount)) {
    case MONEY_EMPTY:
        mistake(m, "amount", "NoAmount");
        return;
    case MONEY_NO_NUMBER:
        mistake(m, "amount", "NotAmount");
        return;
    case MONEY_DECIMALS:
        mistake(m, "amount", "Decimals");
        return;
    case MONEY_TOO_LARGE:
        mistake(m, "amount", "TooLarge");
        return;
    case MONEY_GOOD:
        break;
    }
    if (p->amount.kopecks == 0)
        mistake(m, "amount", "Zero");
    else if (p->amount.kopecks < 0 && p->kind == OPERATION_ACCRUAL)
        mistake(m, "amount", "Negative");
}

static void texts_read(struct req *r, struct payment *p, struct mistakes *m)
{
    p->document = text_lines(r->arena, form_text(r, "document"));
    p->note = text_lines(r->arena, form_text(r, "note"));
    if (p->document[0] == '\0')
        mistake(m, "document", "NoDocument");
    else if (text_length(p->document) > DOCUMENT_MAX)
        mistake(m, "document", "LongDocument");
    if (text_length(p->note) > PAYMENT_NOTE_MAX)
        mistake(m, "note", "LongNote");
}

/* The form again, with what came of it; the card was read before. */
static enum err account_refused(struct req *r, const struct meter_card *c,
                                const struct account_form *f, enum err e)
{
    if (e != ERR_CONFLICT && e != ERR_NOT_FOUND)
        return e;
    db_rollback(r->db);
    answer_status(r, 409);
    return account_show(r, c, f, e == ERR_NOT_FOUND ? "gone" : "sent");
}

enum err account_change(struct req *r)
{
    struct account_form f = { .kind = form_text(r, "kind"),
                              .amount = form_text(r, "amount") };
    struct mistakes m = { .r = r, .group = "Account" };
    struct meter_card card;
    enum err e;

    if ((e = hidden_read(r, &f.payment)) != ERR_OK ||
        (e = meter_find(r->db, r->arena, r->id, &card)) != ERR_OK)
        return e;
    kind_read(&f, &m);
    amount_read(&f, &m);
    texts_read(r, &f.payment, &m);
    /* Deleted, or the meter given to another, since the form was shown. */
    if (f.payment.subscriber_id != card.subscriber_id ||
        card.subscriber_id == 0)
        return account_refused(r, &card, &f, ERR_NOT_FOUND);
    if (m.n > 0) {
        answer_status(r, 422);
        return account_show(r, &card, &f, "");
    }
    e = account_add(r->db, r->arena, &f.payment, r->address);
    if (e != ERR_OK)
        return account_refused(r, &card, &f, e);
    return desk_done(r, f.kind);
}
