/*
 * The form: two strips of equal height, a stub at the left, the same lines at
 * the right. Millimetres from the strip's top; the customary layout of ПД-4.
 */
#include "lib/report/receipt.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/report/parts.h"
#include "lib/report/pdf.h"

#define LEFT      PDF_MM(12)
#define SPLIT     PDF_MM(64) /* between stub and lines */
#define RIGHT     PDF_MM(198)
#define STRIP     PDF_MM(69)
#define TOP       PDF_MM(5)
#define QR        PDF_MM(42)
#define LABEL     PDF_MM(35) /* width of the words before a value */
#define LINES_MAX 2

static const struct pdf_style heading = { PDF_BOLD, 10 };
static const struct pdf_style label = { PDF_PLAIN, 7.5F };
static const struct pdf_style value = { PDF_BOLD, 8 };
static const struct pdf_style amount = { PDF_BOLD, 11 };

struct receipts {
    struct receipts_head head;
    struct sink to;
    struct pdf *pdf;
    int on_page, count;
};

/* What the drawing functions share: the page, and where the next line goes. */
struct strip {
    struct pdf *pdf;
    float top, y;
};

static enum err document_begin(struct receipts *rs)
{
    const struct pdf_options o = { .title = rs->head.title,
                                   .made = rs->head.made };

    rs->on_page = 0;
    return pdf_begin(&o, &rs->pdf);
}

enum err receipts_begin(const struct receipts_head *head, const struct sink *to,
                        struct receipts **out)
{
    struct receipts *rs = calloc(1, sizeof(*rs));
    enum err e;

    if (rs == NULL)
        fatal("receipts");
    rs->head = *head;
    rs->to = *to;
    if ((e = document_begin(rs)) != ERR_OK) {
        free(rs);
        return e;
    }
    *out = rs;
    return ERR_OK;
}

void receipts_drop(struct receipts *rs)
{
    if (rs == NULL)
        return;
    pdf_drop(rs->pdf);
    free(rs);
}

enum err receipts_end(struct receipts *rs)
{
    enum err e;

    if (rs->count == 0) {
        receipts_drop(rs);
        return err_raise(ERR_NOT_FOUND, "receipts: not one");
    }
    e = pdf_finish(rs->pdf, &rs->to);
    free(rs);
    return e;
}

static bool given(const char *s)
{
    return s != NULL && s[0] != '\0';
}

/* "Words: value", the value in up to two lines; nothing without a value. */
static void put(struct strip *s, const char *words, const char *text)
{
    struct pdf_line lines[LINES_MAX];
    int n;

    if (!given(text))
        return;
    pdf_text(s->pdf, label, SPLIT + PDF_MM(3), s->y, words);
    n = pdf_wrap(s->pdf, value, text, RIGHT - SPLIT - LABEL - PDF_MM(4), lines,
                 LINES_MAX);
    for (int i = 0; i < n; i++)
        pdf_show(s->pdf, value, SPLIT + LABEL, s->y + (float)i * 9, &lines[i]);
    s->y += 3.5F + 9 * (float)n;
}

/* Two short values share a line; the second begins in the middle. */
static void put_pair(struct strip *s, const char *words, const char *text,
                     const char *other_words, const char *other)
{
    float middle = SPLIT + PDF_MM(85);

    if (given(other)) {
        pdf_text(s->pdf, label, middle, s->y, other_words);
        pdf_text(s->pdf, value,
                 middle + pdf_text_width(s->pdf, label, other_words) + 4, s->y,
                 other);
        if (!given(text))
            s->y += 12.5F;
    }
    put(s, words, text);
}

/* "1 234,56 руб." */
static const char *sum_text(struct arena *a, struct money sum)
{
    const struct report_column money = { .type = REPORT_NUMBER, .decimals = 2 };
    char text[CELL_MAX];

    cell_for_people(&money, money_text(a, sum), true, text);
    return arena_printf(a, "%s руб.", text);
}

static void put_sum(struct strip *s, struct arena *a, const struct receipt *r)
{
    s->y += 4;
    pdf_text(s->pdf, label, SPLIT + PDF_MM(3), s->y, "Сумма платежа");
    if (r->sum.kopecks != 0)
        pdf_text(s->pdf, amount, SPLIT + LABEL, s->y, sum_text(a, r->sum));
    else
        pdf_text(s->pdf, label, SPLIT + LABEL, s->y, "________ руб. ____ коп.");
    pdf_text(s->pdf, label, SPLIT + PDF_MM(71), s->y,
             "Подпись ______________  Дата ____________");
}

