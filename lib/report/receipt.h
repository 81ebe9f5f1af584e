/*
 * Payment receipts «квитанция»: извещение for the cashier and квитанция for
 * the payer, each with all that a bank needs, and a QR code of the same.
 */
#ifndef LAZUR_LIB_REPORT_RECEIPT_H
#define LAZUR_LIB_REPORT_RECEIPT_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/report/bank.h"
#include "lib/report/report.h"
#include "lib/report/sink.h"
#include "lib/units/money.h"

/* A code is thousands of rectangles: documents of fewer pages than reports. */
#define RECEIPT_PAGES_MAX 200

/* Empty and NULL text is left out. Receipts are Russian: a form of its banks.
 */
struct receipt {
    struct bank to;
    const char *last_name, *first_name, *middle_name;
    const char *account; /* of the subscriber */
    const char *address;
    const char *period;      /* "ноябрь 2026" */
    const char *paym_period; /* "112026" */
    struct money sum;        /* 0: a line to write it on */
    const char *purpose; /* "Оплата газа, л/с 0012345, ноябрь 2026" */
    const char *meter;      /* serial number */
    const char *reading;    /* "12 345,678 м³ на 20-11-2026" */
    const char *reading_m3; /* "12345.678", into the code */
};

struct receipts;

struct receipts_head {
    const char *title;      /* of the document's properties */
    struct report_day made; /* printed on each receipt */
    int per_page;           /* 1, or 2: half a page each */
};

/*
 * receipts_begin - a document for any number of receipts; past
 * RECEIPT_PAGES_MAX pages it goes out and sink.next begins another.
 */
enum err receipts_begin(const struct receipts_head *head, const struct sink *to,
                        struct receipts **out) MUST_CHECK;

/*
 * One receipt; a is for scratch, reset it as you like.
 *
 * ERR_INVALID with fault when the bank details are wrong or missing or the sum
 * is negative (payment_qr_text; { "qr", "length" } when the values are too
 * long for a code): nothing is drawn, others may follow. After any other error
 * only receipts_drop.
 */
enum err receipts_add(struct receipts *rs, struct arena *a,
                      const struct receipt *r,
                      struct bank_fault *fault) MUST_CHECK;

/* ERR_NOT_FOUND when there is not one; rs is gone in any case. */
enum err receipts_end(struct receipts *rs) MUST_CHECK;
void receipts_drop(struct receipts *rs); /* NULL is fine */

#endif
