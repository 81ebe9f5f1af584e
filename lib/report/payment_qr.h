/*
 * The QR code of a payment: GOST R 56042-2014. A bank's application reads it
 * and fills in its form; what it holds must be what the receipt prints.
 */
#ifndef LAZUR_LIB_REPORT_PAYMENT_QR_H
#define LAZUR_LIB_REPORT_PAYMENT_QR_H

#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/report/bank.h"
#include "lib/units/money.h"

/* Text is UTF-8; what is NULL or empty is left out. */
struct payment {
    struct bank to;
    struct money sum; /* 0: left out, the payer types it */
    const char *purpose;
    const char *pers_acc; /* account of the subscriber */
    const char *last_name, *first_name, *middle_name;
    const char *payer_address;
    const char *paym_period; /* "112026" */
    const char *counter_id, *counter_val;
};

/*
 * payment_qr_text - the string of the code: ST00012 (UTF-8), fields of the
 * standard in its order, TechCode 02 (housing and utilities).
 *
 * The separator is |, or another character when a value has it. Line ends and
 * other control characters become spaces. Text longer than its field is cut
 * at a whole character: Name 160, BankName 45, Purpose 160 and so on; the
 * numbers that find the payee are never cut.
 * ERR_INVALID with fault as bank_check; { "sum", "negative" }; or
 * { "qr", "separator" } when every separator occurs in the values.
 */
enum err payment_qr_text(struct arena *a, const struct payment *p,
                         struct bank_fault *fault, const char **out) MUST_CHECK;

/* Modules of the symbol, without its quiet zone of four. */
struct qr {
    int size;
    const uint8_t *dark; /* size * size of 0 and 1, rows from the top */
};

/* Byte mode, error correction M. ERR_INVALID when text does not fit. */
enum err qr_of_text(struct arena *a, const char *text,
                    struct qr *out) MUST_CHECK;

#endif