static void put_lines(struct strip *s, struct arena *a, const struct receipt *r)
{
    const char *name =
        arena_printf(a, "%s%s%s%s%s", given(r->last_name) ? r->last_name : "",
                     given(r->first_name) ? " " : "",
                     given(r->first_name) ? r->first_name : "",
                     given(r->middle_name) ? " " : "",
                     given(r->middle_name) ? r->middle_name : "");

    s->y = s->top + PDF_MM(6);
    put(s, "Получатель", r->to.payee);
    put_pair(s, "ИНН", r->to.inn, "КПП", r->to.kpp);
    put_pair(s, "Расчётный счёт", r->to.account, "БИК", r->to.bic);
    put(s, "Банк", r->to.bank_name);
    put(s, "Корр. счёт", r->to.corr_account);
    put_pair(s, "Лицевой счёт", r->account, "Период", r->period);
    put(s, "Плательщик", name);
    put(s, "Адрес", r->address);
    put_pair(s, "Показания", r->reading, "Счётчик №", r->meter);
    put(s, "Назначение", r->purpose);
    put_sum(s, a, r);
}

static void put_frame(struct strip *s, const char *words)
{
    float bottom = s->top + STRIP;

    pdf_text(s->pdf, heading, LEFT + PDF_MM(2), s->top + PDF_MM(6), words);
    pdf_rule(s->pdf, LEFT, s->top, RIGHT, s->top, 0.5F, false);
    pdf_rule(s->pdf, LEFT, bottom, RIGHT, bottom, 0.5F, false);
    pdf_rule(s->pdf, LEFT, s->top, LEFT, bottom, 0.5F, false);
    pdf_rule(s->pdf, SPLIT, s->top, SPLIT, bottom, 0.5F, false);
    pdf_rule(s->pdf, RIGHT, s->top, RIGHT, bottom, 0.5F, false);
}

static const char *made_text(struct arena *a, const struct report_day *d)
{
    return arena_printf(a, "от %02d.%02d.%04d", d->day, d->month, d->year);
}

static void draw(struct receipts *rs, struct arena *a, const struct receipt *r,
                 const struct qr *qr, float top)
{
    struct strip s = { .pdf = rs->pdf, .top = top };

    put_frame(&s, "ИЗВЕЩЕНИЕ");
    pdf_text(s.pdf, label, LEFT + PDF_MM(2), top + PDF_MM(10),
             made_text(a, &rs->head.made));
    pdf_qr(s.pdf, LEFT + PDF_MM(5), top + PDF_MM(14), QR, qr);
    pdf_text(s.pdf, label, LEFT + PDF_MM(2), top + STRIP - PDF_MM(3), "Кассир");
    put_lines(&s, a, r);
    s.top = top + STRIP;
    put_frame(&s, "КВИТАНЦИЯ");
    pdf_text(s.pdf, label, LEFT + PDF_MM(2), s.top + PDF_MM(10),
             made_text(a, &rs->head.made));
    pdf_text(s.pdf, label, LEFT + PDF_MM(2), s.top + STRIP - PDF_MM(3),
             "Кассир");
    put_lines(&s, a, r);
}

static enum err code_of(struct arena *a, const struct receipt *r,
                        struct bank_fault *fault, struct qr *out)
{
    const struct payment p = { .to = r->to,
                               .sum = r->sum,
                               .purpose = r->purpose,
                               .pers_acc = r->account,
                               .last_name = r->last_name,
                               .first_name = r->first_name,
                               .middle_name = r->middle_name,
                               .payer_address = r->address,
                               .paym_period = r->paym_period,
                               .counter_id = r->meter,
                               .counter_val = r->reading_m3 };
    const char *text;
    enum err e;

    if ((e = payment_qr_text(a, &p, fault, &text)) != ERR_OK)
        return e;
    *fault = (struct bank_fault){ "qr", "length" };
    return qr_of_text(a, text, out);
}

/* The half of the page, or the page, that is free; the document may change. */
static enum err place(struct receipts *rs, float *top)
{
    bool full = rs->on_page == 0 || rs->on_page == rs->head.per_page;
    enum err e;

    if (full && pdf_pages(rs->pdf) == RECEIPT_PAGES_MAX) {
        struct pdf *whole = rs->pdf;

        if (rs->to.next == NULL)
            return err_raise(ERR_IO, "receipts: more than %d pages",
                             RECEIPT_PAGES_MAX);
        rs->pdf = NULL;
        if ((e = pdf_finish(whole, &rs->to)) != ERR_OK ||
            (e = rs->to.next(rs->to.it)) != ERR_OK ||
            (e = document_begin(rs)) != ERR_OK)
            return e;
    }
    if (full) {
        pdf_page(rs->pdf);
        rs->on_page = 0;
    }
    *top = TOP + (float)rs->on_page * pdf_height(rs->pdf) / 2;
    if (rs->on_page > 0)
        pdf_rule(rs->pdf, 0, *top - TOP, pdf_width(rs->pdf), *top - TOP, 0.3F,
                 true);
    rs->on_page++;
    return ERR_OK;
}

enum err receipts_add(struct receipts *rs, struct arena *a,
                      const struct receipt *r, struct bank_fault *fault)
{
    struct qr qr;
    float top = 0;
    enum err e;

    if ((e = code_of(a, r, fault, &qr)) != ERR_OK ||
        (e = place(rs, &top)) != ERR_OK)
        return e;
    draw(rs, a, r, &qr, top);
    rs->count++;
    return ERR_OK;
}
